import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** The form of a name of the IANA time-zone database; {@link brokenTimeZone} knows which names there are. */
export const TIME_ZONE: TextPattern = {
  pattern: /^[A-Z][A-Za-z]+([/_+-][A-Za-z0-9]+)*$/,
  meaning: 'a time zone such as Europe/Stockholm or UTC',
};

/** The rule that a time zone breaks: none, if the database has it. */
export function brokenTimeZone(zone: string): readonly BrokenRule[] {
  if (TIME_ZONE.pattern.test(zone) && offsetOf(zone, new Date(0)) !== undefined) return [];
  return [
    { must: 'must be a time zone of the IANA database', fix: 'write its continent and city, such as Europe/Stockholm' },
  ];
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
