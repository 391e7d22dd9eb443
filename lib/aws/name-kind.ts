import type { NameLimits } from '../core/names';

/** A kind of physical name in AWS. */
export interface AwsNameKind extends NameLimits {
  /** What has the name, as an error says it: `S3 bucket`. */
  readonly kind: string;
  /** Within what no two resources of the kind may have one name. */
  readonly uniqueIn: 'world' | 'account' | 'region';
}
