import * as z from 'zod';
import { bySize } from '../../environment/schema/choices';
import { domainKey, integer, removal, text } from '../../environment/schema/fields';
import { TRAINING_KEYS } from './keys';

/** One day: a job that runs longer is more often stuck than busy. */
export const DEFAULT_MAX_RUNTIME_HOURS = 24;

/** Types that every team's first model fits, and from staging on also those for larger ones. */
export const INSTANCES = bySize<readonly string[]>(
  {
    small: ['ml.m5.large', 'ml.m5.xlarge', 'ml.g4dn.xlarge'],
    medium: ['ml.m5.large', 'ml.m5.xlarge', 'ml.m5.4xlarge', 'ml.g4dn.xlarge', 'ml.g5.xlarge'],
    large: [
      'ml.m5.large',
      'ml.m5.xlarge',
      'ml.m5.4xlarge',
      'ml.m5.12xlarge',
      'ml.g4dn.xlarge',
      'ml.g5.xlarge',
      'ml.g5.12xlarge',
    ],
  },
  (types) => types.join(', '),
);

const INSTANCE_TYPE = {
  pattern: /^ml\.[a-z0-9-]+\.[a-z0-9]+$/,
  meaning: 'an instance type of SageMaker such as ml.m5.xlarge',
};

/** What may be written under `training`. */
export const TrainingSchema = z
  .strictObject({
    instances: z
      .array(text(INSTANCE_TYPE))
      .min(1, 'at least one instance type')
      .describe(`Instance types that a job may use; a policy refuses all others. ${INSTANCES.description}`)
      .meta({ examples: [['ml.m5.xlarge', 'ml.g5.xlarge']] })
      .optional(),
    maxRuntimeHours: integer(1, 24 * 28)
      .default(DEFAULT_MAX_RUNTIME_HOURS)
      .describe(
        `Hours after which a job is stopped; a policy refuses a job with a longer limit. Default: ${DEFAULT_MAX_RUNTIME_HOURS}.`,
      ),
    ...TRAINING_KEYS.shape,
    keyArn: domainKey('training code, checkpoints, models in training and reports'),
    removal: removal('training code, checkpoints, models in training and reports'),
  })
  .describe('Training and evaluation of models. Default: none, and nothing is made for it.')
  .optional();
