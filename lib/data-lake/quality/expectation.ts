import { Token } from 'cdktf';
import { type BrokenRule, Properties } from '../../core/properties';
import { unescaped } from '../../core/text-pattern';
import { brokenDqdl, dqdlNumber, dqdlPattern, dqdlSql, dqdlText } from './dqdl';
import type {
  ExpectationKind,
  ExpectationSpec,
  FreshnessOptions,
  MinimumOptions,
  RangeOptions,
  RowCountOptions,
  RowOptions,
} from './expectation-options';
import {
  brokenColumn,
  brokenPattern,
  brokenRange,
  brokenValue,
  FRESHNESS_HOURS,
  MAX_UNIQUE_COLUMNS,
  RULE_NAME,
  SHARE,
} from './quality-limits';

/**
 * What must hold for the data of a table. Each expectation is a rule in Glue's language (DQDL) and a setting of the
 * program, with the same meaning.
 *
 * | | NULL | compared with |
 * |---|---|---|
 * | completeness | is missing | values that are not NULL, of all rows |
 * | uniqueness | rows with NULL in all its columns are left out | values that occur once, of the other rows |
 * | range, values, matches | does not fit, or is left out with `ignoreNull` | rows that fit, of all counted rows |
 * | freshness | does not count; with `everyRow` does not fit | age of the newest value, or of each |
 *
 * A share of no rows at all fails. An empty text is a value, also in CSV; any other empty value of CSV is NULL. A share is
 * held if it is at least the limit; the ends of a range are part of it (`between` of DQDL excludes them, and is not used).
 * A `float` is compared as the double that it widens to, as in Spark: the float 0.1 is 0.10000000149, above `max: 0.1`.
 *
 * A value in the future has no age yet. The newest value is that of the past or present, so that `9999-12-31` for
 * "until further notice", or a wrong year, hides nothing; with `everyRow`, a future value fits, as in DQDL's
 * `DataFreshness`, and a clock that is ahead fails nothing: bound it by a custom rule.
 *
 * The program differs from Glue in this: NaN never is in a range, where Spark takes it for greater than every number; with
 * `everyRow`, Glue rounds the age to hundredths of an hour; `.` and the end of a pattern treat line breaks in a text as
 * Java or as Python does.
 */
export class Expectation {
  /** Values that are not NULL, as a share of all rows. */
  public static completeness(column: string, { min = 1 }: MinimumOptions = {}): Expectation {
    return new Expectation({
      kind: 'completeness',
      columns: [column],
      given: { min },
      check: (properties) => properties.number('min', min, SHARE),
      rules: () => [`Completeness ${dqdlText(column)} >= ${dqdlNumber(min)}`],
      spec: () => ({ min: dqdlNumber(min) }),
    });
  }

  /** Values, or combinations of the columns' values, that occur exactly once, as a share of the rows that have one. */
  public static uniqueness(columns: string | readonly string[], { min = 1 }: MinimumOptions = {}): Expectation {
    const names = typeof columns === 'string' ? [columns] : (columns ?? []);
    const listed = () => names.map(dqdlText).join(' ');
    return new Expectation({
      kind: 'uniqueness',
      columns: names,
      given: { columns, min },
      check: (properties) =>
        properties
          .number('min', min, SHARE)
          .integer('number of columns', names.length, { min: 1, max: MAX_UNIQUE_COLUMNS })
          .require(new Set(names).size === names.length, `'columns' must be different, got ${names.join(', ')}`),
      rules: () => [min === 1 ? `IsUnique ${listed()}` : `Uniqueness ${listed()} >= ${dqdlNumber(min)}`],
      spec: () => ({ min: dqdlNumber(min) }),
    });
  }

