import * as z from 'zod';
import { TIME_ZONE } from '../../../lib/aws/time-zone';
import { NAME } from '../../../lib/core/text-pattern';
import { ASYNCHRONOUS_CONCURRENCY, INSTANCE_LIMITS } from '../../../lib/serving/endpoint/endpoint-limits';
import { bySize } from '../../environment/schema/choices';
import { arn, days, integer, named, text } from '../../environment/schema/fields';

/** Instances of a model that says nothing: the loss of a zone must not be an outage of production. */
export const DEFAULT_INSTANCES = bySize({ small: 1, medium: 1, large: 2 });
/** Days that requests and answers of asynchronous models are kept. */
export const DEFAULT_REQUEST_DAYS = 30;

/** What a rule checks further. */
const CRON = { pattern: /^(?!.*[$%]\{)[^\p{Cc}]+$/u, meaning: 'a cron expression such as cron(0 7 ? * MON-FRI *)' };
const count = () => integer(0, INSTANCE_LIMITS.max);

const ScheduleSchema = z
  .strictObject({
    cron: text(CRON)
      .describe('When the limits begin to hold: six fields, the last one the year.')
      .meta({ examples: ['cron(0 7 ? * MON-FRI *)'] }),
    zone: text(TIME_ZONE)
      .describe('Time zone of cron. Default: UTC.')
      .meta({ examples: ['Europe/Stockholm'] })
      .optional(),
    min: count()
      .describe('Fewest instances from then on.')
      .meta({ examples: [2] }),
    max: count()
      .describe('Most instances from then on.')
      .meta({ examples: [8] }),
  })
  .describe('Limits from a time on, until those of another time.');

/** How many instances a model has. */
export const InstancesSchema = z
  .strictObject({
    min: count()
      .describe(`Fewest instances; 0 only of an asynchronous model. ${DEFAULT_INSTANCES.description}`)
      .optional(),
    max: count().describe('Most instances. Default: min, always as many.').optional(),
    initial: count().describe('Instances at the beginning of each deployment, at least min. Default: min.').optional(),
    target: integer(1, 10_000_000)
      .describe(
        'With max above min: requests in a minute that each instance should get, or of an asynchronous model requests that wait. It is what one instance was measured to bear, with some reserve. Required there.',
      )
      .meta({ examples: [300] })
      .optional(),
    schedules: named(text(NAME), ScheduleSchema)
      .describe('Other limits from some time on, by name. Default: none.')
      .optional(),
  })
  .describe(
    'How many instances there are, spread over the zones of the network. Default: the default of min, always as many.',
  );

const topicArn = () => arn(/sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}/, 'arn:aws:sns:eu-north-1:111122223333:answers');

/** Answers that come later. */
export const AsynchronousSchema = z
  .strictObject({
    concurrency: integer(ASYNCHRONOUS_CONCURRENCY.min, ASYNCHRONOUS_CONCURRENCY.max)
      .describe('Requests that an instance works on at the same time. Default: SageMaker chooses.')
      .optional(),
    successTopic: topicArn().describe('Topic that hears of each answer. Default: none.').optional(),
    errorTopic: topicArn().describe('Topic that hears of each failure. Default: none.').optional(),
    days: days()
      .default(DEFAULT_REQUEST_DAYS)
      .describe(`Days that its requests and answers are kept. Default: ${DEFAULT_REQUEST_DAYS}.`),
  })
  .describe(
    'Answers that come later, into the bucket model-requests: requests of up to 1 GB and an hour. Default: none, answers come at once.',
  );
