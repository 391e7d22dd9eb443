import type { AwsNameKind } from '../aws/name-kind';
import type { TextPattern } from '../core/text-pattern';

/** Names of ECR repositories. */
export const REPOSITORY: AwsNameKind = { kind: 'ECR repository', maxLength: 256, uniqueIn: 'region' };
/** What the names of cached repositories begin with. */
export const CACHE_PREFIX: AwsNameKind = { kind: 'pull-through cache', maxLength: 30, uniqueIn: 'region' };
/** Identifiers of RDS instances. */
export const DB_INSTANCE: AwsNameKind = { kind: 'RDS instance', maxLength: 63, uniqueIn: 'region' };
/** Names of RDS parameter groups. */
export const DB_PARAMETER_GROUP: AwsNameKind = { kind: 'RDS parameter group', maxLength: 255, uniqueIn: 'region' };
/** Names of RDS subnet groups. */
export const DB_SUBNET_GROUP: AwsNameKind = { kind: 'RDS subnet group', maxLength: 255, uniqueIn: 'region' };

/** Name of a repository after the stack's prefix; it may have folders. */
export const IMAGE_NAME: TextPattern = {
  pattern: /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/,
  meaning: "lower-case letters and digits, in words joined by '.', '_', '-' or '/'",
};
/** Newest images a repository keeps unless told otherwise; what runs must be among them, or it cannot start again. */
export const DEFAULT_KEPT_IMAGES = 100;
/** Days a replaced or deleted file of a model can still be restored: a year of audits and roll-backs. */
export const DEFAULT_KEPT_MODEL_DAYS = 365;

/** Name that every secret with the credentials of an upstream registry must begin with: ECR may read no other. */
export const CREDENTIALS_PREFIX = 'ecr-pullthroughcache/';

/** Major versions of PostgreSQL that RDS runs (November 2026). */
export const POSTGRESQL_VERSION: TextPattern = {
  pattern: /^1[4-9]$/,
  meaning: 'a major version of PostgreSQL such as "17"',
};
/** Class of an RDS instance. */
export const INSTANCE_CLASS: TextPattern = {
  pattern: /^db\.[a-z0-9-]+\.[a-z0-9-]+$/,
  meaning: 'an instance class such as db.t4g.small',
};
/** Sizes of a gp3 volume under PostgreSQL. */
export const STORAGE_LIMITS_GB = { min: 20, max: 65_536 } as const;
/** RDS lets a volume grow only where there is a tenth or more to grow. */
export function leastMaxStorageGb(storageGb: number): number {
  return Math.ceil((storageGb * 11) / 10);
}
/** Days that RDS can keep backups; 0 would turn them off. */
export const BACKUP_RETENTION_DAYS = { min: 1, max: 35 } as const;
