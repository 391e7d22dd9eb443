import { waive } from '../../../lib/core/waivers';
import { Bucket } from '../../../lib/storage/bucket';
import type { LayerStack } from '../../layers/layer-stack';
import type { Foundation } from '../../offers';
import type { Logs } from './section';

/** Makes the bucket that every other bucket of the environment records its requests in. */
export function makeLogs(stack: LayerStack, { accessLogDays, removal }: Logs): Pick<Foundation, 'accessLogs'> {
  const accessLogs = new Bucket(stack, 'AccessLogs', { name: 'access-logs', expireAfterDays: accessLogDays, removal });
  waive(accessLogs.resource, 'S3 cannot deliver access logs to a bucket under a key of ours', 'CKV_AWS_145');
  waive(accessLogs.resource, 'is itself where access is recorded', 'CKV_AWS_18');
  accessLogs.acceptAccessLogs();
  return { accessLogs };
}
