import type { ColumnExpectation } from './quality-limits';

/** The share that must hold. */
export interface MinimumOptions {
  /** Least share, 0 to 1. @default 1 */
  readonly min?: number;
}

/** How many rows must fit, and what a NULL counts as. */
export interface RowOptions {
  /** Least share of the rows that must fit, 0 to 1. @default 1 */
  readonly share?: number;
  /** Whether rows with NULL in the column are left out. Without it, such a row does not fit. @default false */
  readonly ignoreNull?: boolean;
}

/** Ends of a range, both inclusive; at least one. */
export interface RangeOptions extends RowOptions {
  /** @default - no lower end */
  readonly min?: number;
  /** @default - no upper end */
  readonly max?: number;
}

/** How old data may be. */
export interface FreshnessOptions {
  /** Greatest age in whole hours. */
  readonly maxHours: number;
  /**
   * Whether every row must be that new. Without it, the newest value must be, and values in the future do not count: a
   * wrong year would hide that no data arrives.
   * @default false
   */
  readonly everyRow?: boolean;
}

/** Rows of a table, both ends inclusive; at least one. */
export interface RowCountOptions {
  /** @default 1 */
  readonly min?: number;
  /** @default - no limit */
  readonly max?: number;
}

/** What is expected. */
export type ExpectationKind = ColumnExpectation | 'rowCount' | 'custom';

/** An expectation as the program reads it. Numbers are texts, so that no digit is lost. */
export interface ExpectationSpec {
  readonly kind: ExpectationKind;
  readonly [setting: string]: unknown;
}
