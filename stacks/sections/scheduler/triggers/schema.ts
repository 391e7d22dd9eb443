import * as z from 'zod';
import { TIME_ZONE } from '../../../../lib/aws/time-zone';
import { NAME } from '../../../../lib/core/text-pattern';
import { IDENTIFIER } from '../../../../lib/data-lake/lake-limits';
import { CONF_KEY, DAG_ID, MAX_DAG_ID_LENGTH } from '../../../../lib/scheduler/airflow/dag-queue-limits';
import {
  COOLDOWN_MINUTES,
  DEFAULT_RETRIES,
  DEFAULT_RUN_MINUTES,
  RATE_UNITS,
  RETRIES,
  RUN_MINUTES,
} from '../../../../lib/scheduler/trigger/trigger-limits';
import { PARAMETER_NAME } from '../../../../lib/training/pipeline/pipeline-limits';
import { snippet } from '../../../environment/schema/editor';
import { arn, choice, integer, named, reference, text } from '../../../environment/schema/fields';

export const MINUTES_PER_HOUR = 60;
/** Default of the hours that a run takes at most. */
export const DEFAULT_RUN_HOURS = DEFAULT_RUN_MINUTES / MINUTES_PER_HOUR;
const hours = ({ max }: { readonly max: number }) => integer(1, max / MINUTES_PER_HOUR);

/** The names of all parts of a trigger, after the prefix of the environment. */
export function namePartOf(trigger: string): string {
  return `trigger-${trigger}`;
}

/** Keys that say when a trigger starts something: each has one of them. */
export const SOURCE_KEYS = ['cron', 'every', 'table', 'objects', 'alarm', 'approved', 'finished'] as const;
/** Keys that say what it starts: each has one of them. */
export const TARGET_KEYS = ['pipeline', 'job', 'dag', 'machine'] as const;
/** Keys that belong to one of those. */
export const BELONGS = { zone: 'cron', parameters: 'pipeline', queue: 'job', conf: 'dag' } as const;

/** One line of text that Terraform takes as it is, and a pipeline or a DAG as a value. */
export const VALUE = {
  pattern: /^(?!.*[$%]\{)[^\p{Cc}]{0,1024}$/u,
  meaning: 'one line of at most 1024 characters, in quotes if it could be a number, without ${ or %{',
};
/** A part of the keys of objects: a rule says more. */
const KEY_PART = { pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'a text on one line without ${ or %{' };
/** A cron expression: what is wrong with it, a rule says. */
const CRON = { pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'a cron expression such as cron(0 3 ? * MON *)' };
const JOB = {
  pattern: /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/,
  meaning: 'a job of AWS Batch as <pool>.<job>, such as gpu.train',
};

export const alarmArn = () =>
  arn(
    /cloudwatch:[a-z0-9-]+:\d{12}:alarm:(?!.*[$%]\{)[ -~\u00a0-\uffff]{1,250}/,
    'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift',
  );
const topicArn = () => arn(/sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}/, 'arn:aws:sns:eu-north-1:111122223333:alerts');
const machineArn = () =>
  arn(/states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]{1,80}/, 'arn:aws:states:eu-north-1:111122223333:stateMachine:name');

const ObjectsSchema = z
  .strictObject({
    zone: reference('lake.zones', text(NAME))
      .describe('Zone whose bucket has them. A bucket that exists must send its events to EventBridge.')
      .meta({ examples: ['raw'] }),
    prefix: text(KEY_PART)
      .describe('Beginning of their keys. Default: any.')
      .meta({ examples: ['daily/'] })
      .optional(),
    suffix: text(KEY_PART)
      .describe('End of their keys, such as _SUCCESS, which a job writes last. Default: any.')
      .meta({ examples: ['_SUCCESS'] })
      .optional(),
  })
  .describe(
    'Each new object, also one that replaces another. Each costs some state transitions, even within the cooldown.',
  );

