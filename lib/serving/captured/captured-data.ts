import type { TextPattern } from '../../core/text-pattern';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket-base';
import { FOLDER } from '../../storage/bucket-limits';

/** What an endpoint captures: JSON lines in `<prefix>/<variant>/yyyy/mm/dd/hh/`. */
export interface CapturedData {
  readonly bucket: IBucket;
  /** Folder of the endpoint, without slashes at its ends: `captured/card-fraud`. */
  readonly prefix: string;
  /** Variants whose data is read: each is a folder. */
  readonly variants: readonly string[];
}

/** Folder of an endpoint's captured data. */
export const CAPTURE_PREFIX: TextPattern = {
  ...FOLDER,
  meaning: 'a folder such as captured/card-fraud, without a bucket, a wildcard or a slash at either end',
};
/** Name of a variant of an endpoint. */
export const VARIANT: TextPattern = {
  pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
  meaning: '1 to 63 letters, digits and hyphens',
};

/** `s3://<bucket>/<prefix>/`. */
export function capturedUri({ bucket, prefix }: CapturedData): string {
  return `s3://${bucket.bucketName}/${prefix}/`;
}

/** Lets a program read captured data, as `IBucket.grantRead` does. */
export function allowCaptured({ bucket, prefix, variants }: CapturedData, role: IGrantable): void {
  for (const variant of variants) bucket.grantRead(role, `${prefix}/${variant}/*`);
}
