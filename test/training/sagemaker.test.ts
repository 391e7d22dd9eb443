import '../../lib/testing/jest';
import { waiversOf } from '../../lib/core/waivers';
import type { PolicyConditions } from '../../lib/iam/statement';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { Framework } from '../../lib/training/framework/framework';
import { Reference } from '../../lib/training/pipeline/value';
import { JobLogs } from '../../lib/training/sagemaker/job-logs';
import { SageMakerTraining } from '../../lib/training/sagemaker/sagemaker-training';
import { TrainingWorkspace, type VpcConfig } from '../../lib/training/sagemaker/workspace';
import { DEFAULT_RUNTIME_MINUTES, DEFAULT_VOLUME_GB, jobLogGroup } from '../../lib/training/training-limits';
import { holds, type RequestContext } from '../support/iam-conditions';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, TWO_KEYS, WRITE } from '../support/stack';
import { trainingIn, trainingPropsIn, workspaceIn } from '../support/training';

/** Names of jobs (CreateTrainingJob). */
const JOB_NAME = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const KMS_OF_JOBS = [...new Set([...DECRYPT, ...ENCRYPT])];

describe('a training with all defaults', () => {
  const s = acmeStack();
  const training = trainingIn(s);
  const { workspace } = training;
  const template = Template.synth(s);
  const request = template.resolve(JSON.parse(JSON.stringify(training.request()))) as Record<string, any>;
  const key = template.resolve(workspace.encryptionKey.keyArn);
  const bucket = template.resolve(workspace.bucket.bucketName);

  test('runs in the private subnets, without a network of its own, encrypted, within the run time of the workspace', () => {
    expect(request).toMatchObject({
      RoleArn: template.resolve(training.role.roleArn),
      VpcConfig: { Subnets: ['subnet-11111111', 'subnet-22222222'], SecurityGroupIds: [expect.any(String)] },
      EnableNetworkIsolation: true,
      EnableInterContainerTrafficEncryption: false,
      EnableManagedSpotTraining: false,
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/acme-dev-churn/output`, KmsKeyId: key },
      ResourceConfig: { InstanceCount: 1, VolumeKmsKeyId: key, VolumeSizeInGB: DEFAULT_VOLUME_GB },
      StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_RUNTIME_MINUTES * 60 },
      Tags: [{ Key: 'team', Value: 'fraud' }],
    });
  });

  test('does not use Debugger, which is closed, and profiles nothing', () => {
    expect(request.ProfilerConfig).toEqual({ DisableProfiler: true });
    expect(request).not.toHaveProperty('DebugHookConfig');
  });

  test('has what it does not use left out: SageMaker refuses empty lists and maps', () =>
    expect(
      ['CheckpointConfig', 'TensorBoardOutputConfig', 'Environment', 'RetryStrategy'].filter((name) => name in request),
    ).toEqual([]));

  test('finds its code in a channel, each value encoded as JSON, as script mode reads them', () => {
    expect(request.HyperParameters).toEqual({
      sagemaker_program: '"train.py"',
      sagemaker_submit_directory: '"/opt/ml/input/data/code/sourcedir.tar.gz"',
      sagemaker_container_log_level: '20',
      sagemaker_region: '"eu-north-1"',
    });
    expect(request.InputDataConfig.map(({ ChannelName }: { ChannelName: string }) => ChannelName)).toEqual([
      'train',
      'code',
    ]);
    expect(request.InputDataConfig[1].DataSource.S3DataSource.S3Uri).toBe(`s3://${bucket}/churn/code/sourcedir.tar.gz`);
  });

  test('publishes its request, under a name that SageMaker refuses until the run is named', () => {
    const [object] = template.all('aws_s3_object');
    expect(object!.key).toBe('acme-dev-churn/request.json');
    expect(template.resolve(training.requestUri)).toBe(`s3://${bucket}/acme-dev-churn/request.json`);
    const { TrainingJobName, ...rest } = JSON.parse(object!.content as string);
    expect(TrainingJobName).toBe('acme-dev-churn-<run>');
    expect(TrainingJobName).not.toMatch(JOB_NAME);
    expect(TrainingJobName.replace('<run>', '20261127T091500')).toMatch(JOB_NAME);
    expect(rest).toEqual(request);
  });

  test('has a role that reads its code and data and writes its output, and nothing else', () => {
    const data = 'arn:aws:s3:::acme-features';
    const own = workspace.bucket.bucketArn;
    const logs = ['TrainingJobs', 'ProcessingJobs', 'TransformJobs'].map(
      (kind) => `arn:aws:logs:eu-north-1:111122223333:log-group:/aws/sagemaker/${kind}`,
    );
    const vpc = { ArnLike: { 'ec2:Vpc': 'arn:aws:ec2:eu-north-1:*:vpc/vpc-11111111' } };
    const needed = [
      { actions: READ, resources: [`${data}/churn/train/*`, `${own}/churn/code/*`] },
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [data, own] },
      { actions: WRITE, resources: `${own}/acme-dev-churn/output/*` },
      { actions: KMS_OF_JOBS, resources: workspace.encryptionKey.keyArn },
      {
        actions: 'kms:CreateGrant',
        resources: workspace.encryptionKey.keyArn,
        conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
      {
        actions: 'ec2:CreateNetworkInterface',
        resources: [
          'arn:aws:ec2:eu-north-1:111122223333:network-interface/*',
          'arn:aws:ec2:eu-north-1:*:subnet/subnet-11111111',
          'arn:aws:ec2:eu-north-1:*:subnet/subnet-22222222',
          `arn:aws:ec2:eu-north-1:111122223333:security-group/${(workspace as TrainingWorkspace).securityGroup.securityGroupId}`,
        ],
      },
      {
        actions: [
          'ec2:CreateNetworkInterfacePermission',
          'ec2:DeleteNetworkInterface',
          'ec2:DeleteNetworkInterfacePermission',
        ],
        resources: 'arn:aws:ec2:eu-north-1:111122223333:network-interface/*',
        conditions: vpc,
      },
      {
        actions: [
          'ec2:DescribeDhcpOptions',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcs',
          'ecr:GetAuthorizationToken',
        ],
        resources: '*',
      },
      {
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: 'arn:aws:ecr:eu-north-1:662702820516:repository/sagemaker-scikit-learn',
      },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: logs.flatMap((group) => [group, `${group}:log-stream:*`]),
      },
      {
        actions: 'cloudwatch:PutMetricData',
        resources: '*',
        conditions: {
          StringEquals: {
            'cloudwatch:namespace': [
              '/aws/sagemaker/TrainingJobs',
              '/aws/sagemaker/ProcessingJobs',
              '/aws/sagemaker/TransformJobs',
            ],
          },
        },
      },
    ];
    const policy = template.policyOf(training.role);
    for (const access of needed) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(needed)).toEqual([]);
  });

  test('has a role that SageMaker assumes for this account only', () =>
    expect(JSON.parse(template.resource(training.role).assume_role_policy as string).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'sagemaker.amazonaws.com' },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]));

  test('has policies of existing actions, resources and condition keys', async () =>
    expect(await lintPolicies(template)).toEqual([]));

  test('reaches AWS services and the other nodes of its job, and nothing else', () => {
    const egress = template.all('aws_vpc_security_group_egress_rule');
    expect(egress.map(({ ip_protocol, from_port, cidr_ipv4 }) => [ip_protocol, from_port, cidr_ipv4])).toEqual(
      expect.arrayContaining([
        ['tcp', 443, '0.0.0.0/0'],
        ['-1', undefined, undefined],
      ]),
    );
    expect(egress).toHaveLength(2);
    template.resourceCount('aws_vpc_security_group_ingress_rule', 1);
  });
});

