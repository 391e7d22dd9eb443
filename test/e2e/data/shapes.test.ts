import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsStack } from '../../../lib/aws/aws-stack';
import { Network } from '../../../lib/network/network';
import { ImageRepository } from '../../../lib/registry/image-repository';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { BatchJob, type BatchJobProps } from '../../../lib/training/batch/batch-job';
import { BatchTraining } from '../../../lib/training/batch/batch-training';
import { Capacity } from '../../../lib/training/batch/capacity';
import { type InstanceSize, sizeOf } from '../../../lib/training/batch/instance-limits';
import { DataSource } from '../../../lib/training/data/data-source';
import { ElasticFileSystem } from '../../../lib/training/data/elastic-file-system';
import { ExpressBucket } from '../../../lib/training/data/express-bucket';
import { LustreFileSystem } from '../../../lib/training/data/lustre-file-system';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { describeWith } from '../../support/machine';
import { ApiShapes } from '../../support/pipeline/api-shapes';
import { acmeStack, keyIn } from '../../support/stack';

/** The shapes of a service's API in the botocore of the emulators. */
async function shapesOf(service: string): Promise<ApiShapes> {
  const python = await emulatorPython(process.env, process.env.HOME!, () => {});
  const program = 'import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), "data"))';
  const { stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' });
  const folder = join(stdout.trim(), service);
  return ApiShapes.read(join(folder, readdirSync(folder).sort().at(-1)!, 'service-2.json.gz'));
}

/** What `DescribeInstanceTypes` of EC2 says, in the emulator's copy. */
async function instancesOfEc2(): Promise<Record<string, InstanceSize>> {
  const python = await emulatorPython(process.env, process.env.HOME!, () => {});
  const program = `
import gzip, json, moto, pathlib
path = pathlib.Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
gpus = lambda one: sum(gpu["Count"] for gpu in one.get("GpuInfo", {}).get("Gpus", []))
print(json.dumps({name: {"vcpus": one["VCpuInfo"]["DefaultVCpus"], "memoryMib": one["MemoryInfo"]["SizeInMiB"], "gpus": gpus(one)}
    for name, one in json.loads(gzip.open(path).read()).items()}))
`;
  return JSON.parse(spawnSync(python, ['-c', program], { encoding: 'utf8', maxBuffer: 1 << 24 }).stdout);
}

const networkIn = (stack: AwsStack) =>
  Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });

const JOBS: [string, Capacity, Partial<BatchJobProps>][] = [
  ['the least', Capacity.onDemand({ instanceTypes: ['m5'], maxVcpus: 8 }), {}],
  [
    'everything on instances',
    Capacity.spot({ instanceTypes: ['g5.xlarge'], maxVcpus: 8 }),
    {
      gpus: 1,
      sharedMemoryMib: 64,
      command: ['train', 'Ref::epochs'],
      environment: { A: '1' },
      secrets: { TOKEN: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:hub-AbCdEf' },
      readOnlyRoot: true,
      user: '1000',
    },
  ],
  ['everything on Fargate', Capacity.fargate({ maxVcpus: 8 }), { diskGb: 50, command: ['train'] }],
];

describeWith(['python'], 'what AWS is asked for has the shapes of its API', () => {
  test.each(JOBS)('the container of a job with %s', async (_, capacity, props) => {
    const stack = acmeStack();
    const network = networkIn(stack);
    const encryptionKey = keyIn(stack);
    const training = new BatchTraining(stack, 'Pool', {
      network,
      encryptionKey,
      capacity: [capacity],
      shares: { fraud: 1 },
    });
    const files = new ElasticFileSystem(stack, 'Files', { network, encryptionKey, teams: ['fraud'] });
    const repository = ImageRepository.fromRepositoryArn(
      stack,
      'Images',
      'arn:aws:ecr:eu-north-1:111122223333:repository/a',
    );
    const inputs = { labels: DataSource.efs(files, 'fraud', 'labels') };
    new BatchJob(stack, 'Job', {
      training,
      team: 'fraud',
      repository,
      image: '1',
      vcpus: 1,
      memoryMib: 2048,
      inputs,
      ...props,
    });
    const { container_properties } = Template.synth(stack).one('aws_batch_job_definition');
    const shapes = await shapesOf('batch');
    expect(shapes.faults('ContainerProperties', JSON.parse(container_properties as string))).toEqual([]);
  });

  test('the container of a job with a key that the service does not know, and which Terraform would plan, is found', async () => {
    const shapes = await shapesOf('batch');
    expect(shapes.faults('ContainerProperties', { image: 'a', resources: [] })).toEqual([
      'ContainerProperties: unknown key resources',
    ]);
  });

  test('the sizes of the instances that hold jobs are those of EC2, and each family has its largest type', async () => {
    const known = Object.entries(await instancesOfEc2()).filter(([type]) => sizeOf(type) !== undefined);
    const wrong = known.filter(([type, size]) => JSON.stringify(sizeOf(type)) !== JSON.stringify(size));
    expect(wrong).toEqual([]);
    expect(known.length).toBeGreaterThan(900);
    const families = new Map<string, number>();
    for (const [type, { vcpus }] of known) {
      const [family = ''] = type.split('.');
      families.set(family, Math.max(vcpus, families.get(family) ?? 0));
    }
    for (const [family, vcpus] of families) expect([family, sizeOf(family)?.vcpus]).toEqual([family, vcpus]);
  });

  test('each source of data, as a channel and as an input', async () => {
    const stack = acmeStack();
    const network = networkIn(stack);
    const encryptionKey = keyIn(stack);
    const bucket = Bucket.fromBucketAttributes(stack, 'Data', { bucketArn: 'arn:aws:s3:::acme-data' });
    const efs = new ElasticFileSystem(stack, 'Files', { network, encryptionKey, teams: ['fraud'], plainReads: true });
    const objects = [
      DataSource.bucket(bucket, 'churn', { inputMode: 'FastFile', contentType: 'text/csv' }),
      DataSource.manifest(bucket, 'a.manifest', 'churn', { distribution: 'ShardedByS3Key' }),
      DataSource.express(new ExpressBucket(stack, 'Hot', { zoneId: 'eun1-az1' }), 'churn'),
    ];
    const mounted = [
      DataSource.lustre(new LustreFileSystem(stack, 'Fast', { network, encryptionKey, bucket, prefix: 'a' }), 'b'),
      DataSource.efs(efs, 'fraud'),
    ];
    const shapes = await shapesOf('sagemaker');
    const plain = (value: object) => JSON.parse(JSON.stringify(value));
    // the id of a file system is made up by the service
    const isId = (value: unknown) => (/TfToken/.test(`${value}`) ? { sample: 'fs-0123456789abcdef0' } : undefined);
    for (const source of [...objects, ...mounted]) {
      expect(
        shapes.faults('Channel', plain(source.channel('train')), (value, _, path) =>
          /FileSystemId$/.test(path) ? isId(value) : undefined,
        ),
      ).toEqual([]);
    }
    for (const source of objects) {
      const input = { InputName: 'test', ...plain(source.processingInput('/opt/ml/processing/test')) };
      expect(shapes.faults('ProcessingInput', input)).toEqual([]);
    }
  });
});
