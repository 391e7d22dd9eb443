import type { BrokenRule } from '../../core/properties';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAY = DAYS.join('|');

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Words that stand for the numbers from `min` on. @default - none */
  readonly words?: readonly string[];
  /** What else a whole field may be. @default - nothing */
  readonly also?: RegExp;
}

const CRON_FIELDS: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'days of the month', min: 1, max: 31, also: /^(\?|L|([1-9]|[12]\d|3[01])W|LW)$/ },
  { name: 'months', min: 1, max: 12, words: MONTHS },
  { name: 'days of the week', min: 1, max: 7, words: DAYS, also: new RegExp(`^(\\?|L|([1-7]|${DAY})(L|#[1-5]))$`) },
  { name: 'years', min: 1970, max: 2199 },
];

/**
 * The rules that a cron expression of EventBridge Scheduler breaks (user guide, cron-based schedules): six fields, the last one
 * the year, and exactly one of the two days a question mark. Cron of Unix and of Airflow has five fields and no question mark.
 */
export function brokenCron(expression: string): BrokenRule[] {
  const meant = fromUnix(expression);
  const fix = meant
    ? `write ${meant}`
    : 'write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)';
  const fields = fieldsOf(expression);
  if (fields === undefined) return [{ must: 'must be cron(...), as EventBridge Scheduler writes it', fix }];
  if (fields.length !== CRON_FIELDS.length) {
    return [{ must: `must have ${CRON_FIELDS.length} fields, not ${fields.length} as in another dialect`, fix }];
  }
  const broken = CRON_FIELDS.flatMap((field, index): BrokenRule[] =>
    isCronField(fields[index]!, field)
      ? []
      : [{ must: `must name ${field.name} that EventBridge Scheduler knows`, got: `'${fields[index]}'`, fix }],
  );
  const marks = [fields[2], fields[4]].filter((field) => field === '?').length;
  if (marks !== 1) {
    const days = `'${fields[2]}' and '${fields[4]}'`;
    broken.push({ must: 'must have ? as exactly one of its two days', got: days, fix });
  }
  if (broken.length === 0 && !everFires(fields)) {
    broken.push({ must: 'must fire at some time', fix: 'name a date that its months have, in a year to come' });
  }
  return broken;
}

/** A year in the past never comes. It is no reading of the clock: what is deployed stays valid when its time is over. */
const FIRST_YEAR = 2026;
/** Most days of each month; of February in a leap year. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether some day has a date, month and year of an expression; what its fields do not say plainly may have one. */
function everFires(fields: readonly string[]): boolean {
  const [, , dates, months, , years] = fields.map((text, index) =>
    valuesOf(text.replace(/^(\d+)W$/, '$1'), CRON_FIELDS[index]!),
  );
  const toCome = years?.filter((year) => year >= FIRST_YEAR);
  if (toCome?.length === 0) return false;
  if (!dates || !months) return true;
  const hasLeapDay = toCome?.some((year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0) ?? true;
  const daysOf = (month: number) => (month === 2 && !hasLeapDay ? 28 : MONTH_DAYS[month - 1]!);
  return months.some((month) => dates.some((date) => date <= daysOf(month)));
}

/** What a plain expression of Unix is here: five fields, Sunday is 0 or 7, and one of the days is a star. */
function fromUnix(expression: string): string | undefined {
  const [minute, hour, date, month, day, ...rest] = expression
    .replace(/^cron\((.*)\)$/, '$1')
    .trim()
    .split(/\s+/);
  if (day === undefined || rest.length > 0 || (date !== '*' && day !== '*')) return undefined;
  const named = day.replace(/\d+/g, (digit) => DAYS[Number(digit) % DAYS.length]!).toUpperCase();
  const days = day === '*' ? [date === '*' ? '*' : date, '?'] : ['?', named];
  const meant = `cron(${minute} ${hour} ${days[0]} ${month} ${days[1]} *)`;
  return !day.includes('/') && brokenCron(meant).length === 0 ? meant : undefined;
}

function isCronField(text: string, { min, max, words, also }: CronField): boolean {
  if (also?.test(text)) return true;
  const value = ['\\d+', ...(words ?? [])].join('|');
  const part = new RegExp(`^(\\*|(${value})(-(${value}))?)(/\\d+)?$`);
  return text.split(',').every((one) => {
    if (!part.test(one)) return false;
    const [range, step] = one.split('/');
    if (step !== undefined && (Number(step) < 1 || Number(step) > max)) return false;
    const numbers = range!.split('-').filter((end) => /^\d+$/.test(end));
    return numbers.every((number) => Number(number) >= min && Number(number) <= max);
  });
}

/** When a schedule fires, in its own time zone. */
export interface CronTimes {
  /** Months of the year, from 1. */
  readonly months: readonly number[];
  /** Days of the week on which it fires at some time, from Sunday, which is 0. */
  readonly weekdays: readonly number[];
  /** Minutes since midnight. */
  readonly minutes: readonly number[];
}

/**
 * When a correct expression fires; `undefined` if its fields do not say it plainly: the last day, a weekday near a date, the second
 * Monday, dates of some years only.
 */
export function timesOf(expression: string): CronTimes | undefined {
  const [minute, hour, dates, months, days, years] = (fieldsOf(expression) ?? []).map((text, index) =>
    valuesOf(text, CRON_FIELDS[index]!),
  );
  if (!minute || !hour || !dates || !months || !days || !years) return undefined;
  const isOfAllYears = years.length === valuesOf('*', CRON_FIELDS[5]!)!.length;
  const isOfAllDates = dates.length === 31;
  if (!isOfAllDates && !isOfAllYears) return undefined; // over the years, a date falls on every day of the week
  return {
    months,
    weekdays: days.map((day) => day - 1),
    minutes: hour.flatMap((one) => minute.map((other) => one * 60 + other)),
  };
}

function fieldsOf(expression: string): string[] | undefined {
  return /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
}

/** The numbers of a field, ascending. */
function valuesOf(text: string, { min, max, words = [] }: CronField): number[] | undefined {
  const numberOf = (word: string) => (words.includes(word) ? words.indexOf(word) + min : Number(word));
  const found = new Set<number>();
  for (const part of text === '?' ? ['*'] : text.split(',')) {
    const [, range, from = '', to, step] = /^(\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    if (range === undefined) return undefined;
    const first = range === '*' ? min : numberOf(from);
    const last = to !== undefined ? numberOf(to) : range === '*' || step !== undefined ? max : first;
    if (!(first <= last)) return undefined; // also what is no number
    for (let value = first; value <= last; value += Number(step ?? 1)) found.add(value);
  }
  return [...found].sort((one, other) => one - other);
}
