import { Expectation } from '../../../../lib/data-lake/quality/expectation';
import type { QualitySettings } from './schema';

/** The expectations of a table in the order of its keys. */
export function expectationsOf(settings: QualitySettings): Expectation[] {
  const { completeness = {}, uniqueness = {}, keys = [], range = {}, values = {} } = settings;
  const { matches = {}, freshness = {}, rows, custom = {} } = settings;
  return [
    ...(rows ? [Expectation.rowCount(rows)] : []),
    ...Object.entries(completeness).map(([column, min]) => Expectation.completeness(column, { min })),
    ...Object.entries(uniqueness).map(([column, min]) => Expectation.uniqueness(column, { min })),
    ...keys.map((columns) => Expectation.uniqueness(columns)),
    ...Object.entries(range).map(([column, ends]) => Expectation.range(column, ends)),
    ...Object.entries(values).map(([column, { in: listed, ...of }]) => Expectation.values(column, listed, of)),
    ...Object.entries(matches).map(([column, { pattern, ...of }]) => Expectation.matches(column, pattern, of)),
    ...Object.entries(freshness).map(([column, age]) => Expectation.freshness(column, age)),
    ...Object.entries(custom).map(([name, rule]) => Expectation.custom(name, rule)),
  ];
}