  /** Numbers from `min` to `max`. */
  public static range(column: string, options: RangeOptions): Expectation {
    const { min, max, ...rows } = options ?? {};
    const { share = 1, ignoreNull = false } = rows;
    const ends = () => [
      ...(min === undefined ? [] : [`>= ${dqdlNumber(min)}`]),
      ...(max === undefined ? [] : [`<= ${dqdlNumber(max)}`]),
    ];
    const inside = () =>
      ends()
        .map((end) => `\`${column}\` ${end}`)
        .join(' and ');
    return new Expectation({
      kind: 'range',
      columns: [column],
      given: { min, max, ...rows },
      check: (properties) =>
        properties
          .number('share', share, SHARE)
          .require([min, max].every(isFiniteOrNone), `'min' and 'max' must be finite, got ${min} and ${max}`)
          .keeps('max', max ?? 'none', brokenRange({ min, max })),
      // a share for each end is no share for the range: some rows break one end, others the other
      rules: () =>
        ends().length === 2 && share < 1
          ? [dqdlSql(`avg(if(${inside()}, 1, 0))`, `>= ${dqdlNumber(share)}`, ignoreNull ? notNull(column) : undefined)]
          : ends().map((end) => `ColumnValues ${dqdlText(column)} ${end}${conditions(column, rows)}`),
      spec: () => ({ min: numberOrNull(min), max: numberOrNull(max), ...rowSpec(rows) }),
    });
  }

  /** Values of a list: texts for a column of text, numbers for a column of numbers. */
  public static values(column: string, values: readonly (string | number)[], rows: RowOptions = {}): Expectation {
    const listed = () => values.map((value) => (typeof value === 'number' ? dqdlNumber(value) : dqdlText(value)));
    return new Expectation({
      kind: 'values',
      columns: [column],
      given: { values, ...rows },
      check: (properties) => {
        properties
          .number('share', rows.share, SHARE)
          .require(values.length > 0, "'values' must have at least one value, got none")
          .require(new Set(values).size === values.length, `'values' must be different, got ${values.join(', ')}`);
        for (const value of values) properties.keeps('values', value, brokenValue(plain(value)));
      },
      values,
      rules: () => [`ColumnValues ${dqdlText(column)} in [${listed().join(', ')}]${conditions(column, rows)}`],
      spec: () => ({
        values: values.map((value) => (typeof value === 'number' ? dqdlNumber(value) : value)),
        ...rowSpec(rows),
      }),
    });
  }

  /**
   * Texts that match a regular expression as a whole.
   *
   * @param pattern in what Java and Python share: see `brokenPattern`
   */
  public static matches(column: string, pattern: string, rows: RowOptions = {}): Expectation {
    return new Expectation({
      kind: 'matches',
      columns: [column],
      given: { pattern, ...rows },
      check: (properties) =>
        properties.number('share', rows.share, SHARE).keeps('pattern', pattern, brokenPattern(unescaped(pattern))),
      rules: () => [`ColumnValues ${dqdlText(column)} matches ${dqdlPattern(pattern)}${conditions(column, rows)}`],
      spec: () => ({ pattern, ...rowSpec(rows) }),
    });
  }

  /** Age of the data by a column of dates or instants in UTC. */
  public static freshness(column: string, options: FreshnessOptions): Expectation {
    const { maxHours, everyRow = false } = options ?? {};
    const now = 'unix_timestamp(current_timestamp())';
    const at = `unix_timestamp(cast(\`${column}\` as timestamp))`;
    const newest = `(${now} - max(if(${at} <= ${now}, ${at}, null))) / 3600`;
    return new Expectation({
      kind: 'freshness',
      columns: [column],
      given: { maxHours },
      check: (properties) => properties.present(options, 'maxHours').integer('maxHours', maxHours, FRESHNESS_HOURS),
      rules: () => [
        everyRow
          ? `DataFreshness ${dqdlText(column)} <= ${dqdlNumber(maxHours)} hours`
          : dqdlSql(newest, `<= ${dqdlNumber(maxHours)}`),
      ],
      spec: () => ({ maxHours: dqdlNumber(maxHours), everyRow }),
    });
  }

  /** Rows of the table. */
  public static rowCount({ min = 1, max }: RowCountOptions): Expectation {
    return new Expectation({
      kind: 'rowCount',
      columns: [],
      given: { min, max },
      check: (properties) =>
        properties
          .integer('min', min, { min: 1 })
          .integer('max', max, { min: 1 })
          .keeps('max', max ?? 'none', brokenRange({ min, max })),
      rules: () => [`RowCount >= ${dqdlNumber(min)}`, ...(max === undefined ? [] : [`RowCount <= ${dqdlNumber(max)}`])],
      spec: () => ({ min: dqdlNumber(min), max: numberOrNull(max) }),
    });
  }

