import type { AwsNameKind } from '../../aws/name-kind';
import type { TextPattern } from '../../core/text-pattern';
import type { PolicyLimits } from '../../iam/policy-limits';

/** Names of SNS topics. */
export const TOPIC: AwsNameKind = { kind: 'topic', maxLength: 256, uniqueIn: 'region' };
/** Names of Lambda functions. */
export const FUNCTION: AwsNameKind = { kind: 'function', maxLength: 64, uniqueIn: 'region' };
/** The policy of an SNS topic (`SetTopicAttributes`). */
export const TOPIC_POLICY: PolicyLimits = {
  kind: 'topic policy',
  maxCharacters: 30_720,
  countsWhiteSpace: true,
  fix: 'combine statements',
};
/** Form of a mail address that SNS takes. */
export const EMAIL: TextPattern = {
  pattern: /^[^\s@"'<>,;:()[\]\\${}%]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
  meaning: 'a mail address',
};
/** Most receivers of one kind of message: SNS would take more, people would not. */
export const MAX_RECEIVERS = 20;
/** What chat programs take a message for, with different texts. */
export const CHATS = ['slack', 'teams'] as const;
/** One of {@link CHATS}. */
export type Chat = (typeof CHATS)[number];
