import type { TextPattern } from '../core/text-pattern';

/** Ways from the private subnets to the internet. */
export const NAT_MODES = ['none', 'single', 'per-zone'] as const;
export type NatMode = (typeof NAT_MODES)[number];

/** AWS services that a network can reach through an interface endpoint, as the end of the endpoint's name. */
export const ENDPOINT_SERVICES = [
  'sagemaker.api',
  'sagemaker.runtime',
  'sts',
  'ecr.api',
  'ecr.dkr',
  'logs',
  'kms',
  'secretsmanager',
  'events',
  'monitoring',
] as const;
export type EndpointService = (typeof ENDPOINT_SERVICES)[number];

/** Zones that a database or a cluster must span. */
export const MIN_PRIVATE_SUBNETS = 2;

/**
 * Days that flow logs are kept, unless told otherwise: a year. Intrusions are found months later, and keeping a log costs
 * little beside taking it in.
 */
export const DEFAULT_FLOW_LOG_RETENTION_DAYS = 365;

/** Id of a VPC. */
export const VPC_ID: TextPattern = {
  pattern: /^vpc-[0-9a-f]{8,17}$/,
  meaning: 'a VPC id such as vpc-0a1b2c3d4e5f60718',
};
/** Id of a subnet. */
export const SUBNET_ID: TextPattern = {
  pattern: /^subnet-[0-9a-f]{8,17}$/,
  meaning: 'a subnet id such as subnet-0a1b2c3d4e5f60718',
};
