import { waive } from '../../../lib/core/waivers';
import { Bucket } from '../../../lib/storage/bucket';
import type { LayerStack } from '../../layers/layer-stack';
import type { Foundation } from '../../offers';
import type { Logs } from './section';

/** Creates the bucket for the access logs of every other bucket of the environment. */
export function makeLogs(
  stack: LayerStack,
  { accessLogDays, removal }: Pick<Logs, 'accessLogDays' | 'removal'>,
): Pick<Foundation, 'accessLogs'> {
  const accessLogs = new Bucket(stack, 'AccessLogs', { name: 'access-logs', expireAfterDays: accessLogDays, removal });
  waive(accessLogs.resource, 'S3 cannot deliver access logs to a bucket with a customer-managed key', 'CKV_AWS_145');
  waive(accessLogs.resource, 'this is the bucket for access logs', 'CKV_AWS_18');
  accessLogs.acceptAccessLogs();
  return { accessLogs };
}