const TriggerSchema = z
  .strictObject({
    cron: text(CRON)
      .describe('Points in time, as EventBridge Scheduler writes them: six fields, the last one the year.')
      .meta({ examples: ['cron(0 3 ? * MON *)'] })
      .optional(),
    zone: text(TIME_ZONE)
      .describe('Time zone of cron. Default: UTC.')
      .meta({ examples: ['Europe/Stockholm'] })
      .optional(),
    every: z
      .strictObject({
        value: integer(1, 100_000)
          .describe('How many.')
          .meta({ examples: [6] }),
        unit: choice(RATE_UNITS)
          .describe('Of what.')
          .meta({ examples: ['hours'] }),
      })
      .describe('A period, counted from the deployment.')
      .optional(),
    table: reference('lake.tables', text(IDENTIFIER))
      .describe('New files of a table; of an Iceberg table each commit.')
      .optional(),
    objects: ObjectsSchema.optional(),
    alarm: alarmArn().describe('An alarm of CloudWatch that goes off.').optional(),
    approved: reference('registry.packages', text(NAME))
      .describe('Each version of a model that is approved.')
      .optional(),
    finished: reference('training.pipelines', text(NAME)).describe('Each run of a pipeline that succeeds.').optional(),
    pipeline: reference('training.pipelines', text(NAME)).describe('Starts a pipeline.').optional(),
    parameters: named(text(PARAMETER_NAME), text(VALUE))
      .describe('Further parameters of the pipeline. Default: their defaults.')
      .optional(),
    job: text(JOB).describe('Starts a job of training.batch, <pool>.<job>.').optional(),
    queue: text(NAME).describe('Queue of the pool, where it has several. Default: the only one.').optional(),
    dag: text(DAG_ID)
      .describe(
        `Starts a DAG of scheduler.airflow, of Airflow 3, which waits for it with triggered(): docs/airflow.md. At most ${MAX_DAG_ID_LENGTH} characters.`,
      )
      .meta({ examples: ['deploy_model'] })
      .optional(),
    conf: named(text(CONF_KEY), text(VALUE))
      .describe('What the run of the DAG is told beside its cause, with texts as values. Default: nothing.')
      .optional(),
    machine: machineArn().describe('Starts a Standard state machine.').optional(),
    cooldownHours: hours(COOLDOWN_MINUTES)
      .describe(
        'Hours from the start of a run in which no trigger starts the same again. Default: until the run has ended.',
      )
      .optional(),
    maxRunHours: hours(RUN_MINUTES)
      .describe(
        `Hours that a run takes at most: then it is reported, and goes on; not with dag, whose runs are not followed. Default: ${DEFAULT_RUN_HOURS}.`,
      )
      .optional(),
    retries: integer(RETRIES.min, RETRIES.max)
      .default(DEFAULT_RETRIES)
      .describe(`Repetitions of a start that fails, before it is reported. Default: ${DEFAULT_RETRIES}.`),
    alarmTopics: z
      .array(topicArn())
      .default([])
      .describe(
        'Topics that hear of an event which started nothing because of an error. Default: those of monitoring, or none without it.',
      ),
  })
  .describe(`One of ${SOURCE_KEYS.join(', ')}, and one of ${TARGET_KEYS.join(', ')}.`)
  .meta({ anyOf: SOURCE_KEYS.map((key) => ({ required: [key] })) });

/** What may be written under `scheduler.triggers`. */
export const TriggersSchema = named(text(NAME), TriggerSchema)
  .default({})
  .describe('What starts a run once for an event or at a time: not twice, not beside an active run. Default: none.')
  .meta({
    defaultSnippets: [
      snippet('every Monday', {
        '${1:weekly}': {
          cron: 'cron(0 3 ? * MON *)',
          zone: 'Europe/Stockholm',
          pipeline: '${2:churn}',
          cooldownHours: 24,
        },
      }),
      snippet('on new data', { '${1:new-data}': { table: '${2:transactions}', pipeline: '${3:churn}' } }),
      snippet('a DAG for each approved model', {
        '${1:approved}': { approved: '${2:churn}', dag: '${3:deploy_model}' },
      }),
    ],
  });
