import type { AwsNameKind } from '../../aws/name-kind';
import type { TextPattern } from '../../core/text-pattern';
import type { PolicyLimits } from '../../iam/policy-limits';

/** Names of the APIs of doors. API Gateway allows several of one name; a person would not tell them apart. */
export const DOOR: AwsNameKind = { kind: 'API of a door', maxLength: 128, uniqueIn: 'region' };
/** Names of what belongs to one client of a door. */
export const DOOR_CLIENT: AwsNameKind = { kind: 'client of a door', maxLength: 128, uniqueIn: 'region' };

/** Requests in a second, and in one moment, of one client or of all: the quotas of an account are the most. */
export const DOOR_RATE = { min: 1, max: 10_000 } as const;
/** Default of the requests in a second of all clients together. */
export const DEFAULT_DOOR_RATE = 50;
/** Requests of a client in a day. */
export const REQUESTS_PER_DAY = { min: 1, max: 1_000_000_000 } as const;
/** Days that the log of requests is kept by default. */
export const DEFAULT_DOOR_LOG_DAYS = 365;
/** Stage of every door. */
export const DOOR_STAGE = 'v1';

/** Most callers of a door: the policy of its API must hold them. */
export const MAX_DOOR_CALLERS = 20;
/** Who asks through a door with IAM, one by one: an account as a whole would let all its roles in. */
export const DOOR_CALLER: TextPattern = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,200}$/,
  meaning: 'the ARN of a role or user such as arn:aws:iam::444455556666:role/shop',
};
/** A scope of tokens: that of a resource server of Cognito, or one of OpenID. */
export const DOOR_SCOPE: TextPattern = {
  pattern: /^[\w.:-]+(\/[\w.:-]+)*$/,
  meaning: 'a scope such as models/ask',
};

/** Id of an endpoint of a VPC. */
export const VPC_ENDPOINT: TextPattern = {
  pattern: /^vpce-[0-9a-f]+$/,
  meaning: 'the id of an endpoint of execute-api such as vpce-0a1b2c3d4e5f60718',
};
/** ARN of a pool of users. */
export const USER_POOL_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:cognito-idp:[^:]+:\d{12}:userpool\/[\w-]+$/,
  meaning: 'the ARN of a user pool such as arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_AbCdEf',
};
/** ARN of a web ACL of WAF in the region. */
export const WEB_ACL_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:wafv2:[^:]+:\d{12}:regional\/webacl\/[\w-]+\/[0-9a-f-]+$/,
  meaning: 'the ARN of a regional web ACL such as arn:aws:wafv2:eu-north-1:111122223333:regional/webacl/name/id',
};
/** The policy of an API: 8 KB (API Gateway quotas). */
export const DOOR_POLICY: PolicyLimits = {
  kind: 'policy of the API',
  maxCharacters: 8192,
  countsWhiteSpace: true,
  fix: 'name fewer endpoints',
};
