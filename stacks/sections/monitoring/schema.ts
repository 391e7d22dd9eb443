import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { EMAIL } from '../../../lib/monitoring/actions/actions-limits';
import { DEFAULT_STORM_THINGS, STORM_THINGS } from '../../../lib/monitoring/alarms/alarm-limits';
import { SUCCESS_HOURS } from '../../../lib/monitoring/kinds/pipeline-alarms';
import { snippet } from '../../environment/schema/editor';
import { arn, domainKey, flag, integer, named, removal, secretArn, text } from '../../environment/schema/fields';
import { AlarmsSchema } from './alarm-keys';
import { DriftSchema } from './drift/schema';
import { GraphsSchema } from './graphs';

/** Begins the names of the topics and of the function. */
export const ACTIONS_NAME = 'alarms';
/** The dashboard, and the log of events. */
export const MONITORING_NAME = 'monitoring';
/** Bucket of the program that tells chats and PagerDuty. */
export const RELAY_BUCKET = 'alarm-relay';

/** Keys of receivers. */
export const RECEIVER_KEYS = ['email', 'slack', 'teams', 'pagerDuty', 'eventBus', 'topics'] as const;
/** Those that hear of warnings too. */
export const WARNED_KEYS = RECEIVER_KEYS.filter((key) => key !== 'pagerDuty');

const SECRET = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/chat-AbCdEf';
const secret = (text: string) =>
  secretArn(SECRET)
    .describe(text)
    .meta({ examples: [SECRET] })
    .optional();
const topicArn = () => arn(/sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}/, 'arn:aws:sns:eu-north-1:111122223333:alerts');

const ReceiversSchema = z
  .strictObject({
    email: z
      .array(text(EMAIL))
      .min(1, 'a list of at least one address')
      .describe('Mail addresses. Each must open a link in its first mail once. Default: none.')
      .meta({ examples: [['oncall@acme.example']] })
      .optional(),
    slack: secret('Secret whose text is the address of an incoming webhook of Slack. Default: none.'),
    teams: secret('Secret whose text is the address of a workflow webhook of Microsoft Teams. Default: none.'),
    pagerDuty: secret(
      'Secret whose text is the integration key (Events API v2) of a service of PagerDuty, which hears of critical alarms only. Default: none.',
    ),
    eventBus: arn(
      /events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+/,
      'arn:aws:events:eu-north-1:444455556666:event-bus/operations',
    )
      .describe('Event bus, as of another account, that gets every change of an alarm. Default: none.')
      .optional(),
    topics: z
      .array(topicArn())
      .min(1, 'a list of at least one topic')
      .describe('Topics that exist, whose policies and keys let cloudwatch.amazonaws.com in. Default: none.')
      .optional(),
  })
  .describe(`Who hears of alarms; of warnings at least one of ${WARNED_KEYS.join(', ')}.`)
  .meta({
    examples: [{ email: ['oncall@acme.example'] }],
    anyOf: WARNED_KEYS.map((key) => ({ required: [key] })),
  });

/** What may be written under `monitoring`. */
export const MonitoringSchema = z
  .strictObject({
    receivers: ReceiversSchema,
    alarms: AlarmsSchema,
    graphs: GraphsSchema,
    succeedsEvery: named(text(NAME), integer(SUCCESS_HOURS.min, SUCCESS_HOURS.max))
      .default({})
      .describe('Hours in which a run of a pipeline must succeed, by its name. Default: pipelines may rest.')
      .meta({ examples: [{ churn: 24 }] }),
    stormThings: integer(STORM_THINGS.min, STORM_THINGS.max)
      .default(DEFAULT_STORM_THINGS)
      .describe(
        `Things that are critical at the same time, from which on one alarm says so and warnings are silent. Default: ${DEFAULT_STORM_THINGS}.`,
      ),
    drift: DriftSchema,
    dashboards: flag()
      .default(true)
      .describe('Whether there is a dashboard of the environment, and one of each model. Default: true.'),
    keyArn: domainKey('topics and events'),
    removal: removal('topics and events'),
  })
  .describe(
    'Alarms for everything that the file has, who hears of them, and dashboards. Each alarm is charged by the month. Default: none; alarms of triggers are then only shown.',
  )
  .meta({
    defaultSnippets: [
      snippet('mail and PagerDuty', {
        receivers: {
          email: ['${1:oncall@acme.example}'],
          pagerDuty: '${2:arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms/pagerduty-AbCdEf}',
        },
      }),
    ],
  })
  .optional();
