import type { TerraformStack } from 'cdktf';
import { Network } from '../../lib/network/network';
import { ImageRepository } from '../../lib/registry/image-repository';
import { Source } from '../../lib/scheduler/trigger/source';
import { Target } from '../../lib/scheduler/trigger/target';
import { Trigger } from '../../lib/scheduler/trigger/trigger';
import type { TriggerProps } from '../../lib/scheduler/trigger/trigger-props';
import { TriggerTable } from '../../lib/scheduler/trigger/trigger-table';
import { BatchJob, type BatchJobProps } from '../../lib/training/batch/batch-job';
import { BatchTraining } from '../../lib/training/batch/batch-training';
import { Capacity } from '../../lib/training/batch/capacity';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { keyIn } from '../support/stack';

export const ALARM = 'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift';
export const PIPELINE_ARN = 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/churn';

/** The locks of a stack. */
export function locksIn(stack: TerraformStack): TriggerTable {
  return (stack.node.tryFindChild('Locks') as TriggerTable | undefined) ?? new TriggerTable(stack, 'Locks');
}

/** An existing pipeline. */
export function churnIn(stack: TerraformStack) {
  return (
    (stack.node.tryFindChild('Churn') as ReturnType<typeof Pipeline.fromPipelineArn> | undefined) ??
    Pipeline.fromPipelineArn(stack, 'Churn', PIPELINE_ARN)
  );
}

/** A trigger that starts the pipeline when an alarm goes off. */
export function triggerIn(stack: TerraformStack, props: Partial<TriggerProps> = {}, id = 'Retrain'): Trigger {
  return new Trigger(stack, id, {
    on: Source.alarm(ALARM),
    start: Target.pipeline(churnIn(stack)),
    locks: locksIn(stack),
    ...props,
  });
}

/** A job of AWS Batch. @param queues of its pool */
export function batchJobIn(
  stack: TerraformStack,
  props: Partial<BatchJobProps> = {},
  queues?: Readonly<Record<string, number>>,
): BatchJob {
  const network = Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });
  const encryptionKey = keyIn(stack, 'JobsKey');
  const capacity = [Capacity.fargate({ maxVcpus: 8 })];
  return new BatchJob(stack, 'Job', {
    training: new BatchTraining(stack, 'Pool', { network, encryptionKey, capacity, shares: { fraud: 1 }, queues }),
    team: 'fraud',
    repository: new ImageRepository(stack, 'Images', { encryptionKey }),
    image: '1.0',
    vcpus: 4,
    memoryMib: 16_384,
    ...props,
  });
}
