import { Bucket } from '../../../lib/storage/bucket';
import { TrainingWorkspace } from '../../../lib/training/sagemaker/workspace';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Services } from '../../offers';
import { MINUTES_PER_HOUR } from './defaults';
import { WORKSPACE_BUCKET } from './schema';
import type { Training } from './section';

/** Creates the workspace in which every job of the environment runs. */
export function makeTraining(
  stack: LayerStack,
  { instances, maxRuntimeHours, logDays, ownsLogGroups, removal }: NonNullable<Training>,
  { foundation: { network, keys, accessLogs } }: Available['services'],
): Pick<Services, 'training'> {
  const encryptionKey = keys.of('training');
  const training = new TrainingWorkspace(stack, 'Training', {
    network,
    encryptionKey,
    bucket: new Bucket(stack, 'TrainingBucket', { name: WORKSPACE_BUCKET, encryptionKey, accessLogs, removal }),
    instanceTypes: instances,
    maxRuntimeMinutes: maxRuntimeHours * MINUTES_PER_HOUR,
    ownsLogGroups,
    logRetentionDays: ownsLogGroups ? logDays : undefined,
    removal,
  });
  return { training };
}
