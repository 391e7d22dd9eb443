import type { AwsStack } from '../../lib/aws/aws-stack';
import { Network } from '../../lib/network/network';
import { ImageRepository } from '../../lib/registry/image-repository';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { BatchJob, type BatchJobProps } from '../../lib/training/batch/batch-job';
import { brokenShares, brokenSize, hasGpu, shareOf, weightFactors } from '../../lib/training/batch/batch-limits';
import { BatchTraining, type BatchTrainingProps } from '../../lib/training/batch/batch-training';
import { Capacity } from '../../lib/training/batch/capacity';
import { brokenPlace } from '../../lib/training/batch/instance-limits';
import { Instances } from '../../lib/training/batch/instances';
import { JobQueue } from '../../lib/training/batch/job-queue';
import { DataSource } from '../../lib/training/data/data-source';
import { BASES } from '../support/bases';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, keyIn, READ, roleIn, TWO_KEYS } from '../support/stack';

const SUBNETS = ['subnet-11111111', 'subnet-22222222'];
const GPU = Capacity.spot({ instanceTypes: ['g5.xlarge', 'g5.2xlarge'], maxVcpus: 64 });
const FARGATE = Capacity.fargate({ maxVcpus: 32 });

function poolIn(stack: AwsStack, props: Partial<BatchTrainingProps> = {}): BatchTraining {
  const network = Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    privateSubnetIds: SUBNETS,
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });
  const encryptionKey = keyIn(stack);
  return new BatchTraining(stack, 'Gpu', { network, encryptionKey, capacity: [GPU], shares: { fraud: 1 }, ...props });
}

function jobIn(stack: AwsStack, props: Partial<BatchJobProps> = {}, pool: Partial<BatchTrainingProps> = {}): BatchJob {
  const training = poolIn(stack, pool);
  const repository = new ImageRepository(stack, 'Train', { encryptionKey: keyIn(stack, 'ImageKey') });
  return new BatchJob(stack, 'Churn', {
    training,
    team: 'fraud',
    repository,
    image: `sha256:${'a'.repeat(64)}`,
    vcpus: training.isFargate ? 2 : 4,
    memoryMib: training.isFargate ? 4096 : 15_000,
    ...props,
  });
}

const environments = (stack: AwsStack) =>
  Template.synth(stack)
    .all('aws_batch_compute_environment')
    .map((one) => one as Record<string, any>);
const definition = (stack: AwsStack) => Template.synth(stack).one('aws_batch_job_definition') as Record<string, any>;
const container = (stack: AwsStack) => JSON.parse(definition(stack).container_properties);

