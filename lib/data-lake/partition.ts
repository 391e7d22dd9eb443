import { Properties } from '../core/properties';
import { PARTITION_DAY, PARTITION_VALUE } from './lake-limits';

/** Default first day: three years ago. A query without a filter looks up every day. */
export const DEFAULT_FIRST_DAY = 'NOW-3YEARS';
/** Default last day: tomorrow, because of time zones ahead of UTC. */
export const DEFAULT_LAST_DAY = 'NOW+1DAY';
/** Format of the values of a date partition, in folders and in queries. */
export const DEFAULT_DATE_FORMAT = 'yyyy-MM-dd';

/** The requirement that a first or last day violates, worded to follow "must be"; `undefined` if the day is valid. */
export function partitionDayError(day: string): string | undefined {
  if (!PARTITION_DAY.pattern.test(day)) return PARTITION_DAY.meaning;
  const time = Date.parse(day);
  const exists = day.startsWith('NOW') || (!Number.isNaN(time) && new Date(time).toISOString().startsWith(day));
  return exists ? undefined : 'an existing day';
}

const INT = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Range of a date partition. */
export interface DatePartitionOptions {
  /** First day: `2024-01-31`, or relative to now: `NOW-3YEARS`. Earlier data is not found. @default NOW-3YEARS */
  readonly from?: string;
  /** Last day, in the same form. @default NOW+1DAY */
  readonly to?: string;
}

/** Inclusive range of an integer partition, and the format of its folders. */
export interface IntegerPartitionOptions {
  readonly min: number;
  readonly max: number;
  /** Digits that folders are padded to with zeros: 2 for `month=01`. @default - not padded */
  readonly digits?: number;
}

/**
 * A partition column with its possible values, from which Athena computes the partitions (partition projection): it
 * finds new partitions without a crawler and without registration. Other engines find registered partitions only; see
 * `TableProps.partitionDiscovery`.
 */
export class Partition {
  /** One value for each day, e.g. `day=2026-01-31/`; a column of type `date`. */
  public static date({ from = DEFAULT_FIRST_DAY, to = DEFAULT_LAST_DAY }: DatePartitionOptions = {}): Partition {
    Properties.of('Partition.date').known({ from, to }, 'from', 'to').throwIfInvalid();
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

  /** One of up to a few dozen known values, e.g. `region=eu/`; a column of type `string`. */
  public static enum(values: readonly string[]): Partition {
    Properties.of('Partition.enum')
      .present({ values }, 'values')
      .known({ values }, 'values')
      .known({ values: Object.fromEntries((values ?? []).map((value) => [value, value])) }, 'values')
      .throwIfInvalid();
    const errors = values
      .filter((value) => !PARTITION_VALUE.pattern.test(value))
      .map((value) => `'values' must be ${PARTITION_VALUE.meaning}, got '${value}'`);
    if (values.length === 0 || new Set(values).size < values.length) {
      errors.push(`'values' must be one or more different words, got '${values.join(',')}'`);
    }
    return new Partition('string', { type: 'enum', values: values.join(',') }, errors);
  }

  /** An integer of a known range, e.g. `hour=7/`; a column of type `int`, or `bigint` if the range requires it. */
  public static integer(options: IntegerPartitionOptions): Partition {
    Properties.of('Partition.integer')
      .present(options, 'min', 'max')
      .known(options, 'min', 'max', 'digits')
      .throwIfInvalid();
    const { min, max, digits } = options;
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

  /** Any value, e.g. `device=a7f3/`; a column of type `string`. With projection, every query must filter by exactly one value. */
  public static injected(): Partition {
    return new Partition('string', { type: 'injected' });
  }

  private constructor(
    /** Type of the column. */
    public readonly type: string,
    private readonly projection: Record<string, string>,
    /** Errors in the options, reported by the table. */
    public readonly errors: readonly string[] = [],
  ) {}

  /** The `projection.<column>.*` parameters of the table. */
  public parameters(column: string): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.projection).map(([key, value]) => [`projection.${column}.${key}`, value]),
    );
  }
}

/** The parameters of a table in `location` by which Athena computes its partitions. */
export function projectionOf(
  partitions: Readonly<Record<string, Partition>>,
  location: string,
): Record<string, string> {
  const entries = Object.entries(partitions);
  if (entries.length === 0) return {};
  const folders = entries.map(([name]) => `${name}=$\${${name}}/`); // Terraform reads `$$` as `$`
  return Object.assign(
    { 'projection.enabled': 'true', 'storage.location.template': `${location}${folders.join('')}` },
    ...entries.map(([name, partition]) => partition.parameters(name)),
  );
}
