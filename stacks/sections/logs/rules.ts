import { brokenNodeRules, brokenVolumeRules, isRole, MAX_SEARCH_ZONES } from '../../../lib/logging/logging-limits';
import { Ipv4Block } from '../../../lib/network/ipv4-block';
import { brokenBlockRules } from '../../../lib/network/subnet-plan';
import type { Draft } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';
import { SIZES } from '../../environment/schema/choices';
import { ZONES } from '../network/schema';
import { INSTANCE, MASTER, type OpenSearchInput, SEARCH_NODES, STORAGE_GB } from './opensearch';
import { entityIn } from './saml';
import { SOURCES, whyNot } from './sources';

type Own = Draft<OpenSearchInput>;
const PATH: Path = ['logs'];

/** Rules between the values of `logs` with OpenSearch. */
export function* searchRules(own: Own, file: Draft): Iterable<FileError> {
  yield* capacity(own, file);
  yield* sources(own, file);
  yield* people(own);
  yield* addresses(own);
  yield* signIn(own);
}

/** The value of a key, by default that of the size; `undefined` if it is invalid. */
function writtenOr<K extends keyof Own, V>(own: Own, key: K, byDefault: V): NonNullable<Own[K]> | V | undefined {
  return key in own ? (own[key] as NonNullable<Own[K]> | undefined) : byDefault;
}

function* capacity(own: Own, { network, size = SIZES[0] }: Draft): Iterable<FileError> {
  const nodes = writtenOr(own, 'nodes', SEARCH_NODES.of(size));
  const instance = writtenOr(own, 'instance', INSTANCE.of(size));
  const storageGb = writtenOr(own, 'storageGb', STORAGE_GB.of(size));
  if (nodes !== undefined) {
    const zones = zonesOf(network, size);
    yield* broken([...PATH, 'nodes'], nodes, brokenNodeRules(nodes, zones));
    if (size === 'large' && nodes === 1) {
      const message = 'must be at least 2 with size large, so that the loss of a node loses nothing, got the number 1';
      yield error([...PATH, 'nodes'], `${message}; raise it`);
    }
    if (nodes === 1 && own.master !== undefined && own.master !== 'none') {
      yield error([...PATH, 'master'], 'has no effect with one node; remove it, or raise nodes', 'key');
    }
  }
  if (instance !== undefined && storageGb !== undefined) {
    const key = 'storageGb' in own || !('instance' in own) ? 'storageGb' : 'instance';
    for (const { path, message } of broken([...PATH, key], storageGb, brokenVolumeRules(storageGb, instance))) {
      yield error(path, key === 'instance' ? `storageGb ${message}` : message);
    }
  }
  for (const key of ['instance', 'master'] as const) {
    if (size === 'large' && own[key]?.startsWith('t3.')) {
      const message = `must be no t3 type with size large, whose processors are throttled after a while, got '${own[key]}'; use ${key === 'master' ? MASTER.of(size) : INSTANCE.of(size)} for example`;
      yield error([...PATH, key], message);
    }
  }
}

function zonesOf(network: Draft['network'], size: (typeof SIZES)[number]): number {
  if (network === undefined) return MAX_SEARCH_ZONES;
  if ('vpcId' in network) return network.privateSubnetIds?.length ?? MAX_SEARCH_ZONES;
  return 'zones' in network ? (network.zones ?? MAX_SEARCH_ZONES) : ZONES.of(size);
}

function* sources(own: Own, file: Draft): Iterable<FileError> {
  const { sources: list } = own;
  const path = [...PATH, 'sources'];
  if (list === undefined) {
    const isAny = SOURCES.some((source) => source !== 'connections' && whyNot(source, file) === undefined);
    if (!('sources' in own) && !isAny) {
      yield error(PATH, 'has nothing to ship to OpenSearch: no part of the file has such logs; use engine: cloudwatch');
    }
    return;
  }
  if (list.length === 0)
    yield error(path, 'must have at least one source, got none; add one, or use engine: cloudwatch');
  yield* repeated(path, list);
  for (const [index, source] of list.entries()) {
    const why = source === undefined ? undefined : whyNot(source, file);
    if (why !== undefined) yield error([...path, index], why);
  }
}

function* people({ readers = [], administrators = [], saml, ...own }: Own): Iterable<FileError> {
  yield* repeated([...PATH, 'readers'], readers);
  yield* repeated([...PATH, 'administrators'], administrators);
  for (const [index, reader] of readers.entries()) {
    if (reader !== undefined && administrators.includes(reader)) {
      const message = `must not be in administrators too, who may read, got '${reader}'; remove one of them`;
      yield error([...PATH, 'readers', index], message);
    }
  }
  if (saml !== undefined || 'saml' in own) return;
  if (readers.length + administrators.length === 0) {
    yield error(PATH, 'must have somebody who searches, got nobody; add readers, or use engine: cloudwatch', 'key');
  }
  for (const [key, list] of Object.entries({ readers, administrators })) {
    for (const [index, one] of list.entries()) {
      if (one === undefined || isRole(one)) continue;
      const message = `must be the ARN of a role without saml, whose groups are not known, got '${one}'; add saml, or name a role`;
      yield error([...PATH, key, index], message);
    }
  }
}

function* addresses({ from = [], saml }: Own): Iterable<FileError> {
  const path = [...PATH, 'from'];
  yield* repeated(path, from);
  for (const [index, text] of from.entries()) {
    if (text === undefined) continue;
    const place = [...path, index];
    yield* broken(place, text, brokenBlockRules(text));
    const block = Ipv4Block.parse(text);
    if (block && block.prefix < 8) {
      const message = `must have a prefix length of at least /8, got '${text}'; name the addresses of your people only`;
      yield error(place, message);
    }
  }
  if (saml !== undefined && from.length === 0) {
    const message = 'has no effect without from: no address reaches the dashboards; add the addresses there';
    yield error([...PATH, 'saml'], message, 'key');
  }
}

function* signIn({ saml, readers = [], administrators = [] }: Own): Iterable<FileError> {
  if (saml === undefined) return;
  if (![...readers, ...administrators].some((one) => one === undefined || !isRole(one))) {
    const message = 'needs a group in readers or administrators, got none, so nobody gets in; add one there';
    yield error([...PATH, 'saml'], message, 'key');
  }
  const { entityId, metadata } = saml;
  const found = metadata === undefined ? undefined : entityIn(metadata);
  if (metadata !== undefined && found === undefined) {
    yield error([...PATH, 'saml', 'metadata'], "must have the attribute 'entityID', got none; copy the whole document");
  } else if (found !== undefined && entityId !== undefined && found !== entityId) {
    const message = `must be that of the metadata, '${found}', got '${entityId}'; correct one of them`;
    yield error([...PATH, 'saml', 'entityId'], message);
  }
}

function* repeated(path: Path, list: readonly (string | undefined)[]): Iterable<FileError> {
  const seen = new Set<string>();
  for (const [index, one] of list.entries()) {
    if (one === undefined) continue;
    if (seen.has(one)) yield error([...path, index], `must be there once, got '${one}' again; remove it`);
    seen.add(one);
  }
}