  /**
   * A rule in Glue's language, such as `ColumnCorrelation "a" "b" > 0.8`. Runs in Glue only: a gate that has one gives no
   * processing step, and the program fails.
   *
   * @param name up to 64 lower-case letters, digits and underscores
   */
  public static custom(name: string, dqdl: string): Expectation {
    return new Expectation({
      kind: 'custom',
      columns: [],
      name,
      given: { name, dqdl },
      check: (properties) =>
        properties.matches('name', name, RULE_NAME).keeps('dqdl', dqdl, brokenDqdl(unescaped(dqdl))),
      rules: () => [dqdl],
      spec: () => ({ rule: dqdl }),
    });
  }

  public readonly kind: ExpectationKind;
  /** Name in results and metrics, e.g. `completeness.id`. */
  public readonly name: string;
  /** Columns that the table must have. */
  public readonly columns: readonly string[];
  /** Rules in Glue's language, which must all hold. */
  public readonly rules: readonly string[];
  /** Setting of the program. */
  public readonly spec: ExpectationSpec;
  private readonly values: readonly (string | number)[];

  private constructor({ kind, columns, name, given, check, values = [], rules, spec }: Definition) {
    const properties = Properties.of(`Expectation.${kind}`);
    const required = columns.map((column) => ({ column }));
    for (const one of required) properties.present(one, 'column').known(one, 'column');
    properties.known(given, ...Object.keys(given)).throwIfInvalid();
    check(properties);
    properties.throwIfInvalid();
    this.kind = kind;
    this.columns = columns;
    this.name = [kind, ...(name === undefined ? columns : [name])].join('.');
    this.values = values;
    this.rules = rules();
    this.spec = { kind, columns, ...spec() };
  }

  /** The rules that the expectation breaks for a table with these columns, by catalog type. */
  public brokenFor(columns: Readonly<Record<string, string>>): BrokenRule[] {
    const { kind } = this;
    if (kind === 'rowCount' || kind === 'custom') return [];
    return this.columns.flatMap((column) => {
      if (!Object.hasOwn(columns, column)) {
        const must = `must be about columns of the table; ${column} is none`;
        return [{ must, fix: `use ${Object.keys(columns).join(', ')}` }];
      }
      if (Token.isUnresolved(columns[column])) return [];
      const type = columns[column]!;
      const wrong = brokenColumn(kind, column, type);
      return wrong.length > 0 ? wrong : this.values.flatMap((value) => brokenValue(plain(value), type));
    });
  }
}

/** What makes an expectation. `rules` and `spec` are called once it is valid. */
interface Definition {
  readonly kind: ExpectationKind;
  readonly columns: readonly string[];
  readonly name?: string;
  /** What must be known before deployment. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly check: (properties: Properties) => unknown;
  readonly values?: readonly (string | number)[];
  readonly rules: () => string[];
  readonly spec: () => Record<string, unknown>;
}

function conditions(column: string, { share = 1, ignoreNull = false }: RowOptions): string {
  const where = ignoreNull ? ` where "${notNull(column)}"` : '';
  return `${where}${share === 1 ? '' : ` with threshold >= ${dqdlNumber(share)}`}`;
}

function notNull(column: string): string {
  return `\`${column}\` is not null`;
}

function rowSpec({ share = 1, ignoreNull = false }: RowOptions): Record<string, unknown> {
  return { share: dqdlNumber(share), ignoreNull };
}

function numberOrNull(value: number | undefined): string | null {
  return value === undefined ? null : dqdlNumber(value);
}

function isFiniteOrNone(value: number | undefined): boolean {
  return value === undefined || Number.isFinite(value);
}

/** A value as the data has it. */
function plain(value: string | number): string | number {
  return typeof value === 'string' ? unescaped(value) : value;
}
