import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../lib/aws/log-group';
import { NAME } from '../../../lib/core/text-pattern';
import { CLASSIFICATIONS } from '../../../lib/data-lake/lake-limits';
import {
  CAPTURE_DAYS,
  CONCURRENCY_LIMITS,
  DEFAULT_CONCURRENCY,
  DEFAULT_ENDPOINT_LOG_DAYS,
  DEFAULT_SAMPLING_PERCENT,
  DEFAULT_SERVERLESS_MEMORY_MIB,
  SAMPLING_PERCENT,
  SERVERLESS_MEMORY_MIB,
} from '../../../lib/serving/endpoint/endpoint-limits';
import { PACKAGE_VERSION, SERVING_VARIABLE } from '../../../lib/serving/model/model-limits';
import { ML_INSTANCE } from '../../../lib/training/training-limits';
import { snippet } from '../../environment/schema/editor';
import { choice, flag, integer, multiple, named, reference, text } from '../../environment/schema/fields';
import { BatchSchema } from './batch/schema';
import { DoorSchema } from './door/schema';
import { ExperimentSchema } from './experiment/schema';
import { AsynchronousSchema, InstancesSchema } from './instances';
import { RolloutSchema, SmokeSchema } from './rollout';
import { FromSchema, SERVED_IMAGE, VALUE } from './source';

/** Zone of captured data by default. */
export const DEFAULT_CAPTURE_ZONE = 'raw';
/** Weights of two models are ratios; with one written, the other has the rest of 100. */
export const WHOLE_WEIGHT = 100;

const version = () => integer(PACKAGE_VERSION.min, PACKAGE_VERSION.max);
const weight = () => integer(0, 1_000_000);
const instance = () => text(ML_INSTANCE);

const ChallengerSchema = z
  .strictObject({
    version: version()
      .describe('Version that it answers with.')
      .meta({ examples: [13] }),
    weight: weight()
      .describe(
        'Its part of the requests, in percent, or as a ratio to the weight of the model if that is written. 0 keeps it ready and sends it nothing.',
      )
      .meta({ examples: [10] }),
    instance: instance().describe('Type of its instances. Default: that of the model.').optional(),
    instances: InstancesSchema.describe('How many it has. Default: as the model.').optional(),
  })
  .describe(
    'A second version that answers a part of the requests. Whether there is one cannot change later: without a use for it yet, write the version of the model with weight 0. Default: none.',
  );

const ShadowSchema = z
  .strictObject({
    version: version()
      .describe('Version that gets copies of requests, and whose answers nobody sees.')
      .meta({ examples: [13] }),
    percent: integer(1, 100).default(100).describe('Share of the requests that are copied, in percent. Default: 100.'),
    instance: instance().describe('Type of its instances. Default: that of the model.').optional(),
  })
  .describe('A version that is tried on real requests without an effect. It may come and go. Default: none.');

const ServerlessSchema = z
  .strictObject({
    memoryMib: multiple(SERVERLESS_MEMORY_MIB.step, SERVERLESS_MEMORY_MIB.min, SERVERLESS_MEMORY_MIB.max)
      .default(DEFAULT_SERVERLESS_MEMORY_MIB)
      .describe(`Memory of a container in MiB. Default: ${DEFAULT_SERVERLESS_MEMORY_MIB}.`),
    maxConcurrency: integer(CONCURRENCY_LIMITS.min, CONCURRENCY_LIMITS.max)
      .default(DEFAULT_CONCURRENCY)
      .describe(`Requests that are answered at the same time; more are refused. Default: ${DEFAULT_CONCURRENCY}.`),
    provisionedConcurrency: integer(CONCURRENCY_LIMITS.min, CONCURRENCY_LIMITS.max)
      .describe(
        'Requests at the same time for which the model is always loaded, and paid for. Default: none; a first request waits for the model.',
      )
      .optional(),
  })
  .describe(
    'No instances of your own: charged by the millisecond of an answer. Without VPC, capture, challenger and shadow. It may become instances later, and never back. Default: none.',
  );

