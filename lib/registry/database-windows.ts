import { Token } from 'cdktf';
import type { Properties } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** Default hours of the daily snapshot, in UTC: night in Europe, evening in America. */
export const DEFAULT_BACKUP_WINDOW = '02:00-03:00';
/** Default hours for patches and restarts, in UTC: half an hour after the backup window. */
export const DEFAULT_MAINTENANCE_WINDOW = 'sun:03:30-sun:04:30';
/** Shortest window that RDS accepts. */
export const MIN_WINDOW_MINUTES = 30;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_MINUTES = 24 * 60;
const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';
const DAY = `(${DAYS.join('|')})`;
const DAILY: TextPattern = {
  pattern: new RegExp(`^${TIME}-${TIME}$`),
  meaning: "daily hours in UTC such as '02:00-03:00'",
};
const WEEKLY: TextPattern = {
  pattern: new RegExp(`^${DAY}:${TIME}-${DAY}:${TIME}$`),
  meaning: "weekly hours in UTC such as 'sun:03:30-sun:04:30'",
};

/** A time span that repeats every day or every week; in minutes. */
interface Window {
  readonly start: number;
  readonly length: number;
}

/** Checks the form of both windows (UTC), their length, and that they do not overlap. */
export function validateWindows(properties: Properties, backup: string, maintenance: string): void {
  properties.matches('backupWindow', backup, DAILY).matches('maintenanceWindow', maintenance, WEEKLY);
  const daily = DAILY.pattern.exec(backup);
  const weekly = WEEKLY.pattern.exec(maintenance);
  if (Token.isUnresolved(backup) || Token.isUnresolved(maintenance) || !daily || !weekly) return;

  const snapshot = window(minutes(0, daily[1]!, daily[2]!), minutes(0, daily[3]!, daily[4]!), DAY_MINUTES);
  const restart = window(
    minutes(DAYS.indexOf(weekly[1]!), weekly[2]!, weekly[3]!),
    minutes(DAYS.indexOf(weekly[4]!), weekly[5]!, weekly[6]!),
    DAYS.length * DAY_MINUTES,
  );
  const isLongEnough = ({ length }: Window) => length >= MIN_WINDOW_MINUTES;
  properties
    .require(isLongEnough(snapshot), tooShort('backupWindow', backup, snapshot))
    .require(isLongEnough(restart), tooShort('maintenanceWindow', maintenance, restart))
    .require(
      !overlap(snapshot, restart),
      `'maintenanceWindow' must not overlap 'backupWindow' (${backup}), got '${maintenance}'`,
    );
}

function minutes(day: number, hour: string, minute: string): number {
  return day * DAY_MINUTES + Number(hour) * 60 + Number(minute);
}

function window(start: number, end: number, period: number): Window {
  return { start, length: (end - start + period) % period };
}

/** Compares times of day: a window that runs over midnight ends in the next day. */
function overlap(one: Window, other: Window): boolean {
  const startsWithin = (late: Window, early: Window) =>
    (((late.start - early.start) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES < early.length;
  return startsWithin(one, other) || startsWithin(other, one);
}

function tooShort(name: string, value: string, { length }: Window): string {
  return `'${name}' must be at least ${MIN_WINDOW_MINUTES} minutes long, got '${value}' (${length})`;
}
