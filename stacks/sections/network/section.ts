import type * as z from 'zod';
import { ENDPOINT_SERVICES, type EndpointService, type NatMode } from '../../../lib/network/network-limits';
import type { ZoneCount } from '../../../lib/network/subnet-plan';
import type { Size } from '../../environment/schema/choices';
import type { Section } from '../../environment/section';
import { part } from '../../offers';
import { networkRules } from './rules';
import { ENDPOINTS, NAT, NetworkSchema, ZONES } from './schema';

/** A VPC that the platform creates. */
export interface NewNetwork {
  readonly cidr: string;
  readonly zones: ZoneCount;
  readonly nat: NatMode;
  readonly endpoints: readonly EndpointService[];
  readonly flowLogRetentionDays: number;
  readonly peers: readonly string[];
  readonly resourceAccounts: readonly string[];
}

/** An existing VPC; identified by `'vpcId' in network`. */
export interface ExistingNetwork {
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly endpoints: readonly EndpointService[];
  readonly routeTableIds: readonly string[];
}

/** The network: a new VPC or an existing one. */
export const network: Section<'network', typeof NetworkSchema, NewNetwork | ExistingNetwork> = {
  name: 'network',
  schema: NetworkSchema,
  complete: (written, { size }) => complete(written, size),
  rules: networkRules,
  parts: (settings) => [
    part('foundation', (stack, available) =>
      (require('./make') as typeof import('./make')).makeNetwork(stack, settings, available),
    ),
  ],
};

function complete(written: z.output<typeof NetworkSchema>, size: Size): NewNetwork | ExistingNetwork {
  const { vpcId, privateSubnetIds = [], publicSubnetIds = [], routeTableIds = [], resourceAccounts } = written;
  if (vpcId !== undefined) {
    return { vpcId, privateSubnetIds, publicSubnetIds, endpoints: written.endpoints ?? [], routeTableIds };
  }
  const { cidr = '', zones = ZONES.of(size), nat = NAT.of(size), peers, flowLogRetentionDays } = written;
  const endpoints = written.endpoints ?? (nat === 'none' ? ENDPOINT_SERVICES : ENDPOINTS.of(size));
  return { cidr, zones, nat, endpoints, flowLogRetentionDays, peers, resourceAccounts };
}
