import type { AwsNameKind } from '../aws/name-kind';
import type { TextPattern } from '../core/text-pattern';

/** Names of S3 buckets, unique in the whole partition. */
export const BUCKET: AwsNameKind = { kind: 'S3 bucket', maxLength: 63, uniqueIn: 'world' };

/** A complete bucket name. */
export const BUCKET_NAME: TextPattern = {
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  meaning: '3 to 63 lower-case letters, digits, dots and hyphens',
};

/** Default of the days that a replaced or deleted object can still be restored. */
export const DEFAULT_NONCURRENT_VERSION_DAYS = 90;
