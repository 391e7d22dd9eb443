import type { TextPattern } from '../core/text-pattern';

/** How private subnets reach the internet. */
export const NAT_MODES = ['none', 'single', 'per-zone'] as const;
export type NatMode = (typeof NAT_MODES)[number];

/**
 * Services with an endpoint in a network without internet access, whatever runs there, and in a large one: those that
 * most workloads call. Part of a deployed network is never taken away by a new version, so nothing leaves this list.
 */
export const COMMON_ENDPOINTS = [
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
  'athena',
  'glue',
] as const;

/** Services with a gateway endpoint, which has no charge and no network interface. S3 always has one. */
export const GATEWAY_SERVICES = ['s3express'] as const;

/** Services whose endpoints begin with `aws.sagemaker`; `sagemaker.experiments` is that of tracking servers. */
export const SAGEMAKER_ENDPOINTS = ['sagemaker.studio', 'sagemaker.experiments'] as const;

/**
 * AWS services with an endpoint, as in the last part of the endpoint's service name, e.g. `ecr.api` of
 * `com.amazonaws.eu-north-1.ecr.api`; those of {@link SAGEMAKER_ENDPOINTS} are `aws.sagemaker.<region>.studio` (source:
 * `aws ec2 describe-vpc-endpoint-services`).
 */
export const ENDPOINT_SERVICES = [
  ...COMMON_ENDPOINTS,
  'sagemaker.featurestore-runtime',
  'sagemaker.metrics',
  ...SAGEMAKER_ENDPOINTS,
  'batch',
  'ecs',
  'ecs-agent',
  'ecs-telemetry',
  'elasticfilesystem',
  'fsx',
  'ssm',
  'ssmmessages',
  'airflow.api',
  'airflow.env',
  'sqs',
  ...GATEWAY_SERVICES,
] as const;
export type EndpointService = (typeof ENDPOINT_SERVICES)[number];

/** Fewest private subnets: RDS and EKS require two zones. */
export const MIN_PRIVATE_SUBNETS = 2;

/**
 * Default retention of flow logs in days: one year. Intrusions are often found months later, and storing a log costs
 * little compared with its ingestion.
 */
export const DEFAULT_FLOW_LOG_RETENTION_DAYS = 365;

/** Id of a VPC. */
export const VPC_ID: TextPattern = {
  pattern: /^vpc-[0-9a-f]{8,17}$/,
  meaning: 'a VPC id such as vpc-0a1b2c3d4e5f60718',
};
/** Id of a route table. */
export const ROUTE_TABLE_ID: TextPattern = {
  pattern: /^rtb-[0-9a-f]{8,17}$/,
  meaning: 'a route table id such as rtb-0a1b2c3d4e5f60718',
};
/** Number of an account. */
export const ACCOUNT: TextPattern = { pattern: /^\d{12}$/, meaning: 'an account number of twelve digits' };
/** Id of a subnet. */
export const SUBNET_ID: TextPattern = {
  pattern: /^subnet-[0-9a-f]{8,17}$/,
  meaning: 'a subnet id such as subnet-0a1b2c3d4e5f60718',
};
