import type * as z from 'zod';
import {
  COMMON_ENDPOINTS,
  ENDPOINT_SERVICES,
  type EndpointService,
  type NatMode,
} from '../../../lib/network/network-limits';
import type { ZoneCount } from '../../../lib/network/subnet-plan';
import type { ServiceNeed } from '../../environment/rules/service-needs';
import type { Size } from '../../environment/schema/choices';
import type { Section } from '../../environment/section';
import { part } from '../../offers';
import { isIsolated, networkRules, unservedRules } from './rules';
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
  unserved: unservedRules,
  serve: (_, settings, needs) => (isIsolated(settings) ? withEndpoints(settings, needs) : settings),
  parts: (settings) => [
    part('foundation', (stack, available) =>
      (require('./make') as typeof import('./make')).makeNetwork(stack, settings, available),
    ),
  ],
};

function withEndpoints(settings: NewNetwork, needs: readonly ServiceNeed[]): NewNetwork {
  const wanted = new Set([...settings.endpoints, ...needs.map(({ service }) => service)]);
  // those of the file come first, in its order: a list that has all is unchanged
  const more = ENDPOINT_SERVICES.filter((service) => wanted.has(service) && !settings.endpoints.includes(service));
  return { ...settings, endpoints: [...settings.endpoints, ...more] };
}

function complete(written: z.output<typeof NetworkSchema>, size: Size): NewNetwork | ExistingNetwork {
  const { vpcId, privateSubnetIds = [], publicSubnetIds = [], routeTableIds = [], resourceAccounts } = written;
  if (vpcId !== undefined) {
    return { vpcId, privateSubnetIds, publicSubnetIds, endpoints: written.endpoints ?? [], routeTableIds };
  }
  const { cidr = '', zones = ZONES.of(size), nat = NAT.of(size), peers, flowLogRetentionDays } = written;
  const endpoints = written.endpoints ?? (nat === 'none' ? COMMON_ENDPOINTS : ENDPOINTS.of(size));
  return { cidr, zones, nat, endpoints, flowLogRetentionDays, peers, resourceAccounts };
}
