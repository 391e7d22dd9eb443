import * as z from 'zod';
import {
  DEFAULT_BAKE_MINUTES,
  DEFAULT_ERROR_PERCENT,
  DEFAULT_FINAL_BAKE_MINUTES,
  DEFAULT_MIN_REQUESTS,
  DEFAULT_STEP_PERCENT,
  ERROR_PERCENT,
  LATENCY_MS,
  MAX_WAITS_MINUTES,
  type RolloutKind,
  type RolloutTimes,
  STEP_PERCENT,
  WAIT_MINUTES,
} from '../../../lib/serving/rollout/rollout-limits';
import { SAMPLES_KEY, SMOKE_LATENCY_MS, SMOKE_STEP_MINUTES } from '../../../lib/serving/smoke/smoke-limits';
import { flag, integer, text } from '../../environment/schema/fields';

/** Keys of which one says how a change takes over. */
export const STEP_KEYS = ['canary', 'linear', 'rolling', 'allAtOnce'] as const;

const ALARM_NAME = {
  pattern: /^(?!.*[$%]\{)[\x20-\x7e]{1,255}$/,
  meaning: 'the name of an alarm of up to 255 characters without ${ or %{',
};
const step = (kind: keyof typeof STEP_PERCENT) => integer(STEP_PERCENT[kind].min, STEP_PERCENT[kind].max);
const minutes = () => integer(WAIT_MINUTES.min, WAIT_MINUTES.max);
const errorPercent = `a number from ${ERROR_PERCENT.min} to ${ERROR_PERCENT.max}`;

const RollbackSchema = z
  .strictObject({
    errorPercent: z
      .number(errorPercent)
      .min(ERROR_PERCENT.min, errorPercent)
      .max(ERROR_PERCENT.max, errorPercent)
      .default(DEFAULT_ERROR_PERCENT)
      .describe(
        `Requests that fail on the side of the server, in percent of all of a version, in two of three minutes. Default: ${DEFAULT_ERROR_PERCENT}.`,
      ),
    minRequests: integer(1, 1_000_000)
      .default(DEFAULT_MIN_REQUESTS)
      .describe(`Requests in a minute below which errors roll nothing back. Default: ${DEFAULT_MIN_REQUESTS}.`),
    latencyMs: integer(LATENCY_MS.min, LATENCY_MS.max)
      .describe('Milliseconds of the model that one request of a hundred exceeds. Default: not watched.')
      .meta({ examples: [300] })
      .optional(),
    alarms: z
      .array(text(ALARM_NAME))
      .default([])
      .describe('Names of further alarms of CloudWatch, e.g. on a metric of the business. Default: none.'),
  })
  .describe('When SageMaker goes back to what was there before, by itself.')
  .prefault({});

/** How a change takes over. */
export const RolloutSchema = z
  .strictObject({
    canary: step('canary')
      .describe(`Share of the capacity that takes requests first, in percent. Default: ${DEFAULT_STEP_PERCENT.canary}.`)
      .meta({ examples: [10] })
      .optional(),
    linear: step('linear')
      .describe('In place of canary: share of the capacity in each step, in percent. Default: none.')
      .optional(),
    rolling: step('rolling')
      .describe('In place of canary: share of the instances that are replaced at a time, in percent. Default: none.')
      .optional(),
    allAtOnce: flag().describe('In place of canary: true for a change in one step. Default: false.').optional(),
    bakeMinutes: minutes()
      .default(DEFAULT_BAKE_MINUTES)
      .describe(`Minutes that each step is watched. Default: ${DEFAULT_BAKE_MINUTES}.`),
    finalBakeMinutes: minutes()
      .default(DEFAULT_FINAL_BAKE_MINUTES)
      .describe(
        `Minutes that the old instances are kept after the last step. Not with rolling. Default: ${DEFAULT_FINAL_BAKE_MINUTES}.`,
      ),
    rollback: RollbackSchema,
  })
  .describe(
    `How a change takes over: a canary, or one of linear, rolling and allAtOnce. All waits take at most ${MAX_WAITS_MINUTES} minutes together.`,
  );

/** What is asked after each step. */
export const SmokeSchema = z
  .strictObject({
    samples: text(SAMPLES_KEY)
      .describe('Key of the sample requests in the store of models: docs/serving.md says what is in it.')
      .meta({ examples: ['churn/smoke.json'] }),
    latencyMs: integer(SMOKE_LATENCY_MS.min, SMOKE_LATENCY_MS.max)
      .describe('Milliseconds that an answer may take, with the way to the endpoint and back. Default: not judged.')
      .meta({ examples: [500] })
      .optional(),
  })
  .describe(
    `Sample requests that each deployment must answer as the contract of its version says, or is rolled back. Needs a first step of at least ${SMOKE_STEP_MINUTES} minutes. Default: none.`,
  );

interface Steps extends Partial<Record<'canary' | 'linear' | 'rolling' | 'bakeMinutes' | 'finalBakeMinutes', number>> {
  readonly allAtOnce?: boolean;
}

/** The kind of a rollout, and its share and waits. */
export function rolloutTimes(steps: Steps): RolloutTimes {
  const { bakeMinutes, finalBakeMinutes } = steps;
  const kind: RolloutKind = steps.allAtOnce
    ? 'allAtOnce'
    : (STEP_KEYS.find((key) => key in steps && key !== 'allAtOnce') ?? 'canary');
  const percent = kind === 'allAtOnce' ? undefined : steps[kind];
  return { kind, percent, bakeMinutes, finalBakeMinutes };
}
