import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import { CHANNEL_NAME, DATA_PREFIX, DEFAULT_INPUT_MODE, INPUT_MODES } from '../../../../lib/training/data/data-limits';
import { PART_NAME, PROCESSING_LIMITS, PYTHON_FILE } from '../../../../lib/training/pipeline/pipeline-limits';
import { ML_INSTANCE } from '../../../../lib/training/training-limits';
import { choice, integer, named, reference, text } from '../../../environment/schema/fields';
import { INPUT_RULES, InputSchema } from '../inputs';
import { line } from './texts';

/** File of the code that prepares data, by convention. */
export const DEFAULT_PREPARATION = 'prepare.py';

const ChannelSchema = InputSchema.extend({
  mode: choice(INPUT_MODES)
    .describe(
      `How a training job gets objects: File downloads them first, FastFile streams files, Pipe is for programs that read pipes. Not of a file system. Default: ${DEFAULT_INPUT_MODE}.`,
    )
    .optional(),
})
  .describe('Training data of a channel.')
  .meta(INPUT_RULES);

/** A processing job mounts nothing: it reads objects. */
const RawSchema = InputSchema.omit({ directory: true }).describe('Raw data.').meta(INPUT_RULES);

const PreparationSchema = z
  .strictObject({
    entryPoint: text(PYTHON_FILE)
      .default(DEFAULT_PREPARATION)
      .describe(
        `Python file that runs before the training, in the same archive as entryPoint. Default: ${DEFAULT_PREPARATION}.`,
      ),
    arguments: z
      .array(text(line(PROCESSING_LIMITS.characters)))
      .max(PROCESSING_LIMITS.count, `at most ${PROCESSING_LIMITS.count} words`)
      .default([])
      .describe('Arguments of the program, each in quotes. Default: none.'),
    inputs: named(text(PART_NAME), RawSchema)
      .describe('Raw data by name: the folder /opt/ml/processing/input/<name> of the program.')
      .meta({ examples: [{ raw: { zone: 'curated', prefix: 'churn' } }] }),
    channels: z
      .array(text(CHANNEL_NAME))
      .min(1, 'at least one channel')
      .describe(
        'Channels of the training that it writes: the folder /opt/ml/processing/output/<channel> of the program.',
      )
      .meta({ examples: [['train']] }),
    instance: text(ML_INSTANCE)
      .describe('Instance type: one of training.instances. Default: that of the evaluation.')
      .optional(),
    cacheDays: integer(1, 365)
      .describe(
        'Days in which a run with the same cause takes the result of an earlier one. Every run is then started with a cause of its own. Default: never.',
      )
      .optional(),
  })
  .describe('A job that makes training data of raw data, before the training. Default: none.');

/** What a pipeline reads. */
export const dataKeys = {
  inputs: named(text(CHANNEL_NAME), ChannelSchema)
    .describe(
      'Training data by channel, a folder of the container. With data in EFS, whose version no job can compute, every run is started with a parameter DataVersion. Required without preparation.',
    )
    .meta({ examples: [{ train: { zone: 'features', prefix: 'churn/train' } }] })
    .optional(),
  preparation: PreparationSchema.optional(),
  baseModel: reference('training.pretrained.models', text(NAME))
    .describe(
      'Model of training.pretrained that the training starts from, in channel base-model. A run may be started with another one of the same licence, as parameter BaseModel. Default: none.',
    )
    .optional(),
  testData: z
    .strictObject({
      zone: reference('lake.zones', text(NAME))
        .describe('Zone of the lake that has the objects.')
        .meta({ examples: ['features'] }),
      prefix: text(DATA_PREFIX)
        .describe('Folder in the zone, without a slash at its end.')
        .meta({ examples: ['churn/test'] }),
    })
    .describe('Held-out data, which the training never reads.')
    .meta({ examples: [{ zone: 'features', prefix: 'churn/test' }] }),
} satisfies Record<string, z.ZodType>;
