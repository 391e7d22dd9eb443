import { partitionOf } from '../../../lib/aws/arns';
import { brokenCacheRules, CREDENTIALS_PREFIX } from '../../../lib/registry/registry-limits';
import type { Draft } from '../../environment/draft';
import { error, type FileError } from '../../environment/errors';
import { PROFILES } from '../../environment/schema/choices';
import { REFUSED_KEYS } from '../../environment/text/document';
import { defaultCaches, upstreamName } from './caches';
import { DATABASE_ENGINES } from './database/engines';
import { packageRules } from './package-rules';

const PATH = ['registry'];

type DraftRegistry = NonNullable<Draft['registry']>;

/** Rules between the values of `registry`. */
export function* registryRules(registry: DraftRegistry, file: Draft): Iterable<FileError> {
  yield* DATABASE_ENGINES.rules([...PATH, 'database'], registry.database, file);
  yield* images(registry);
  yield* belowCaches(registry, file);
  yield* packageRules(registry, file);
  for (const [name, upstream = {}] of Object.entries(registry.pullThroughCache ?? {})) {
    const place = [...PATH, 'pullThroughCache', name];
    if (file.region !== undefined) {
      const rules = brokenCacheRules(partitionOf(file.region), 'secretArn' in upstream);
      for (const { must, fix } of rules) yield error(place, `${must}, got region ${file.region}; ${fix}`, 'key');
    }
    if (file.network?.nat === 'none') {
      const message = 'needs NAT for the first pull of an image, got network.nat none; remove it, or set network.nat';
      yield error(place, message, 'key');
    }
    const secret = 'secretArn' in upstream ? upstream.secretArn : undefined;
    if (secret && !secret.split(':secret:')[1]?.startsWith(CREDENTIALS_PREFIX)) {
      yield error(
        [...place, 'secretArn'],
        `must be a secret whose name begins with ${CREDENTIALS_PREFIX}, got '${secret}'; rename the secret`,
      );
    }
  }
}

function* images({ images: list }: DraftRegistry): Iterable<FileError> {
  if (!Array.isArray(list)) return;
  const known = new Set<string>();
  for (const [index, name] of list.entries()) {
    if (name === undefined) continue;
    const refusal = REFUSED_KEYS.get(name);
    if (refusal) yield error([...PATH, 'images', index], refusal);
    if (known.has(name))
      yield error([...PATH, 'images', index], `must be listed once, got '${name}' again; remove one`);
    known.add(name);
  }
}

/** ECR would take a repository below a cache's prefix for a cached one. */
function* belowCaches({ images: list = [], pullThroughCache }: DraftRegistry, file: Draft): Iterable<FileError> {
  const { profile = PROFILES[0], region = '', network } = file;
  const caches = Object.keys(pullThroughCache ?? defaultCaches(profile, region, network?.nat)).map(upstreamName);
  const places = Array.isArray(list) ? list.entries() : Object.keys(list).map((name) => [name, name] as const);
  for (const [place, name] of places) {
    const cache = caches.find((prefix) => name?.startsWith(`${prefix}/`));
    if (cache === undefined) continue;
    const message = `must not be below ${cache}/, the prefix of a cache of registry.pullThroughCache, got '${name}'; rename it`;
    yield error([...PATH, 'images', place], message, Array.isArray(list) ? 'value' : 'key');
  }
}