describe('a pool of capacity', () => {
  test('replaces itself without a wedge: it has no name of ours, and the new environment comes before the old one goes', () => {
    const stack = acmeStack();
    poolIn(stack);
    const [environment] = environments(stack);
    expect(Object.keys(environment!).filter((key) => /name/.test(key))).toEqual([]);
    expect(environment).toMatchObject({ type: 'MANAGED', lifecycle: { create_before_destroy: true } });
  });

  test('changes its types, subnets and launch template in place, so that jobs go on', () => {
    const stack = acmeStack();
    poolIn(stack, { capacity: [GPU, Capacity.onDemand({ instanceTypes: ['g5.xlarge'], maxVcpus: 16 })] });
    // another strategy, or a role in place of the service's own, replaces the environment at each such change
    expect(environments(stack)).toMatchObject([
      {
        compute_resources: {
          type: 'SPOT',
          allocation_strategy: 'SPOT_CAPACITY_OPTIMIZED',
          min_vcpus: 0,
          max_vcpus: 64,
        },
        update_policy: { terminate_jobs_on_update: false },
      },
      { compute_resources: { type: 'EC2', allocation_strategy: 'BEST_FIT_PROGRESSIVE', min_vcpus: 0, max_vcpus: 16 } },
    ]);
    for (const environment of environments(stack)) expect(environment).not.toHaveProperty('service_role');
  });

  test('starts instances with encrypted volumes, metadata by token only, and the version of their template pinned', () => {
    const stack = acmeStack();
    poolIn(stack, { volumeGb: 200 });
    const template = Template.synth(stack);
    const [key] = template.addresses().filter((address) => address.startsWith('aws_kms_key.'));
    expect(template.one('aws_launch_template')).toMatchObject({
      metadata_options: { http_tokens: 'required', http_put_response_hop_limit: 1, http_endpoint: 'enabled' },
      block_device_mappings: [
        { device_name: '/dev/xvda', ebs: { encrypted: 'true', kms_key_id: `\${${key}.arn}`, volume_size: 200 } },
      ],
    });
    const [environment] = environments(stack);
    expect(environment!.compute_resources.launch_template.version).toMatch(/\.latest_version\}$/);
  });

  test('has the image with the driver for graphics processors, and one without for other types', () => {
    const stack = acmeStack();
    poolIn(stack, { capacity: [Capacity.spot({ instanceTypes: ['g5.xlarge', 'c7i.2xlarge'], maxVcpus: 64 })] });
    expect(environments(stack)[0]!.compute_resources.ec2_configuration).toEqual([
      { image_type: 'ECS_AL2023' },
      { image_type: 'ECS_AL2023_NVIDIA' },
    ]);
  });

  test('of Fargate has none of the settings of instances, which the service refuses', () => {
    const stack = acmeStack();
    poolIn(stack, { capacity: [Capacity.fargateSpot({ maxVcpus: 32 }), FARGATE] });
    const template = Template.synth(stack);
    expect(environments(stack).map(({ compute_resources }) => Object.keys(compute_resources).sort())).toEqual(
      [1, 2].map(() => ['max_vcpus', 'security_group_ids', 'subnets', 'type']),
    );
    expect(environments(stack).map(({ compute_resources }) => compute_resources.type)).toEqual([
      'FARGATE_SPOT',
      'FARGATE',
    ]);
    for (const environment of environments(stack)) expect(environment).not.toHaveProperty('update_policy');
    expect(template.all('aws_launch_template')).toEqual([]);
    expect(template.all('aws_iam_instance_profile')).toEqual([]);
  });

  test('is private: its jobs run in private subnets, in a group that reaches AWS services only', () => {
    const stack = acmeStack();
    poolIn(stack);
    const template = Template.synth(stack);
    expect(environments(stack)[0]!.compute_resources.subnets).toEqual(SUBNETS);
    expect(template.all('aws_vpc_security_group_ingress_rule')).toEqual([]);
    expect(template.all('aws_vpc_security_group_egress_rule')).toMatchObject([{ from_port: 443, to_port: 443 }]);
  });

  test('has queues that take spot capacity before on-demand, each with its priority', () => {
    const stack = acmeStack();
    const onDemand = Capacity.onDemand({ instanceTypes: ['g5.xlarge'], maxVcpus: 16 });
    const pool = poolIn(stack, { capacity: [GPU, onDemand], queues: { urgent: 10, normal: 1 }, name: 'gpu' });
    const template = Template.synth(stack);
    const arns = template
      .addresses()
      .filter((address) => /^aws_batch_compute/.test(address))
      .map((address) => `\${${address}.arn}`);
    const order = [
      { order: 1, compute_environment: arns[0] },
      { order: 2, compute_environment: arns[1] },
    ];
    expect(template.all('aws_batch_job_queue')).toMatchObject([
      { name: 'acme-dev-gpu-normal', priority: 1, state: 'ENABLED', compute_environment_order: order },
      { name: 'acme-dev-gpu-urgent', priority: 10, state: 'ENABLED', compute_environment_order: order },
    ]);
    for (const queue of template.all('aws_batch_job_queue')) expect(queue).not.toHaveProperty('compute_environments');
    expect(pool.queue('urgent')).toBeInstanceOf(JobQueue);
    expect(() => pool.queue('fast')).toThrow(
      "test/Gpu: 1 invalid property\n  - 'queue' must be one of urgent, normal, got 'fast'",
    );
  });

  test('cancels a job that would block its queue: at once if it can never start, later if capacity is short', () => {
    const stack = acmeStack();
    poolIn(stack, { maxWaitMinutes: 60 });
    const { job_state_time_limit_action } = Template.synth(stack).one('aws_batch_job_queue') as Record<string, any>;
    expect(
      job_state_time_limit_action.map((one: any) => [one.reason, one.max_time_seconds, one.action, one.state]),
    ).toEqual([
      ['CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', 3600, 'CANCEL', 'RUNNABLE'],
      ['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', 600, 'CANCEL', 'RUNNABLE'],
      ['MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', 600, 'CANCEL', 'RUNNABLE'],
    ]);
  });

  test('is shared by weight: a team with twice the share has half the weight of the service', () => {
    const stack = acmeStack();
    const pool = poolIn(stack, { shares: { fraud: 2, 'data-science': 1 } });
    const policy = Template.synth(stack).one('aws_batch_scheduling_policy') as Record<string, any>;
    expect(policy.fair_share_policy.share_distribution).toEqual([
      { share_identifier: 'fraud', weight_factor: 1 },
      { share_identifier: 'datascience', weight_factor: 2 },
    ]);
    expect(pool.shareOf('data-science')).toBe('datascience');
    expect(() => pool.shareOf('ads')).toThrow("'team' must be one of fraud, data-science, got 'ads'");
  });

  test('gives its instances what the agent of ECS needs, on clusters of AWS Batch only', async () => {
    const stack = acmeStack();
    const pool = poolIn(stack);
    const role = pool.node.findChild('Instances').node.findChild('Role') as BatchJob['role'];
    const template = Template.synth(stack);
    const { statements } = template.policyOf(role);
    expect(statements.filter(({ resources }) => resources?.includes('*')).flatMap(({ actions }) => actions)).toEqual([
      'ecs:DiscoverPollEndpoint',
    ]);
    const clusters = statements.flatMap(({ resources }) => resources ?? []).filter((arn) => /:ecs:/.test(arn));
    expect(clusters.length).toBeGreaterThan(1);
    for (const arn of clusters) expect(arn).toMatch(/:(cluster|container-instance)\/AWSBatch-\*$/);
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('lets the services that start its instances use the key of their volumes', () => {
    const stack = acmeStack();
    poolIn(stack);
    const { policy } = Template.synth(stack).one('aws_kms_key') as { policy: string };
    expect(policy).toContain('AWSServiceRoleForAutoScaling');
    expect(policy).toContain('kms:CreateGrant');
  });

  test.each(TWO_KEYS)('stack %s, pool %s: the output of its jobs may be destroyed: %s', (ofStack, removal, may) => {
    const stack = acmeStack({ removal: ofStack });
    poolIn(stack, { removal });
    const log = Template.synth(stack).one('aws_cloudwatch_log_group') as Record<string, any>;
    expect(log).toMatchObject({ name: '/aws/batch/acme-dev-gpu', retention_in_days: 90, skip_destroy: !may });
    expect(log.lifecycle?.prevent_destroy ?? false).toBe(!may);
  });

  test.each<[string, Partial<BatchTrainingProps>, string]>([
    ['no capacity', { capacity: [] }, "'capacity' must have at least one element, got none"],
    ['instances and Fargate', { capacity: [GPU, FARGATE] }, "'capacity' must be either instances or Fargate, got both"],
    ['too many environments', { capacity: [GPU, GPU, GPU, GPU] }, "'capacity' must have at most 3 elements, got 4"],
    ['no team', { shares: {} }, "'shares' must have at least one team, got none"],
    ['a share of nothing', { shares: { fraud: 0 } }, "'shares.fraud' must be between 1 and 100, got 0"],
    ['a fraction', { shares: { fraud: 0.5 } }, "'shares.fraud' must be a whole number, got 0.5"],
    ['two teams with one identifier', { shares: { 'a-b': 1, ab: 1 } }, "'a-b' and 'ab' have one share identifier"],
    [
      'uneven shares',
      { shares: { a: 100, b: 99, c: 1 } },
      "'shares' must have a smaller common multiple: it gives a weight of 9900",
    ],
    ['no queue', { queues: {} }, "'queues' must have at least one queue, got none"],
    ['a priority', { queues: { a: 1001 } }, "'queues.a' must be between 0 and 1000, got 1001"],
    ['a name', { queues: { Fast: 1 } }, "'queues' must be lower-case letters, digits and single hyphens"],
    ['a wait', { maxWaitMinutes: 5 }, "'maxWaitMinutes' must be between 10 and 1440, got 5"],
    ['a small volume', { volumeGb: 8 }, "'volumeGb' must be between 30 and 16384, got 8"],
    ['a retention', { logRetentionDays: 6 }, "'logRetentionDays' must be one of 1, 3, 5"],
  ])('%s is refused', (_, props, message) => {
    expect(() => poolIn(acmeStack(), props)).toThrow(message);
  });

  test.each([
    [() => Capacity.spot({ instanceTypes: [], maxVcpus: 4 }), "'instanceTypes' must have at least one type, got none"],
    [
      () => Capacity.spot({ instanceTypes: ['ml.g5.xlarge'], maxVcpus: 4 }),
      "'instanceTypes[0]' must be a type or family of EC2 instances such as g5.xlarge or c7i, without ml., got 'ml.g5.xlarge'",
    ],
    [
      () => Capacity.onDemand({ instanceTypes: ['trn1.32xlarge'], maxVcpus: 4 }),
      "'instanceTypes[0]' must not be of a family without a driver in the images of AWS Batch (Amazon Linux 2023), got 'trn1.32xlarge'",
    ],
    [() => Capacity.fargate({ maxVcpus: 0 }), "Capacity.fargate: 1 invalid property\n  - 'maxVcpus' must be between 1"],
  ])('capacity that cannot be started is refused: %#', (make, message) => {
    expect(make).toThrow(message);
  });

  test('the parts can be used alone', () => {
    const stack = acmeStack();
    const bases = (name: string) => BASES[name]!(stack) as never;
    expect(new Instances(stack, 'Instances', bases('new Instances')).launchTemplateVersion).toBeDefined();
    expect(new JobQueue(stack, 'Queue', bases('new JobQueue')).queueName).toBeDefined();
  });
});

describe('the shares of the service', () => {
  test('are whole numbers, which single-precision numbers keep', () => {
    expect(weightFactors({ a: 1, b: 2, c: 3 })).toEqual({ a: 6, b: 3, c: 2 });
    for (const weight of Object.values(weightFactors({ a: 7, b: 4, c: 10 }))) expect(Math.fround(weight)).toBe(weight);
  });

  test('stay below the largest weight of the service', () => {
    expect(brokenShares({ a: 100, b: 99, c: 1 })).toEqual([
      expect.objectContaining({
        must: 'must have a smaller common multiple: it gives a weight of 9900, the limit is 999',
      }),
    ]);
    expect(brokenShares({ a: 100, b: 50, c: 10, d: 1 })).toEqual([]);
  });

  test('name teams by letters and digits', () => expect(shareOf('data-science-2')).toBe('datascience2'));
});

describe('a job', () => {
  test('says everything that its container is, and nothing that the service does not know', () => {
    const stack = acmeStack();
    jobIn(stack, {
      gpus: 1,
      sharedMemoryMib: 2048,
      command: ['python', 'train.py', 'Ref::epochs'],
      environment: { SEED: '1', EPOCHS: '5' },
      secrets: { TOKEN: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:hub-AbCdEf' },
      user: '1000:1000',
    });
    expect(container(stack)).toEqual({
      image: expect.stringMatching(/@sha256:a{64}$/),
      command: ['python', 'train.py', 'Ref::epochs'],
      jobRoleArn: expect.stringContaining('aws_iam_role.Churn_Role'),
      executionRoleArn: expect.stringContaining('aws_iam_role.Churn_Execution'),
      resourceRequirements: [
        { type: 'VCPU', value: '4' },
        { type: 'MEMORY', value: '15000' },
        { type: 'GPU', value: '1' },
      ],
      environment: [
        { name: 'EPOCHS', value: '5' },
        { name: 'SEED', value: '1' },
      ],
      secrets: [{ name: 'TOKEN', valueFrom: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:hub-AbCdEf' }],
      volumes: [],
      mountPoints: [],
      readonlyRootFilesystem: false,
      privileged: false,
      user: '1000:1000',
      linuxParameters: { sharedMemorySize: 2048 },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': expect.stringContaining('aws_cloudwatch_log_group.Gpu_Output'),
          'awslogs-region': 'eu-north-1',
          'awslogs-stream-prefix': 'fraud',
        },
      },
    });
    expect(definition(stack)).toMatchObject({
      name: 'acme-dev-churn',
      type: 'container',
      platform_capabilities: ['EC2'],
      propagate_tags: true,
      scheduling_priority: 1, // a queue with shares refuses a job without one
      timeout: { attempt_duration_seconds: 86_400 },
    });
  });

  test('on Fargate has no public address, and the disk that it asks for', () => {
    const stack = acmeStack();
    jobIn(stack, { diskGb: 100 }, { capacity: [FARGATE] });
    expect(definition(stack).platform_capabilities).toEqual(['FARGATE']);
    const properties = container(stack);
    expect(properties).toMatchObject({
      networkConfiguration: { assignPublicIp: 'DISABLED' },
      fargatePlatformConfiguration: { platformVersion: '1.4.0' },
      ephemeralStorage: { sizeInGiB: 100 },
    });
    for (const key of ['privileged', 'linuxParameters']) expect(properties).not.toHaveProperty(key);
  });

  test.each([
    ['an instance', [GPU], 3, 'Host EC2*'],
    ['Fargate', [Capacity.fargateSpot({ maxVcpus: 4 })], 3, 'Your Spot Task was interrupted*'],
    ['no spot capacity', [Capacity.onDemand({ instanceTypes: ['g5.xlarge'], maxVcpus: 4 })], 1, 'Host EC2*'],
  ])(
    'is tried again only when %s was taken back: a program that failed fails again',
    (_, capacity, attempts, reason) => {
      const stack = acmeStack();
      jobIn(stack, {}, { capacity });
      expect(definition(stack).retry_strategy).toEqual({
        attempts,
        evaluate_on_exit: [
          { on_status_reason: reason, action: 'RETRY' },
          { on_reason: '*', action: 'EXIT' },
        ],
      });
    },
  );

  test('reads what it is given and nothing else, and finds it in its environment', () => {
    const stack = acmeStack();
    const bucket = Bucket.fromBucketAttributes(stack, 'Data', { bucketArn: 'arn:aws:s3:::acme-data' });
    const job = jobIn(stack, { inputs: { train: DataSource.bucket(bucket, 'churn/train') } });
    const { statements } = Template.synth(stack).policyOf(job.role);
    expect(statements.flatMap(({ actions }) => actions ?? []).sort()).toEqual(
      ['s3:ListBucket', 's3:GetBucketLocation', ...READ].sort(),
    );
    expect(container(stack).environment).toEqual([{ name: 'DATA_TRAIN', value: 's3://acme-data/churn/train/' }]);
  });

  test('pulls its image and reads its secrets with a role that its program does not have', async () => {
    const stack = acmeStack();
    const secretsKey = keyIn(stack, 'SecretsKey');
    const secrets = { TOKEN: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:hub-AbCdEf' };
    const job = jobIn(stack, { secrets, secretsKey });
    const template = Template.synth(stack);
    const executor = job.node.findChild('Execution') as BatchJob['role'];
    const actions = template.policyOf(executor).statements.flatMap((statement) => statement.actions ?? []);
    expect([...new Set(actions)].sort()).toEqual(
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetAuthorizationToken',
        'ecr:GetDownloadUrlForLayer',
        'kms:Decrypt',
        'kms:DescribeKey',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'secretsmanager:GetSecretValue',
      ].sort(),
    );
    expect(template.all('aws_iam_role_policy').filter(({ role }) => `${role}`.includes('Churn_Role'))).toEqual([]);
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('can be submitted to one queue of its pool, and to no other', () => {
    const stack = acmeStack();
    const job = jobIn(stack, {}, { queues: { urgent: 10, normal: 1 } });
    const role = roleIn(stack);
    job.grantSubmit(role, 'normal');
    const [submit] = Template.synth(stack).policyOf(role).statements;
    expect(submit!.resources!.filter((arn) => arn.includes('queue'))).toHaveLength(1);
    expect(() => job.grantSubmit(role, 'fast')).toThrow("'queue' must be one of urgent, normal, got 'fast'");
  });

  test.each<[string, Partial<BatchJobProps>, Partial<BatchTrainingProps>, string]>([
    ['a team without a share', { team: 'ads' }, {}, "'team' must be one of fraud, got 'ads'"],
    ['half a processor', { vcpus: 0.5 }, {}, "'vcpus' must be a whole number on EC2, got 0.5; round it up"],
    [
      'more memory than a job gets on any instance',
      { memoryMib: 32_768 },
      {},
      "'memoryMib' must be at most 32224, all that a job gets of g5.xlarge, g5.2xlarge after what the system keeps, got 32768; lower it, or add a larger type",
    ],
    [
      'more vCPUs and processors than one instance has',
      { vcpus: 16, gpus: 2 },
      {},
      "2 invalid properties\n  - 'vcpus' must be at most 8, all that a job gets of g5.xlarge, g5.2xlarge, got 16; lower it, or add a larger type\n  - 'gpus' must be at most 1, all",
    ],
    [
      'what no instance has at once',
      { vcpus: 16, memoryMib: 60_000 },
      { capacity: [Capacity.spot({ instanceTypes: ['c7i.4xlarge', 'r7i.2xlarge'], maxVcpus: 64 })] },
      "'memoryMib' must fit one of c7i.4xlarge, r7i.2xlarge, of which none has 16 vCPUs, 60000 MiB and 0 graphics processors, got 60000; lower it, or add a larger type",
    ],
    ['more than the pool has', { vcpus: 96 }, {}, "'vcpus' must be at most 64, all that the pool has, got 96"],
    [
      'a graphics processor where there is none',
      { gpus: 1 },
      { capacity: [GPU, Capacity.onDemand({ instanceTypes: ['m5'], maxVcpus: 8 })] },
      "'gpus' must be 0 unless each capacity of the pool has a type with graphics processors; add one",
    ],
    ['one on Fargate', { gpus: 1 }, { capacity: [FARGATE] }, "'gpus' must be 0 on Fargate, got 1; use a pool of spot"],
    [
      'three vCPUs',
      { vcpus: 3 },
      { capacity: [FARGATE] },
      "'vcpus' must be one of 0.25, 0.5, 1, 2, 4, 8, 16 on Fargate",
    ],
    [
      'memory that no vCPU has',
      { memoryMib: 5000 },
      { capacity: [FARGATE] },
      "'memoryMib' must be 4096 to 16384 in steps of 1024 on Fargate with 2 vCPU, got 5000",
    ],
    ['shared memory', { sharedMemoryMib: 64 }, { capacity: [FARGATE] }, "'sharedMemoryMib' must not be set on Fargate"],
    ['a disk of its own', { diskGb: 50 }, {}, "'diskGb' has no effect on instances; set 'volumeGb' of the pool"],
    ['a disk', { diskGb: 20 }, { capacity: [FARGATE] }, "'diskGb' must be between 21 and 200, got 20"],
    ['no time', { timeoutMinutes: 0 }, {}, "'timeoutMinutes' must be between 1 and 20160, got 0"],
    ['many attempts', { attempts: 11 }, {}, "'attempts' must be between 1 and 10, got 11"],
    ['a reserved variable', { environment: { AWS_BATCH_JOB_ID: '1' } }, {}, "'environment' must be a name of letters"],
    ['a secret by name', { secrets: { TOKEN: 'hub' } }, {}, "'secrets.TOKEN' must be the ARN of a secret"],
    [
      'an input',
      { inputs: { 'train-set': undefined as never } },
      {},
      "'inputs' must be lower-case letters, digits and",
    ],
  ])('%s is refused', (_, props, pool, message) => {
    expect(() => jobIn(acmeStack(), props, pool)).toThrow(message);
  });
});

test('Fargate offers memory by vCPUs as its table says', () => {
  const offered = (vcpus: number, memoryMib: number) => brokenSize('fargate', { vcpus, memoryMib }).length === 0;
  // of each row of the table the first and the last, and what is next to them
  expect([512, 1024, 2048].every((memory) => offered(0.25, memory))).toBe(true);
  expect([256, 1536, 3072].some((memory) => offered(0.25, memory))).toBe(false);
  for (const [vcpus, least, most, step] of [
    [0.5, 1024, 4096, 1024],
    [1, 2048, 8192, 1024],
    [2, 4096, 16_384, 1024],
    [4, 8192, 30_720, 1024],
    [8, 16_384, 61_440, 4096],
    [16, 32_768, 122_880, 8192],
  ] as const) {
    expect([least, least + step, most].every((memory) => offered(vcpus, memory))).toBe(true);
    expect([least - step, least + 1, most + step].some((memory) => offered(vcpus, memory))).toBe(false);
  }
});

test('a job may ask for what an instance has, less what the system keeps for sure', () => {
  const isHeld = (types: string[], vcpus: number, memoryMib: number, gpus = 0) =>
    brokenPlace(types, { vcpus, memoryMib, gpus }).length === 0;
  // 8373026816 bytes of an m5.large, as `free` says in the guide, less 32 MiB of the agent
  expect(isHeld(['m5.large'], 2, 7953)).toBe(true);
  expect(isHeld(['m5.large'], 2, 8032)).toBe(true);
  expect(isHeld(['m5.large'], 2, 8033)).toBe(false);
  expect(isHeld(['m5'], 96, 380_000)).toBe(true); // a family has its largest type
  expect(isHeld(['m5'], 97, 4)).toBe(false);
  expect(isHeld(['g5.12xlarge'], 4, 1000, 4)).toBe(true);
  expect(isHeld(['g5.12xlarge'], 4, 1000, 5)).toBe(false);
  expect(isHeld(['t3.large', 'm5.large'], 96, 4)).toBe(true); // the first is not in the table: nothing is said
});

test.each([
  ['g5.xlarge', true],
  ['g6e', true],
  ['p5.48xlarge', true],
  ['p6-b200.48xlarge', true],
  ['m5.xlarge', false],
  ['c7gd.large', false],
])('%s has graphics processors: %s', (type, has) => {
  expect(hasGpu(type)).toBe(has);
});
