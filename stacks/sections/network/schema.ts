import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../lib/aws/log-group';
import {
  DEFAULT_FLOW_LOG_RETENTION_DAYS,
  ENDPOINT_SERVICES,
  type EndpointService,
  NAT_MODES,
  type NatMode,
  SUBNET_ID,
  VPC_ID,
} from '../../../lib/network/network-limits';
import { NETWORK_PREFIX, ZONE_COUNTS, type ZoneCount } from '../../../lib/network/subnet-plan';
import { bySize } from '../../environment/schema/choices';
import { choice, text } from '../../environment/schema/fields';

export const ZONES = bySize<ZoneCount>({ small: 2, medium: 2, large: 3 });
export const NAT = bySize<NatMode>({ small: 'single', medium: 'single', large: 'per-zone' });
/** Of a network with a way to the internet; one without has all, since nothing would work otherwise. */
export const ENDPOINTS = bySize<readonly EndpointService[]>(
  { small: [], medium: [], large: ENDPOINT_SERVICES },
  (list) => (list.length === 0 ? 'none' : 'all'),
);

const cidr = () => text({ pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, meaning: 'an IPv4 block such as 10.20.0.0/16' });
const subnetIds = () => z.array(text(SUBNET_ID));

/** What may be written under `network`. */
export const NetworkSchema = z
  .strictObject({
    cidr: cidr()
      .describe(
        `Makes a new VPC of these private addresses, from /${NETWORK_PREFIX.min} to /${NETWORK_PREFIX.max}. It cannot be changed later.`,
      )
      .optional(),
    zones: z
      .literal(ZONE_COUNTS, `one of ${ZONE_COUNTS.join(', ')}`)
      .describe(`Availability zones of a new VPC; a third may be added later. ${ZONES.description}`)
      .meta({ examples: [2] })
      .optional(),
    nat: choice(NAT_MODES)
      .describe(
        `How private subnets reach the internet: not at all, through one NAT gateway, or through one in each zone so that a lost zone takes no other with it. ${NAT.description}`,
      )
      .optional(),
    endpoints: z
      .array(choice(ENDPOINT_SERVICES))
      .describe(
        `AWS services reached through interface endpoints, which refuse credentials of other accounts; each costs per hour and zone. S3 always has its gateway endpoint, which is free. ${ENDPOINTS.description} Without NAT: all.`,
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
    vpcId: text(VPC_ID).describe('Uses an existing VPC instead of making one; needs privateSubnetIds.').optional(),
    privateSubnetIds: subnetIds()
      .describe('Subnets of the existing VPC without a route from the internet: at least two, in different zones.')
      .optional(),
    publicSubnetIds: subnetIds()
      .describe('Subnets of the existing VPC with a route from the internet. Default: none.')
      .optional(),
  })
  .describe('Where everything runs: a new VPC (cidr, ...) or an existing one (vpcId and privateSubnetIds).')
  .meta({
    examples: [{ cidr: '10.20.0.0/16' }],
    anyOf: [{ required: ['cidr'] }, { required: ['vpcId', 'privateSubnetIds'] }],
  });