const CaptureSchema = z
  .strictObject({
    zone: reference('lake.zones', text(NAME))
      .default(DEFAULT_CAPTURE_ZONE)
      .describe(`Zone of the lake that gets them, with a table captured_<name>. Default: ${DEFAULT_CAPTURE_ZONE}.`),
    sampling: integer(SAMPLING_PERCENT.min, SAMPLING_PERCENT.max)
      .default(DEFAULT_SAMPLING_PERCENT)
      .describe(`Requests that are captured, in percent. Default: ${DEFAULT_SAMPLING_PERCENT}.`),
    days: integer(CAPTURE_DAYS.min, CAPTURE_DAYS.max)
      .describe(
        'Days until captured data is deleted. Required of personal data. Default: kept as the zone keeps its data.',
      )
      .meta({ examples: [30] })
      .optional(),
  })
  .describe('Requests and answers, which are written into the lake. Default: none.');

const ModelSchema = z
  .strictObject({
    team: reference('teams', text(NAME))
      .describe('Team that answers for the model.')
      .meta({ examples: ['fraud'] }),
    package: reference('registry.packages', text(NAME))
      .describe(
        'Registry of its versions, which a pipeline of training.pipelines registers. Default: none, with another source.',
      )
      .optional(),
    from: FromSchema.optional(),
    store: text(NAME)
      .describe(
        'Name in the store of models: its archive is <name>/<version>/model.tar.gz. Needs image. Default: none, with another source.',
      )
      .optional(),
    image: text(SERVED_IMAGE)
      .describe(
        'Image that serves, by its digest; with store, or alone if it has its model. Default: that of the version.',
      )
      .meta({ examples: [`serve@sha256:${'0a1b2c3d'.repeat(8)}`] })
      .optional(),
    variables: named(text(SERVING_VARIABLE), text(VALUE))
      .describe('Environment variables of the container, with image, without secrets. Default: none.')
      .optional(),
    version: version()
      .describe('Version that answers: another one is rolled out. Required but with image alone.')
      .meta({ examples: [12] })
      .optional(),
    weight: weight()
      .describe(
        `Its part of the requests beside a challenger, as a ratio. Default: ${WHOLE_WEIGHT} less that of the challenger.`,
      )
      .optional(),
    instance: instance()
      .describe('Type of the instances. Required, but with serverless.')
      .meta({ examples: ['ml.m5.large'] })
      .optional(),
    instances: InstancesSchema.optional(),
    serverless: ServerlessSchema.optional(),
    asynchronous: AsynchronousSchema.optional(),
    challenger: ChallengerSchema.optional(),
    shadow: ShadowSchema.optional(),
    rollout: RolloutSchema.prefault({}),
    smoke: SmokeSchema.optional(),
    batch: BatchSchema.optional(),
    door: DoorSchema.optional(),
    capture: CaptureSchema.optional(),
    experiment: ExperimentSchema.optional(),
    classification: choice(CLASSIFICATIONS)
      .describe('Sensitivity of requests and answers. Default: that of the zone that captures them.')
      .optional(),
    isolated: flag()
      .describe(
        'Whether the containers can call nothing, neither AWS nor the internet. Default: true; false with serverless, which takes no isolation.',
      )
      .optional(),
    logDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .default(DEFAULT_ENDPOINT_LOG_DAYS)
      .describe(`Days that the log of the endpoint is kept. Default: ${DEFAULT_ENDPOINT_LOG_DAYS}.`),
  })
  .describe(
    'A model that answers: an endpoint of SageMaker. One of package, from, store and image; instance or serverless.',
  );

/** What may be written under `models`. */
export const ModelsSchema = named(text(NAME), ModelSchema)
  .default({})
  .describe('Models that answer, each by an endpoint of its own. Default: none.')
  .meta({
    defaultSnippets: [
      snippet('a model by a canary', {
        '${1:churn}': {
          team: '${2:fraud}',
          package: '${3:churn}',
          version: 1,
          instance: 'ml.m5.large',
          rollout: { canary: 10 },
          capture: { days: 30 },
        },
      }),
    ],
  });
