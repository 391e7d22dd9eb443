import type { TerraformStack } from 'cdktf';
import { Network } from '../../lib/network/network';
import { Bucket } from '../../lib/storage/bucket';
import { DataSource } from '../../lib/training/data/data-source';
import { Framework } from '../../lib/training/framework/framework';
import { SageMakerTraining } from '../../lib/training/sagemaker/sagemaker-training';
import { TrainingCode } from '../../lib/training/sagemaker/training-code';
import type { SageMakerTrainingProps } from '../../lib/training/sagemaker/training-props';
import { TrainingWorkspace, type TrainingWorkspaceProps } from '../../lib/training/sagemaker/workspace';
import { keyIn } from './stack';

export const scikitLearn = () => Framework.scikitLearn('1.9-0');

/** A workspace in an existing network; `ml.g5.xlarge` has an instance store. */
export function workspaceIn(stack: TerraformStack, props: Partial<TrainingWorkspaceProps> = {}): TrainingWorkspace {
  const network = Network.fromNetworkAttributes(stack, 'TrainingNet', {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });
  return new TrainingWorkspace(stack, 'Workspace', {
    network,
    encryptionKey: keyIn(stack, 'TrainingKey'),
    instanceTypes: ['ml.m5.xlarge', 'ml.g5.xlarge'],
    ...props,
  });
}

/** Properties of a training with code of a team's CI. */
export function trainingPropsIn(stack: TerraformStack, workspace = workspaceIn(stack)): SageMakerTrainingProps {
  const data = Bucket.fromBucketAttributes(stack, 'Data', { bucketArn: 'arn:aws:s3:::acme-features' });
  return {
    workspace,
    team: 'fraud',
    framework: scikitLearn(),
    code: TrainingCode.fromBucket(workspace.bucket, 'churn/code/sourcedir.tar.gz'),
    entryPoint: 'train.py',
    instanceType: 'ml.m5.xlarge',
    inputs: { train: DataSource.bucket(data, 'churn/train') },
  };
}

export function trainingIn(stack: TerraformStack, props: Partial<SageMakerTrainingProps> = {}): SageMakerTraining {
  return new SageMakerTraining(stack, 'Churn', {
    ...trainingPropsIn(stack, props.workspace as TrainingWorkspace | undefined),
    ...props,
  });
}
