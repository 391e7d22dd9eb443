import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import {
  AGGREGATES,
  ATTRIBUTE,
  BALANCE_LEVEL,
  DEFAULT_BALANCE_LEVEL,
  DEFAULT_EXPERIMENT_LEVEL,
  DEFAULT_MIN_UNITS,
  DEFAULT_POWER,
  DESIGNS,
  EFFECT,
  EXPERIMENT_LEVEL,
  EXPERIMENT_NAME,
  MATURITY_HOURS,
  MAX_GUARDS,
  METRIC_KINDS,
  MIN_UNITS,
  OUTCOME_FORMATS,
  POWER,
} from '../../../../lib/serving/experiment/experiment-limits';
import { DATA_PREFIX } from '../../../../lib/training/data/data-limits';
import { ML_INSTANCE } from '../../../../lib/training/training-limits';
import { choice, flag, integer, reference, text } from '../../../environment/schema/fields';

/** One line that Terraform takes as it is; a rule says what is wrong with it. */
const CRON = { pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'a cron expression such as cron(0 7 * * ? *)' };
const INSTANT = { pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'an instant such as 2026-11-01T00:00:00Z' };
const COLUMN = {
  pattern: /^(?!.*[$%]\{)[^\p{Cc}]{1,256}$/u,
  meaning: 'the name of a column: 1 to 256 characters on one line, without ${ or %{',
};

const between = ({ min, max }: { readonly min: number; readonly max: number }) => {
  const must = `a number from ${min} to ${max}`;
  return z.number(must).min(min, must).max(max, must);
};
const instant = () => text(INSTANT);
const column = () => text(COLUMN);

const MetricSchema = z.strictObject({
  name: text(EXPERIMENT_NAME)
    .describe('Name in the report.')
    .meta({ examples: ['conversion'] }),
  column: column()
    .describe('Column of the outcomes.')
    .meta({ examples: ['bought'] }),
  kind: choice(METRIC_KINDS)
    .describe('Whether something happened to a unit, or a number of it.')
    .meta({ examples: ['proportion'] }),
  effect: between(EFFECT)
    .describe(
      'In the unit of the metric, 0.01 for a percentage point: the smallest difference that matters, or of a guard the largest harm that is allowed.',
    )
    .meta({ examples: [0.01] }),
  aggregate: choice(AGGREGATES)
    .describe('What of several outcomes of a unit counts. Default: max of a proportion, mean of a mean.')
    .optional(),
  missing: choice(['zero', 'exclude'])
    .describe('Whether a unit without an outcome is 0 or left out. Default: zero of a proportion, exclude of a mean.')
    .optional(),
  better: choice(['higher', 'lower']).describe('What is better. Default: higher.').optional(),
});

const OutcomesSchema = z
  .strictObject({
    zone: reference('lake.zones', text(NAME))
      .describe('Zone of the lake.')
      .meta({ examples: ['curated'] }),
    prefix: text(DATA_PREFIX)
      .describe('Folder of its bucket.')
      .meta({ examples: ['orders'] }),
    format: choice(OUTCOME_FORMATS)
      .describe('Format of its files.')
      .meta({ examples: ['parquet'] }),
    key: column()
      .describe('Column with the unit.')
      .meta({ examples: ['customer_id'] }),
    time: column()
      .describe(
        "Column with the instant: what came before a unit's first request does not count. Default: every outcome counts.",
      )
      .optional(),
  })
  .describe('What came of the requests.');

/** An experiment of a model and its challenger. */
export const ExperimentSchema = z
  .strictObject({
    name: text(EXPERIMENT_NAME)
      .describe(
        'Its name, which clients hash with the id of a unit: another experiment has another one, and deals the units out anew.',
      )
      .meta({ examples: ['churn-offers'] }),
    start: instant()
      .describe('When it begins: an instant with its zone.')
      .meta({ examples: ['2026-11-02T00:00:00Z'] }),
    end: instant()
      .describe('When it ends: units that come later do not take part.')
      .meta({ examples: ['2026-11-16T00:00:00Z'] }),
    maturityHours: between(MATURITY_HOURS)
      .describe('Hours from the first request of a unit in which its outcomes count.')
      .meta({ examples: [48] }),
    share: integer(1, 99)
      .describe(
        'Share of the units that the challenger gets, in percent, as clients deal them out. Default: that of its weight, for SageMaker deals requests out by weights.',
      )
      .meta({ examples: [10] })
      .optional(),
    unit: text(ATTRIBUTE)
      .describe(
        'Attribute of the requests that names the unit, such as customer of customer=c-17. Default: each request is a unit, by its inference id.',
      )
      .meta({ examples: ['customer'] })
      .optional(),
    hashed: flag()
      .describe(
        'Whether clients choose the variant by the hash of the unit, which is then checked. Default: true with unit.',
      )
      .optional(),
    outcomes: OutcomesSchema.meta({
      examples: [{ zone: 'curated', prefix: 'orders', format: 'parquet', key: 'customer_id' }],
    }),
    design: choice(DESIGNS)
      .describe('When it is read: once after its end (fixed), or at any time with wider intervals (sequential).')
      .meta({ examples: ['sequential'] }),
    primary: MetricSchema.describe('The metric that decides.').meta({
      examples: [{ name: 'conversion', column: 'bought', kind: 'proportion', effect: 0.01 }],
    }),
    guards: z
      .array(MetricSchema.describe('A metric that must not get worse.'))
      .max(MAX_GUARDS, `a list of at most ${MAX_GUARDS} metrics`)
      .default([])
      .describe('Metrics that must not get worse by more than their effect. Default: none.'),
    level: between(EXPERIMENT_LEVEL)
      .default(DEFAULT_EXPERIMENT_LEVEL)
      .describe(`Chance of calling a difference where there is none. Default: ${DEFAULT_EXPERIMENT_LEVEL}.`),
    power: between(POWER)
      .default(DEFAULT_POWER)
      .describe(`Chance of finding the effect that matters, for the number of units. Default: ${DEFAULT_POWER}.`),
    minUnits: integer(MIN_UNITS.min, MIN_UNITS.max)
      .default(DEFAULT_MIN_UNITS)
      .describe(`Units of each variant with which a sequential reading begins. Default: ${DEFAULT_MIN_UNITS}.`),
    balanceLevel: between(BALANCE_LEVEL)
      .default(DEFAULT_BALANCE_LEVEL)
      .describe(`Chance of calling right shares wrong. Default: ${DEFAULT_BALANCE_LEVEL}.`),
    instance: text(ML_INSTANCE)
      .describe('Instance type of the job that reads it: one of training.instances.')
      .meta({ examples: ['ml.m5.large'] }),
    cron: text(CRON)
      .describe(
        'When it is read, in UTC, as EventBridge Scheduler writes it. Default: cron(0 7 * * ? *), daily at seven.',
      )
      .meta({ examples: ['cron(0 7 * * ? *)'] })
      .optional(),
  })
  .describe(
    'A comparison of the model and its challenger, as it is declared before it begins: docs/experiments.md. Needs capture of all requests, and training. Default: none.',
  );
