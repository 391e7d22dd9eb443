import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import {
  CLASSIFICATIONS,
  COLUMN_COMMENT,
  DEFAULT_CLASSIFICATION,
  DEFAULT_PARTITION_DISCOVERY,
  DEFAULT_QUERY_LIMIT_GB,
  DEFAULT_ZONES,
  IDENTIFIER,
  MAX_DESCRIPTION_LENGTH,
  PARTITION_DAY,
  PARTITION_DISCOVERIES,
  PARTITION_VALUE,
  SNAPSHOT_DAYS,
  TABLE_PREFIX,
} from '../../../lib/data-lake/lake-limits';
import { DEFAULT_NONCURRENT_VERSION_DAYS, TRANSITIONS } from '../../../lib/storage/bucket-limits';
import { excludes, onlyWith, requiredBy, snippet } from '../../environment/schema/editor';
import {
  bucketArn,
  choice,
  days,
  domainKey,
  flag,
  integer,
  keyArn,
  named,
  reference,
  removal,
  text,
} from '../../environment/schema/fields';
import { QualitySchema } from './quality/schema';

/** Bucket for the scripts and the state of conversions. */
export const CONVERSIONS_BUCKET = 'conversions';

const identifier = () => text(IDENTIFIER);
/** Gigabytes that a query may scan. */
export const queryLimit = () => integer(1, 1_000_000);

const ZoneSchema = z
  .strictObject({
    expireAfterDays: days()
      .describe(
        `Days after which objects are deleted. They can be restored for another ${DEFAULT_NONCURRENT_VERSION_DAYS} days. Not in a zone with iceberg tables. Default: never.`,
      )
      .optional(),
    tierAfterDays: integer(0, 36_500)
      .describe(
        'Days after which objects move to S3 Intelligent-Tiering, whose price depends on access. Default: never.',
      )
      .optional(),
    archiveAfterDays: days()
      .describe(
        'Days after which objects move to Glacier: cheap, but objects must be restored before they can be queried. Not in a zone with iceberg tables. Default: never.',
      )
      .optional(),
    classification: choice(CLASSIFICATIONS)
      .describe(
        `Highest classification of the data in the zone. Default: the highest of its tables, ${DEFAULT_CLASSIFICATION} without tables.`,
      )
      .optional(),
    bucketArn: bucketArn()
      .describe(
        'ARN of an existing bucket, whose lifecycle is not changed. Default: a new bucket with the key of the lake.',
      )
      .optional(),
    keyArn: keyArn()
      .describe('ARN of the KMS key of the existing bucket. Default: none, grants include no key.')
      .optional(),
  })
  .describe('A zone: one bucket of the lake.')
  .meta({ allOf: [excludes('bucketArn', TRANSITIONS), requiredBy(['keyArn'], 'bucketArn')] });

const PartitionSchema = z
  .union([
    choice(['date', 'string']),
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z
          .literal('date')
          .describe('Type of the partition column: one value for each day, e.g. 2026-01-31.')
          .meta({ examples: ['date'] }),
        from: text(PARTITION_DAY)
          .describe('First day with data; earlier data is not found. Default: three years ago.')
          .optional(),
      }),
      z.strictObject({
        type: z.literal('int').describe('Type of the partition column: integers in a known range.'),
        min: integer(-2_147_483_648, 2_147_483_647)
          .describe('Smallest value.')
          .meta({ examples: [0] }),
        max: integer(-2_147_483_648, 2_147_483_647)
          .describe('Largest value.')
          .meta({ examples: [23] }),
        digits: integer(1, 10)
          .describe('Digits to which folder names are padded with zeros: 2 for month=01. Default: no padding.')
          .optional(),
      }),
      z.strictObject({
        type: z.literal('string').describe('Type of the partition column: text.'),
        values: z
          .array(text(PARTITION_VALUE))
          .min(1, 'at least one value')
          .describe('All possible values. Default: any value, but every query must filter by exactly one.')
          .optional(),
      }),
    ]),
  ])
  .describe(
    'Type and possible values of a partition column. Athena computes the partitions from them; other engines find registered partitions only (partitionDiscovery).',
  )
  .meta({ examples: [{ type: 'int', min: 0, max: 23 }] });

/** A partition column in its long form. */
export type PartitionSettings = Exclude<z.output<typeof PartitionSchema>, string>;

/** Options of a table that have an effect with some formats only. */
export const FORMAT_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  header: ['csv', 'tsv'],
  separator: ['csv'],
  quote: ['csv'],
  snapshotDays: ['iceberg'],
};

