import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../lib/aws/log-group';
import {
  ACCOUNT,
  COMMON_ENDPOINTS,
  DEFAULT_FLOW_LOG_RETENTION_DAYS,
  ENDPOINT_SERVICES,
  type EndpointService,
  GATEWAY_SERVICES,
  NAT_MODES,
  type NatMode,
  ROUTE_TABLE_ID,
  SUBNET_ID,
  VPC_ID,
} from '../../../lib/network/network-limits';
import { NETWORK_PREFIX, ZONE_COUNTS, type ZoneCount } from '../../../lib/network/subnet-plan';
import { bySize } from '../../environment/schema/choices';
import { excludes, snippet } from '../../environment/schema/editor';
import { choice, text } from '../../environment/schema/fields';

export const ZONES = bySize<ZoneCount>({ small: 2, medium: 2, large: 3 });
export const NAT = bySize<NatMode>({ small: 'single', medium: 'single', large: 'per-zone' });
/** For a network with internet access; a network without it has more, because workloads need them. */
export const ENDPOINTS = bySize<readonly EndpointService[]>(
  { small: [], medium: [], large: COMMON_ENDPOINTS },
  (list) => (list.length === 0 ? 'none' : list.join(', ')),
);

/** Keys of a new VPC, which have no effect with an existing one. */
export const NEW = ['cidr', 'zones', 'nat', 'flowLogRetentionDays', 'peers', 'resourceAccounts'] as const;
/** Keys of an existing VPC. */
export const EXISTING = ['vpcId', 'privateSubnetIds', 'publicSubnetIds', 'routeTableIds'] as const;

const cidr = () => text({ pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, meaning: 'an IPv4 block such as 10.20.0.0/16' });
const subnetIds = () => z.array(text(SUBNET_ID));

/** What may be written under `network`. */
export const NetworkSchema = z
  .strictObject({
    cidr: cidr()
      .describe(
        `IPv4 block of a new VPC: private addresses, from /${NETWORK_PREFIX.min} to /${NETWORK_PREFIX.max}. It cannot be changed later.`,
      )
      .optional(),
    zones: z
      .literal(ZONE_COUNTS, `one of ${ZONE_COUNTS.join(', ')}`)
      .describe(`Number of availability zones of a new VPC. A third can be added later. ${ZONES.description}`)
      .meta({ examples: [2] })
      .optional(),
    nat: choice(NAT_MODES)
      .describe(
        `How private subnets reach the internet: not at all, through one NAT gateway, or through one in each zone, so that the loss of one zone does not affect the others. ${NAT.description}`,
      )
      .optional(),
    endpoints: z
      .array(choice(ENDPOINT_SERVICES))
      .describe(
        `AWS services with endpoints, which refuse credentials of other accounts. Each is charged per hour and zone, except ${GATEWAY_SERVICES.join(', ')}. S3 always has a gateway endpoint, which is free. ${ENDPOINTS.description} Without NAT: those of size large, and what the other sections call (docs/endpoints.md). In an existing VPC: none; it must have DNS support and DNS host names.`,
      )
      .optional(),
    flowLogRetentionDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .default(DEFAULT_FLOW_LOG_RETENTION_DAYS)
      .describe(
        `Days that the flow log of accepted and rejected connections is kept. Default: ${DEFAULT_FLOW_LOG_RETENTION_DAYS}, because intrusions are often found months later.`,
      ),
    peers: z
      .array(cidr())
      .default([])
      .describe(
        'IPv4 blocks of networks that will be connected to this one. Creates nothing: cidr must not overlap them. Default: none.',
      ),
    resourceAccounts: z
      .array(text(ACCOUNT))
      .default([])
      .describe(
        'Other accounts whose resources may be used, for example the owner of a bucket of the lake. Without NAT the endpoints are the only way out, and they allow resources of this account and of these only. Default: none.',
      ),
    routeTableIds: z
      .array(text(ROUTE_TABLE_ID))
      .describe(
        'Route tables of the existing VPC that get a gateway endpoint for S3. Name none that has one already. Default: none.',
      )
      .optional(),
    vpcId: text(VPC_ID)
      .describe('Id of an existing VPC to use instead of a new one; needs privateSubnetIds.')
      .optional(),
    privateSubnetIds: subnetIds()
      .describe('Subnets of the existing VPC without a route from the internet: at least two, in different zones.')
      .optional(),
    publicSubnetIds: subnetIds()
      .describe('Subnets of the existing VPC with a route from the internet. Default: none.')
      .optional(),
  })
  .describe('The network: a new VPC (cidr, ...) or an existing one (vpcId and privateSubnetIds).')
  .meta({
    examples: [{ cidr: '10.20.0.0/16' }],
    anyOf: [{ required: ['cidr'] }, { required: ['vpcId', 'privateSubnetIds'] }],
    allOf: [excludes('cidr', EXISTING), excludes('vpcId', NEW)],
    defaultSnippets: [
      snippet('a new VPC', { cidr: '${1:10.20.0.0/16}' }),
      snippet('an existing VPC', {
        vpcId: '${1:vpc-0a1b2c3d4e5f60718}',
        privateSubnetIds: ['${2:subnet-0a1b2c3d4e5f60718}', '${3:subnet-0a1b2c3d4e5f60719}'],
      }),
    ],
  });
