/** A kind of policy, the characters that it may have, and what to do about one that has more. */
export interface PolicyLimits {
  /** As error messages name it: `trust policy`. */
  readonly kind: string;
  readonly maxCharacters: number;
  /** Whether white space counts. */
  readonly countsWhiteSpace: boolean;
  readonly fix: string;
}

/** Limit of all inline policies of one role, without white space (IAM quota, cannot be raised). */
export const MAX_INLINE_POLICY_CHARACTERS = 10_240;

/** The inline policies of one role. */
export const INLINE_POLICY: PolicyLimits = {
  kind: 'policy',
  maxCharacters: MAX_INLINE_POLICY_CHARACTERS,
  countsWhiteSpace: false,
  fix: 'grant wider prefixes or split the role',
};
/** Who may assume a role. 2,048 is the default quota of an account. */
export const TRUST_POLICY: PolicyLimits = {
  kind: 'trust policy',
  maxCharacters: 2048,
  countsWhiteSpace: false,
  fix: "shorten the conditions of 'assumedBy', e.g. by a pattern in place of a list, or split the role",
};
/** The policy of a bucket: 20 KB. */
export const BUCKET_POLICY: PolicyLimits = {
  kind: 'bucket policy',
  maxCharacters: 20_480,
  countsWhiteSpace: true,
  fix: 'combine statements, name accounts in place of roles, or use an access point for each group of readers',
};
/** The policy of an EFS file system (`PutFileSystemPolicy`, EFS API). */
export const EFS_POLICY: PolicyLimits = {
  kind: 'file system policy',
  maxCharacters: 20_000,
  countsWhiteSpace: true,
  fix: 'combine statements',
};
/** The policy of a key: 32 KB. */
export const KEY_POLICY: PolicyLimits = {
  kind: 'key policy',
  maxCharacters: 32_768,
  countsWhiteSpace: true,
  fix: 'combine statements, or grant access by policies of roles',
};
/** The policy of a model package group: 20 KB (`PutModelPackageGroupPolicy`). */
export const MODEL_PACKAGE_GROUP_POLICY: PolicyLimits = {
  kind: 'policy of the model package group',
  maxCharacters: 20_480,
  countsWhiteSpace: true,
  fix: 'share the group with fewer accounts',
};
/** A service control policy of AWS Organizations. */
export const SCP: PolicyLimits = {
  kind: 'service control policy',
  maxCharacters: 5120,
  countsWhiteSpace: true,
  fix: 'name fewer instance types, or split the policy',
};
/** The policy of an event bus: 10 KB (EventBridge quotas). */
export const EVENT_BUS_POLICY: PolicyLimits = {
  kind: 'policy of the event bus',
  maxCharacters: 10_240,
  countsWhiteSpace: true,
  fix: 'accept events from fewer accounts',
};
/** The policy of a queue: 8 KB (SQS quotas). */
export const QUEUE_POLICY: PolicyLimits = {
  kind: 'queue policy',
  maxCharacters: 8192,
  countsWhiteSpace: true,
  fix: 'combine statements',
};
