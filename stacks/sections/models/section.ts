import type * as z from 'zod';
import { LOG_GROUP } from '../../../lib/aws/log-group';
import { ALARM, EVENT_RULE, QUEUE, SCHEDULE } from '../../../lib/aws/name-kind';
import { LOCK_TABLE, STATE_MACHINE } from '../../../lib/scheduler/trigger/trigger-limits';
import { TRANSFORM_JOB } from '../../../lib/serving/batch/batch-limits';
import { CHECK_FUNCTION, CHECK_NAME } from '../../../lib/serving/check/check-limits';
import { DOOR, DOOR_CLIENT } from '../../../lib/serving/door/door-limits';
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
/** Begins the names of triggers of predictions for files, after that of all triggers. */
export const BATCH_TRIGGER = 'batch';
/** Table of the locks of what models start, in an environment without triggers. */
export const MODEL_LOCKS = 'model-locks';
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

/** Whether a function checks or tests a model, whose program is in a bucket. */
export function hasPrograms(
  models: Parameters<typeof hasVersions>[0] & Readonly<Record<string, { readonly smoke?: unknown }>>,
): boolean {
  return hasVersions(models) || Object.values(models).some(({ smoke }) => smoke !== undefined);
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
    }
    if (hasPrograms(Object.fromEntries(all)) && !('training' in file)) {
      yield { kind: BUCKET, name: PROGRAMS_BUCKET, form: 'located' };
    }
    if (all.some(([, { asynchronous }]) => asynchronous))
      yield { kind: BUCKET, name: REQUESTS_BUCKET, form: 'located' };
    if (all.some(([, { batch, experiment }]) => batch ?? experiment) && !file.scheduler?.triggers) {
      yield { kind: LOCK_TABLE, name: MODEL_LOCKS, form: 'prefixed' };
    }
    for (const [name, model] of all) {
      const place = { form: 'prefixed', path: ['models', name] } as const;
      yield { kind: ENDPOINT, name, ...place };
      if (model.smoke) {
        for (const kind of [CHECK_FUNCTION, STATE_MACHINE, EVENT_RULE]) yield { kind, name: `${name}-smoke`, ...place };
      }
      yield { kind: ENDPOINT_CONFIGURATION, name: `${name}-${HASH}`, ...place };
      if (model.batch) {
        yield { kind: TRANSFORM_JOB, name, ...place };
        yield { kind: MODEL, name: `${name}-batch-${HASH}`, ...place };
        for (const kind of [STATE_MACHINE, SCHEDULE, QUEUE])
          yield { kind, name: `trigger-${BATCH_TRIGGER}-${name}`, ...place };
      }
      const { name: experiment } = model.experiment ?? {};
      if (experiment !== undefined) {
        const declared = { form: 'prefixed', path: [...place.path, 'experiment', 'name'] } as const;
        for (const end of ['harm', 'invalid'])
          yield { kind: ALARM, name: `experiment-${experiment}-${end}`, ...declared };
        for (const kind of [STATE_MACHINE, SCHEDULE, QUEUE, ALARM])
          yield { kind, name: `trigger-experiment-${experiment}`, ...declared };
      }
      if (model.door) {
        yield { kind: DOOR, name, ...place };
        yield { kind: LOG_GROUP, name: `${name}-door`, ...place };
        for (const [client] of written(model.door.clients)) {
          yield {
            kind: DOOR_CLIENT,
            name: `${name}-${client}`,
            form: 'prefixed',
            path: [...place.path, 'door', 'clients', client],
          };
        }
      }
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
