import * as z from 'zod';
import { TIME_ZONE } from '../../../../lib/aws/time-zone';
import { NAME } from '../../../../lib/core/text-pattern';
import { BATCH_FILTER, BATCH_INSTANCES, BATCH_PREFIX, LINE_TYPES } from '../../../../lib/serving/batch/batch-limits';
import { CONTENT_TYPE } from '../../../../lib/training/data/data-limits';
import { ML_INSTANCE } from '../../../../lib/training/training-limits';
import { flag, integer, reference, text } from '../../../environment/schema/fields';

/** A cron expression: what is wrong with it, a rule says. */
const CRON = { pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'a cron expression such as cron(0 3 ? * MON *)' };
/** Hours of a run by default, and at most: 28 days. */
const DEFAULT_RUN_HOURS = 24;
const MAX_RUN_HOURS = 672;

const FilesSchema = z.strictObject({
  zone: reference('lake.zones', text(NAME))
    .describe('Zone of the lake.')
    .meta({ examples: ['curated'] }),
  prefix: text(BATCH_PREFIX)
    .describe('Folder of its bucket, without a slash at its ends.')
    .meta({ examples: ['churn/requests'] }),
});

/** Predictions for files. */
export const BatchSchema = z
  .strictObject({
    input: FilesSchema.describe('What is asked: every file below the folder.').meta({
      examples: [{ zone: 'raw', prefix: 'churn/requests' }],
    }),
    output: FilesSchema.describe('Where the answers go: each run has a folder run=<hash> of its own there.').meta({
      examples: [{ zone: 'curated', prefix: 'churn/answers' }],
    }),
    cron: text(CRON)
      .describe('When it runs, as EventBridge Scheduler writes it.')
      .meta({ examples: ['cron(0 3 * * ? *)'] }),
    timezone: text(TIME_ZONE)
      .describe('Time zone of cron. Default: UTC.')
      .meta({ examples: ['Europe/Stockholm'] })
      .optional(),
    instance: text(ML_INSTANCE)
      .describe('Type of its instances: one of training.instances.')
      .meta({ examples: ['ml.m5.xlarge'] }),
    count: integer(BATCH_INSTANCES.min, BATCH_INSTANCES.max)
      .default(BATCH_INSTANCES.min)
      .describe(`Instances that share the files of a run. Default: ${BATCH_INSTANCES.min}.`),
    contentType: text(CONTENT_TYPE)
      .default(LINE_TYPES[0])
      .describe(`MIME type of the files: ${LINE_TYPES.join(' and ')} are sent by lines. Default: ${LINE_TYPES[0]}.`),
    accept: text(CONTENT_TYPE)
      .describe('MIME type of the answers. Default: that of the files.')
      .meta({ examples: ['text/csv'] })
      .optional(),
    join: flag()
      .default(true)
      .describe('Whether a line of the answers begins with the line that was asked. Default: true.'),
    inputFilter: text(BATCH_FILTER)
      .describe('Columns that the model gets, as a JSONPath: $[1:] leaves out a key in front. Default: all.')
      .meta({ examples: ['$[1:]'] })
      .optional(),
    outputFilter: text(BATCH_FILTER)
      .describe('Columns that are written, of the line that was asked and the answer. Default: all.')
      .meta({ examples: ['$[0,-1]'] })
      .optional(),
    maxRunHours: integer(1, MAX_RUN_HOURS)
      .default(DEFAULT_RUN_HOURS)
      .describe(`Hours after which a run is reported as overdue. Default: ${DEFAULT_RUN_HOURS}.`),
  })
  .describe('Predictions for files on a schedule, by the version that answers. Needs training. Default: none.');
