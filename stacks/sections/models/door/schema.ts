import * as z from 'zod';
import { LOG_RETENTION_DAYS } from '../../../../lib/aws/log-group';
import { NAME } from '../../../../lib/core/text-pattern';
import {
  DEFAULT_DOOR_LOG_DAYS,
  DEFAULT_DOOR_RATE,
  DOOR_CALLER,
  DOOR_RATE,
  DOOR_SCOPE,
  MAX_DOOR_CALLERS,
  REQUESTS_PER_DAY,
  USER_POOL_ARN,
  VPC_ENDPOINT,
  WEB_ACL_ARN,
} from '../../../../lib/serving/door/door-limits';
import { integer, named, text } from '../../../environment/schema/fields';

const rate = () => integer(DOOR_RATE.min, DOOR_RATE.max);
const callers = `a list of 1 to ${MAX_DOOR_CALLERS} roles and users`;
const endpoints = 'a list of at least one endpoint';
const pools = 'a list of at least one pool';

const CognitoSchema = z
  .strictObject({
    pools: z
      .array(text(USER_POOL_ARN), pools)
      .min(1, pools)
      .describe('ARNs of the pools whose users or programs may ask; they may be in other accounts.')
      .meta({ examples: [['arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_AbCdEf']] }),
    scopes: z
      .array(text(DOOR_SCOPE))
      .default([])
      .describe(
        'Scopes of which a token has one: callers then send access tokens. Default: none; they send identity tokens.',
      )
      .meta({ examples: [['models/ask']] }),
  })
  .describe('In place of callers: whoever has a token of Cognito. Default: none.');

const ClientSchema = z
  .strictObject({
    requestsPerSecond: rate()
      .describe('Requests in a second that it may send.')
      .meta({ examples: [20] }),
    requestsPerDay: integer(REQUESTS_PER_DAY.min, REQUESTS_PER_DAY.max)
      .describe('Requests in a day that it may send. Default: no limit by the day.')
      .meta({ examples: [100_000] })
      .optional(),
  })
  .describe('What one client may ask.');

/** A door has one of the first two keys, and one of the last two. */
const DOOR_KEYS = ['callers', 'cognito'].flatMap((who) => ['vpcEndpoints', 'webAcl'].map((where) => [who, where]));

/** A way in for callers without a role of the account. */
export const DoorSchema = z
  .strictObject({
    callers: z
      .array(text(DOOR_CALLER).meta({ isArn: true }), callers)
      .min(1, callers)
      .max(MAX_DOOR_CALLERS, callers)
      .describe(
        'ARNs of roles and users that may ask, and sign their requests. Those of other accounts need execute-api:Invoke in their own policies too. Required, or cognito.',
      )
      .meta({ examples: [['arn:aws:iam::444455556666:role/shop']] })
      .optional(),
    cognito: CognitoSchema.optional(),
    vpcEndpoints: z
      .array(text(VPC_ENDPOINT), endpoints)
      .min(1, endpoints)
      .describe('Ids of the endpoints of execute-api from whose networks alone it can be reached. Required, or webAcl.')
      .meta({ examples: [['vpce-0a1b2c3d4e5f60718']] })
      .optional(),
    webAcl: text(WEB_ACL_ARN)
      .meta({ isArn: true })
      .describe('In place of vpcEndpoints: reached from the internet, behind this web ACL of WAF. Default: none.')
      .optional(),
    clients: named(text(NAME), ClientSchema)
      .default({})
      .describe(
        'Clients by name, each with a key that limits it and opens nothing. Default: none; no key is asked for.',
      )
      .meta({ examples: [{ shop: { requestsPerSecond: 20 } }] }),
    requestsPerSecond: rate()
      .default(DEFAULT_DOOR_RATE)
      .describe(`Requests in a second of all together. Default: ${DEFAULT_DOOR_RATE}.`),
    logDays: z
      .literal(LOG_RETENTION_DAYS, `one of ${LOG_RETENTION_DAYS.join(', ')}`)
      .default(DEFAULT_DOOR_LOG_DAYS)
      .describe(`Days that the log of requests is kept. Default: ${DEFAULT_DOOR_LOG_DAYS}.`),
  })
  .describe(
    'An API in front of the endpoint, for callers without a role of this account: who may ask, and from where. Default: none; nothing but roles of this account reaches the endpoint.',
  )
  .meta({ anyOf: DOOR_KEYS.map((required) => ({ required })) });