const TableSchema = z
  .strictObject({
    zone: reference('lake.zones', text(NAME))
      .describe('Zone of the data.')
      .meta({ examples: ['raw'] }),
    format: choice(['parquet', 'csv', 'tsv', 'json', 'iceberg'])
      .describe('Format of the files.')
      .meta({ examples: ['parquet'] }),
    header: flag().describe('Whether the first line of a csv or tsv file is a header. Default: true.').optional(),
    separator: text({ pattern: /^.$/, meaning: 'one character' })
      .describe('Character between the values of csv. Default: a comma.')
      .optional(),
    quote: text({ pattern: /^.?$/, meaning: "one character, or '' for none" })
      .describe(
        "Character around values of csv that contain a separator. With '' more column types are supported. Default: a double quote.",
      )
      .optional(),
    description: z
      .string('a string')
      .max(MAX_DESCRIPTION_LENGTH, `at most ${MAX_DESCRIPTION_LENGTH} characters`)
      .describe('Description of the table in the catalog. Default: none.')
      .optional(),
    columns: named(
      identifier(),
      z
        .string('a column type such as string')
        .describe('A Glue/Athena type such as string, decimal(12,2) or array<int>.')
        .meta({ examples: ['string'] }),
    )
      .describe(
        'Columns in order, each with its Glue/Athena type. Once an iceberg table exists, an edit has no effect: change its columns with ALTER TABLE in Athena or Spark.',
      )
      .meta({ examples: [{ id: 'string' }] }),
    partitions: named(identifier(), PartitionSchema)
      .describe(
        'Partition columns in the order of the folders. Not for iceberg, which manages partitions itself. Default: none.',
      )
      .optional(),
    partitionDiscovery: choice(PARTITION_DISCOVERIES)
      .describe(
        `How engines find partitions. projection: Athena computes them; Spark and others find registered ones only. catalog: every engine finds registered ones only. A conversion registers the partitions that it writes; for other files run ALTER TABLE t ADD PARTITION or MSCK REPAIR TABLE t in Athena. Default: ${DEFAULT_PARTITION_DISCOVERY}.`,
      )
      .optional(),
    snapshotDays: integer(SNAPSHOT_DAYS.min, SNAPSHOT_DAYS.max)
      .describe(
        'Days that snapshots of an iceberg table are kept. Glue deletes older ones, and the files that only they need. Default: forever.',
      )
      .optional(),
    columnComments: named(identifier(), text(COLUMN_COMMENT).describe('Comment of the column.'))
      .describe('Comments by column. Default: none.')
      .optional(),
    personalColumns: z.array(identifier()).describe('Columns with personal data. Default: none marked.').optional(),
    owner: reference('teams', text(NAME))
      .describe('Team that is responsible for the data.')
      .meta({ examples: ['fraud'] }),
    classification: choice(CLASSIFICATIONS)
      .describe(`Sensitivity of the data. Default: that of its zone, or ${DEFAULT_CLASSIFICATION}.`)
      .optional(),
    prefix: text(TABLE_PREFIX)
      .describe("Folder of the data in its zone's bucket. Default: the table's name.")
      .optional(),
    convertFrom: reference('lake.tables', identifier())
      .describe(
        'Csv, tsv or json table with the same partitions. A job converts it to this parquet table and registers the partitions that it writes. Default: no conversion.',
      )
      .optional(),
    quality: QualitySchema.optional(),
    convertSchedule: z
      .string('a schedule such as cron(0 3 * * ? *)')
      .describe('Schedule of the conversion: minute hour day month weekday year, in UTC. Default: on demand.')
      .meta({ examples: ['cron(0 3 * * ? *)'] })
      .optional(),
  })
  .describe('A table: columns over files of one format in one zone.')
  .meta({ allOf: Object.entries(FORMAT_OPTIONS).map(([key, formats]) => onlyWith([key], 'format', formats)) });

/** What may be written under `lake`. */
export const LakeSchema = z
  .strictObject({
    zones: named(text(NAME), ZoneSchema)
      .default(DEFAULT_ZONES)
      .describe('Zones of the lake, each a bucket. Default: raw (tierAfterDays: 0), curated, features.')
      .meta({ defaultSnippets: [snippet('a zone', { '${1:landing}': { expireAfterDays: 90 } })] }),
    tables: named(identifier(), TableSchema)
      .default({})
      .describe('Tables of the catalog. Default: none.')
      .meta({
        defaultSnippets: [
          snippet('a table', {
            '${1:orders}': {
              zone: '${2:raw}',
              format: '${3:parquet}',
              columns: { '${4:id}': '${5:string}' },
              owner: '${6:fraud}',
            },
          }),
        ],
      }),
    queryLimitGb: queryLimit()
      .default(DEFAULT_QUERY_LIMIT_GB)
      .describe(
        `Gigabytes that a query may scan before it is stopped, which limits its cost. A team may have its own limit. Default: ${DEFAULT_QUERY_LIMIT_GB}.`,
      ),
    keyArn: domainKey('the lake and the query results'),
    removal: removal("the lake's data"),
  })
  .describe('The data lake: zones, tables and query limits.')
  .prefault({});
