import type { AwsNameKind } from './name-kind';

/** Names of CloudWatch log groups. */
export const LOG_GROUP: AwsNameKind = { kind: 'log group', maxLength: 512, uniqueIn: 'region', property: 'id' };
/** Retention periods that CloudWatch Logs accepts. */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
