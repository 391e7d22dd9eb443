import { brokenTimeZone, offsetOf } from '../../../../lib/aws/time-zone';
import { brokenCron, type CronTimes, timesOf } from '../../../../lib/scheduler/trigger/cron-limits';
import {
  type AwakeDays,
  brokenHours,
  DEFAULT_AWAKE_DAYS,
  isAwake,
  longestSleep,
  timeOf,
} from '../../../../lib/tracking/tracking-limits';
import { type Draft, entryOf } from '../../../environment/draft';
import { error, type FileError, type Path } from '../../../environment/errors';
import type { DraftTrigger } from './rules';

const DAY_MINUTES = 24 * 60;
const UNIT_MINUTES = { minutes: 1, hours: 60, days: DAY_MINUTES } as const;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** Days of a month at whose noon the clocks of two zones are compared: each lasting difference of a year is among them. */
const SAMPLED_DAYS = [1, 8, 15, 22, 28];

interface Awake {
  readonly from: string;
  readonly to: string;
  readonly days: AwakeDays;
  readonly zone: string;
}

/** What a schedule starts must not record while the tracking server sleeps. Nothing is said of a time that cannot be decided. */
export function* awakeRules(path: Path, trigger: DraftTrigger, file: Draft): Iterable<FileError> {
  const awake = awakeOf(file);
  const target = trackedTarget(trigger, file);
  if (awake === undefined || target === undefined) return;
  const { from, to, days, zone } = awake;
  const must = `must be within tracking.awake, ${from} to ${to} ${days} in ${zone}, because ${target} is tracked`;
  yield* cronRule([...path, 'cron'], trigger, awake, must);
  yield* periodRule([...path, 'every'], trigger, awake, must);
}

function* cronRule(path: Path, trigger: DraftTrigger, awake: Awake, must: string): Iterable<FileError> {
  const { cron, zone } = { zone: 'UTC', ...trigger };
  if (cron === undefined || zone === undefined) return;
  if (brokenCron(cron).length > 0 || brokenTimeZone(zone).length > 0) return;
  const asleep = firstAsleep(timesOf(cron), zone, awake);
  if (asleep === undefined) return;
  yield error(
    path,
    `${must}, got '${cron}', which fires on ${asleep} there; choose another time, or widen tracking.awake`,
  );
}

/** A period that is shorter than a night fires in each night, whenever it began. */
function* periodRule(path: Path, { every }: DraftTrigger, awake: Awake, must: string): Iterable<FileError> {
  const { value, unit } = every ?? {};
  if (value === undefined || unit === undefined || value * UNIT_MINUTES[unit] > longestSleep(awake)) return;
  yield error(
    path,
    `${must}, got every ${value} ${unit}, which is shorter than the time in which it sleeps; write cron`,
    'key',
  );
}

/** The hours of the file, if all of them are valid. */
function awakeOf({ tracking }: Draft): Awake | undefined {
  if (tracking?.awake === undefined) return undefined;
  const { from, to, days, zone } = { days: DEFAULT_AWAKE_DAYS, ...tracking.awake };
  if (from === undefined || to === undefined || days === undefined || zone === undefined) return undefined;
  const [rule] = brokenHours({ from, to, zone, days });
  return rule === undefined ? { from, to, days, zone } : undefined;
}

/** The pipeline or job that a trigger starts, if it records in the tracking server. */
function trackedTarget({ pipeline, job = '' }: DraftTrigger, { training }: Draft): string | undefined {
  if (pipeline !== undefined) return entryOf(training?.pipelines ?? {}, pipeline)?.tracked ? pipeline : undefined;
  const [pool = '', name = ''] = job.split('.');
  return entryOf(entryOf(training?.batch ?? {}, pool)?.jobs ?? {}, name)?.tracked ? job : undefined;
}

/** The first time outside of the hours, in their zone: `Sunday 03:00`. */
function firstAsleep(times: CronTimes | undefined, zone: string, awake: Awake): string | undefined {
  for (const ahead of times ? differences(zone, awake.zone, times.months) : []) {
    for (const day of times!.weekdays) {
      for (const minute of times!.minutes) {
        const there = (day * DAY_MINUTES + minute + ahead + WEEK_MINUTES) % WEEK_MINUTES;
        const [weekday, time] = [Math.floor(there / DAY_MINUTES), there % DAY_MINUTES];
        if (!isAwake(awake, weekday, time)) return `${WEEKDAYS[weekday]} ${timeOf(time)}`;
      }
    }
  }
  return undefined;
}

/** Minutes by which the clocks of one zone are before those of another, in some months: they differ where only one has summer time. */
function differences(zone: string, other: string, months: readonly number[]): readonly number[] {
  if (zone === other) return [0];
  const noons = months.flatMap((month) => SAMPLED_DAYS.map((day) => new Date(Date.UTC(2026, month - 1, day, 12))));
  return [...new Set(noons.map((noon) => offsetOf(other, noon)! - offsetOf(zone, noon)!))];
}
