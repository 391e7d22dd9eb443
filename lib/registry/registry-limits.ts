import type { AwsNameKind } from '../aws/name-kind';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** Names of ECR repositories. */
export const REPOSITORY: AwsNameKind = { kind: 'ECR repository', maxLength: 256, uniqueIn: 'region' };
/** Prefixes of the names of cached repositories. */
export const CACHE_PREFIX: AwsNameKind = { kind: 'pull-through cache', maxLength: 30, uniqueIn: 'region' };
/** Identifiers of RDS instances. */
export const DB_INSTANCE: AwsNameKind = { kind: 'RDS instance', maxLength: 63, uniqueIn: 'region' };
/** Identifiers of RDS clusters: 63 characters, minus three for the number at the end of an instance's name. */
export const DB_CLUSTER: AwsNameKind = { kind: 'RDS cluster', maxLength: 60, uniqueIn: 'region' };
/** Names of RDS parameter groups. */
export const DB_PARAMETER_GROUP: AwsNameKind = { kind: 'RDS parameter group', maxLength: 255, uniqueIn: 'region' };
/** Names of RDS cluster parameter groups. */
export const DB_CLUSTER_PARAMETER_GROUP: AwsNameKind = {
  kind: 'RDS cluster parameter group',
  maxLength: 255,
  uniqueIn: 'region',
};
/** Names of RDS subnet groups. */
export const DB_SUBNET_GROUP: AwsNameKind = { kind: 'RDS subnet group', maxLength: 255, uniqueIn: 'region' };

/** Name of a repository after the stack's prefix; it may have folders. */
export const IMAGE_NAME: TextPattern = {
  pattern: /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/,
  meaning: "lower-case letters and digits, in words joined by '.', '_', '-' or '/'",
};
/** Default number of newest images that a repository keeps; an older image that still runs cannot start again. */
export const DEFAULT_KEPT_IMAGES = 100;
/** Default days that a replaced or deleted file of a model can be restored: a year, for audits and rollbacks. */
export const DEFAULT_KEPT_MODEL_DAYS = 365;

/** Prefix of every secret with the credentials of an upstream registry; ECR can read no other. */
export const CREDENTIALS_PREFIX = 'ecr-pullthroughcache/';

/** The rules that a pull-through cache breaks in a partition; those of an unknown partition are not judged. */
export function brokenCacheRules(partition: string | undefined, hasLogin: boolean): readonly BrokenRule[] {
  if (partition === 'aws-cn') {
    return [{ must: 'must not be cached in China', fix: 'remove it, ECR has no pull-through caches there' }];
  }
  if (partition === undefined || partition === 'aws' || !hasLogin) return [];
  const fix = 'remove it, ECR reads credentials in partition aws only';
  return [{ must: `must be a registry without a login in partition ${partition}`, fix }];
}

/** Versions of PostgreSQL that RDS and Aurora offer (November 2026): a major one, or a minor one of it. */
export const POSTGRESQL_VERSION: TextPattern = {
  pattern: /^1[4-8](\.\d{1,2})?$/,
  meaning: 'a version of PostgreSQL from 14 to 18 such as "17", or "17.6" for a minor version',
};
/** Sizes of a gp3 volume under PostgreSQL. */
export const STORAGE_LIMITS_GB = { min: 20, max: 65_536 } as const;
/**
 * From this size, RDS stripes a volume under PostgreSQL and gives it more IOPS and throughput (MiB/s) at no charge. Below
 * it, RDS refuses both settings; above it, it refuses less.
 */
export const STRIPED_STORAGE = { fromGb: 400, iops: 12_000, throughputMib: 500 } as const;
/** Minimum of the storage limit: RDS requires a tenth above the allocated storage. */
export function leastMaxStorageGb(storageGb: number): number {
  return Math.ceil((storageGb * 11) / 10);
}
/** Days that RDS can keep backups; 0 would turn them off. */
export const BACKUP_RETENTION_DAYS = { min: 1, max: 35 } as const;

/** Limits of the minimum capacity of an Aurora Serverless instance, in ACU (about 2 GiB of memory); 0 lets it pause. */
export const MIN_CAPACITY_LIMITS_ACU = { min: 0, max: 256 } as const;
/** Limits of the maximum capacity of an Aurora Serverless instance, in ACU. */
export const MAX_CAPACITY_LIMITS_ACU = { min: 1, max: 256 } as const;
/** Every capacity is a multiple of this. */
export const CAPACITY_STEP_ACU = 0.5;
/** Whether a capacity is a multiple of {@link CAPACITY_STEP_ACU}. */
export function isCapacityStep(acu: number): boolean {
  return Number.isInteger(acu / CAPACITY_STEP_ACU);
}
/** Limits of the time without connections before an Aurora Serverless instance pauses. */
export const PAUSE_LIMITS_SECONDS = { min: 300, max: 86_400 } as const;
/** Readers of an Aurora cluster. */
export const READER_LIMITS = { min: 0, max: 15 } as const;
