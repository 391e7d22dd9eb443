import type { AwsNameKind } from '../../aws/name-kind';
import type { PolicyLimits } from '../../iam/policy-limits';

/** Names of resource policies of CloudWatch Logs, of which a region has ten. */
export const LOG_RESOURCE_POLICY: AwsNameKind = { kind: 'policy of log groups', maxLength: 512, uniqueIn: 'region' };
/** Names of metric filters; each log group has its own. */
export const METRIC_FILTER = { maxLength: 512 } as const;
/** A resource policy of CloudWatch Logs (`PutResourcePolicy`). */
export const LOG_POLICY: PolicyLimits = {
  kind: 'policy of the log group',
  maxCharacters: 5120,
  countsWhiteSpace: true,
  fix: 'combine statements',
};
