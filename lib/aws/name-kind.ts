import type { NameLimits } from '../core/names';

/** A kind of physical name in AWS. */
export interface AwsNameKind extends NameLimits {
  /** The kind of resource, as error messages name it: `S3 bucket`. */
  readonly kind: string;
  /** Where a name of this kind must be unique. */
  readonly uniqueIn: 'partition' | 'account' | 'region';
  /** Whether the service treats names that differ only in case as equal. @default false */
  readonly ignoresCase?: boolean;
}
