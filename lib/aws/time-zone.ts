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
/** An older name, which is in no list, such as Asia/Kolkata or America/Port_of_Spain: of words with capitals, numbers and small words. */
const OLD_NAME = /^(?=.{4})(?!SystemV\/)(?!.*[A-Z]{5})[A-Z][A-Za-z0-9]*([/_+-]+([A-Z][A-Za-z0-9]*|\d+|of|es|au))*$/;

/**
 * How the database writes the name of a zone; `undefined` if it has none. Only this spelling is known to EventBridge Scheduler
 * (`CreateSchedule`), while `Intl` takes any.
 */
function spellingOf(zone: string): string | undefined {
  if (!TIME_ZONE.pattern.test(zone) || offsetOf(zone, new Date(0)) === undefined) return undefined;
  const all = [...Intl.supportedValuesOf('timeZone'), ...SHORT];
  const same = all.find((one) => LETTERS.compare(one, zone) === 0);
  return same ?? (OLD_NAME.test(zone) ? zone : undefined);
}

/**
 * Minutes by which the clocks of a zone are before UTC at some time; `undefined` if there is no such zone.
 *
 * @param zone name of the IANA time-zone database
 */
export function offsetOf(zone: string, time: Date): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
