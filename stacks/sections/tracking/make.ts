import { TerraformOutput } from 'cdktf';
import { Bucket } from '../../../lib/storage/bucket';
import { MlflowTracking } from '../../../lib/tracking/mlflow-tracking';
import { WorkingHours } from '../../../lib/tracking/working-hours';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Services } from '../../offers';
import { TRACKING_NAME } from './schema';
import type { Tracking } from './section';

/** Outputs of the stack: what a client sets, and how a person opens the user interface. */
export const TRACKING_OUTPUTS = { uri: 'TrackingUri', open: 'TrackingOpenCommand' } as const;

/** Creates the tracking server, and the bucket of its artifacts. */
export function makeTracking(
  stack: LayerStack,
  { size, version, awake, maintenance, removal }: NonNullable<Tracking>,
  { foundation: { keys, accessLogs } }: Available['services'],
): Pick<Services, 'tracking'> {
  const encryptionKey = keys.of('tracking');
  const tracking = new MlflowTracking(stack, 'Tracking', {
    bucket: new Bucket(stack, 'TrackingBucket', { name: TRACKING_NAME, encryptionKey, accessLogs, removal }),
    name: TRACKING_NAME,
    size,
    mlflowVersion: version,
    awake: awake && WorkingHours[awake.days](awake.from, awake.to, awake.zone),
    maintenanceWindow: maintenance,
    removal,
  });
  new TerraformOutput(stack, TRACKING_OUTPUTS.uri, {
    staticId: true,
    value: tracking.environment.MLFLOW_TRACKING_URI,
    description: 'MLFLOW_TRACKING_URI of clients, which need the packages mlflow and sagemaker-mlflow.',
  });
  new TerraformOutput(stack, TRACKING_OUTPUTS.open, {
    staticId: true,
    value: tracking.openCommand,
    description: 'Prints the address of the user interface of the tracking server, valid for five minutes.',
  });
  return { tracking };
}
