import type * as z from 'zod';
import { Ipv4Block } from '../../../lib/network/ipv4-block';
import { MIN_PRIVATE_SUBNETS } from '../../../lib/network/network-limits';
import { brokenBlockRules, brokenCidrRules } from '../../../lib/network/subnet-plan';
import type { Draft } from '../../environment/draft';
import { broken, error, type FileError } from '../../environment/errors';
import type { ServiceNeed } from '../../environment/rules/service-needs';
import { SIZES, type Size } from '../../environment/schema/choices';
import { EXISTING, NAT, NEW, type NetworkSchema } from './schema';
import type { ExistingNetwork, NewNetwork } from './section';

/** Services that every workload needs. Without NAT they are reachable only through endpoints. */
const NEEDED_WITHOUT_NAT = ['sts', 'ecr.api', 'ecr.dkr', 'logs', 'kms', 'secretsmanager'] as const;

/** Rules between the values of `network`. */
export function* networkRules(_: unknown, { network, size = SIZES[0] }: Draft): Iterable<FileError> {
  if (!network) return;
  yield* oneForm(network);
  yield* subnets(network);
  yield* blocks(network);
  yield* reachable(network, size);
}

type Network = NonNullable<Draft['network']>;
type NetworkInput = z.output<typeof NetworkSchema>;

function* oneForm(network: Network): Iterable<FileError> {
  const path = ['network'];
  const existing = EXISTING.filter((key) => key in network);
  if (existing.length === 0 && !('cidr' in network)) {
    yield error(
      path,
      'must have either cidr, for a new VPC, or vpcId and privateSubnetIds, for an existing one; add one of them',
      'key',
    );
  } else if (existing.length > 0 && 'cidr' in network) {
    yield error(
      path,
      `must be either a new VPC or an existing one, got cidr and ${existing.join(', ')}; remove one of them`,
      'key',
    );
  } else if (existing.length > 0) {
    for (const key of ['vpcId', 'privateSubnetIds']) {
      if (!(key in network))
        yield error(
          [...path, key],
          `is missing; add it, an existing VPC needs vpcId and privateSubnetIds, got only ${existing.join(', ')}`,
          'key',
        );
    }
    for (const key of NEW) {
      if (key in network) yield error([...path, key], 'has no effect with an existing VPC; remove it', 'key');
    }
  }
}

function* subnets({ privateSubnetIds, publicSubnetIds = [] }: Network): Iterable<FileError> {
  if (!privateSubnetIds) return;
  const distinct = new Set(privateSubnetIds);
  if (distinct.size < MIN_PRIVATE_SUBNETS) {
    yield error(
      ['network', 'privateSubnetIds'],
      `must be at least ${MIN_PRIVATE_SUBNETS} different subnets, got ${distinct.size}; add one, databases need subnets in two zones`,
    );
  }
  for (const [index, id] of publicSubnetIds.entries()) {
    if (id !== undefined && distinct.has(id)) {
      yield error(
        ['network', 'publicSubnetIds', index],
        `must not be in privateSubnetIds too, got '${id}'; remove one of them`,
      );
    }
  }
}

function* blocks({ cidr, peers = [] }: Network): Iterable<FileError> {
  const own = cidr === undefined ? undefined : Ipv4Block.parse(cidr);
  if (cidr !== undefined) yield* broken(['network', 'cidr'], cidr, brokenCidrRules(cidr));
  for (const [index, text] of peers.entries()) {
    if (text === undefined) continue;
    const path = ['network', 'peers', index];
    yield* broken(path, text, brokenBlockRules(text));
    if (own && Ipv4Block.parse(text)?.overlaps(own)) {
      yield error(
        path,
        `must not overlap network.cidr ${own}, got '${text}'; choose another cidr, routing between overlapping networks is not possible`,
      );
    }
  }
}

function* reachable(network: Network, size: Size): Iterable<FileError> {
  const { endpoints } = network;
  const nat = 'nat' in network ? network.nat : NAT.of(size);
  if (network.resourceAccounts?.length && nat !== undefined && nat !== 'none' && 'cidr' in network) {
    yield error(
      ['network', 'resourceAccounts'],
      `has no effect with nat ${nat}, whose endpoints do not limit resources; remove it`,
      'key',
    );
  }
  const repeated = endpoints?.findIndex((name, index) => name !== undefined && endpoints.indexOf(name) < index) ?? -1;
  if (repeated >= 0)
    yield error(
      ['network', 'endpoints', repeated],
      `must be listed once, got '${endpoints?.[repeated]}' again; remove one`,
    );
  if (nat !== 'none' || !('cidr' in network) || !endpoints || endpoints.includes(undefined)) return;
  const missing = NEEDED_WITHOUT_NAT.filter((name) => !endpoints.includes(name));
  if (missing.length > 0) {
    yield error(
      ['network', 'endpoints'],
      `must include ${missing.join(', ')} if nat is none; add them, or remove endpoints to have all that are needed`,
    );
  }
}

/** Whether the endpoints are the only way to AWS services: an existing VPC has its own, and NAT needs none. */
export function isIsolated(settings: NewNetwork | ExistingNetwork): settings is NewNetwork {
  return !('vpcId' in settings) && settings.nat === 'none';
}

/** What the sections of the file call must be among the endpoints that the file names. */
export function* unservedRules(
  { endpoints: written }: NetworkInput,
  settings: NewNetwork | ExistingNetwork,
  needs: readonly ServiceNeed[],
): Iterable<FileError> {
  if (!written || !isIsolated(settings)) return;
  const missing = needs.filter(({ service }) => !written.includes(service));
  const callers = new Map<string, string[]>();
  for (const { service, section, workload } of missing) {
    const caller = workload === undefined ? section : `${section} (${workload})`;
    callers.set(caller, [...new Set([...(callers.get(caller) ?? []), service])]);
  }
  for (const [caller, services] of callers) {
    yield error(
      ['network', 'endpoints'],
      `must include ${services.join(', ')} if nat is none, because ${caller} calls ${services.length === 1 ? 'it' : 'them'}; add ${services.length === 1 ? 'it' : 'them'}, or remove endpoints to have all that are needed`,
    );
  }
}
