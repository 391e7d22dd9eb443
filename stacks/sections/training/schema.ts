import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../lib/aws/log-group';
import { DEFAULT_TENSORBOARD_DAYS, TENSORBOARD_LIMITS_DAYS } from '../../../lib/tracking/tracking-limits';
import {
  DEFAULT_JOB_LOG_DAYS,
  LOG_KINDS,
  ML_INSTANCE,
  RUNTIME_LIMITS_MINUTES,
  sageMakerLogGroup,
  TENSORBOARD_FOLDER,
} from '../../../lib/training/training-limits';
import { domainKey, flag, integer, removal, text } from '../../environment/schema/fields';
import { DEFAULT_MAX_RUNTIME_HOURS, INSTANCES, MINUTES_PER_HOUR } from './defaults';
import { TRAINING_KEYS } from './keys';

/** The bucket of the workspace. */
export const WORKSPACE_BUCKET = 'training';

const LOG_GROUPS = LOG_KINDS.map(sageMakerLogGroup).join(', ');

/** What may be written under `training`. */
export const TrainingSchema = z
  .strictObject({
    instances: z
      .array(text(ML_INSTANCE))
      .describe(`Instance types that a job may use; a policy refuses all others. ${INSTANCES.description}`)
      .meta({ examples: [['ml.m5.xlarge', 'ml.g5.xlarge']] })
      .optional(),
    maxRuntimeHours: integer(1, RUNTIME_LIMITS_MINUTES.max / MINUTES_PER_HOUR)
      .default(DEFAULT_MAX_RUNTIME_HOURS)
      .describe(
        `Hours after which a job is stopped; a policy refuses a job with a longer limit. Default: ${DEFAULT_MAX_RUNTIME_HOURS}.`,
      ),
    logDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .default(DEFAULT_JOB_LOG_DAYS)
      .describe(`Days that logs of jobs and notebooks are kept. Default: ${DEFAULT_JOB_LOG_DAYS}.`),
    tensorBoardDays: integer(TENSORBOARD_LIMITS_DAYS.min, TENSORBOARD_LIMITS_DAYS.max)
      .default(DEFAULT_TENSORBOARD_DAYS)
      .describe(
        `Days that TensorBoard logs of pipelines are kept, in the folder ${TENSORBOARD_FOLDER} of the bucket. Default: ${DEFAULT_TENSORBOARD_DAYS}.`,
      ),
    ownsLogGroups: flag()
      .default(true)
      .describe(
        `Whether this environment gives the log groups of jobs and notebooks their retention and key. SageMaker has one set in an account and region: ${LOG_GROUPS}. Where environments share an account, one of them owns it. Default: true.`,
      ),
    ...TRAINING_KEYS.shape,
    keyArn: domainKey('training code, checkpoints, models in training and reports'),
    removal: removal('training code, checkpoints, models in training and reports'),
  })
  .describe('Training and evaluation of models. Default: none, and nothing is made for it.')
  .optional();
