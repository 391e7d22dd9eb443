import { CREDENTIALS_PREFIX, leastMaxStorageGb } from '../../../lib/registry/registry-limits';
import { SIZES } from '../defaults';
import type { Draft } from '../draft';
import { type Fault, fault } from '../faults';

const PATH = ['registry'];

export function* registryRules({ registry = {}, size }: Draft): Iterable<Fault> {
  yield* storage(registry, size);
  yield* images(registry);
  for (const [name, upstream = {}] of Object.entries(registry.pullThroughCache ?? {})) {
    const secret = 'secretArn' in upstream ? upstream.secretArn : undefined;
    if (secret && !secret.split(':secret:')[1]?.startsWith(CREDENTIALS_PREFIX)) {
      yield fault(
        [...PATH, 'pullThroughCache', name, 'secretArn'],
        `must be a secret whose name begins with ${CREDENTIALS_PREFIX}, got '${secret}'; rename the secret`,
      );
    }
  }
}

function* storage({ database }: NonNullable<Draft['registry']>, size: Draft['size']): Iterable<Fault> {
  if (!database?.maxStorageGb) return; // 0: never grows
  const { maxStorageGb } = database;
  const storageGb = database.storageGb ?? ('storageGb' in database ? undefined : SIZES[size ?? 'small'].storageGb);
  if (storageGb === undefined) return;
  const least = leastMaxStorageGb(storageGb);
  if (maxStorageGb < least) {
    yield fault(
      [...PATH, 'database', 'maxStorageGb'],
      `must be at least ${least}, a tenth above storageGb ${storageGb}, got the number ${maxStorageGb}; raise it, or write 0 to let it never grow`,
    );
  }
}

function* images({ images: list }: NonNullable<Draft['registry']>): Iterable<Fault> {
  if (!Array.isArray(list)) return;
  for (const [index, name] of list.entries()) {
    if (name !== undefined && list.indexOf(name) < index)
      yield fault([...PATH, 'images', index], `stands twice in the list, got '${name}'; keep one`);
  }
}
