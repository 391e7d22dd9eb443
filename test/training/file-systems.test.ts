import type { AwsStack } from '../../lib/aws/aws-stack';
import { KEPT_TYPES } from '../../lib/aws/kept-types';
import { Network } from '../../lib/network/network';
import { SecurityGroup } from '../../lib/network/security-group';
import { ImageRepository } from '../../lib/registry/image-repository';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { BatchJob } from '../../lib/training/batch/batch-job';
import { BatchTraining } from '../../lib/training/batch/batch-training';
import { Capacity } from '../../lib/training/batch/capacity';
import { DataSource } from '../../lib/training/data/data-source';
import { ElasticFileSystem, type ElasticFileSystemProps } from '../../lib/training/data/elastic-file-system';
import { ExpressBucket } from '../../lib/training/data/express-bucket';
import { brokenCapacity, brokenZoneId, LUSTRE_DEPLOYMENTS } from '../../lib/training/data/file-system-limits';
import { LustreFileSystem, type LustreFileSystemProps } from '../../lib/training/data/lustre-file-system';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, DECRYPT, keyIn, roleIn, TWO_KEYS } from '../support/stack';
import { trainingIn } from '../support/training';

const [FIRST, SECOND] = ['subnet-11111111', 'subnet-22222222'] as const;
const networkIn = (stack: AwsStack) =>
  Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    privateSubnetIds: [FIRST, SECOND],
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });
const groupIn = (stack: AwsStack) => SecurityGroup.fromSecurityGroupId(stack, 'Jobs', 'sg-11111111');

function lustreIn(stack: AwsStack, props: Partial<LustreFileSystemProps> = {}): LustreFileSystem {
  const bucket = new Bucket(stack, 'Data', { bucketName: 'acme-data', encryptionKey: keyIn(stack, 'DataKey') });
  const network = networkIn(stack);
  const encryptionKey = keyIn(stack);
  return new LustreFileSystem(stack, 'Fast', { network, encryptionKey, bucket, prefix: 'churn/train', ...props });
}

function efsIn(stack: AwsStack, props: Partial<ElasticFileSystemProps> = {}): ElasticFileSystem {
  return new ElasticFileSystem(stack, 'Files', {
    network: networkIn(stack),
    encryptionKey: keyIn(stack),
    teams: ['fraud', 'ads'],
    ...props,
  });
}

const addressesOf = (template: Template, type: string) =>
  template.addresses().filter((one) => one.startsWith(`${type}.`));
/** Rules of a direction, as `<group> <ports> <peer>`. */
const rules = (template: Template, direction: 'ingress' | 'egress') =>
  template.all(`aws_vpc_security_group_${direction}_rule`).map((rule) => {
    const name = (group: unknown) => /(Fast|Files|sg-1)/.exec(`${group}`)?.[1];
    return `${name(rule.security_group_id)} ${rule.from_port}-${rule.to_port} ${name(rule.referenced_security_group_id)}`;
  });

