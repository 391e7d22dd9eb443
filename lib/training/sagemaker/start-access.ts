import { Aws } from '../../aws/aws';
import type { IKey } from '../../encryption/key';
import type { IGrantable } from '../../iam/statement';
import { allowVolumes } from './job-access';
import type { SageMakerTraining } from './sagemaker-training';

/** What a job must be that someone may start. */
export interface StartLimits {
  /** Of the volumes; `undefined` on a type with an instance store. */
  readonly volumeKey: IKey | undefined;
  readonly runtimeMinutes: number;
  /** Whether its container has no network. */
  readonly isIsolated: boolean;
}

/** Allows starting the jobs of a training as its request has them: see `SageMakerTraining.grantStart`. */
export function allowStart(grantee: IGrantable, training: SageMakerTraining, limits: StartLimits): void {
  const { workspace, trainingName } = training;
  const jobs = Aws.of(training).arn('sagemaker', `training-job/${trainingName}-*`);
  grantee.addToPolicy({
    actions: ['sagemaker:CreateTrainingJob'],
    resources: [jobs],
    conditions: conditionsOf(training, limits),
  });
  grantee.addToPolicy({
    actions: ['sagemaker:AddTags', 'sagemaker:DescribeTrainingJob', 'sagemaker:StopTrainingJob'],
    resources: [jobs],
  });
  grantee.addToPolicy({
    actions: ['iam:PassRole'],
    resources: [training.role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
  grantee.addToPolicy({
    actions: ['s3:GetObject'],
    resources: [`${workspace.bucket.bucketArn}/${trainingName}/request.json`],
  });
  workspace.encryptionKey.grantDecrypt(grantee);
  allowVolumes(grantee, limits.volumeKey ?? workspace.encryptionKey);
}

/** Each list condition needs `Null` beside it: for a missing key `ForAllValues` is true. */
function conditionsOf({ workspace, instanceType }: SageMakerTraining, limits: StartLimits) {
  const { volumeKey, runtimeMinutes, isIsolated } = limits;
  const keys = {
    'sagemaker:OutputKmsKeyArn': workspace.encryptionKey.keyArn,
    ...(volumeKey && { 'sagemaker:VolumeKmsKeyArn': volumeKey.keyArn }),
  };
  return {
    'ForAllValues:StringEquals': {
      'sagemaker:VpcSubnets': workspace.vpcConfig.Subnets,
      'sagemaker:VpcSecurityGroupIds': workspace.vpcConfig.SecurityGroupIds,
      'sagemaker:InstanceTypes': [instanceType],
    },
    Null: {
      'sagemaker:VpcSubnets': 'false',
      'sagemaker:VpcSecurityGroupIds': 'false',
      'sagemaker:InstanceTypes': 'false',
    },
    ArnEquals: keys,
    Bool: { 'sagemaker:NetworkIsolation': `${isIsolated}` },
    NumericLessThanEquals: { 'sagemaker:MaxRuntimeInSeconds': `${runtimeMinutes * 60}` },
  };
}
