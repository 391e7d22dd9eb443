import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import { IDENTIFIER } from '../../../../lib/data-lake/lake-limits';
import { METRIC, TASKS } from '../../../../lib/training/evaluation/metric-limits';
import { SERVING_PROGRAM } from '../../../../lib/training/framework/serving';
import { TUNING_LIMITS, TUNING_STRATEGIES } from '../../../../lib/training/pipeline/pipeline-limits';
import {
  HYPERPARAMETER_VALUE,
  HYPERPARAMETER_WORD,
  ML_INSTANCE,
  RUNTIME_LIMITS_MINUTES,
} from '../../../../lib/training/training-limits';
import { onlyWith, snippet } from '../../../environment/schema/editor';
import { choice, flag, integer, named, reference, text } from '../../../environment/schema/fields';
import { dataKeys } from './data-keys';
import { FRAMEWORK_RULES, frameworkKeys } from './framework-keys';
import { line } from './texts';

const MetricSchema = z
  .strictObject({
    min: z.number('a number').describe('Least value that is good enough. Default: none.').optional(),
    max: z.number('a number').describe('Highest value that is good enough, for errors. Default: none.').optional(),
  })
  .describe('What the metric must be: min for one of which more is better, max for an error, or both.')
  .meta({ examples: [{ min: 0.8 }], anyOf: [{ required: ['min'] }, { required: ['max'] }] });

const RangeSchema = z
  .union([
    z.array(text(HYPERPARAMETER_WORD)).min(1, 'a list of 1 to 30 words').max(30, 'a list of 1 to 30 words'),
    z.strictObject({
      min: z
        .number('a number')
        .describe('Least value.')
        .meta({ examples: [0.001] }),
      max: z
        .number('a number')
        .describe('Highest value.')
        .meta({ examples: [0.3] }),
      integer: flag().default(false).describe('Whether only whole numbers are tried. Default: false.'),
      logarithmic: flag()
        .default(false)
        .describe('Whether values are chosen by order of magnitude; min must be above 0. Default: false.'),
    }),
  ])
  .describe('Words to try, or the ends of a range of numbers.');

const TuningSchema = z
  .strictObject({
    strategy: choice(TUNING_STRATEGIES)
      .default('Bayesian')
      .describe(
        'How values are chosen; Grid tries all combinations of words, Hyperband stops jobs early by their rounds. Default: Bayesian.',
      ),
    metric: text(line(255))
      .describe('Metric of logMetrics that the search makes best.')
      .meta({ examples: ['validation:auc'] }),
    goal: choice(['Maximize', 'Minimize']).default('Maximize').describe('What is best. Default: Maximize.'),
    ranges: named(text(HYPERPARAMETER_WORD), RangeSchema)
      .describe(`Hyperparameters that are tried, at most ${TUNING_LIMITS.ranges}; none of hyperparameters.`)
      .meta({ examples: [{ depth: { min: 2, max: 8, integer: true } }] }),
    maxJobs: integer(TUNING_LIMITS.jobs.min, TUNING_LIMITS.jobs.max)
      .describe('Most training jobs of one search, at least parallelJobs. Not with Grid. Default: 20.')
      .optional(),
    parallelJobs: integer(TUNING_LIMITS.parallel.min, TUNING_LIMITS.parallel.max)
      .default(2)
      .describe('Training jobs at the same time. Default: 2.'),
    rounds: z
      .strictObject({
        min: integer(1, 1_000_000)
          .describe('Rounds that every job runs.')
          .meta({ examples: [1] }),
        max: integer(1, 1_000_000)
          .describe('Rounds that the best jobs run.')
          .meta({ examples: [27] }),
      })
      .describe(
        'Of Hyperband: fewest and most rounds of a job, such as epochs, after each of which it logs the metric. Required with it.',
      )
      .optional(),
    maxInstanceHours: integer(1, 1_000_000)
      .describe(
        'Most hours of instances that one run of the search may cost: times the price of an hour it is the most money. The search ends after maxInstanceHours / parallelJobs hours, be maxJobs done or not.',
      )
      .meta({ examples: [100] }),
  })
  .describe('Trains many times with other hyperparameters, and judges the best model.')
  .meta({ allOf: [onlyWith(['rounds'], 'strategy', ['Hyperband'])] });

const BaselineSchema = z
  .strictObject({
    instance: text(ML_INSTANCE)
      .describe('Instance type of the job: one of training.instances. Default: that of the evaluation.')
      .optional(),
    categories: z
      .array(text(line(255)), 'a list of names')
      .min(1, 'a list of at least one name')
      .describe('Columns whose numbers are names, such as postcodes. Default: texts and flags only.')
      .optional(),
  })
  .describe(
    'Makes a profile of the test data, without target and identifiers, when a version is approved, for monitoring.drift: docs/drift.md. Default: none.',
  )
  .meta({ examples: [{ categories: ['postcode'] }] });

