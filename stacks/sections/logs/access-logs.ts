import { DEFAULT_NONCURRENT_VERSION_DAYS } from '../../../lib/storage/bucket-limits';
import { days, domainKey, removal } from '../../environment/schema/fields';

/** One year: a leak is often found months later, and audits require the logs. */
export const DEFAULT_ACCESS_LOG_DAYS = 365;

/** Keys that every engine has. */
export const ACCESS_LOGS = {
  accessLogDays: days()
    .default(DEFAULT_ACCESS_LOG_DAYS)
    .describe(
      `Days that access logs of all buckets are kept. They can be restored for another ${DEFAULT_NONCURRENT_VERSION_DAYS} days. Default: ${DEFAULT_ACCESS_LOG_DAYS}, because a leak is often found months later.`,
    ),
  keyArn: domainKey('the flow log of the network, and what OpenSearch holds'),
  removal: removal('logs'),
};
