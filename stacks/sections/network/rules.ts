import { Ipv4Block } from '../../../lib/network/ipv4-block';
import { MIN_PRIVATE_SUBNETS } from '../../../lib/network/network-limits';
import { DOCKER_BLOCK, NETWORK_PREFIX, PRIVATE_BLOCKS } from '../../../lib/network/subnet-plan';
import type { Draft } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';

/** Services that every workload needs. Without NAT they are reachable only through endpoints. */
const NEEDED_WITHOUT_NAT = ['sts', 'ecr.api', 'ecr.dkr', 'logs', 'kms', 'secretsmanager'] as const;

const NEW = ['cidr', 'zones', 'nat', 'endpoints', 'flowLogRetentionDays', 'peers'] as const;
const EXISTING = ['vpcId', 'privateSubnetIds', 'publicSubnetIds'] as const;

/** Rules between the values of `network`. */
export function* networkRules(_: unknown, { network }: Draft): Iterable<FileError> {
  if (!network) return;
  yield* oneForm(network);
  yield* subnets(network);
  yield* blocks(network);
  yield* reachable(network);
}

type Network = NonNullable<Draft['network']>;

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
  if (cidr !== undefined) yield* wellFormed(['network', 'cidr'], cidr);
  if (own) yield* suitable(['network', 'cidr'], own);
  for (const [index, text] of peers.entries()) {
    if (text === undefined) continue;
    const path = ['network', 'peers', index];
    yield* wellFormed(path, text);
    if (own && Ipv4Block.parse(text)?.overlaps(own)) {
      yield error(
        path,
        `must not overlap network.cidr ${own}, got '${text}'; choose another cidr, routing between overlapping networks is not possible`,
      );
    }
  }
}

function* wellFormed(path: Path, text: string): Iterable<FileError> {
  if (Ipv4Block.parse(text)) return;
  const start = startOfBlock(text);
  yield start
    ? error(path, `must not have host bits, got '${text}'; write ${start}`)
    : error(
        path,
        `must be four numbers up to 255 and a prefix length up to 32, got '${text}'; write for example 10.20.0.0/16`,
      );
}

/** The block of an address with host bits: 10.20.0.0/16 for 10.20.3.0/16. */
function startOfBlock(text: string): Ipv4Block | undefined {
  const [address = '', length = ''] = text.split('/');
  const bits = address
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  const start = bits
    .slice(0, Number(length))
    .padEnd(32, '0')
    .match(/.{8}/g)
    ?.map((byte) => Number.parseInt(byte, 2));
  return bits.length === 32 ? Ipv4Block.parse(`${start?.join('.')}/${length}`) : undefined;
}

function* suitable(path: Path, block: Ipv4Block): Iterable<FileError> {
  const { min, max } = NETWORK_PREFIX;
  if (block.prefix < min || block.prefix > max) {
    yield error(
      path,
      `must have a prefix length from /${min} to /${max}, got '${block}'; choose another length, AWS allows at most /${min} and the subnets need at least /${max}`,
    );
  }
  if (!PRIVATE_BLOCKS.some((range) => range.contains(block))) {
    yield error(
      path,
      `must be within ${PRIVATE_BLOCKS.join(', ')}, got '${block}'; choose private addresses, others are routed on the internet`,
    );
  }
  if (block.overlaps(DOCKER_BLOCK)) {
    yield error(
      path,
      `must not overlap ${DOCKER_BLOCK}, got '${block}'; choose another block, SageMaker's hosts use this one`,
    );
  }
}

function* reachable({ nat, endpoints }: Network): Iterable<FileError> {
  const repeated = endpoints?.findIndex((name, index) => name !== undefined && endpoints.indexOf(name) < index) ?? -1;
  if (repeated >= 0)
    yield error(
      ['network', 'endpoints', repeated],
      `must be listed once, got '${endpoints?.[repeated]}' again; remove one`,
    );
  if (nat !== 'none' || !endpoints || endpoints.includes(undefined)) return;
  const missing = NEEDED_WITHOUT_NAT.filter((name) => !endpoints.includes(name));
  if (missing.length > 0) {
    yield error(
      ['network', 'endpoints'],
      `must include ${missing.join(', ')} if nat is none; add them, or remove endpoints to use all`,
    );
  }
}