describe('a file system of FSx for Lustre', () => {
  test('is a cache of a folder: it follows new, changed and deleted objects, and exports nothing', () => {
    const stack = acmeStack();
    lustreIn(stack);
    const template = Template.synth(stack);
    expect(template.one('aws_fsx_data_repository_association')).toMatchObject({
      data_repository_path: expect.stringMatching(/^s3:\/\/\$\{aws_s3_bucket\.[^}]+\.bucket\}\/churn\/train\/$/),
      file_system_path: '/data',
      batch_import_meta_data_on_create: true, // else the folder is empty until an object changes
      s3: { auto_import_policy: { events: ['NEW', 'CHANGED', 'DELETED'] } },
    });
    expect(JSON.stringify(template.one('aws_fsx_data_repository_association'))).not.toContain('export');
    const resource = template.one('aws_fsx_lustre_file_system');
    expect(resource).not.toHaveProperty('lifecycle'); // the data is in the bucket
    expect(Object.keys(KEPT_TYPES)).not.toContain('aws_fsx_lustre_file_system');
    expect(resource.skip_final_backup).toBe(true); // FSx refuses a backup of a linked file system
    // a link lists every object first, and more capacity takes an hour: the provider gives up after 10 and 30 minutes
    expect(template.one('aws_fsx_data_repository_association').timeouts).toMatchObject({ create: '2h', delete: '2h' });
    expect(resource.timeouts).toMatchObject({ update: '3h' });
  });

  test('is made after the rules of its group, without which FSx refuses it', () => {
    const stack = acmeStack();
    lustreIn(stack);
    const template = Template.synth(stack);
    const own = ['ingress', 'egress'].flatMap((direction) =>
      addressesOf(template, `aws_vpc_security_group_${direction}_rule`),
    );
    expect(own).toHaveLength(4); // two ranges of ports, in both directions
    const { depends_on } = template.one('aws_fsx_lustre_file_system') as { depends_on?: readonly string[] };
    expect([...(depends_on ?? [])].sort()).toEqual([...own].sort());
  });

  test.each(LUSTRE_DEPLOYMENTS)(
    'has a version that FSx links to a bucket, which its default for scratch is not: %s',
    (deployment) => {
      const stack = acmeStack();
      lustreIn(stack, { deployment });
      expect(Template.synth(stack).one('aws_fsx_lustre_file_system').file_system_type_version).toBe('2.15');
    },
  );

  test('is in one zone, with the key of the platform, compressed, and its warnings are kept', () => {
    const stack = acmeStack();
    const fast = lustreIn(stack, { subnetId: SECOND, capacityGib: 4800, throughput: 250 });
    const template = Template.synth(stack);
    expect(template.one('aws_fsx_lustre_file_system')).toMatchObject({
      deployment_type: 'PERSISTENT_2',
      storage_capacity: 4800,
      per_unit_storage_throughput: 250,
      subnet_ids: [SECOND],
      data_compression_type: 'LZ4',
      kms_key_id: expect.stringContaining('aws_kms_key.Key_'),
      log_configuration: { level: 'WARN_ERROR' },
    });
    expect(template.one('aws_cloudwatch_log_group').name).toBe('/aws/fsx/acme-dev-fast'); // FSx writes to no other prefix
    expect(fast.subnetId).toBe(SECOND);
  });

  test('without replicas has neither a throughput nor a key of ours, which FSx refuses', () => {
    const stack = acmeStack();
    lustreIn(stack, { deployment: 'scratch' });
    const resource = Template.synth(stack).one('aws_fsx_lustre_file_system');
    expect(resource.deployment_type).toBe('SCRATCH_2');
    for (const key of ['per_unit_storage_throughput', 'kms_key_id', 'automatic_backup_retention_days']) {
      expect(resource).not.toHaveProperty(key);
    }
  });

  test('may read the encrypted objects of its bucket, by the role that FSx makes for it', () => {
    const stack = acmeStack();
    lustreIn(stack);
    const keys = Template.synth(stack).all('aws_kms_key') as { policy: string }[];
    const allowing = keys.filter(({ policy }) => policy.includes('AWSServiceRoleForFSxS3Access_*'));
    expect(allowing).toHaveLength(1); // of the bucket's key, not of the file system's
    const statement = JSON.parse(allowing[0]!.policy).Statement.find(({ Principal }: any) => Principal === '*');
    expect(statement.Action).toEqual(DECRYPT);
  });

  test('is reached on the ports of Lustre in both directions, because its servers call their clients', () => {
    const stack = acmeStack();
    const fast = lustreIn(stack);
    DataSource.lustre(fast).bindTo({ role: roleIn(stack), connections: groupIn(stack).connections });
    const template = Template.synth(stack);
    for (const direction of ['ingress', 'egress'] as const) {
      expect(rules(template, direction).sort()).toEqual([
        'Fast 1018-1023 Fast',
        'Fast 1018-1023 sg-1',
        'Fast 988-988 Fast',
        'Fast 988-988 sg-1',
        'sg-1 1018-1023 Fast',
        'sg-1 988-988 Fast',
      ]);
    }
  });

  test('is a source that a training job mounts read-only, at its mount name, from the same zone', () => {
    const stack = acmeStack();
    const data = DataSource.lustre(lustreIn(stack), '2026/11');
    const channel = JSON.stringify(data.channel('train'));
    expect(JSON.parse(channel)).toMatchObject({
      ChannelName: 'train',
      DataSource: { FileSystemDataSource: { FileSystemType: 'FSxLustre', FileSystemAccessMode: 'ro' } },
    });
    expect(JSON.parse(channel)).not.toHaveProperty('InputMode');
    expect(channel).toMatch(/"DirectoryPath":"\/\$\{TfToken\[[^"]+\/data\/2026\/11"/);
    expect(data.subnetIds).toEqual([FIRST]);
  });

  test('brings the jobs that read it into its zone', () => {
    const stack = acmeStack();
    const bucket = Bucket.fromBucketAttributes(stack, 'Existing', { bucketArn: 'arn:aws:s3:::acme-existing' });
    const network = networkIn(stack);
    const encryptionKey = keyIn(stack);
    const fast = new LustreFileSystem(stack, 'Fast', { network, encryptionKey, bucket, prefix: 'a', subnetId: SECOND });
    const training = trainingIn(stack, { inputs: { train: DataSource.lustre(fast) } });
    expect(training.request().VpcConfig).toMatchObject({ Subnets: [SECOND] });
    expect(trainingIn(acmeStack()).request().VpcConfig).toMatchObject({ Subnets: [FIRST, SECOND] });
  });

  test('has the version of the folder that it is linked to', () => {
    const stack = acmeStack();
    const bucket = Bucket.fromBucketAttributes(stack, 'Existing', { bucketArn: 'arn:aws:s3:::acme-existing' });
    const fast = lustreIn(stack, { bucket });
    expect(DataSource.lustre(fast, '2026').version!.source).toBe('s3://acme-existing/churn/train/2026/');
  });

  test.each<[string, Partial<LustreFileSystemProps>, string]>([
    [
      'a size between the steps',
      { capacityGib: 3000 },
      "'capacityGib' must be 1200 or a multiple of 2400 up to 960000, got 3000; choose 4800",
    ],
    ['a small one', { capacityGib: 100 }, 'got 100; choose 1200'],
    ['a speed', { throughput: 200 as never }, "'throughput' must be one of 125, 250, 500, 1000, got '200'"],
    [
      'a speed without replicas',
      { deployment: 'scratch', throughput: 125 },
      "'throughput' must not be set with scratch, which has 200 MB/s for each TiB, got 125; remove it",
    ],
    ['a folder', { prefix: 'churn/' }, "'prefix' must be a folder of objects such as churn/train"],
    ['a deployment', { deployment: 'fast' as never }, "'deployment' must be one of persistent, scratch, got 'fast'"],
    ['a subnet', { subnetId: 'a' }, "'subnetId' must be"],
  ])('%s that FSx refuses is refused', (_, props, message) => {
    expect(() => lustreIn(acmeStack(), props)).toThrow(message);
  });

  test('has the sizes of FSx', () => {
    expect([1200, 2400, 4800, 7200, 960_000].flatMap(brokenCapacity)).toEqual([]);
    for (const gib of [0, 1199, 1201, 3600, 962_400]) expect(brokenCapacity(gib)).toHaveLength(1);
  });
});

