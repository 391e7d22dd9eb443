import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** The form of a name of the IANA time-zone database; {@link brokenTimeZone} knows which names there are. */
export const TIME_ZONE: TextPattern = {
  pattern: /^[A-Z][A-Za-z]+([/_+-][A-Za-z0-9]+)*$/,
  meaning: 'a time zone such as Europe/Stockholm or UTC',
};

/** The rule that a time zone breaks: none, if the database has it. */
export function brokenTimeZone(zone: string): readonly BrokenRule[] {
  const spelling = spellingOf(zone);
  if (spelling === zone) return [];
  const fix = `write ${spelling ?? 'its continent and city, such as Europe/Stockholm'}`;
  return [{ must: 'must be a time zone of the IANA database', fix }];
}

/** Compares letters whatever their case. */
const LETTERS = new Intl.Collator('en', { sensitivity: 'accent' });
/** Names of up to three letters that the database has; what runs this code knows others too, which no service of AWS does. */
const SHORT = ['CET', 'EET', 'EST', 'GB', 'GMT', 'HST', 'MET', 'MST', 'NZ', 'PRC', 'ROC', 'ROK', 'UCT', 'UTC', 'WET'];
/** Names in a list of the database. */
let known: ReadonlySet<string> | undefined;
/** An older name, which is in no list, such as Asia/Kolkata or America/Port_of_Spain: of words with capitals, numbers and small words. */
const OLD_NAME = /^(?=.{4})(?!SystemV\/)(?!.*[A-Z]{5})[A-Z][A-Za-z0-9]*([/_+-]+([A-Z][A-Za-z0-9]*|\d+|of|es|au))*$/;

/**
 * How the database writes the name of a zone; `undefined` if it has none. Only this spelling is known to EventBridge Scheduler
 * (`CreateSchedule`), while `Intl` takes any.
 */
function spellingOf(zone: string): string | undefined {
  known ??= new Set([...Intl.supportedValuesOf('timeZone'), ...SHORT]);
  if (known.has(zone)) return zone;
  if (!TIME_ZONE.pattern.test(zone) || offsetOf(zone, new Date(0)) === undefined) return undefined;
  const same = [...known].find((one) => LETTERS.compare(one, zone) === 0);
  return same ?? (OLD_NAME.test(zone) ? zone : undefined);
}

/** By zone: to make one takes longer than to ask it for the times of a year. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Minutes by which the clocks of a zone are before UTC at some time; `undefined` if there is no such zone.
 *
 * @param zone name of the IANA time-zone database
 */
export function offsetOf(zone: string, time: Date): number | undefined {
  try {
    const format = formats.get(zone) ?? new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Times of a day that a zone skips when its clocks go forward. */
export interface SkippedTimes {
  /** Day of the week, from Sunday, which is 0. */
  readonly weekday: number;
  /** Minutes since midnight of the first time that there is not, and of the next one that there is. */
  readonly from: number;
  readonly to: number;
}

/** What a zone skips in a year. */
export function skippedTimes(zone: string, year = 2026): SkippedTimes[] {
  const starts = Array.from({ length: 13 }, (_, month) => Date.UTC(year, month, 1));
  return starts.slice(1).flatMap((end, index): SkippedTimes[] => {
    const before = offsetOf(zone, new Date(starts[index]!));
    const after = offsetOf(zone, new Date(end));
    if (before === undefined || after === undefined || after <= before) return [];
    let [low, high] = [starts[index]!, end];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offsetOf(zone, new Date(middle))! > before) high = middle;
      else low = middle;
    }
    const gone = new Date(high + before * MINUTE);
    const from = gone.getUTCHours() * 60 + gone.getUTCMinutes();
    return [{ weekday: gone.getUTCDay(), from, to: from + after - before }];
  });
}

const MINUTE = 60_000;
