import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { Token } from 'cdktf';
import type { Properties } from '../core/properties';
import { brokenTransitions, DEFAULT_NONCURRENT_VERSION_DAYS, TRANSITIONS } from './bucket-limits';

/** Days after which the parts of an incomplete multipart upload are deleted. */
export const INCOMPLETE_UPLOAD_DAYS = 7;

/** When objects move to cheaper storage and when they expire. Every number is in days after the object was written. */
export interface BucketLifecycleProps {
  /** Days until the current version of an object expires. @default - never */
  readonly expireAfterDays?: number;
  /** Days until a replaced or deleted version is deleted permanently. @default 90 */
  readonly noncurrentVersionDays?: number;
  /**
   * Days until an object moves to Intelligent-Tiering, where S3 moves it between tiers by access: no retrieval fee,
   * always readable immediately. 0 moves it when it is written. @default - never
   */
  readonly tierAfterDays?: number;
  /** Days until an object moves to Glacier, where it must be restored before it can be read. @default - never */
  readonly archiveAfterDays?: number;
}

/** Checks each number, and that transitions and expiry are in order. */
export function validateLifecycle(properties: Properties, props: BucketLifecycleProps): void {
  const { expireAfterDays, noncurrentVersionDays, tierAfterDays, archiveAfterDays } = props;
  properties
    .integer('expireAfterDays', expireAfterDays, { min: 1 })
    .integer('noncurrentVersionDays', noncurrentVersionDays, { min: 1 })
    .integer('tierAfterDays', tierAfterDays, { min: 0 })
    .integer('archiveAfterDays', archiveAfterDays, { min: 1 });
  const known = Object.fromEntries(
    TRANSITIONS.map((key) => [key, Token.isUnresolved(props[key]) ? undefined : props[key]]),
  );
  for (const { key, rule } of brokenTransitions(known)) properties.keeps(key, known[key]!, [rule]);
}

/** One rule for the bucket: transitions, expiry, and cleanup of old versions, delete markers, incomplete uploads. */
export function lifecycleRule(props: BucketLifecycleProps): S3BucketLifecycleConfigurationRule {
  const { expireAfterDays, tierAfterDays, archiveAfterDays } = props;
  const transition = [
    ...(tierAfterDays === undefined ? [] : [{ days: tierAfterDays, storageClass: 'INTELLIGENT_TIERING' }]),
    ...(archiveAfterDays === undefined ? [] : [{ days: archiveAfterDays, storageClass: 'GLACIER' }]),
  ];
  return {
    id: 'versions',
    status: 'Enabled',
    filter: [{ prefix: '' }],
    transition: transition.length > 0 ? transition : undefined,
    // with an expiry S3 removes expired delete markers by itself; without one the rule must request it
    expiration: [expireAfterDays === undefined ? { expiredObjectDeleteMarker: true } : { days: expireAfterDays }],
    noncurrentVersionExpiration: [{ noncurrentDays: props.noncurrentVersionDays ?? DEFAULT_NONCURRENT_VERSION_DAYS }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: INCOMPLETE_UPLOAD_DAYS }],
  };
}

/** The rule for a folder whose objects expire before those of the bucket, with their old versions. */
export function folderRule(folder: string, days: number): S3BucketLifecycleConfigurationRule {
  return {
    id: `expire-${folder}`,
    status: 'Enabled',
    filter: [{ prefix: `${folder}/` }],
    expiration: [{ days }],
    noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
  };
}
