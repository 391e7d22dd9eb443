import type { BrokenRule } from '../../core/properties';

/** One field of a schedule: its name, its least and greatest value, and names of values from the least on. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Further forms, such as the last day. */
  readonly special?: RegExp;
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const FIELDS: readonly Field[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 1, max: 7, names: DAYS, special: /^(\?|L|[1-7]L)$/ },
  { name: 'year', min: 1970, max: 2199 },
];
const EXAMPLE = 'cron(0 3 * * ? *)';
/** Glue starts a job at most every 5 minutes. */
const MIN_MINUTES = 5;

/**
 * The requirement that a schedule of Glue violates, worded to follow "must be", with what to write after the semicolon;
 * `undefined` if it is valid.
 *
 * Glue has six fields, where crontab has five, and no `rate(...)` (Glue, time-based schedules).
 */
export function glueScheduleError(schedule: string): string | undefined {
  const inside = /^cron\((.*)\)$/.exec(schedule)?.[1];
  const fields = (inside ?? schedule).trim().split(/\s+/);
  if (fields.length === 5 && fields.every((field) => /^[\w*?,/-]+$/.test(field))) {
    return `six fields in UTC, minute hour day month weekday year; for these five write ${ofCrontab(fields)}`;
  }
  if (inside === undefined && glueScheduleError(`cron(${schedule})`) === undefined)
    return `six fields in UTC in cron(...); write cron(${schedule})`;
  if (inside === undefined) return `an AWS cron expression in UTC; write for example ${EXAMPLE} for every day at 03:00`;
  if (fields.length !== FIELDS.length)
    return `six fields in UTC, minute hour day month weekday year; write for example ${EXAMPLE}`;
  const wrong = FIELDS.findIndex((field, index) => !fits(fields[index]!, field));
  if (wrong >= 0) return `valid in ${rangeOf(FIELDS[wrong]!)}; change '${fields[wrong]}'`;
  const [minutes, hours, day, month, weekday, year] = fields as [string, string, string, string, string, string];
  if ((day === '?') === (weekday === '?')) {
    const fixed = weekday === '*' || day === '?' ? [day === '?' ? '*' : day, '?'] : ['?', weekday];
    return `? in either day of month or day of week, a value in the other; write cron(${[minutes, hours, fixed[0], month, fixed[1], year].join(' ')})`;
  }
  const step = minutes === '*' ? 1 : Number(/^[^,]*\/(\d+)$/.exec(minutes)?.[1] ?? MIN_MINUTES);
  return step < MIN_MINUTES
    ? `at least ${MIN_MINUTES} minutes apart; write for example 0/15 for '${minutes}'`
    : undefined;
}

function rangeOf({ name, min, max, names }: Field): string {
  return `${name}, ${min}-${max}${names ? ` or ${names[0]}-${names.at(-1)}` : ''}`;
}

function fits(text: string, { min, max, names = [], special }: Field): boolean {
  const numberOf = (word: string) => {
    const index = names.indexOf(word.toUpperCase());
    if (index >= 0) return min + index;
    return /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const isValue = (value: number) => value >= min && value <= max;
  return text.split(',').every((item) => {
    if (special?.test(item)) return true;
    const [range = '', step, ...more] = item.split('/');
    if (more.length > 0 || (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1))) return false;
    if (range === '*') return true;
    const ends = range.split('-').map(numberOf);
    return ends.length <= 2 && ends.every(isValue) && ends[0]! <= ends.at(-1)!;
  });
}

/** Weekdays count from 0 for Sunday in crontab, from 1 in AWS. */
function ofCrontab([minutes, hours, day, month, weekday]: string[]): string {
  const shifted = weekday!.replace(/(^|[,-])(\d)/g, (_, before, digit) => `${before}${(Number(digit) % 7) + 1}`);
  const days = weekday === '*' || weekday === '?' ? [day === '?' ? '*' : day, '?'] : ['?', shifted];
  return `cron(${minutes} ${hours} ${days[0]} ${month} ${days[1]} *)`;
}

/** The rule that a schedule breaks, for a construct and for a file. */
export function brokenSchedule(schedule: string | undefined): BrokenRule[] {
  if (schedule === undefined) return [];
  const [must, fix] = glueScheduleError(schedule)?.split('; ') ?? [];
  return must && fix ? [{ must: `must be ${must}`, fix }] : [];
}
