import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import {
  CLASSIFICATIONS,
  COLUMN_COMMENT,
  DEFAULT_CLASSIFICATION,
  DEFAULT_QUERY_LIMIT_GB,
  DEFAULT_ZONES,
  GLUE_SCHEDULE,
  IDENTIFIER,
  MAX_DESCRIPTION_LENGTH,
  PARTITION_DAY,
  PARTITION_VALUE,
  TABLE_PREFIX,
} from '../../../lib/data-lake/lake-limits';
import { DEFAULT_NONCURRENT_VERSION_DAYS } from '../../../lib/storage/bucket-limits';
import {
  bucketArn,
  choice,
  days,
  flag,
  integer,
  keyArn,
  named,
  reference,
  removal,
  text,
} from '../../environment/schema/fields';

/** Bucket where conversions keep their programs and what they remember. */
export const CONVERSIONS_BUCKET = 'conversions';

const identifier = () => text(IDENTIFIER);
/** Gigabytes that a query may scan. */
export const queryLimit = () => integer(1, 1_000_000);

const ZoneSchema = z
  .strictObject({
    expireAfterDays: days()
      .describe(
        `Days after which objects are deleted; for ${DEFAULT_NONCURRENT_VERSION_DAYS} more they can be restored. Default: never.`,
      )
      .optional(),
    tierAfterDays: integer(0, 36_500)
      .describe('Days after which objects move to S3 Intelligent-Tiering, which prices them by use. Default: never.')
      .optional(),
    archiveAfterDays: days()
      .describe(
        'Days after which objects move to Glacier: cheap to keep, but each must be restored before a query sees it. Default: never.',
      )
      .optional(),
    classification: choice(CLASSIFICATIONS)
      .describe(
        `How sensitive the most sensitive data in the zone may be. Default: that of its tables, ${DEFAULT_CLASSIFICATION} without tables.`,
      )
      .optional(),
    bucketArn: bucketArn()
      .describe(
        "Uses an existing bucket, whose lifecycle stays its owner's. Default: a new bucket with a key of its own.",
      )
      .optional(),
    keyArn: keyArn().describe('The KMS key of the existing bucket. Default: grants reach no key.').optional(),
  })
  .describe('A zone: one bucket of the lake.');

const PartitionSchema = z
  .union([
    choice(['date', 'string']),
    z.discriminatedUnion('type', [
      z.strictObject({
        type: z
          .literal('date')
          .describe('One value a day, as 2026-01-31.')
          .meta({ examples: ['date'] }),
        from: text(PARTITION_DAY)
          .describe('First day that has data; earlier data is not found. Default: three years back.')
          .optional(),
      }),
      z.strictObject({
        type: z.literal('int').describe('Whole numbers of a known range.'),
        min: integer(-2_147_483_648, 2_147_483_647)
          .describe('Smallest value.')
          .meta({ examples: [0] }),
        max: integer(-2_147_483_648, 2_147_483_647)
          .describe('Largest value.')
          .meta({ examples: [23] }),
        digits: integer(1, 10)
          .describe('Digits that folders are padded to with zeros: 2 for month=01. Default: not padded.')
          .optional(),
      }),
      z.strictObject({
        type: z.literal('string').describe('Words.'),
        values: z
          .array(text(PARTITION_VALUE))
          .min(1, 'at least one value')
          .describe('All values there can be. Default: any, but then every query must name the one it wants.')
          .optional(),
      }),
    ]),
  ])
  .describe('How the values of a partition are enumerated, so that new partitions are found without being registered.')
  .meta({ examples: [{ type: 'int', min: 0, max: 23 }] });

/** A partition column in full. */
export type PartitionSettings = Exclude<z.output<typeof PartitionSchema>, string>;

const TableSchema = z
  .strictObject({
    zone: reference('lake.zones', text(NAME))
      .describe('The zone that holds the data.')
      .meta({ examples: ['raw'] }),
    format: choice(['parquet', 'csv', 'tsv', 'json', 'iceberg'])
      .describe('How the files are written.')
      .meta({ examples: ['parquet'] }),
    header: flag().describe('Whether the first line of a csv or tsv file names the columns. Default: true.').optional(),
    separator: text({ pattern: /^.$/, meaning: 'one character' })
      .describe('What stands between the values of csv. Default: a comma.')
      .optional(),
    quote: text({ pattern: /^.?$/, meaning: "one character, or '' for none" })
      .describe(
        "What stands around values of csv that hold a separator; with '' more column types can be read. Default: a double quote.",
      )
      .optional(),
    description: z
      .string('a string')
      .max(MAX_DESCRIPTION_LENGTH, `at most ${MAX_DESCRIPTION_LENGTH} characters`)
      .describe('What a reader should know. Default: none.')
      .optional(),
    columns: named(
      identifier(),
      z
        .string('a column type such as string')
        .describe('A Glue/Athena type such as string, decimal(12,2) or array<int>.'),
    )
      .describe('Columns in order, each with its Glue/Athena type.')
      .meta({ examples: [{ id: 'string' }] }),
    partitions: named(identifier(), PartitionSchema)
      .describe(
        'Partition columns in the order of the folders. Not for iceberg, which partitions by itself. Default: none.',
      )
      .optional(),
    columnComments: named(identifier(), text(COLUMN_COMMENT).describe('A comment.'))
      .describe('What a reader should know of a column. Default: none.')
      .optional(),
    personalColumns: z
      .array(identifier())
      .describe('Columns that are about a person. Default: not told column by column.')
      .optional(),
    owner: reference('teams', text(NAME))
      .describe('The team that answers for the data.')
      .meta({ examples: ['fraud'] }),
    classification: choice(CLASSIFICATIONS)
      .describe(`How sensitive the data is. Default: that of its zone, or ${DEFAULT_CLASSIFICATION}.`)
      .optional(),
    prefix: text(TABLE_PREFIX)
      .describe("Folder of the data in its zone's bucket. Default: the table's name.")
      .optional(),
    convertFrom: reference('lake.tables', identifier())
      .describe(
        'A csv, tsv or json table with the same partitions that a job rewrites into this parquet table. Default: none, something else writes the data.',
      )
      .optional(),
    convertSchedule: text(GLUE_SCHEDULE)
      .describe('When the conversion runs. Default: when somebody starts it.')
      .optional(),
  })
  .describe('A table: columns over files of one format in one zone.');

/** What may be written under `lake`. */
export const LakeSchema = z
  .strictObject({
    zones: named(text(NAME), ZoneSchema)
      .default(DEFAULT_ZONES)
      .describe('Zones of the lake, each a bucket. Default: raw (tierAfterDays: 0), curated, features.'),
    tables: named(identifier(), TableSchema).default({}).describe('Tables of the catalog.'),
    queryLimitGb: queryLimit()
      .default(DEFAULT_QUERY_LIMIT_GB)
      .describe(
        'Gigabytes one query may scan before it is stopped, so that a forgotten WHERE costs little. A team may have its own.',
      ),
    removal: removal("the lake's data"),
  })
  .describe('The data lake: zones, tables, and what queries may cost.')
  .prefault({});
