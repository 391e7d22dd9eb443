import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import {
  BASELINE_FORMATS,
  COLUMN_NAME,
  DEFAULT_MIN_ROWS,
  DEFAULT_THRESHOLDS,
  DEFAULT_WINDOW_HOURS,
  MIN_ROWS,
  WINDOW_HOURS,
} from '../../../../lib/monitoring/drift/drift-limits';
import { DATA_PREFIX, MANIFEST_KEY } from '../../../../lib/training/data/data-limits';
import { ML_INSTANCE } from '../../../../lib/training/training-limits';
import { choice, integer, named, reference, text } from '../../../environment/schema/fields';
import { RetrainSchema } from '../loop/schema';

/** Keys of a baseline: a profile, or a data set. */
export const DATA_SET_KEYS = ['zone', 'prefix', 'format'] as const;
/** Keys of a baseline that is one by itself. */
export const PROFILE_KEYS = ['pipeline', 'profile'] as const;

/** Names of columns are data of the program; a template of Terraform in one would be rendered. */
const COLUMN = {
  pattern: new RegExp(`^(?!.*[$%]\\{)${COLUMN_NAME.pattern.source.slice(1)}`, 'u'),
  meaning: `${COLUMN_NAME.meaning}, without \${ or %{`,
};
const columns = (what: string) =>
  z.array(text(COLUMN), 'a list of names').min(1, 'a list of at least one name').describe(what).optional();

const BaselineSchema = z
  .strictObject({
    pipeline: reference('training.pipelines', text(NAME))
      .describe('Pipeline with a baseline, which makes a profile at each approval. Default: none.')
      .optional(),
    profile: text({ ...MANIFEST_KEY, meaning: 'the key of an object such as baselines/card-fraud/profile.json' })
      .describe(
        'Key of a profile in the store of models, which drift.py baseline has made. Default: none, with a data set.',
      )
      .optional(),
    zone: reference('lake.zones', text(NAME))
      .describe('Zone of a data set. Default: none, with a profile.')
      .meta({ examples: ['features'] })
      .optional(),
    prefix: text(DATA_PREFIX)
      .describe('Folder of the data set. Default: none, with a profile.')
      .meta({ examples: ['card-fraud/train'] })
      .optional(),
    format: choice(BASELINE_FORMATS).describe('Format of the data set. Default: none, with a profile.').optional(),
  })
  .describe('What captured data is compared with: pipeline, or profile, or zone with prefix and format.')
  .meta({
    examples: [{ profile: 'baselines/card-fraud/profile.json' }],
    anyOf: [...PROFILE_KEYS.map((key) => ({ required: [key] })), { required: [...DATA_SET_KEYS] }],
  });

const between = (most: number) =>
  z.number(`a number from 0 to ${most}`).min(0, `a number from 0 to ${most}`).max(most, `a number from 0 to ${most}`);
const ThresholdsSchema = z
  .strictObject({
    psi: between(10)
      .default(DEFAULT_THRESHOLDS.psi)
      .describe(`Population stability index that matters. Default: ${DEFAULT_THRESHOLDS.psi}.`),
    missing: between(1)
      .default(DEFAULT_THRESHOLDS.missing)
      .describe(`Change of the part of values that are missing. Default: ${DEFAULT_THRESHOLDS.missing}.`),
    newCategories: between(1)
      .default(DEFAULT_THRESHOLDS.newCategories)
      .describe(
        `Part of the rows with new categories, or with numbers beyond the baseline. Default: ${DEFAULT_THRESHOLDS.newCategories}.`,
      ),
  })
  .prefault({})
  .describe('Changes that matter. Default: each as it says.');

const MonitorSchema = z
  .strictObject({
    baseline: BaselineSchema,
    instance: text(ML_INSTANCE)
      .describe('Instance type of the job: one of training.instances.')
      .meta({ examples: ['ml.m5.large'] }),
    cron: text({ pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'a cron expression such as cron(0 6 * * ? *)' })
      .describe('When it runs, in UTC, as EventBridge Scheduler writes it. Default: cron(0 6 * * ? *), daily at six.')
      .meta({ examples: ['cron(0 6 * * ? *)'] })
      .optional(),
    windowHours: integer(WINDOW_HOURS.min, WINDOW_HOURS.max)
      .default(DEFAULT_WINDOW_HOURS)
      .describe(`Hours of captured data that a run judges. Default: ${DEFAULT_WINDOW_HOURS}.`),
    minRows: integer(MIN_ROWS.min, MIN_ROWS.max)
      .default(DEFAULT_MIN_ROWS)
      .describe(`Fewest rows that are judged. Default: ${DEFAULT_MIN_ROWS}.`),
    features: columns('Names of the features in the order of CSV. Default: as JSON names them.'),
    predictions: columns('Names of the values of an answer. Default: prediction, prediction[0], prediction.<key>.'),
    ignored: columns('Columns that are no features, such as ids and the target. Default: none.'),
    categories: columns('Columns whose numbers are names, such as postcodes. Default: texts and flags only.'),
    thresholds: ThresholdsSchema,
    retrain: RetrainSchema.optional(),
  })
  .describe('What a model gets and says, compared with a baseline: docs/drift.md.');

/** What may be written under `monitoring.drift`. */
export const DriftSchema = named(text(NAME), MonitorSchema)
  .default({})
  .describe('Models whose captured data is watched for drift, by their names under models. Default: none.')
  .meta({
    examples: [
      { 'card-fraud': { instance: 'ml.m5.large', baseline: { profile: 'baselines/card-fraud/profile.json' } } },
    ],
  });
/** The settings of the monitors, by model. */
export type Drift = z.output<typeof DriftSchema>;