export const PipelineSchema = z
  .strictObject({
    team: reference('teams', text(NAME))
      .describe('Team that pays for the jobs and answers for the model.')
      .meta({ examples: ['fraud'] }),
    ...frameworkKeys,
    instance: text(ML_INSTANCE)
      .describe('Instance type of the training: one of training.instances.')
      .meta({ examples: ['ml.m5.xlarge'] }),
    evaluationInstance: text(ML_INSTANCE)
      .describe('Instance type of the evaluation: one of training.instances. Default: that of the training.')
      .optional(),
    ...dataKeys,
    format: choice(['parquet', 'csv']).default('parquet').describe('Format of the test data. Default: parquet.'),
    task: choice(TASKS)
      .describe('What the model predicts: a class, or a number.')
      .meta({ examples: ['classification'] }),
    target: text(line(255))
      .describe('Column of the test data with the truth.')
      .meta({ examples: ['churned'] }),
    identifiers: z
      .array(text(line(255)))
      .default([])
      .describe('Columns that the model does not get, such as ids and times. Default: none.'),
    metrics: named(text(METRIC), MetricSchema)
      .describe('What a model must reach to be registered, declared before it is trained: limits by metric.')
      .meta({ examples: [{ auc: { min: 0.8 }, 'auc@noise': { min: 0.75 } }] }),
    champion: z
      .strictObject({
        metric: text(METRIC)
          .describe('Metric that is compared.')
          .meta({ examples: ['auc'] }),
        maxLoss: z
          .number('a number of at least 0')
          .min(0, 'a number of at least 0')
          .default(0)
          .describe('How much worse the metric may be. Default: 0.'),
      })
      .describe('Compares with the newest approved model. Default: none.')
      .optional(),
    packages: reference('registry.packages', text(NAME))
      .describe('Group that a good model joins, as pending.')
      .meta({ examples: ['churn'] }),
    baseline: BaselineSchema.optional(),
    quality: reference('lake.tables', text(IDENTIFIER))
      .describe('Table with quality, whose expectations must hold before anything is trained. Default: none.')
      .optional(),
    hyperparameters: named(text(HYPERPARAMETER_WORD), text(HYPERPARAMETER_VALUE))
      .default({})
      .describe('Settings of the program by name, without blanks and quotes. Default: none.'),
    logMetrics: named(text(line(255)), text(line(500)))
      .default({})
      .describe('Metrics that SageMaker reads from the log: an expression with one group, by name. Default: none.')
      .meta({ examples: [{ 'validation:auc': 'auc: ([0-9.]+)' }] }),
    tuning: TuningSchema.optional(),
    spot: flag()
      .default(false)
      .describe(
        'Whether training takes spare capacity, at a discount, and may be interrupted. It goes on from its checkpoints, a job of a tuning begins anew. Default: false.',
      ),
    tracked: flag()
      .default(false)
      .describe(
        'Whether the training records in the tracking server: its variable MLFLOW_TRACKING_URI has the address. It then has the network, and needs the packages mlflow and sagemaker-mlflow, from requirements.txt or an image of your own. Default: false.',
      ),
    tensorBoard: flag()
      .default(false)
      .describe(
        'Whether what the training writes to /opt/ml/output/tensorboard is copied to S3 while it runs. Default: false.',
      ),
    maxRuntimeHours: integer(1, RUNTIME_LIMITS_MINUTES.max / 60)
      .describe('Hours after which the training is stopped. Default: training.maxRuntimeHours.')
      .optional(),
    servingProgram: text(SERVING_PROGRAM)
      .describe(
        'File in the folder code of the artifact that loads the model where it is served, with model_fn. Default: inference.py for scikit-learn and pytorch, none for others.',
      )
      .optional(),
  })
  .describe('A pipeline from data to a registered model.')
  .meta({ allOf: FRAMEWORK_RULES });

/** What may be written under `training.pipelines`. */
export const PipelinesSchema = named(text(NAME), PipelineSchema)
  .default({})
  .describe('Training pipelines by name. Default: none.')
  .meta({
    defaultSnippets: [
      snippet('a training pipeline', {
        '${1:churn}': {
          team: '${2:fraud}',
          framework: 'scikit-learn',
          frameworkVersion: '1.9-0',
          instance: 'ml.m5.xlarge',
          inputs: { train: { zone: 'features', prefix: 'churn/train' } },
          testData: { zone: 'features', prefix: 'churn/test' },
          task: 'classification',
          target: 'churned',
          metrics: { auc: { min: 0.8 } },
          packages: 'churn',
        },
      }),
    ],
  });
