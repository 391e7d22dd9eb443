import { SIZES } from '../defaults';
import type { Draft } from '../draft';
import { type Fault, fault, type Path } from '../faults';
import { Cidr } from './cidr';

/** What AWS takes as a VPC, and what still leaves room for a platform. */
export const MIN_PREFIX_LENGTH = 16;
export const MAX_PREFIX_LENGTH = 24;
/** The smallest useful subnet: 59 addresses for endpoints, databases and training instances. */
export const MAX_SUBNET_PREFIX_LENGTH = 26;

const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
/** Docker's bridge: SageMaker and build instances use it, and cannot reach a VPC that does too. */
const DOCKER_BLOCK = '172.17.0.0/16';
/** What every workload talks to; without NAT there is no other way to them. */
const NEEDED_WITHOUT_NAT = ['sts', 'ecr.api', 'ecr.dkr', 'logs', 'kms', 'secretsmanager'] as const;

const NEW = ['cidr', 'zones', 'nat', 'endpoints', 'flowLogRetentionDays', 'peers'] as const;
const EXISTING = ['vpcId', 'privateSubnetIds', 'publicSubnetIds'] as const;
const MIN_SUBNETS = 2;

export function* networkRules({ network, size }: Draft): Iterable<Fault> {
  if (!network) return;
  yield* oneForm(network);
  yield* subnets(network);
  yield* block(network, network.zones ?? ('zones' in network ? undefined : SIZES[size ?? 'small'].zones));
  yield* reachable(network);
}

type Network = NonNullable<Draft['network']>;

function* oneForm(network: Network): Iterable<Fault> {
  const path = ['network'];
  const existing = EXISTING.filter((key) => key in network);
  if (existing.length === 0 && !('cidr' in network)) {
    yield fault(
      path,
      'says neither form; give cidr for a new VPC, or vpcId and privateSubnetIds for an existing one',
      'key',
    );
  } else if (existing.length > 0 && 'cidr' in network) {
    yield fault(
      path,
      `describes a new VPC by cidr and an existing one by ${existing.join(', ')}; keep one of the two`,
      'key',
    );
  } else if (existing.length > 0) {
    for (const key of ['vpcId', 'privateSubnetIds']) {
      if (!(key in network))
        yield fault(
          [...path, key],
          `is missing; an existing VPC needs vpcId and privateSubnetIds, got only ${existing.join(', ')}`,
          'key',
        );
    }
    for (const key of NEW) {
      if (key in network) yield fault([...path, key], 'changes nothing in an existing VPC; leave it out', 'key');
    }
  }
}

function* subnets({ privateSubnetIds, publicSubnetIds = [] }: Network): Iterable<Fault> {
  if (!privateSubnetIds) return;
  const distinct = new Set(privateSubnetIds);
  if (distinct.size < MIN_SUBNETS) {
    yield fault(
      ['network', 'privateSubnetIds'],
      `must be at least ${MIN_SUBNETS} different subnets, got ${distinct.size}; databases need one in each of two zones`,
    );
  }
  for (const [index, id] of publicSubnetIds.entries()) {
    if (id !== undefined && distinct.has(id)) {
      yield fault(['network', 'publicSubnetIds', index], `must not be a private subnet too, got '${id}'; list it once`);
    }
  }
}

function* block({ cidr, peers = [] }: Network, zones: number | undefined): Iterable<Fault> {
  const path = ['network', 'cidr'];
  const own = cidr === undefined ? undefined : Cidr.parse(cidr);
  if (cidr !== undefined) yield* wellFormed(path, cidr);
  if (own) yield* suitable(path, own, zones);
  for (const [index, text] of peers.entries()) {
    if (text === undefined) continue;
    const here = [...path.slice(0, 1), 'peers', index];
    yield* wellFormed(here, text);
    const peer = Cidr.parse(text);
    if (own && peer?.overlaps(own)) {
      yield fault(
        here,
        `must not overlap network.cidr ${own}, got '${text}'; choose another cidr, addresses in both could not be told apart`,
      );
    }
  }
}

function* wellFormed(path: Path, text: string): Iterable<Fault> {
  const cidr = Cidr.parse(text);
  if (!cidr)
    yield fault(
      path,
      `must be four numbers up to 255 and a length up to 32, got '${text}'; write for example 10.20.0.0/16`,
    );
  else if (`${cidr.start}` !== text)
    yield fault(path, `must begin at the start of its block, got '${text}'; write ${cidr.start}`);
}

function* suitable(path: Path, cidr: Cidr, zones: number | undefined): Iterable<Fault> {
  const { prefixLength } = cidr;
  if (prefixLength < MIN_PREFIX_LENGTH || prefixLength > MAX_PREFIX_LENGTH) {
    yield fault(
      path,
      `must have a length from /${MIN_PREFIX_LENGTH} to /${MAX_PREFIX_LENGTH}, got '${cidr}'; a VPC holds no more, a platform needs no less`,
    );
  } else if (zones !== undefined) {
    const longest = MAX_SUBNET_PREFIX_LENGTH - Math.ceil(Math.log2(2 * zones));
    if (prefixLength > longest) {
      yield fault(
        path,
        `must be /${longest} or larger for ${zones} zones, got '${cidr}'; each zone has two subnets of at least /${MAX_SUBNET_PREFIX_LENGTH}`,
      );
    }
  }
  if (!PRIVATE_BLOCKS.some((block) => cidr.isWithin(Cidr.parse(block)!))) {
    yield fault(
      path,
      `must lie within ${PRIVATE_BLOCKS.join(', ')}, got '${cidr}'; other addresses belong to somebody on the internet`,
    );
  }
  if (cidr.overlaps(Cidr.parse(DOCKER_BLOCK)!)) {
    yield fault(
      path,
      `must not overlap ${DOCKER_BLOCK}, got '${cidr}'; containers of SageMaker and of build machines use that block inside`,
    );
  }
}

function* reachable({ nat, endpoints }: Network): Iterable<Fault> {
  const repeated = endpoints?.findIndex((name, index) => name !== undefined && endpoints.indexOf(name) < index) ?? -1;
  if (repeated >= 0)
    yield fault(
      ['network', 'endpoints', repeated],
      `stands twice in the list, got '${endpoints?.[repeated]}'; keep one`,
    );
  if (nat !== 'none' || !endpoints || endpoints.includes(undefined)) return;
  const missing = NEEDED_WITHOUT_NAT.filter((name) => !endpoints.includes(name));
  if (missing.length > 0) {
    yield fault(
      ['network', 'endpoints'],
      `must hold ${missing.join(', ')} when nat is none; add them, or leave endpoints out to have all`,
    );
  }
}
