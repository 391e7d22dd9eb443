import * as z from 'zod';
import { TIME_ZONE } from '../../../lib/aws/time-zone';
import {
  AWAKE_DAYS,
  DEFAULT_AWAKE_DAYS,
  DEFAULT_MAINTENANCE_WINDOW,
  DEFAULT_TRACKING_SIZE,
  MAINTENANCE_WINDOW,
  MIN_AWAKE_HOURS,
  MLFLOW_VERSION,
  TIME_OF_DAY,
  TRACKING_SIZES,
} from '../../../lib/tracking/tracking-limits';
import { snippet } from '../../environment/schema/editor';
import { choice, domainKey, removal, text } from '../../environment/schema/fields';

/** The server, and the bucket of its artifacts. */
export const TRACKING_NAME = 'tracking';

const AwakeSchema = z
  .strictObject({
    from: text(TIME_OF_DAY)
      .describe('Time of the day, in quotes, at which the server begins to start, which takes up to 25 minutes.')
      .meta({ examples: ['07:00'] }),
    to: text(TIME_OF_DAY)
      .describe(`Time of the same day, in quotes, at which it is stopped; at least ${MIN_AWAKE_HOURS} hours later.`)
      .meta({ examples: ['19:00'] }),
    days: choice(AWAKE_DAYS)
      .default(DEFAULT_AWAKE_DAYS)
      .describe(`weekdays, from Monday to Friday, or daily. Default: ${DEFAULT_AWAKE_DAYS}.`),
    zone: text(TIME_ZONE)
      .describe('Time zone of both, whose summer time they follow.')
      .meta({ examples: ['Europe/Stockholm'] }),
  })
  .describe(
    'Hours in which the server runs, and is charged for; outside of them no job can record a run, and SageMaker refuses to change the server. Default: always.',
  )
  .meta({
    defaultSnippets: [
      snippet('working hours', { from: '${1:07:00}', to: '${2:19:00}', zone: '${3:Europe/Stockholm}' }),
    ],
  });

/** What may be written under `tracking`. */
export const TrackingSchema = z
  .strictObject({
    size: choice(TRACKING_SIZES)
      .default(DEFAULT_TRACKING_SIZE)
      .describe(
        `For up to 25, 50 or 100 users; it changes in place, while the server runs. Default: ${DEFAULT_TRACKING_SIZE}.`,
      ),
    version: text(MLFLOW_VERSION)
      .describe(
        'Major and minor version of MLflow, in quotes, which clients should have too. It cannot be changed later: another version would be another server, without the runs. Default: the newest that SageMaker offers when the server is made.',
      )
      .meta({ examples: ['3.0'] })
      .optional(),
    awake: AwakeSchema.optional(),
    maintenance: text(MAINTENANCE_WINDOW)
      .describe(
        `Beginning of the weekly maintenance, in UTC. Default: ${DEFAULT_MAINTENANCE_WINDOW}, with awake shortly before the end of its last day.`,
      )
      .meta({ examples: ['Sun:03:00'] })
      .optional(),
    keyArn: domainKey('artifacts of experiments'),
    removal: removal('experiments with their artifacts'),
  })
  .describe(
    'Experiments, runs and models in a tracking server of MLflow, for notebooks and for the pipelines and batch jobs that say tracked. It is charged by the hour while it runs. Default: none.',
  )
  .optional();
