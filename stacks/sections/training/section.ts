import type * as z from 'zod';
import type { ValidEnvironment } from '../../environment/environment';
import type { Section } from '../../environment/section';
import type { CompletedBy } from '../../environment/sub-sections';
import { TRAINING_KEYS } from './keys';
import { INSTANCES, TrainingSchema } from './schema';

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
  rules: (own, file) => TRAINING_KEYS.rules(own, file),
  names: (own, file) => TRAINING_KEYS.names(own, file),
  endpoints: (settings, environment) => (settings === undefined ? [] : TRAINING_KEYS.endpoints(settings, environment)),
  parts: (settings, environment) => (settings === undefined ? [] : TRAINING_KEYS.parts(settings, environment)),
};

function complete(own: z.output<typeof TrainingSchema>, file: ValidEnvironment): Training {
  return own && { ...own, ...TRAINING_KEYS.complete(own, file), instances: own.instances ?? INSTANCES.of(file.size) };
}
