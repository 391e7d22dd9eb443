import type { Attributes } from '../attributes';
import { differences, overlap } from '../matching';

type Conditions = Attributes | undefined;

/** Whether the conditions of a statement hold under those of a request. */
export type Holds = (request: Conditions, statement: Conditions) => boolean;

/** The statement has the conditions that the request names. */
export const named: Holds = (request, statement) =>
  request === undefined || differences(comparable(request), comparable(statement)).length === 0;

/** The request names every condition of the statement. */
export const surely: Holds = (request, statement) =>
  statement === undefined || differences(comparable(statement), comparable(request)).length === 0;

const COMPARISON =
  /^(ForA(?:ny|ll)Values:)?(String|Arn)(Equals|Like)(IgnoreCase)?$|^(Bool|NumericEquals|DateEquals|Null)$/;

/** No comparison of the statement excludes the values of the request. */
export const possibly: Holds = (request, statement) => {
  const comparisons = (conditions: Conditions) =>
    Object.entries(conditions ?? {})
      .filter(([operator]) => COMPARISON.test(operator))
      .flatMap(([operator, values]) =>
        Object.entries(values as Attributes).map(([key, value]) => ({
          about: `${operator === 'Null' ? 'Null ' : ''}${key.toLowerCase()}`,
          values: [value].flat().map(String),
        })),
      );
  const wanted = comparisons(request);
  return comparisons(statement).every(({ about, values }) =>
    wanted
      .filter((one) => one.about === about)
      .every((one) => one.values.some((mine) => values.some((theirs) => overlap(mine, theirs)))),
  );
};

/** Conditions that mean the same are equal: the case of a key, the order of its values, and a quoted `true` or `5`. */
function comparable(conditions: Conditions): Attributes {
  const text = (value: unknown) => (['boolean', 'number'].includes(typeof value) ? String(value) : value);
  const valuesOf = (value: unknown) => {
    if (!Array.isArray(value)) return text(value);
    const texts = value.map(text);
    return texts.every((one) => typeof one === 'string') ? texts.sort() : texts;
  };
  return Object.fromEntries(
    Object.entries(conditions ?? {}).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys as Attributes).map(([key, value]) => [key.toLowerCase(), valuesOf(value)]),
      ),
    ]),
  );
}
