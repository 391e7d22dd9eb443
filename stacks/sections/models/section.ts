import type * as z from 'zod';
import { CHECK_FUNCTION, CHECK_NAME } from '../../../lib/serving/check/check-limits';
import { ENDPOINT, ENDPOINT_CONFIGURATION } from '../../../lib/serving/endpoint/endpoint-limits';
import { MODEL } from '../../../lib/serving/model/model-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { written } from '../../environment/draft';
import { mapValues } from '../../environment/map-values';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { DEFAULT_INSTANCES } from './instances';
import { modelRules } from './rules';
import { ModelsSchema } from './schema';

/** Variant of the model that answers. */
export const CHAMPION = 'champion';
/** Variant of the second version that answers a part of the requests. */
export const CHALLENGER = 'challenger';
/** Variant of the version that gets copies. */
export const SHADOW = 'shadow';
/** Bucket of requests and answers of asynchronous models. */
export const REQUESTS_BUCKET = 'model-requests';
/** Bucket of the program that checks versions, in an environment without training. */
export const PROGRAMS_BUCKET = 'serving-programs';
/** As long as the hash at the end of a name. */
const HASH = '00000000';

type Written = z.output<typeof ModelsSchema>[string];
type Counts = NonNullable<Written['instances']> & { readonly min: number };
/** The settings of one model. */
export type ModelSettings = Omit<Written, 'instances' | 'challenger'> & {
  readonly instances: Counts;
  readonly challenger?: Omit<NonNullable<Written['challenger']>, 'instances'> & { readonly instances?: Counts };
};
/** The settings of the models, by name. */
export type Models = Readonly<Record<string, ModelSettings>>;

/** Whether a model is a version of a registry, which is checked before it is served. */
export function hasVersions(
  models: Readonly<Record<string, { readonly package?: unknown; readonly from?: unknown }>>,
): boolean {
  return Object.values(models).some((model) => model.package !== undefined || model.from !== undefined);
}

/** Models that answer. Their part is after those of training, whose pipelines register them. */
export const models: Section<'models', typeof ModelsSchema, Models> = {
  name: 'models',
  schema: ModelsSchema,
  complete: (own, { size }) => {
    const counted = (counts: Written['instances']) => ({ ...counts, min: counts?.min ?? DEFAULT_INSTANCES.of(size) });
    return mapValues(own, ({ instances, challenger, ...model }) => ({
      ...model,
      instances: counted(instances),
      challenger: challenger && { ...challenger, instances: challenger.instances && counted(challenger.instances) },
    }));
  },
  rules: modelRules,
  *names(own, file): Iterable<DeclaredName> {
    const all = written(own);
    if (hasVersions(Object.fromEntries(all))) {
      yield { kind: CHECK_FUNCTION, name: CHECK_NAME, form: 'prefixed' };
      if (!('training' in file)) yield { kind: BUCKET, name: PROGRAMS_BUCKET, form: 'located' };
    }
    if (all.some(([, { asynchronous }]) => asynchronous))
      yield { kind: BUCKET, name: REQUESTS_BUCKET, form: 'located' };
    for (const [name, model] of all) {
      const place = { form: 'prefixed', path: ['models', name] } as const;
      yield { kind: ENDPOINT, name, ...place };
      yield { kind: ENDPOINT_CONFIGURATION, name: `${name}-${HASH}`, ...place };
      for (const variant of [CHAMPION, CHALLENGER, SHADOW]) {
        if (variant !== CHAMPION && !(variant in model)) continue;
        yield { kind: MODEL, name: `${name}-${variant}-${HASH}`, ...place };
      }
    }
  },
  parts: (settings) =>
    Object.keys(settings).length === 0
      ? []
      : [
          part('models', (stack, available) =>
            (require('./make') as typeof import('./make')).makeModels(stack, settings, available),
          ),
        ],
};
