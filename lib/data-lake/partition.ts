import { PARTITION_DAY, PARTITION_VALUE } from './lake-limits';

/** First day that is looked for where nobody said more: three years back. Every day costs a look by queries without a filter. */
export const DEFAULT_FIRST_DAY = 'NOW-3YEARS';
/** One day ahead: somewhere on earth it is tomorrow already. */
export const DEFAULT_LAST_DAY = 'NOW+1DAY';
/** How the values of a date partition are spelt, in its folders as in queries. */
export const DEFAULT_DATE_FORMAT = 'yyyy-MM-dd';

/** What the first or last day of a date partition must be, in words that follow "must be"; `undefined` where it is right. */
export function partitionDayError(day: string): string | undefined {
  if (!PARTITION_DAY.pattern.test(day)) return PARTITION_DAY.meaning;
  const time = Date.parse(day);
  const exists = day.startsWith('NOW') || (!Number.isNaN(time) && new Date(time).toISOString().startsWith(day));
  return exists ? undefined : 'a day of the calendar';
}

const INT = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Which days a date partition has. */
export interface DatePartitionOptions {
  /** First day: `2024-01-31`, or relative to now: `NOW-3YEARS`. Earlier data is not found. @default NOW-3YEARS */
  readonly from?: string;
  /** Last day, likewise. @default NOW+1DAY */
  readonly to?: string;
}

/** Which whole numbers a partition has, both ends among them, and how folders spell them. */
export interface IntegerPartitionOptions {
  readonly min: number;
  readonly max: number;
  /** Digits that folders are padded to with zeros: 2 for `month=01`. @default - not padded */
  readonly digits?: number;
}

/**
 * A partition column, and how Athena works out which values it may have (partition projection): new partitions are
 * found without a crawler and without registering them.
 */
export class Partition {
  /** One value a day, as `day=2026-01-31/`; a column of type `date`. */
  public static date({ from = DEFAULT_FIRST_DAY, to = DEFAULT_LAST_DAY }: DatePartitionOptions = {}): Partition {
    const errors = Object.entries({ from, to })
      .filter(([, value]) => partitionDayError(value) !== undefined)
      .map(([name, value]) => `'${name}' must be ${partitionDayError(value)}, got '${value}'`);
    const projection = {
      type: 'date',
      range: `${from},${to}`,
      format: DEFAULT_DATE_FORMAT,
      interval: '1',
      'interval.unit': 'DAYS',
    };
    return new Partition('date', projection, errors);
  }

  /** One of a few dozen known words, as `region=eu/`; a column of type `string`. */
  public static enum(values: readonly string[]): Partition {
    const errors = values
      .filter((value) => !PARTITION_VALUE.pattern.test(value))
      .map((value) => `'values' must be ${PARTITION_VALUE.meaning}, got '${value}'`);
    if (values.length === 0 || new Set(values).size < values.length) {
      errors.push(`'values' must hold at least one word and none twice, got '${values.join(',')}'`);
    }
    return new Partition('string', { type: 'enum', values: values.join(',') }, errors);
  }

  /** A whole number of a known range, as `hour=7/`; a column of type `int`, or `bigint` where the range needs it. */
  public static integer({ min, max, digits }: IntegerPartitionOptions): Partition {
    const errors: string[] = [];
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
      errors.push(`'min' and 'max' must be whole numbers, 'min' not above 'max', got ${min} and ${max}`);
    }
    if (digits !== undefined && !(Number.isInteger(digits) && digits >= 1)) {
      errors.push(`'digits' must be a whole number of at least 1, got ${digits}`);
    }
    const type = min >= INT.min && max <= INT.max ? 'int' : 'bigint';
    const padding: Record<string, string> = digits === undefined ? {} : { digits: `${digits}` };
    return new Partition(type, { type: 'integer', range: `${min},${max}`, ...padding }, errors);
  }

  /** Any word, as `device=a7f3/`; a column of type `string`. Every query must name the one value it wants. */
  public static injected(): Partition {
    return new Partition('string', { type: 'injected' });
  }

  private constructor(
    /** Type of the column. */
    public readonly type: string,
    private readonly projection: Record<string, string>,
    /** What is wrong with its options, for the table that has the partition to tell. */
    public readonly errors: readonly string[] = [],
  ) {}

  /** The `projection.<column>.*` parameters of its table. */
  public parameters(column: string): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.projection).map(([key, value]) => [`projection.${column}.${key}`, value]),
    );
  }
}
