import type * as z from 'zod';
import { PACKAGE_GROUP } from '../../../lib/registry/packages/package-limits';
import { CACHE_PREFIX, REPOSITORY } from '../../../lib/registry/registry-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import type { Draft } from '../../environment/draft';
import type { General } from '../../environment/schema/general';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { defaultCaches, upstreamName } from './caches';
import { DATABASE_ENGINES } from './database/engines';
import { registryRules } from './rules';
import { ImageSchema, MODELS_BUCKET, RegistrySchema } from './schema';

const ENGINE_IS_FIXED = {
  id: 'DatabaseEngine',
  name: 'registry.database.engine',
  instead:
    'To move the data, make a database with the other engine in a stack of your own, copy the data, and point its users there. To give the data up, first set removal: destroy for the environment and for registry and deploy, then change the engine and deploy, then set removal back',
};

export type Registry = ReturnType<typeof complete>;

/** Registries: models, images, and their database. */
export const registry: Section<'registry', typeof RegistrySchema, Registry> = {
  name: 'registry',
  schema: RegistrySchema,
  domain: { name: 'registry', description: 'Models, images and the registry database' },
  complete,
  rules: registryRules,
  names: registryNames,
  parts: (settings) => {
    const { database, removal } = settings;
    return [
      part('data', (stack, available) =>
        (require('./make') as typeof import('./make')).makeRegistry(stack, settings, available),
      ),
      ...(database ? [DATABASE_ENGINES.part(database, 'database', { ...ENGINE_IS_FIXED, removal })] : []),
    ];
  },
};

function complete(
  { database, images, pullThroughCache, ...own }: z.output<typeof RegistrySchema>,
  general: General & { readonly network: { readonly nat?: string } },
) {
  return {
    ...own,
    database: database && DATABASE_ENGINES.complete(database, general),
    images: imagesByName(images),
    pullThroughCache: pullThroughCache ?? defaultCaches(general.profile, general.region, general.network.nat),
  };
}

function imagesByName(images: z.output<typeof RegistrySchema>['images']) {
  if (!Array.isArray(images)) return images;
  return Object.fromEntries(images.map((name) => [name, ImageSchema.parse({})]));
}

function* registryNames(
  own: NonNullable<Draft['registry']>,
  { profile = 'managed', region = '', network }: Draft,
): Iterable<DeclaredName> {
  yield { kind: BUCKET, name: MODELS_BUCKET, form: 'located' };
  const { images = [], pullThroughCache = defaultCaches(profile, region, network?.nat) } = own;
  const places = Array.isArray(images) ? images.entries() : Object.keys(images).map((name) => [name, name] as const);
  const names = new Map([...places].map(([place, name]) => [name, place])); // the rules report duplicate names
  for (const [name, place] of names) {
    if (name !== undefined) yield { kind: REPOSITORY, name, form: 'prefixed', path: ['registry', 'images', place] };
  }
  for (const name of Object.keys(own.packages ?? {})) {
    yield { kind: PACKAGE_GROUP, name, form: 'prefixed', path: ['registry', 'packages', name] };
  }
  for (const key of Object.keys(pullThroughCache)) {
    yield {
      kind: CACHE_PREFIX,
      name: upstreamName(key),
      form: 'prefixed',
      path: ['registry', 'pullThroughCache', key],
    };
  }
}