describe('a training with all properties', () => {
  const s = acmeStack();
  const volumeEncryptionKey = keyIn(s, 'VolumeKey');
  const training = trainingIn(s, {
    instanceCount: 2,
    volumeSizeGb: 100,
    volumeEncryptionKey,
    hyperparameters: { depth: '6', objective: 'binary:logistic' },
    environment: { HF_HUB_OFFLINE: '1' },
    metrics: { auc: 'auc=([0-9.]+)' },
    spot: true,
    maxRuntimeMinutes: 60,
    maxWaitMinutes: 90,
    retries: 3,
    networkIsolation: false,
    tensorBoard: true,
    tags: { 'cost-center': '42' },
  });
  const template = Template.synth(s);
  const resolve = (value: unknown) => template.resolve(JSON.parse(JSON.stringify(value))) as Record<string, any>;
  const bucket = template.resolve(training.workspace.bucket.bucketName);
  const request = resolve(training.job('r1'));

  test('has them in its request', () =>
    expect(request).toMatchObject({
      TrainingJobName: 'acme-dev-churn-r1',
      AlgorithmSpecification: { MetricDefinitions: [{ Name: 'auc', Regex: 'auc=([0-9.]+)' }] },
      HyperParameters: { depth: '"6"', objective: '"binary:logistic"', sagemaker_program: '"train.py"' },
      ResourceConfig: {
        InstanceCount: 2,
        VolumeSizeInGB: 100,
        VolumeKmsKeyId: template.resolve(volumeEncryptionKey.keyArn),
      },
      EnableInterContainerTrafficEncryption: true,
      EnableNetworkIsolation: false,
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 5400 },
      Environment: { HF_HUB_OFFLINE: '1' },
      RetryStrategy: { MaximumRetryAttempts: 3 },
      Tags: [
        { Key: 'team', Value: 'fraud' },
        { Key: 'cost-center', Value: '42' },
      ],
    }));

  test('with a network, its code comes from S3, and it has no channel for it', () => {
    expect(request.HyperParameters.sagemaker_submit_directory).toBe(`"s3://${bucket}/churn/code/sourcedir.tar.gz"`);
    expect(request.InputDataConfig).toHaveLength(1);
  });

  test('has checkpoints and TensorBoard files by run: another run’s checkpoint would make a retraining a no-op', () => {
    expect(request.CheckpointConfig).toEqual({
      S3Uri: `s3://${bucket}/acme-dev-churn/checkpoints/r1`,
      LocalPath: '/opt/ml/checkpoints',
    });
    expect(request.TensorBoardOutputConfig).toEqual({
      S3OutputPath: `s3://${bucket}/tensorboard/acme-dev-churn/r1`,
      LocalPath: '/opt/ml/output/tensorboard',
    });
    expect(resolve(training.request()).CheckpointConfig.S3Uri).toEqual({
      'Std:Join': {
        On: '',
        Values: [`s3://${bucket}/acme-dev-churn/checkpoints/`, { Get: 'Execution.PipelineExecutionId' }],
      },
    });
  });

  test('may keep its checkpoints, write for TensorBoard, and use the other key for volumes', () => {
    const policy = template.policyOf(training.role);
    const folder = `${training.workspace.bucket.bucketArn}/acme-dev-churn`;
    expect(policy).toAllow({ actions: [...READ, ...WRITE, 's3:DeleteObject'], resources: `${folder}/checkpoints/*` });
    expect(policy).toAllow({
      actions: WRITE,
      resources: `${training.workspace.bucket.bucketArn}/tensorboard/acme-dev-churn/*`,
    });
    expect(policy).not.toAllow({ actions: 's3:DeleteObject', resources: `${folder}/output/*` });
    const grants = { Bool: { 'kms:GrantIsForAWSResource': 'true' } };
    expect(policy).toAllow({ actions: 'kms:CreateGrant', resources: volumeEncryptionKey.keyArn, conditions: grants });
  });
});

