import { InputError } from '../core/input-error';
import { Properties } from '../core/properties';
import type { ColumnFormat } from './column-type';

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';

/**
 * Attributes that engines overwrite in the catalog with every Iceberg commit. To restore one of them, Terraform would
 * update the whole entry, in conflict with concurrent commits.
 */
export const WRITTEN_BY_ICEBERG = [
  'parameters',
  'storage_descriptor',
  'table_type',
  'open_table_format_input',
  'owner',
  'description',
] as const;

/** Parquet codecs that Athena, Spark and Arrow support. */
export const PARQUET_COMPRESSIONS = ['snappy', 'zstd', 'gzip'] as const;
export type ParquetCompression = (typeof PARQUET_COMPRESSIONS)[number];
/** Supported by every Parquet reader, with the lowest CPU cost. */
export const DEFAULT_PARQUET_COMPRESSION: ParquetCompression = 'snappy';

/** Options of Parquet files. */
export interface ParquetOptions {
  /** Codec for files that Athena and conversions write; readers detect it. @default snappy */
  readonly compression?: ParquetCompression;
}

/** Options of TSV files. */
export interface TsvOptions {
  /** Whether the first line of each file is a header, which is skipped. @default true */
  readonly header?: boolean;
}

/** Options of CSV files. */
export interface CsvOptions extends TsvOptions {
  /** Character between values. @default , */
  readonly separator?: string;
  /**
   * Character around values that contain a separator. With `''` values are never quoted, and every column type of `tsv`
   * is supported.
   * @default "
   */
  readonly quote?: string;
}

/** Catalog properties of a format. */
interface Layout {
  /** Format that determines the supported column types. */
  readonly columnFormat: ColumnFormat;
  /** The `classification` parameter for Glue jobs and crawlers. */
  readonly classification: string;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serde: string;
  /** @default - none */
  readonly serdeParameters?: Record<string, string>;
  /** @default - none */
  readonly tableParameters?: Record<string, string>;
}

/** File format of a table, with the classes by which Athena, Glue and Spark read it. */
export class TableFormat {
  /** Columnar, compressed, typed: the fastest and cheapest format for training and queries. */
  public static parquet({ compression = DEFAULT_PARQUET_COMPRESSION }: ParquetOptions = {}): TableFormat {
    Properties.of('TableFormat.parquet').oneOf('compression', compression, PARQUET_COMPRESSIONS).throwIfInvalid();
    return new TableFormat('parquet', {
      columnFormat: 'parquet',
      classification: 'parquet',
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      serdeParameters: { 'serialization.format': '1' },
      tableParameters: { 'parquet.compression': compression.toUpperCase() },
    });
  }

  /**
   * Values between separators, quoted where needed.
   *
   * The reader of quoted values (Open CSV SerDe) supports only string, boolean, int, bigint and double, and fails on an
   * empty number. If values may be missing, use string and a `ParquetConversion`. Values must not contain line breaks. A
   * backslash is an escape, and is dropped.
   *
   * @throws InputError if `separator` is not one character, `quote` is more than one, or both are equal
   */
  public static csv({ header = true, separator = ',', quote = '"' }: CsvOptions = {}): TableFormat {
    Properties.of('TableFormat.csv').known({ separator, quote }, 'separator', 'quote').throwIfInvalid();
    if (separator.length !== 1 || quote.length > 1 || separator === quote) {
      throw new InputError(
        `TableFormat.csv: 'separator' and 'quote' must be two different characters ('quote' may be ''), got '${separator}' and '${quote}'`,
      );
    }
    if (quote === '') return TableFormat.delimited('csv', separator, header);
    return new TableFormat('csv', {
      columnFormat: 'csv',
      classification: 'csv',
      inputFormat: TEXT_INPUT,
      outputFormat: TEXT_OUTPUT,
      serde: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      // no escapeChar: its default is a backslash, which cdktf cannot write in HCL
      serdeParameters: { separatorChar: separator, quoteChar: quote },
      tableParameters: { ...headerParameters(header), delimiter: separator },
    });
  }

  /** Tab-separated values, never quoted. `\\N` is NULL. Dates as `2026-01-31`, timestamps as `2026-01-31 12:30:00`. */
  public static tsv({ header = true }: TsvOptions = {}): TableFormat {
    return TableFormat.delimited('tsv', '\t', header);
  }

  /**
   * One JSON object in each line. The case of a key is no part of its name: `userId` is the column `userid`.
   *
   * Uses the Hive SerDe. The alternative, the OpenX SerDe, is documented to return rows and nulls that differ between
   * runs.
   */
  public static json(): TableFormat {
    return new TableFormat('json', {
      columnFormat: 'json',
      classification: 'json',
      inputFormat: TEXT_INPUT,
      outputFormat: TEXT_OUTPUT,
      serde: 'org.apache.hive.hcatalog.data.JsonSerDe',
    });
  }

  /**
   * Apache Iceberg (format version 2) with Parquet files. Rows can be updated and deleted, as erasure requests need,
   * and earlier snapshots can be read.
   *
   * Glue writes the first metadata when the table is created. Afterwards an edit of the columns or the description has
   * no effect: Terraform ignores it, because the provider would change the catalog entry only, not the Iceberg metadata,
   * and no engine could read the table. Change columns with an engine (`ALTER TABLE t ADD COLUMNS (n int)` in Athena or
   * Spark), and edit them here too, for a table that is created anew.
   *
   * The zone must not expire or archive objects by age, which would take files that the table still needs; what it no
   * longer needs is deleted with `TableProps.snapshotDays`. An existing bucket must have no such rule either.
   */
  public static iceberg(): TableFormat {
    return new TableFormat('iceberg', undefined);
  }

  private static delimited(name: ColumnFormat, separator: string, header: boolean): TableFormat {
    return new TableFormat(name, {
      columnFormat: 'tsv',
      classification: 'csv',
      inputFormat: TEXT_INPUT,
      outputFormat: TEXT_OUTPUT,
      serde: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      serdeParameters: { 'field.delim': separator, 'serialization.format': separator },
      tableParameters: { ...headerParameters(header), delimiter: separator },
    });
  }

  private constructor(
    public readonly name: ColumnFormat,
    /** `undefined` for Iceberg: Glue writes its catalog entry. */
    public readonly layout: Layout | undefined,
  ) {}

  /** Format that determines the supported column types. */
  public get columnFormat(): ColumnFormat {
    return this.layout?.columnFormat ?? this.name;
  }
}

function headerParameters(header: boolean): Record<string, string> {
  return header ? { 'skip.header.line.count': '1' } : {};
}
