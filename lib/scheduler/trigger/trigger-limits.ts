import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import { BUCKET } from '../../storage/bucket-limits';

/** Names of Step Functions state machines. */
export const STATE_MACHINE: AwsNameKind = { kind: 'state machine', maxLength: 80, uniqueIn: 'region' };
/** Names of DynamoDB tables. */
export const LOCK_TABLE: AwsNameKind = { kind: 'DynamoDB table', maxLength: 255, uniqueIn: 'region' };

/** Minutes of a cooldown: up to 30 days. */
export const COOLDOWN_MINUTES = { min: 1, max: 43_200 } as const;
/** Minutes of the longest run: up to 28 days, which is what SageMaker gives a pipeline. */
export const RUN_MINUTES = { min: 1, max: 40_320 } as const;
/** Default of the longest run. */
export const DEFAULT_RUN_MINUTES = 1440;
/** Repetitions of a call that failed. */
export const RETRIES = { min: 0, max: 10 } as const;
/** Default of the repetitions. */
export const DEFAULT_RETRIES = 3;
/** Periods of a budget. */
export const BUDGET_PERIODS = ['day', 'month'] as const;
/** Runs of a budget. */
export const BUDGET_RUNS = { min: 1, max: 1000 } as const;

/** How many runs may start in a period. */
export interface Budget {
  /** Runs, 1 to 1000. */
  readonly runs: number;
  /** A day or a month of the calendar, in UTC: as costs are billed. */
  readonly per: (typeof BUDGET_PERIODS)[number];
}

/** Begins the keys of the items that count the runs of a target. @param lock of the target */
export function budgetPrefix(lock: string): string {
  return `budget/${lock}/`;
}

/** Folder of log groups of state machines. Services that deliver there share one policy, whose size is limited. */
export const HISTORY_FOLDER = '/aws/vendedlogs/states/';
/** Default retention of the history of triggers in days: what scanners and auditors require. */
export const DEFAULT_HISTORY_DAYS = 365;
/** Days that a failed event is kept in the dead-letter queue: the most that SQS gives. */
export const FAILED_DAYS = 14;

/** The ARN of what must be in the account and region of a trigger, after the name of its property. */
export type NamedArn = readonly [property: string, arn: string];

/** Parameters of a pipeline that a trigger sets by itself: why it starts the run, and its execution. */
export const TRIGGER_PARAMETERS = ['Cause', 'StartedBy'] as const;
/** Characters of a cause that pipelines record. */
export const MAX_CAUSE = 256;

/**
 * The rules that the account and region of an ARN break: EventBridge hears of alarms in the account and region of its rule only,
 * and Step Functions starts the state machines of its own.
 *
 * @param here where the trigger is; what is `undefined` is not judged
 */
export function brokenPlace(
  arn: string,
  here: { readonly account?: string | undefined; readonly region?: string | undefined },
): BrokenRule[] {
  const [, , , region, account] = arn.split(':');
  const parts = [
    ['account', here.account, account],
    ['region', here.region, region],
  ] as const;
  return parts.flatMap(([part, own, other]): BrokenRule[] =>
    own === undefined || own === other
      ? []
      : [{ must: `must be in ${part} ${own}, where the trigger is`, fix: `use one in that ${part}` }],
  );
}

/** Folder or beginning of keys that a trigger watches. */
export const WATCHED_PREFIX: TextPattern = {
  pattern: /^(?!\/|s3:)(?!.*[$%]\{)[^*\\]{0,1024}$/s,
  meaning:
    "the beginning of keys such as 'daily/', without a slash or a bucket before it, and without stars, backslashes, ${ and %{",
};
/** End of keys that a trigger watches. */
export const WATCHED_SUFFIX: TextPattern = {
  pattern: /^(?!.*[$%]\{)[^*\\]{1,100}$/s,
  meaning: "the end of keys such as '_SUCCESS', without stars, backslashes, ${ and %{",
};

/** Bytes of a key of S3. */
const MAX_KEY_BYTES = 1024;

/**
 * The rule that the beginning and the end of keys break together: a key has no more bytes. They count as the pattern of the rule has
 * them, which is limited too (2,048 characters, EventBridge quotas): EventBridge would refuse it when it is deployed.
 */
export function brokenWatch(prefix: string, suffix: string): BrokenRule[] {
  const bytes = new TextEncoder().encode(JSON.stringify(prefix + suffix)).length - '""'.length;
  if (bytes <= MAX_KEY_BYTES) return [];
  const must = `must have at most ${MAX_KEY_BYTES} bytes of UTF-8 with the suffix, where a quotation mark counts as two`;
  return [{ must, got: `${bytes}`, fix: 'shorten it' }];
}

/** A text as the cause of a run may have it: the metadata of a model takes not all signs, and neither do the tags of its run. */
export function recordable(text: string): string {
  return text.replace(/[^\p{L}\p{N}_.:/=+@ -]/gu, '_');
}

/** A prefix of keys as the cause of a run has it, whose length is limited. */
export function recordablePrefix(prefix: string): string {
  return recordable(prefix).slice(0, MAX_CAUSE - 'objects:/'.length - BUCKET.maxLength);
}

/** Units of a rate. */
export const RATE_UNITS = ['minutes', 'hours', 'days'] as const;
/** A unit of {@link RATE_UNITS}. */
export type RateUnit = (typeof RATE_UNITS)[number];
/** Value of a rate. */
export const RATE_VALUE = { min: 1, max: 100_000 } as const;

/** The rules that a cooldown breaks beside the longest run of what it follows. */
export function brokenCooldown(cooldownMinutes: number, maxRunMinutes: number): BrokenRule[] {
  if (cooldownMinutes >= maxRunMinutes) return [];
  return [
    {
      must: `must be at least ${maxRunMinutes}, the longest run: it counts from the start of a run, and no other starts before its end`,
      fix: 'raise it, remove it, or say how long a run takes at most',
    },
  ];
}

/** Seconds between two looks at a run, so that the history of an execution (25,000 events) has room for the longest. */
export function pollSeconds(maxRunMinutes: number): number {
  return Math.max(LEAST_POLL_SECONDS, Math.ceil((maxRunMinutes * 60) / MAX_POLLS));
}

/** Looks at a run after which it is overdue. */
export function pollsOf(maxRunMinutes: number): number {
  return Math.max(1, Math.ceil((maxRunMinutes * 60) / pollSeconds(maxRunMinutes)));
}

/**
 * The parts of a cooldown. One wait would be cheaper, but Step Functions deletes a state machine only when each of its executions
 * goes on to another state (`DeleteStateMachine`), and Terraform waits for that.
 */
export function napsOf(cooldownMinutes: number): { readonly count: number; readonly seconds: number } {
  const all = cooldownMinutes * 60;
  const count = Math.min(MAX_NAPS, Math.ceil(all / NAP_SECONDS));
  return { count, seconds: Math.ceil(all / count) };
}

/** Minutes in which the deletion of a state machine must end: more than its longest wait. */
export function deletionMinutes(maxRunMinutes: number, cooldownMinutes = 0): number {
  const nap = cooldownMinutes === 0 ? 0 : napsOf(cooldownMinutes).seconds;
  return Math.ceil(Math.max(pollSeconds(maxRunMinutes), nap) / 60) + DELETION_MARGIN_MINUTES;
}

const LEAST_POLL_SECONDS = 60;
/** A look has 11 events, a repeated call 3 more. */
const MAX_POLLS = 1500;
const NAP_SECONDS = 600;
/** A nap has 6 events. */
const MAX_NAPS = 500;
const DELETION_MARGIN_MINUTES = 10;
