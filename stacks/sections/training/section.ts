import type * as z from 'zod';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import type { ValidEnvironment } from '../../environment/environment';
import type { Section } from '../../environment/section';
import type { CompletedBy } from '../../environment/sub-sections';
import { part } from '../../offers';
import { INSTANCES } from './defaults';
import { TRAINING_KEYS } from './keys';
import { trainingCollisions, trainingRules } from './rules';
import { TrainingSchema, WORKSPACE_BUCKET } from './schema';

type Written = NonNullable<z.output<typeof TrainingSchema>>;
export type Training =
  | (Omit<Written, 'instances' | keyof typeof TRAINING_KEYS.shape> &
      CompletedBy<typeof TRAINING_KEYS> & { readonly instances: readonly string[] })
  | undefined;

/** Training: the workspace in which jobs run, and what runs there. */
export const training: Section<'training', typeof TrainingSchema, Training> = {
  name: 'training',
  schema: TrainingSchema,
  domain: { name: 'training', description: 'Training code, checkpoints, models in training and reports' },
  complete,
  rules: trainingRules,
  collisions: trainingCollisions,
  *names(own, file) {
    yield { kind: BUCKET, name: WORKSPACE_BUCKET, form: 'located' };
    yield* TRAINING_KEYS.names(own, file);
  },
  endpoints: (settings, environment) =>
    settings === undefined ? [] : ['training-jobs', ...TRAINING_KEYS.endpoints(settings, environment)],
  parts: (settings, environment) =>
    settings === undefined
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeTraining(stack, settings, available),
          ),
          ...TRAINING_KEYS.parts(settings, environment),
        ],
};

function complete(own: z.output<typeof TrainingSchema>, file: ValidEnvironment): Training {
  return own && { ...own, ...TRAINING_KEYS.complete(own, file), instances: own.instances ?? INSTANCES.of(file.size) };
}
