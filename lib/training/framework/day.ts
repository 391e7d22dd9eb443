import { InputError } from '../../core/input-error';
import { quote } from '../../core/text-pattern';

let given: Date | undefined;

/** The day by which everything that ends is judged, such as the support of an image: today, or that of {@link setCurrentDay}. */
export function currentDay(): Date {
  return given ?? new Date();
}

/**
 * Judges by another day: in tests, so that they mean the same next year, and to see beforehand what will have ended.
 *
 * @param day `YYYY-MM-DD`; `undefined` for today
 * @throws InputError if it is no day
 */
export function setCurrentDay(day: string | undefined): void {
  const date = day === undefined ? undefined : new Date(`${day}T00:00:00Z`);
  if (date && (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day)) {
    throw new InputError(`the current day must be a day such as 2027-01-31, got ${quote(`${day}`)}; correct it`);
  }
  given = date;
}
