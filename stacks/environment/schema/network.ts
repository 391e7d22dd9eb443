import * as z from 'zod';
import { choice, integer, text } from './fields';

/** AWS services that a network can reach through interface endpoints, without leaving AWS's own network. */
export const ENDPOINTS = [
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

/** What CloudWatch Logs accepts as retention. */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** A year of flow logs: intrusions are found months later, and keeping logs costs little beside taking them in. */
export const DEFAULT_FLOW_LOG_RETENTION_DAYS = 365;

export type EndpointService = (typeof ENDPOINTS)[number];

/** A VPC that the platform makes. */
export interface NewNetwork {
  readonly cidr: string;
  readonly zones: number;
  readonly nat: 'none' | 'single' | 'per-zone';
  readonly endpoints: readonly EndpointService[];
  readonly flowLogRetentionDays: number;
  readonly peers: readonly string[];
}

/** A VPC that exists already; `'vpcId' in network` tells it from a new one. */
export interface ExistingNetwork {
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
}

const cidr = () => text(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'an IPv4 block such as 10.20.0.0/16');
const subnetIds = () => z.array(text(/^subnet-[0-9a-f]{8,17}$/, 'a subnet id such as subnet-0a1b2c3d4e5f60718'));

export const NetworkSchema = z
  .strictObject({
    cidr: cidr()
      .describe('Makes a new VPC of these private addresses, /16 to /24, split evenly into private and public subnets.')
      .optional(),
    zones: integer(2, 3)
      .describe('Availability zones of a new VPC: 2 or 3. Default: 2, for size large 3.')
      .meta({ examples: [2] })
      .optional(),
    nat: choice(['none', 'single', 'per-zone'])
      .describe(
        'How private subnets reach the internet: not at all, through one NAT gateway, or through one in each zone so that a lost zone takes no other with it. Default: single, for size large per-zone.',
      )
      .optional(),
    endpoints: z
      .array(choice(ENDPOINTS))
      .describe(
        'AWS services reached through interface endpoints instead of the internet; each costs per hour and zone. S3 always has its (free) gateway endpoint. Default: all, for size small with NAT none of them.',
      )
      .optional(),
    flowLogRetentionDays: z
      .literal(RETENTION_DAYS, `one of ${RETENTION_DAYS.join(', ')}`)
      .default(DEFAULT_FLOW_LOG_RETENTION_DAYS)
      .describe(
        'Days that the log of accepted and refused connections is kept. Intrusions are found months later: a year.',
      ),
    peers: z
      .array(cidr())
      .default([])
      .describe(
        'Blocks of networks that this one will ever be connected to. Nothing is made: a new VPC must not overlap them.',
      ),
    vpcId: text(/^vpc-[0-9a-f]{8,17}$/, 'a VPC id such as vpc-0a1b2c3d4e5f60718')
      .describe('Uses an existing VPC instead of making one; needs privateSubnetIds.')
      .optional(),
    privateSubnetIds: subnetIds()
      .describe('Subnets of the existing VPC without a route from the internet: at least two, in different zones.')
      .optional(),
    publicSubnetIds: subnetIds()
      .describe('Subnets of the existing VPC with a route from the internet. Default: none.')
      .optional(),
  })
  .describe('Where everything runs: a new VPC (cidr, ...) or an existing one (vpcId and privateSubnetIds).')
  .meta({
    anyOf: [{ required: ['cidr'] }, { required: ['vpcId', 'privateSubnetIds'] }],
  });