test('a type with an instance store takes no key for its volume', () => {
  const s = acmeStack();
  const training = trainingIn(s, {
    instanceType: 'ml.g5.xlarge',
    framework: Framework.xgboost('3.2-0'),
  });
  expect(training.request().ResourceConfig).not.toHaveProperty('VolumeKmsKeyId', expect.anything());
  expect(training.workspace.volumeKeyFor('ml.g5.xlarge')).toBeUndefined();
  expect(training.workspace.volumeKeyFor('ml.m5.xlarge')).toBeDefined();
  expect(() => training.workspace.volumeKeyFor('ml.c5.xlarge')).toThrow(
    "test/Workspace: 1 invalid property\n  - 'instanceType' must be one of ml.m5.xlarge, ml.g5.xlarge, got 'ml.c5.xlarge'",
  );
});

test('without code the image trains by itself, with settings as they are', () => {
  const s = acmeStack();
  const training = trainingIn(s, {
    framework: Framework.xgboost('3.2-0'),
    code: undefined,
    entryPoint: undefined,
    hyperparameters: { objective: 'binary:logistic' },
  });
  const { HyperParameters, InputDataConfig } = training.request();
  expect(HyperParameters).toEqual({ objective: 'binary:logistic' });
  expect(InputDataConfig).toHaveLength(1);
  expect(training.codeUri).toBeUndefined();
});

test('a spot job waits twice its run time, a warm one keeps its instances', () => {
  const s = acmeStack();
  const props = trainingPropsIn(s);
  const spot = new SageMakerTraining(s, 'Spot', { ...props, spot: true, maxRuntimeMinutes: 10 });
  expect(spot.request().StoppingCondition).toEqual({ MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 1200 });
  const warm = new SageMakerTraining(s, 'Warm', { ...props, keepAliveMinutes: 15 });
  expect(warm.request().ResourceConfig).toMatchObject({ KeepAlivePeriodInSeconds: 900 });
});

