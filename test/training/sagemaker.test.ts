import { Template } from '../../lib/testing';
import { Framework } from '../../lib/training/framework/framework';
import { JobLogs } from '../../lib/training/sagemaker/job-logs';
import { SageMakerTraining } from '../../lib/training/sagemaker/sagemaker-training';
import { TrainingWorkspace } from '../../lib/training/sagemaker/workspace';
import { DEFAULT_RUNTIME_MINUTES, DEFAULT_VOLUME_GB, jobLogGroup } from '../../lib/training/training-limits';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, keyIn, roleIn } from '../support/stack';
import { TODAY, trainingIn, trainingPropsIn, workspaceIn } from '../support/training';

describe('a training with all defaults', () => {
  const s = acmeStack();
  const training = trainingIn(s);
  const starter = roleIn(s, 'Starter');
  training.grantStart(starter);
  const template = Template.synth(s);
  const request = template.resolve(training.request()) as Record<string, any>;

  test('runs in the private subnets, without a network of its own, encrypted, within the run time of the workspace', () => {
    const key = template.resolve(training.workspace.encryptionKey.keyArn);
    expect(request).toMatchObject({
      VpcConfig: { Subnets: ['subnet-11111111', 'subnet-22222222'] },
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: false,
      EnableManagedSpotTraining: false,
      OutputDataConfig: { KmsKeyId: key },
      ResourceConfig: { InstanceCount: 1, VolumeKmsKeyId: key, VolumeSizeInGB: DEFAULT_VOLUME_GB },
      StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_RUNTIME_MINUTES * 60 },
      ProfilerConfig: { DisableProfiler: true },
    });
    expect(request).not.toHaveProperty('DebugHookConfig');
  });

  test('publishes its request as an object', () => {
    const objects = template.all('aws_s3_object');
    expect(objects.map(({ key }) => key)).toEqual(['acme-dev-churn/request.json']);
    expect(JSON.parse(objects[0]!.content as string)).toEqual(request);
  });

  test('has policies of existing actions, resources and condition keys', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});

test('logs have the fixed names of SageMaker, a retention and a key, unless another environment of the account owns them', () => {
  const s = acmeStack();
  workspaceIn(s);
  const groups = Template.synth(s).all('aws_cloudwatch_log_group');
  expect(groups.map(({ name, retention_in_days }) => [name, retention_in_days])).toEqual([
    ['/aws/sagemaker/ProcessingJobs', 365],
    ['/aws/sagemaker/TrainingJobs', 365],
    ['/aws/sagemaker/TransformJobs', 365],
  ]);
  for (const { kms_key_id } of groups) expect(kms_key_id).toMatch(/^\$\{aws_kms_key/);

  const other = acmeStack();
  workspaceIn(other, { ownsLogGroups: false });
  Template.synth(other).resourceCount('aws_cloudwatch_log_group', 0);
});

test('two owners of the logs in one account and region are refused', () => {
  const s = acmeStack();
  new JobLogs(s, 'One', { encryptionKey: keyIn(s) });
  expect(() => new JobLogs(s, 'Two', { encryptionKey: keyIn(s, 'Other') })).toThrow(
    `test/Two: the log group name '${jobLogGroup('TrainingJobs')}' is already taken by test/One; rename one of them (its 'ownsLogGroups')`,
  );
});

describe('errors are reported together', () => {
  test('of a workspace', () => {
    const s = acmeStack();
    expect(() =>
      workspaceIn(s, {
        instanceTypes: ['m5.xlarge', 'm5.xlarge'],
        maxRuntimeMinutes: 50_000,
        ownsLogGroups: false,
        logRetentionDays: 30,
      }),
    ).toThrow(
      [
        'test/Workspace: 5 invalid properties',
        "  - 'maxRuntimeMinutes' must be between 1 and 40320, got 50000",
        "  - 'logRetentionDays' has no effect without 'ownsLogGroups'; remove it",
        "  - 'instanceTypes' must name each type once, got m5.xlarge, m5.xlarge",
        "  - 'instanceTypes[0]' must be a SageMaker instance type such as ml.m5.xlarge, got 'm5.xlarge'",
        "  - 'instanceTypes[1]' must be a SageMaker instance type such as ml.m5.xlarge, got 'm5.xlarge'",
      ].join('\n'),
    );
  });

  test('of a training', () => {
    const s = acmeStack();
    const { workspace, ...props } = trainingPropsIn(s);
    expect(workspace).toBeInstanceOf(TrainingWorkspace);
    const wrong = {
      team: 'Fraud',
      entryPoint: '../train.py',
      instanceType: 'ml.g5.xlarge',
      volumeEncryptionKey: keyIn(s, 'Own'),
      instanceCount: 0,
      maxRuntimeMinutes: 2000,
      maxWaitMinutes: 3000,
      hyperparameters: { sagemaker_program: 'x' },
      environment: { '1A': 'b' },
      metrics: { loss: 'loss=[0-9.]+' },
      tags: { team: 'ads' },
    };
    expect(() => new SageMakerTraining(s, 'Churn', { workspace, ...props, ...wrong })).toThrow(
      [
        'test/Churn: 10 invalid properties',
        "  - 'team' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Fraud'",
        "  - 'entryPoint' must be the path of a .py or .sh file inside the code folder, such as train.py, got '../train.py'",
        "  - 'volumeEncryptionKey' must not be set on ml.g5.xlarge: its instance store takes no key, its hardware encrypts it; remove the key, or choose a type without an instance store",
        "  - 'instanceCount' must be between 1 and 256, got 0",
        "  - 'maxRuntimeMinutes' must be between 1 and 1440, got 2000",
        "  - 'maxWaitMinutes' has no effect without 'spot'; remove it",
        "  - 'hyperparameters' must not begin with sagemaker_, by which script mode finds its program, got sagemaker_program",
        "  - 'environment' must be letters, digits and _, not beginning with a digit, got '1A'",
        "  - 'metrics.loss' must be a regular expression with one group around the number, such as 'loss=([0-9.]+)', got 'loss=[0-9.]+'",
        "  - 'tags' must not have 'team', which is the property 'team'; remove it",
      ].join('\n'),
    );
  });
});

test('a framework whose patches have ended is refused, with the versions that have them', () => {
  expect(() => Framework.scikitLearn('1.4-2', { today: new Date('2026-11-27') })).toThrow(
    [
      'Framework.scikit-learn: 1 invalid property',
      "  - 'version' must be a version of scikit-learn that AWS patches, the patches of 1.4-2 ended on 2026-10-30, got '1.4-2'; change it to 1.9-0, or use an image of your own",
    ].join('\n'),
  );
  expect(() => Framework.scikitLearn('1.4-2', { today: TODAY })).not.toThrow();
});
