import { CREDENTIALS_PREFIX } from '../../../lib/registry/registry-limits';
import type { Draft } from '../../environment/draft';
import { error, type FileError } from '../../environment/errors';
import { REFUSED_KEYS } from '../../environment/text/document';
import { DATABASE_ENGINES } from './database/engines';

const PATH = ['registry'];

type DraftRegistry = NonNullable<Draft['registry']>;

/** Rules between the values of `registry`. */
export function* registryRules(registry: DraftRegistry, file: Draft): Iterable<FileError> {
  yield* DATABASE_ENGINES.rules([...PATH, 'database'], registry.database, file);
  yield* images(registry);
  if (file.region?.startsWith('cn-') && Object.keys(registry.pullThroughCache ?? {}).length > 0) {
    const message = `is not available in region ${file.region}; remove it, ECR has no pull-through caches in China`;
    yield error([...PATH, 'pullThroughCache'], message, 'key');
  }
  for (const [name, upstream = {}] of Object.entries(registry.pullThroughCache ?? {})) {
    const secret = 'secretArn' in upstream ? upstream.secretArn : undefined;
    if (secret && !secret.split(':secret:')[1]?.startsWith(CREDENTIALS_PREFIX)) {
      yield error(
        [...PATH, 'pullThroughCache', name, 'secretArn'],
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