test('settings that a shell would take apart are refused where one reads them, in script mode', () => {
  const s = acmeStack();
  const props = trainingPropsIn(s);
  const meaning =
    'must be letters, digits and @%+=:,./_- only, because the images pass it to the program through a shell; put another text into a file of the code';
  const hyperparameters = { depth: '6', stop: 'a; b', note: '', 'a b': '$(id)' };
  expect(() => new SageMakerTraining(s, 'Churn', { ...props, hyperparameters })).toThrow(
    [
      'test/Churn: 4 invalid properties',
      `  - 'hyperparameters.stop' ${meaning}, got 'a; b'`,
      `  - 'hyperparameters.note' ${meaning}, got ''`,
      `  - 'hyperparameters' ${meaning}, got 'a b'`,
      `  - 'hyperparameters.a b' ${meaning}, got '$(id)'`,
    ].join('\n'),
  );
  const training = new SageMakerTraining(s, 'Fraud', props);
  expect(() => training.request({ hyperparameters: { stop: '*' } })).toThrow(
    `'hyperparameters.stop' ${meaning}, got '*'`,
  );
  const framework = Framework.xgboost('3.2-0');
  const builtIn = {
    framework,
    code: undefined,
    entryPoint: undefined,
    hyperparameters: { monotone_constraints: '(1, 0)' },
  };
  expect(() => new SageMakerTraining(s, 'BuiltIn', { ...props, ...builtIn })).not.toThrow();
});

test('a run changes data, code, settings and environment; a reference is left to the pipeline', () => {
  const s = acmeStack();
  const training = trainingIn(s, { hyperparameters: { depth: '6' }, environment: { A: '1' } });
  const parameter = { Get: 'Parameters.Data' };
  const reference = Object.assign(Reference.text('x'), { toJSON: () => parameter });
  const request = JSON.parse(
    JSON.stringify(
      training.request({
        inputs: { train: reference },
        hyperparameters: { depth: '8', rate: reference },
        environment: { Cause: reference },
        codeUri: 's3://acme-ci/churn/v8/code.tar.gz',
      }),
    ),
  );
  expect(request.HyperParameters).toMatchObject({
    depth: '"8"',
    rate: parameter,
    sagemaker_submit_directory: '"/opt/ml/input/data/code/code.tar.gz"',
  });
  expect(request.Environment).toEqual({ A: '1', Cause: parameter });
  expect(request.InputDataConfig[0].DataSource.S3DataSource.S3Uri).toEqual(parameter);
  expect(request.InputDataConfig[1].DataSource.S3DataSource.S3Uri).toBe('s3://acme-ci/churn/v8/code.tar.gz');
  expect(() => training.request({ inputs: { test: 's3://acme/test/' } })).toThrow(
    "test/Churn: 1 invalid property\n  - 'inputs' must name channels of the training (train), got test",
  );
});

