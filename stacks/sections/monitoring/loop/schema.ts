import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import {
  DEFAULT_BUDGET,
  DEFAULT_COOLDOWN_MINUTES,
  DEFAULT_TRIAL_DAYS,
  DEFAULT_TRIAL_SHARE,
  DEFAULT_WATCH_HOURS,
  TRIAL_DAYS,
  TRIAL_SHARE,
  WATCH_HOURS,
} from '../../../../lib/monitoring/loop/loop-limits';
import {
  BUDGET_PERIODS,
  BUDGET_RUNS,
  COOLDOWN_MINUTES,
  DEFAULT_RUN_MINUTES,
  RUN_MINUTES,
} from '../../../../lib/scheduler/trigger/trigger-limits';
import { PARAMETER_NAME } from '../../../../lib/training/pipeline/pipeline-limits';
import { choice, integer, named, reference, text } from '../../../environment/schema/fields';
import { alarmArn, VALUE } from '../../scheduler/triggers/schema';

export const MINUTES_PER_HOUR = 60;
/** Hours of a cooldown and of the longest run, if the file does not say. */
export const DEFAULT_HOURS = {
  cooldown: DEFAULT_COOLDOWN_MINUTES / MINUTES_PER_HOUR,
  run: DEFAULT_RUN_MINUTES / MINUTES_PER_HOUR,
} as const;

const hours = ({ max }: { readonly max: number }) => integer(1, max / MINUTES_PER_HOUR);

const BudgetSchema = z
  .strictObject({
    runs: integer(BUDGET_RUNS.min, BUDGET_RUNS.max)
      .default(DEFAULT_BUDGET.runs)
      .describe(`Runs in a period. Default: ${DEFAULT_BUDGET.runs}.`),
    per: choice(BUDGET_PERIODS)
      .default(DEFAULT_BUDGET.per)
      .describe(`Period of the calendar, in UTC. Default: ${DEFAULT_BUDGET.per}.`),
  })
  .prefault({})
  .describe('Runs that alarms start at most; one more is told to people. Default: each as it says.');

/** What may be written under `monitoring.drift.<model>.retrain`. */
export const RetrainSchema = z
  .strictObject({
    pipeline: reference('training.pipelines', text(NAME))
      .describe('Pipeline that trains and registers a new version.')
      .meta({ examples: ['card-fraud'] }),
    parameters: named(text(PARAMETER_NAME), text(VALUE))
      .describe('Further parameters of the pipeline. Default: their defaults.')
      .optional(),
    alarm: alarmArn()
      .describe('Alarm that starts it, such as one of the business. Default: the alarm of drift.')
      .optional(),
    cooldownHours: hours(COOLDOWN_MINUTES)
      .default(DEFAULT_HOURS.cooldown)
      .describe(`Hours from the start of a run in which no alarm starts another. Default: ${DEFAULT_HOURS.cooldown}.`),
    maxRunHours: hours(RUN_MINUTES)
      .default(DEFAULT_HOURS.run)
      .describe(`Hours that a run takes at most: then it is reported, and goes on. Default: ${DEFAULT_HOURS.run}.`),
    budget: BudgetSchema,
    share: integer(TRIAL_SHARE.min, TRIAL_SHARE.max)
      .default(DEFAULT_TRIAL_SHARE)
      .describe(`Share of an approved version while it is tried, in percent. Default: ${DEFAULT_TRIAL_SHARE}.`),
    watchHours: integer(WATCH_HOURS.min, WATCH_HOURS.max)
      .default(DEFAULT_WATCH_HOURS)
      .describe(`Hours that a version on trial is watched. Default: ${DEFAULT_WATCH_HOURS}.`),
    trialDays: integer(TRIAL_DAYS.min, TRIAL_DAYS.max)
      .default(DEFAULT_TRIAL_DAYS)
      .describe(`Days after its approval until which a version must be served. Default: ${DEFAULT_TRIAL_DAYS}.`),
  })
  .describe(
    'Trains again when the model has drifted, and leads an approved version to its challenger: docs/loop.md. Default: none.',
  );
/** The settings of a loop. */
export type Retrain = z.output<typeof RetrainSchema>;
