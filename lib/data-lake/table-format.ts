import { InputError } from '../core/input-error';
import type { ColumnFormat } from './column-type';

const TEXT_INPUT = 'org.apache.hadoop.mapred.TextInputFormat';
const TEXT_OUTPUT = 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat';

/** Codecs of Parquet that Athena, Spark and Arrow all read. */
export const PARQUET_COMPRESSIONS = ['snappy', 'zstd', 'gzip'] as const;
export type ParquetCompression = (typeof PARQUET_COMPRESSIONS)[number];
/** Every reader of Parquet knows it, and it costs the least CPU. */
export const DEFAULT_PARQUET_COMPRESSION: ParquetCompression = 'snappy';

/** What Parquet files may differ in. */
export interface ParquetOptions {
  /** How Athena and conversions compress what they write; readers find out by themselves. @default snappy */
  readonly compression?: ParquetCompression;
}

/** What text files in tables may differ in. */
export interface TsvOptions {
  /** Whether the first line of each file names the columns, and is skipped. @default true */
  readonly header?: boolean;
}

/** What CSV files may differ in. */
export interface CsvOptions extends TsvOptions {
  /** The one character between values. @default , */
  readonly separator?: string;
  /**
   * The one character around values that hold a separator; `''` says that values are never quoted, and then every type
   * that `tsv` knows can be read.
   * @default "
   */
  readonly quote?: string;
}

/** How a format is written into the catalog. */
interface Layout {
  /** Which types its columns may have. */
  readonly columnFormat: ColumnFormat;
  /** The `classification` by which Glue jobs and crawlers know the format. */
  readonly classification: string;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serde: string;
  /** @default - none */
  readonly serdeParameters?: Record<string, string>;
  /** @default - none */
  readonly tableParameters?: Record<string, string>;
}

/** How the files of a table are written, and by which classes Athena, Glue and Spark read them. */
export class TableFormat {
  /** Columnar, compressed, typed: what training and queries read fastest and cheapest. */
  public static parquet({ compression = DEFAULT_PARQUET_COMPRESSION }: ParquetOptions = {}): TableFormat {
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
   * The reader of quoted values (Open CSV SerDe) knows string, boolean, int, bigint and double only, and fails on an
   * empty number: take string where values may be missing and let a `ParquetConversion` give them their types. No value
   * may hold a line break.
   *
   * @throws InputError when `separator` is not one character, `quote` more than one, or both are the same
   */
  public static csv({ header = true, separator = ',', quote = '"' }: CsvOptions = {}): TableFormat {
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
      // not escapeChar: it is a backslash anyway, which cdktf cannot write in HCL
      serdeParameters: { separatorChar: separator, quoteChar: quote },
      tableParameters: { ...headerParameters(header), delimiter: separator },
    });
  }

  /** Values between tabs, never quoted. Dates as `2026-01-31`, timestamps as `2026-01-31 12:30:00`. */
  public static tsv({ header = true }: TsvOptions = {}): TableFormat {
    return TableFormat.delimited('tsv', '\t', header);
  }

  /**
   * One JSON object a line.
   *
   * Read by Hive's SerDe: of the two that Athena offers, the OpenX one is documented to return rows and nulls that
   * differ from run to run.
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
   * Parquet files under Apache Iceberg (format version 2): rows can be updated and deleted, which erasure needs, and
   * earlier snapshots read.
   *
   * Glue writes the first metadata when the table is made. From then on the whole catalog entry, from the schema to the
   * description, is the business of the engines that commit to the table (`ALTER TABLE` in Athena or Spark): Glue does
   * not carry later changes of it into the metadata, so Terraform makes none.
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
    /** `undefined` for Iceberg, whose catalog entry Glue writes itself. */
    public readonly layout: Layout | undefined,
  ) {}

  /** Which types its columns may have. */
  public get columnFormat(): ColumnFormat {
    return this.layout?.columnFormat ?? this.name;
  }
}

function headerParameters(header: boolean): Record<string, string> {
  return header ? { 'skip.header.line.count': '1' } : {};
}