describe('who may start a training', () => {
  const s = acmeStack();
  const props = trainingPropsIn(s);
  const training = new SageMakerTraining(s, 'Churn', { ...props, maxRuntimeMinutes: 60 });
  const starter = roleIn(s, 'Starter');
  training.grantStart(starter);
  const template = Template.synth(s);
  const { statements } = template.policyOf(starter);
  const key = template.resolve(training.workspace.encryptionKey.keyArn) as string;
  const group = (template.resolve(training.workspace.vpcConfig) as VpcConfig).SecurityGroupIds;
  const [create] = statements.filter(({ actions }) => actions?.includes('sagemaker:CreateTrainingJob'));
  const asked: RequestContext = {
    'sagemaker:VpcSubnets': ['subnet-11111111', 'subnet-22222222'],
    'sagemaker:VpcSecurityGroupIds': group,
    'sagemaker:InstanceTypes': ['ml.m5.xlarge'],
    'sagemaker:OutputKmsKeyArn': key,
    'sagemaker:VolumeKmsKeyArn': key,
    'sagemaker:MaxRuntimeInSeconds': 3600,
    'sagemaker:NetworkIsolation': true,
  };
  const allows = (context: RequestContext) => holds(create!.conditions as PolicyConditions, context);

  test('starts the request as it is, on jobs of its name', () => {
    expect(create!.resources).toEqual(['arn:aws:sagemaker:eu-north-1:111122223333:training-job/acme-dev-churn-*']);
    expect(allows(asked)).toBe(true);
  });

  test.each<[string, RequestContext]>([
    ['outside the VPC', { 'sagemaker:VpcSubnets': [] }],
    ['in another subnet', { 'sagemaker:VpcSubnets': ['subnet-99999999'] }],
    ['with another group', { 'sagemaker:VpcSecurityGroupIds': ['sg-99999999'] }],
    ['without a group', { 'sagemaker:VpcSecurityGroupIds': [] }],
    ['on another type', { 'sagemaker:InstanceTypes': ['ml.g5.xlarge'] }],
    ['without a type', { 'sagemaker:InstanceTypes': [] }],
    ['without a key for its output', { 'sagemaker:OutputKmsKeyArn': [] }],
    ['with another key for its volume', { 'sagemaker:VolumeKmsKeyArn': 'arn:aws:kms:eu-north-1:111122223333:key/2' }],
    ['with a network for its container', { 'sagemaker:NetworkIsolation': false }],
    ['without a word about isolation', { 'sagemaker:NetworkIsolation': [] }],
    ['for longer', { 'sagemaker:MaxRuntimeInSeconds': 3601 }],
    ['for an unlimited time', { 'sagemaker:MaxRuntimeInSeconds': [] }],
  ])('does not start it %s', (_, change) => expect(allows({ ...asked, ...change })).toBe(false));

  test('passes the role of the training, to SageMaker only', () => {
    const pass = statements.find(({ actions }) => actions?.includes('iam:PassRole'));
    expect(pass).toMatchObject({
      resources: [template.resolve(training.role.roleArn)],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
  });

  test('is not bound to a key for the volume on a type with an instance store', () => {
    const other = acmeStack();
    const gpu = trainingIn(other, {
      instanceType: 'ml.g5.xlarge',
      framework: Framework.xgboost('3.2-0'),
    });
    const role = roleIn(other, 'Starter');
    gpu.grantStart(role);
    const [start] = Template.synth(other)
      .policyOf(role)
      .statements.filter(({ actions }) => actions?.includes('sagemaker:CreateTrainingJob'));
    expect(start!.conditions).not.toHaveProperty(['ArnEquals', 'sagemaker:VolumeKmsKeyArn']);
    expect(start!.conditions).toHaveProperty(['ArnEquals', 'sagemaker:OutputKmsKeyArn']);
  });
});

test('an existing bucket with the key of the workspace takes the place of a new one', () => {
  const s = acmeStack();
  const encryptionKey = keyIn(s, 'Own');
  const bucket = new Bucket(s, 'Mine', { encryptionKey });
  const workspace = workspaceIn(s, { encryptionKey, bucket });
  const template = Template.synth(s);
  template.resourceCount('aws_s3_bucket', 1);
  expect(template.resolve(workspace.uriOf('a', 'b'))).toBe(`s3://${template.resolve(bucket.bucketName)}/a/b`);
  const other = new Bucket(acmeStack(), 'Other', { encryptionKey: keyIn(acmeStack()) });
  expect(() => workspaceIn(acmeStack(), { bucket: other })).toThrow(
    "test/Workspace: 1 invalid property\n  - 'bucket' must be a bucket with the key 'encryptionKey': jobs encrypt their output with that key",
  );
});

test.each(TWO_KEYS)('stack %s, workspace %s: bucket and logs may be destroyed: %s', (ofStack, removal, may) => {
  const s = acmeStack({ removal: ofStack });
  const { bucket } = workspaceIn(s, { removal });
  const template = Template.synth(s);
  expect(template.resource(bucket as Bucket).force_destroy).toBe(may);
  for (const { lifecycle, skip_destroy } of template.all('aws_cloudwatch_log_group')) {
    expect(lifecycle?.prevent_destroy ?? false).toBe(!may);
    expect(skip_destroy).toBe(!may);
  }
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

test('a shorter retention of the logs is set explicitly, for scanners too', () => {
  const s = acmeStack();
  workspaceIn(s, { logRetentionDays: 30 });
  const [group] = Template.synth(s).all('aws_cloudwatch_log_group');
  expect(group!.retention_in_days).toBe(30);
  expect(waiversOf(s).filter(({ check }) => check === 'CKV_AWS_338')).toHaveLength(3);
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
        "  - 'metrics.loss' must be a regular expression with one group around the number, such as 'loss=([0-9.]+)', got 'loss=[0-9.]+'; put the number into ( ), and what else is grouped into (?: )",
        "  - 'tags' must not have 'team', which is the property 'team'; remove it",
      ].join('\n'),
    );
  });
});
