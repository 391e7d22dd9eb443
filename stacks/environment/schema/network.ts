import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../lib/aws/log-group';
import {
  DEFAULT_FLOW_LOG_RETENTION_DAYS,
  ENDPOINT_SERVICES,
  type EndpointService,
  NAT_MODES,
  type NatMode,
} from '../../../lib/network/network-limits';
import { NETWORK_PREFIX, ZONE_COUNTS, type ZoneCount } from '../../../lib/network/subnet-plan';
import { choice, text } from './fields';

/** A VPC that the platform makes. */
export interface NewNetwork {
  readonly cidr: string;
  readonly zones: ZoneCount;
  readonly nat: NatMode;
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
      .describe(
        `Makes a new VPC of these private addresses, from /${NETWORK_PREFIX.min} to /${NETWORK_PREFIX.max}. It cannot be changed later.`,
      )
      .optional(),
    zones: z
      .literal(ZONE_COUNTS, `one of ${ZONE_COUNTS.join(', ')}`)
      .describe('Availability zones of a new VPC; a third may be added later. Default: 2, for size large 3.')
      .meta({ examples: [2] })
      .optional(),
    nat: choice(NAT_MODES)
      .describe(
        'How private subnets reach the internet: not at all, through one NAT gateway, or through one in each zone so that a lost zone takes no other with it. Default: single, for size large per-zone.',
      )
      .optional(),
    endpoints: z
      .array(choice(ENDPOINT_SERVICES))
      .describe(
        'AWS services reached through interface endpoints, which refuse credentials of other accounts; each costs per hour and zone. S3 always has its gateway endpoint, which is free. Default: all for size large or without NAT, else none.',
      )
      .optional(),
    flowLogRetentionDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
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
