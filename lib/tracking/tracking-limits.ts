import type { AwsNameKind } from '../aws/name-kind';
import { brokenTimeZone, offsetOf, skippedTimes } from '../aws/time-zone';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** Names of SageMaker's tracking servers (CreateMlflowTrackingServer). */
export const TRACKING_SERVER: AwsNameKind = {
  kind: 'tracking server',
  maxLength: 256,
  uniqueIn: 'region',
  ignoresCase: true,
};

/** Sizes of a tracking server: for teams of up to 25, 50 and 100 users (SageMaker guide, "MLflow tracking server sizes"). */
export const TRACKING_SIZES = ['small', 'medium', 'large'] as const;
/** One of {@link TRACKING_SIZES}. */
export type TrackingSize = (typeof TRACKING_SIZES)[number];
/** Default size of a tracking server: the size can be raised later, in place. */
export const DEFAULT_TRACKING_SIZE: TrackingSize = 'small';

/**
 * Version of MLflow that a server runs, without its patch: the provider cuts that off what it reads, so that the next plan would
 * replace the server with every run (provider-aws, `normalizeMlflowVersion`).
 */
export const MLFLOW_VERSION: TextPattern = {
  pattern: /^\d+\.\d+$/,
  meaning: 'the major and minor version of MLflow such as 3.0, without a patch',
};
/** Beginning of the weekly maintenance of a server. */
export const MAINTENANCE_WINDOW: TextPattern = {
  pattern: /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d$/,
  meaning: 'a day and a time in UTC such as Sun:03:00',
};
/** Default of the weekly maintenance of a server that is always awake. */
export const DEFAULT_MAINTENANCE_WINDOW = 'Sun:03:00';

/** Default folder of the artifacts in their bucket. */
export const DEFAULT_ARTIFACT_FOLDER = 'mlflow';

/** What a client installs beside `mlflow`: it signs requests, and resolves the ARN of a server to its address. */
export const TRACKING_CLIENT = 'sagemaker-mlflow==0.5.0';
/** Partitions that {@link TRACKING_CLIENT} knows; in any other it refuses the ARN of a server. */
export const TRACKING_PARTITIONS = ['aws', 'aws-us-gov'] as const;

/** Days that TensorBoard logs can be kept. */
export const TENSORBOARD_LIMITS_DAYS = { min: 1, max: 36_500 } as const;
/** Default of the days that TensorBoard logs are kept: what is worth more is in the tracking server. */
export const DEFAULT_TENSORBOARD_DAYS = 90;

/** On which days a server is awake. */
export const AWAKE_DAYS = ['weekdays', 'daily'] as const;
/** One of {@link AWAKE_DAYS}. */
export type AwakeDays = (typeof AWAKE_DAYS)[number];
/** Default of the days on which a server is awake. */
export const DEFAULT_AWAKE_DAYS: AwakeDays = 'weekdays';
/** A time of the day. */
export const TIME_OF_DAY: TextPattern = {
  pattern: /^([01]\d|2[0-3]):[0-5]\d$/,
  meaning: 'a time of 24 hours in quotes such as 07:00',
};
/** Fewest hours that a server is awake: it takes up to 25 minutes to start, and its maintenance fits in. */
export const MIN_AWAKE_HOURS = 3;

/** Working hours as a construct and a file have them; what is not known is `undefined`. */
export interface Hours {
  /** Time of the day at which the server begins to start. */
  readonly from: string | undefined;
  /** Time of the same day at which it is stopped. */
  readonly to: string | undefined;
  /** IANA name of the time zone of both. */
  readonly zone: string | undefined;
  /** Days of the week on which it starts. */
  readonly days: AwakeDays | undefined;
}

/** The rules that working hours break, each with the part that breaks it. */
export function* brokenHours({
  from,
  to,
  zone,
  days,
}: Hours): Iterable<{ part: 'from' | 'to' | 'zone'; rule: BrokenRule }> {
  if (from !== undefined && to !== undefined && minutesOf(to) - minutesOf(from) < MIN_AWAKE_HOURS * 60) {
    const must = `must be at least ${MIN_AWAKE_HOURS} hours after ${from} on the same day`;
    const fix = 'a server needs up to 25 minutes to start; move one of them, or leave the server awake';
    yield { part: 'to', rule: { must, fix } };
  }
  if (zone === undefined) return;
  const [unknown] = brokenTimeZone(zone);
  if (unknown) yield { part: 'zone', rule: unknown };
  else if (from !== undefined && days !== undefined) yield* skippedStart(from, zone, days);
}

/** A schedule skips a time that its zone skips (EventBridge Scheduler guide, "Daylight savings time"): the server would sleep all day. */
function* skippedStart(from: string, zone: string, days: AwakeDays): Iterable<{ part: 'from'; rule: BrokenRule }> {
  const start = minutesOf(from);
  const skipped = skippedTimes(zone).find((one) => {
    return isAwakeOn(days, one.weekday) && start >= one.from && start < one.to;
  });
  if (skipped === undefined) return;
  const [first, next] = [skipped.from, skipped.to].map(timeOf);
  const must = `must be a time that every day has: when the clocks of ${zone} go forward, ${first} becomes ${next}, and the server would not start`;
  yield { part: 'from', rule: { must, fix: `write ${next} or later, or an earlier time` } };
}

/** A {@link TIME_OF_DAY} from minutes since midnight. */
export function timeOf(minutes: number): string {
  return [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => `${part}`.padStart(2, '0')).join(':');
}

function isAwakeOn(days: AwakeDays, weekday: number): boolean {
  return days === 'daily' || (weekday >= 1 && weekday <= 5);
}

/** Whether a server is awake at a time of the week in its own zone: a day from Sunday, which is 0, and minutes since midnight. */
export function isAwake(
  { from, to, days }: Readonly<Record<'from' | 'to', string>> & { readonly days: AwakeDays },
  weekday: number,
  minute: number,
): boolean {
  return isAwakeOn(days, weekday) && minute >= minutesOf(from) && minute < minutesOf(to);
}

/** Minutes of the longest time in which a server sleeps: a night, or a weekend. */
export function longestSleep({
  from,
  to,
  days,
}: Readonly<Record<'from' | 'to', string>> & { readonly days: AwakeDays }): number {
  const night = DAY_MINUTES - (minutesOf(to) - minutesOf(from));
  return days === 'daily' ? night : night + 2 * DAY_MINUTES;
}

/** Minutes since midnight of a {@link TIME_OF_DAY}. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const DAY_MINUTES = 24 * 60;
/** Times with the least and the greatest offset of a year. */
const WINTER_AND_SUMMER = [new Date('2026-01-15T12:00:00Z'), new Date('2026-07-15T12:00:00Z')];

/**
 * A maintenance window while a server is awake, summer and winter: an hour before it stops at the end of its week, or
 * two in the half of the year with other clocks.
 */
export function maintenanceWithin(days: AwakeDays, to: string, zone: string): string {
  const local = (days === 'weekdays' ? 4 : 6) * DAY_MINUTES + minutesOf(to) - 60;
  const ahead = Math.max(...WINTER_AND_SUMMER.map((time) => offsetOf(zone, time) ?? 0));
  const utc = (local - ahead + 7 * DAY_MINUTES) % (7 * DAY_MINUTES);
  return `${DAYS[Math.floor(utc / DAY_MINUTES)]}:${timeOf(utc % DAY_MINUTES)}`;
}
