import type { AwsNameKind } from '../aws/name-kind';
import type { TextPattern } from '../core/text-pattern';
import type { ZoneProps } from './zone';

/** How sensitive data is, from the least to the most. */
export const CLASSIFICATIONS = ['public', 'internal', 'confidential', 'personal'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];
/** Data that nobody classified is handled with care. */
export const DEFAULT_CLASSIFICATION: Classification = 'confidential';

/**
 * Zones of a lake that says nothing else: data as it came, data made fit for use, features for training and serving.
 *
 * Raw objects go to Intelligent-Tiering as they are written: they are read a few times when they are new and hardly
 * ever after, nobody can tell when, and unlike Glacier it gives them back at once and without a fee.
 */
export const DEFAULT_ZONES: Readonly<Record<string, ZoneProps>> = {
  raw: { tierAfterDays: 0 },
  curated: {},
  features: {},
};

/** Names of Glue databases, which Athena takes unquoted only without hyphens. */
export const DATABASE: AwsNameKind = { kind: 'Glue database', maxLength: 255, separator: '_', uniqueIn: 'region' };
/** Names of Athena workgroups. */
export const WORKGROUP: AwsNameKind = { kind: 'Athena workgroup', maxLength: 128, uniqueIn: 'region' };
/** Names of Glue jobs. */
export const JOB: AwsNameKind = { kind: 'Glue job', maxLength: 255, uniqueIn: 'region' };

/** What Glue, Athena and Spark take unquoted as the name of a table or column. */
export const IDENTIFIER: TextPattern = {
  pattern: /^[a-z_][a-z0-9_]{0,254}$/,
  meaning: 'up to 255 lower-case letters, digits and underscores, not beginning with a digit',
};
/** Folder of a table. Engines ignore folders that begin with `_` or a dot. */
export const TABLE_PREFIX: TextPattern = {
  pattern: /^[A-Za-z0-9][\w.=-]*(\/[A-Za-z0-9][\w.=-]*)*$/,
  meaning: 'folders such as shop/orders, each beginning with a letter or digit, without a slash at either end',
};
/** Characters of a table's description. */
export const MAX_DESCRIPTION_LENGTH = 2048;
/** A comment on a column. */
export const COLUMN_COMMENT: TextPattern = { pattern: /^.{0,255}$/, meaning: 'one line of at most 255 characters' };

/** A value of a partition: Spark and Hive write other characters escaped into folder names. */
export const PARTITION_VALUE: TextPattern = {
  pattern: /^[^,"#%'*/:=?\\{}[\]^$\p{Cc}]+$/u,
  meaning: 'words without , " # % \' * / : = ? \\ { } [ ] ^ $',
};
/** First or last day of a date partition. */
export const PARTITION_DAY: TextPattern = {
  pattern: /^(\d{4}-\d{2}-\d{2}|NOW(\s*[+-]\s*\d+\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?)$/,
  meaning: 'a day such as 2024-01-01, or NOW-3YEARS',
};

/** When a conversion runs. */
export const GLUE_SCHEDULE: TextPattern = {
  pattern: /^cron\(.+\)$/,
  meaning: 'a cron expression of AWS in UTC such as cron(0 3 * * ? *)',
};
/** Formats that a conversion reads. */
export const CONVERSION_SOURCES = ['csv', 'tsv', 'json'] as const;

/** What a query may scan before it is stopped, unless told otherwise, in GB of 10^9 bytes: about half a dollar a query. */
export const DEFAULT_QUERY_LIMIT_GB = 100;
