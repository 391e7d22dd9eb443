import { Annotations, TerraformOutput } from 'cdktf';
import { InputError } from '../../../lib/core/input-error';
import { Bucket } from '../../../lib/storage/bucket';
import { TensorBoardLogs } from '../../../lib/tracking/tensorboard-logs';
import { TrainingWorkspace } from '../../../lib/training/sagemaker/workspace';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Services } from '../../offers';
import { MINUTES_PER_HOUR } from './defaults';
import { WORKSPACE_BUCKET } from './schema';
import type { Training } from './section';

/** Output of the stack: what no job may do, for AWS Organizations. */
export const SCP_OUTPUT = 'JobsServiceControlPolicy';

/** Creates the workspace in which every job of the environment runs. */
export function makeTraining(
  stack: LayerStack,
  { instances, maxRuntimeHours, logDays, tensorBoardDays, ownsLogGroups, removal }: NonNullable<Training>,
  { foundation: { network, keys, accessLogs } }: Available['services'],
): Pick<Services, 'training' | 'tensorBoard'> {
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
  showServiceControlPolicy(stack, training);
  const tensorBoard = new TensorBoardLogs(training, 'TensorBoard', {
    workspace: training,
    retentionDays: tensorBoardDays,
  });
  return { training, tensorBoard };
}

/** Nothing needs it: an environment with more types than such a policy can name has none, and a warning. */
function showServiceControlPolicy(stack: LayerStack, { node, guardrails }: TrainingWorkspace): void {
  try {
    new TerraformOutput(stack, SCP_OUTPUT, {
      staticId: true,
      value: JSON.stringify(JSON.parse(guardrails.scpDocument()), undefined, 2), // HCL takes no quotes on one line
      description:
        'What no job of SageMaker may do, as a service control policy for an account that has no other environment.',
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    Annotations.of(stack).addWarning(`${node.path}: no output ${SCP_OUTPUT}: ${error.message}`);
  }
}