describe('a file system of EFS', () => {
  test('is encrypted, in each zone, backed up, and moves what nobody reads to the cheaper class', () => {
    const stack = acmeStack();
    efsIn(stack, { infrequentAfterDays: 1 });
    const template = Template.synth(stack);
    expect(template.one('aws_efs_file_system')).toMatchObject({
      creation_token: 'acme-dev-files',
      encrypted: true,
      kms_key_id: expect.stringContaining('aws_kms_key.Key_'),
      throughput_mode: 'elastic',
      lifecycle_policy: [
        { transition_to_ia: 'AFTER_1_DAY' },
        { transition_to_primary_storage_class: 'AFTER_1_ACCESS' },
      ],
    });
    expect(template.all('aws_efs_mount_target').map(({ subnet_id }) => subnet_id)).toEqual([FIRST, SECOND]);
    expect(template.one('aws_efs_backup_policy')).toMatchObject({ backup_policy: { status: 'ENABLED' } });
  });

  test('lets nobody in without TLS, and no role that is not granted a team', async () => {
    const stack = acmeStack();
    efsIn(stack);
    const template = Template.synth(stack);
    const { Statement } = JSON.parse(template.one('aws_efs_file_system_policy').policy as string);
    expect(Statement).toEqual([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: [
          'elasticfilesystem:ClientMount',
          'elasticfilesystem:ClientWrite',
          'elasticfilesystem:ClientRootAccess',
        ],
        Resource: [expect.stringContaining('aws_efs_file_system')],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('lets SageMaker read, which has neither TLS nor a role there, only where that is said; and never write', () => {
    const stack = acmeStack();
    const files = efsIn(stack, { plainReads: true });
    const template = Template.synth(stack);
    const [denied, reads] = JSON.parse(template.one('aws_efs_file_system_policy').policy as string).Statement;
    expect(denied.Action).toEqual(['elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess']);
    expect(reads).toMatchObject({
      Effect: 'Allow',
      Action: ['elasticfilesystem:ClientMount'],
      Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
    });
    expect(JSON.stringify(DataSource.efs(files, 'fraud', 'churn').channelSource())).toContain(
      '"DirectoryPath":"/fraud/churn"',
    );
    const strict = DataSource.efs(efsIn(acmeStack()), 'fraud');
    expect(() => strict.channelSource()).toThrow(
      "DataSource.efs: a training job of SageMaker mounts test/Files without TLS and without a role, which it refuses; set its 'plainReads: true', or use data in S3",
    );
  });

  test.each([false, true])('makes folders once, so that reading can be allowed later: plainReads %s', (plainReads) => {
    const stack = acmeStack();
    efsIn(stack, { plainReads });
    const folders = Template.synth(stack).all('aws_efs_access_point') as Record<string, any>[];
    expect(folders.map(({ root_directory }) => root_directory.creation_info.permissions)).toEqual(['0755', '0755']);
  });

  test('keeps the targets of the other subnets when one is taken off the list', () => {
    const THIRD = 'subnet-33333333';
    const targets = (...privateSubnetIds: string[]) => {
      const stack = acmeStack();
      efsIn(stack, {
        network: Network.fromNetworkAttributes(stack, 'Own', { vpcId: 'vpc-11111111', privateSubnetIds }),
      });
      const template = Template.synth(stack);
      const addresses = addressesOf(template, 'aws_efs_mount_target');
      return template.all('aws_efs_mount_target').map(({ subnet_id }, index) => [addresses[index], subnet_id]);
    };
    const all = targets(FIRST, SECOND, THIRD);
    expect(targets(FIRST, THIRD)).toEqual(all.filter(([, subnet]) => subnet !== SECOND));
    expect(targets(THIRD, SECOND, FIRST).sort()).toEqual([...all].sort());
  });

  test('is refused in two subnets of one zone, where EFS has one mount target only', () => {
    const attributes = { vpcId: 'vpc-11111111', privateSubnetIds: [FIRST, SECOND] };
    const networkOf = (stack: AwsStack, availabilityZones?: string[]) =>
      Network.fromNetworkAttributes(stack, 'Own', { ...attributes, availabilityZones });
    const known = acmeStack();
    expect(() => efsIn(known, { network: networkOf(known, ['eu-north-1a', 'eu-north-1a']) })).toThrow(
      'test/Files: the private subnets must be in different zones, because EFS has one mount target in a zone; list one subnet of each zone, got eu-north-1a, eu-north-1a',
    );
    const read = acmeStack();
    efsIn(read, { network: networkOf(read) });
    const [precondition] = (Template.synth(read).one('aws_efs_file_system').lifecycle as Record<string, any>)
      .precondition;
    expect(precondition.condition).toMatch(/length\(distinct\(\[.*Private1.*Private2.*\]\)\) == 2/); // in the plan
    const fine = acmeStack();
    efsIn(fine);
    expect(Template.synth(fine).one('aws_efs_file_system').lifecycle).not.toHaveProperty('precondition');
  });

  test('shows each team its folder only', () => {
    const stack = acmeStack();
    const files = efsIn(stack);
    const role = roleIn(stack);
    files.grantRead(role, 'ads');
    const template = Template.synth(stack);
    const folders = template.all('aws_efs_access_point') as Record<string, any>[];
    expect(folders.map(({ root_directory }) => root_directory.path)).toEqual(['/ads', '/fraud']);
    const [ads] = addressesOf(template, 'aws_efs_access_point');
    expect(template.policyOf(role).statements[0]!.conditions).toEqual({
      StringEquals: { 'elasticfilesystem:AccessPointArn': `\${${ads}.arn}` },
    });
    expect(() => files.grantRead(role, 'shop')).toThrow(
      "test/Files: 1 invalid property\n  - 'team' must be one of fraud, ads, got 'shop'",
    );
  });

  test('is mounted by a container of AWS Batch with TLS, as its role, read-only', () => {
    const stack = acmeStack();
    const files = efsIn(stack);
    const inputs = { train: DataSource.efs(files, 'fraud', 'churn') };
    const training = new BatchTraining(stack, 'Pool', {
      network: Network.fromNetworkAttributes(stack, 'SameNet', {
        vpcId: 'vpc-11111111',
        privateSubnetIds: [FIRST, SECOND],
      }),
      encryptionKey: keyIn(stack, 'PoolKey'),
      capacity: [Capacity.fargate({ maxVcpus: 8 })],
      shares: { fraud: 1 },
    });
    const repository = ImageRepository.fromRepositoryArn(
      stack,
      'Images',
      'arn:aws:ecr:eu-north-1:111122223333:repository/a',
    );
    const size = { vcpus: 1, memoryMib: 2048 };
    const job = new BatchJob(stack, 'Train', { training, team: 'fraud', repository, image: '1', ...size, inputs });
    const template = Template.synth(stack);
    const container = JSON.parse(template.one('aws_batch_job_definition').container_properties as string);
    expect(container).toMatchObject({
      volumes: [
        {
          name: 'train',
          efsVolumeConfiguration: {
            rootDirectory: '/',
            transitEncryption: 'ENABLED',
            authorizationConfig: { iam: 'ENABLED' },
          },
        },
      ],
      mountPoints: [{ containerPath: '/data/train', readOnly: true, sourceVolume: 'train' }],
      environment: [{ name: 'DATA_TRAIN', value: '/data/train/churn' }],
    });
    const actions = template.policyOf(job.role).statements.flatMap((statement) => statement.actions ?? []);
    expect(actions).toContain('elasticfilesystem:ClientMount');
    expect(actions).not.toContain('elasticfilesystem:ClientWrite');
    const nfs = [...template.all('aws_vpc_security_group_ingress_rule')].filter(({ from_port }) => from_port === 2049);
    expect(nfs).toHaveLength(1);
  });

  test.each(TWO_KEYS)('stack %s, file system %s: its files may be destroyed: %s', (ofStack, removal, may) => {
    const stack = acmeStack({ removal: ofStack });
    efsIn(stack, { removal });
    const { lifecycle } = Template.synth(stack).one('aws_efs_file_system') as Record<string, any>;
    expect(lifecycle?.prevent_destroy ?? false).toBe(!may);
  });

  test.each<[string, Partial<ElasticFileSystemProps>, string]>([
    ['no team', { teams: [] }, "'teams' must have at least one team, got none"],
    ['a team twice', { teams: ['ads', 'ads'] }, "'teams' must be different teams, got ads, ads"],
    ['a path', { teams: ['a/b'] }, "'teams[0]' must be lower-case letters, digits and single hyphens"],
    ['a period', { infrequentAfterDays: 10 as never }, "'infrequentAfterDays' must be one of 1, 7, 14, 30"],
  ])('%s is refused', (_, props, message) => {
    expect(() => efsIn(acmeStack(), props)).toThrow(message);
  });
});

describe('a directory bucket', () => {
  test('has the name that S3 asks for, in one zone, and takes sessions over TLS only', async () => {
    const stack = acmeStack();
    const express = new ExpressBucket(stack, 'Fast', { zoneId: 'eun1-az1' });
    const template = Template.synth(stack);
    expect(template.one('aws_s3_directory_bucket')).toMatchObject({
      bucket: 'acme-dev-fast--eun1-az1--x-s3',
      location: [{ name: 'eun1-az1', type: 'AvailabilityZone' }],
      lifecycle: { prevent_destroy: true },
    });
    const { Statement } = JSON.parse(template.one('aws_s3_bucket_policy').policy as string);
    expect(Statement).toMatchObject([
      { Effect: 'Deny', Action: ['s3express:CreateSession'], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
    expect(await lintPolicies(template)).toEqual([]);
    expect(express.node.path).toBe('test/Fast');
  });

  test('is refused in a zone of another region', () =>
    expect(() => new ExpressBucket(acmeStack(), 'Fast', { zoneId: 'use1-az4' })).toThrow(
      "'zoneId' must be in region eu-north-1, whose ids begin with eun1-az, got 'use1-az4'; write for example eun1-az1",
    ));

  test.each([
    ['us-east-1', 'use1-az4'],
    ['ap-northeast-1', 'apne1-az1'],
    ['eu-central-1', 'euc1-az2'],
    ['us-gov-west-1', 'usgw1-az1'],
    ['xx-upward-1', 'whatever1-az1'], // a word that is not known says nothing
  ])('is taken in %s with the zone %s', (region, zoneId) => expect(brokenZoneId(zoneId, region)).toEqual([]));

  test('keeps its suffix when its name is too long', () => {
    const stack = acmeStack();
    new ExpressBucket(stack, 'VeryLongNameOfSomeBucketThatNobodyWouldEverTypeTwice', { zoneId: 'eun1-az1' });
    const { bucket } = Template.synth(stack).one('aws_s3_directory_bucket') as { bucket: string };
    expect(bucket).toMatch(/^acme-dev-very-long-.*-[0-9a-f]{8}--eun1-az1--x-s3$/);
    expect(bucket.length).toBeLessThanOrEqual(63);
  });

  test('is a source like any bucket, whose readers open sessions that cannot write', () => {
    const stack = acmeStack();
    const express = new ExpressBucket(stack, 'Fast', { zoneId: 'eun1-az1' });
    const data = DataSource.express(express, 'churn', { inputMode: 'FastFile' });
    const role = roleIn(stack);
    data.bindTo({ role, connections: groupIn(stack).connections });
    expect(data.channel('train')).toMatchObject({
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix' } },
      InputMode: 'FastFile',
    });
    expect(data.version!.source).toMatch(/^s3:\/\/.+\/churn\/$/);
    expect(Template.synth(stack).policyOf(role).statements).toEqual([
      expect.objectContaining({
        actions: ['s3express:CreateSession'],
        conditions: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } },
      }),
    ]);
  });

  test('is in a zone by its id, which is the same place in every account', () => {
    expect(() => new ExpressBucket(acmeStack(), 'Fast', { zoneId: 'eu-north-1a' })).toThrow(
      "'zoneId' must be the id of an availability zone such as eun1-az1, not its name, got 'eu-north-1a'",
    );
  });
});

test('a processing job cannot mount a file system, and is told what it can read', () => {
  const stack = acmeStack();
  const sources = [DataSource.lustre(lustreIn(stack)), DataSource.efs(efsIn(acmeStack()), 'fraud')];
  for (const source of sources) {
    expect(() => source.processingInput('/opt/ml/processing/test')).toThrow(
      /DataSource\.\w+: a processing job cannot mount a file system; give it data in S3, e\.g\. DataSource\.bucket with the folder of the same data/,
    );
  }
});

test('a container of AWS Batch cannot mount Lustre, and is told what it can', () => {
  const source = DataSource.lustre(lustreIn(acmeStack()));
  expect(() => source.containerVolume('train')).toThrow(
    'DataSource.lustre: a container of AWS Batch cannot mount Lustre; use DataSource.efs, or DataSource.bucket',
  );
});

test('a folder of a file system is below it', () => {
  const fast = lustreIn(acmeStack());
  expect(() => DataSource.lustre(fast, '/data')).toThrow(
    "DataSource.lustre: 1 invalid property\n  - 'directory' must be folders such as churn/train, without a slash at either end, got '/data'",
  );
});
