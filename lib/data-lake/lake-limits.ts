import type { AwsNameKind } from '../aws/name-kind';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';
import type { ZoneProps } from './zone';

/** Sensitivity of data, from lowest to highest. */
export const CLASSIFICATIONS = ['public', 'internal', 'confidential', 'personal'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];
/** Unclassified data is treated as sensitive. */
export const DEFAULT_CLASSIFICATION: Classification = 'confidential';

/**
 * Default zones of a lake: raw data, curated data, features for training and serving.
 *
 * Raw objects are written to Intelligent-Tiering. They are read a few times when new, and later rarely and
 * unpredictably; unlike Glacier, Intelligent-Tiering returns them immediately and without a retrieval fee.
 */
export const DEFAULT_ZONES: Readonly<Record<string, ZoneProps>> = {
  raw: { tierAfterDays: 0 },
  curated: {},
  features: {},
};

/** Names of Glue databases. Athena requires quotes around a name with hyphens. */
export const DATABASE: AwsNameKind = {
  kind: 'Glue database',
  maxLength: 255,
  separator: '_',
  uniqueIn: 'region',
  property: 'id',
};
/** Names of Athena workgroups. */
export const WORKGROUP: AwsNameKind = {
  kind: 'Athena workgroup',
  maxLength: 128,
  uniqueIn: 'region',
  property: 'team',
};
/** Names of Glue jobs. */
export const JOB: AwsNameKind = { kind: 'Glue job', maxLength: 255, uniqueIn: 'region', property: 'id' };

/** Name of a table or column that Glue, Athena and Spark accept without quotes. */
export const IDENTIFIER: TextPattern = {
  pattern: /^[a-z_][a-z0-9_]{0,254}$/,
  meaning: 'up to 255 lower-case letters, digits and underscores, not beginning with a digit',
};
/** Folder of a table. Query engines ignore folders that begin with `_` or a dot. */
export const TABLE_PREFIX: TextPattern = {
  pattern: /^[A-Za-z0-9][\w.=-]*(\/[A-Za-z0-9][\w.=-]*)*$/,
  meaning: 'folders such as shop/orders, each beginning with a letter or digit, without a slash at either end',
};
/** Maximum length of a table's description. */
export const MAX_DESCRIPTION_LENGTH = 2048;
/** A comment on a column. */
export const COLUMN_COMMENT: TextPattern = { pattern: /^.{0,255}$/, meaning: 'one line of at most 255 characters' };

/** Value of a partition. Spark and Hive escape other characters in folder names. */
export const PARTITION_VALUE: TextPattern = {
  pattern: /^[^,"#%'*/:=?\\{}[\]^$\p{Cc}]+$/u,
  meaning: 'words without , " # % \' * / : = ? \\ { } [ ] ^ $',
};
/** First or last day of a date partition. */
export const PARTITION_DAY: TextPattern = {
  pattern: /^(\d{4}-\d{2}-\d{2}|NOW(\s*[+-]\s*\d+\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?)$/,
  meaning: 'a day such as 2024-01-01, or NOW-3YEARS',
};

/** Source formats of a conversion. */
export const CONVERSION_SOURCES = ['csv', 'tsv', 'json'] as const;

/** Default limit of the data that a query may scan, in GB of 10^9 bytes: about half a US dollar a query. */
export const DEFAULT_QUERY_LIMIT_GB = 100;

/** How engines find the partitions of a table. */
export const PARTITION_DISCOVERIES = ['projection', 'catalog'] as const;
export type PartitionDiscovery = (typeof PARTITION_DISCOVERIES)[number];
/** Needs no registration. */
export const DEFAULT_PARTITION_DISCOVERY: PartitionDiscovery = 'projection';

/** Days that the snapshots of an Iceberg table may be kept. */
export const SNAPSHOT_DAYS = { min: 1, max: 36_500 } as const;
/** Lifecycle rules that take files by their age. The age of an Iceberg file says nothing of its use. */
const BREAKS_ICEBERG = ['expireAfterDays', 'archiveAfterDays'] as const;
const SNAPSHOTS_INSTEAD = 'and snapshotDays of the table to delete what it no longer needs';
type AgeRules = { readonly [rule in (typeof BREAKS_ICEBERG)[number]]?: number };

/**
 * The rules that an Iceberg table breaks in a zone with this lifecycle, for a construct and for a file.
 *
 * @param instead what to do besides using another zone
 */
export function brokenIceberg(zoneName: string, lifecycle: AgeRules, instead = SNAPSHOTS_INSTEAD): BrokenRule[] {
  return BREAKS_ICEBERG.filter((rule) => lifecycle[rule] !== undefined).map((rule) => ({
    must: `must not be iceberg in zone ${zoneName}, whose ${rule} takes files that the table still needs`,
    fix: `use a zone without ${rule}, ${instead}`,
  }));
}
