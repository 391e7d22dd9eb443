import type { AwsNameKind } from '../aws/name-kind';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** Names of S3 buckets, unique in the whole partition. */
export const BUCKET: AwsNameKind = { kind: 'S3 bucket', maxLength: 63, uniqueIn: 'partition' };

/**
 * A complete bucket name (Amazon S3 user guide, general purpose bucket naming rules). S3 ends the names of other kinds with
 * the suffixes: `--x-s3` of directory buckets, `--table-s3` of S3 Tables (table bucket naming rules),
 * `-<account>-<region>-an` of the namespace of one account and region (`BucketNamespace` of `CreateBucket`), which a
 * bucket must ask for.
 */
export const BUCKET_NAME: TextPattern = {
  pattern:
    /^(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*(\.\.|-s3alias$|--ol-s3$|\.mrap$|--x-s3$|--table-s3$|-an$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  meaning:
    '3 to 63 lower-case letters, digits, single dots and hyphens, not an IP address, and without what S3 reserves: ' +
    'xn--, sthree- or amzn-s3-demo- at the start, -s3alias, --ol-s3, .mrap, --x-s3, --table-s3 or -an at the end',
};

/** Prefixes of object keys that a grant covers. */
export const OBJECT_PREFIX: TextPattern = {
  pattern: /^(?!\/|s3:)(.*[^/])$/s,
  meaning:
    "a pattern of keys such as 'daily/*', without a slash or a bucket before it, and with a * after a last slash",
};

/** A folder of objects. */
export const FOLDER: TextPattern = {
  pattern: /^(?!s3:)[\w!.'()=@:,+-]+(\/[\w!.'()=@:,+-]+)*$/,
  meaning: 'a folder of objects such as logs/daily, without a bucket, a wildcard or a slash at either end',
};

/** The fewest characters of `<account>-<region>`: 12 digits, and a region such as eu-west-1. */
export const LEAST_ACCOUNT_AND_REGION = 22;

/** Default of the days that a replaced or deleted object can still be restored. */
export const DEFAULT_NONCURRENT_VERSION_DAYS = 90;

/** The transitions of an object in their order, in days after it was written. */
export const TRANSITIONS = ['tierAfterDays', 'archiveAfterDays', 'expireAfterDays'] as const;
type Transition = (typeof TRANSITIONS)[number];

/** The transitions that do not come after the one before, each with the rule that it breaks. */
export function brokenTransitions(
  days: Readonly<Partial<Record<Transition, number>>>,
): readonly { readonly key: Transition; readonly rule: BrokenRule }[] {
  const set = TRANSITIONS.filter((key) => days[key] !== undefined);
  return set.flatMap((key, index) => {
    const before = set[index - 1];
    if (before === undefined || days[key]! > days[before]!) return [];
    return [
      { key, rule: { must: `must be more than ${before} ${days[before]}`, fix: 'raise it or remove one of them' } },
    ];
  });
}
