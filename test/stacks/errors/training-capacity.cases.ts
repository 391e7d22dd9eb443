import { parseEnvironment } from '../../../stacks/environment';
import { errorOf, GOOD } from '../environment-text';

/** What is written in braces under `training`, in line 20, and its errors, each after its column. */
const BAD: readonly (readonly [text: string, ...errors: string[]])[] = [
  [
    'fileSystems: { fast: { type: lustre, prefix: churn } }',
    '28 training.fileSystems.fast: is missing its zone; add for example zone: features',
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: raw } }',
    '28 training.fileSystems.fast: is missing its prefix; add for example prefix: churn/train',
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: features, prefix: churn } }',
    "56 training.fileSystems.fast.zone: must be a name under lake.zones, got 'features'; use one of raw, curated",
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: raw, prefix: churn/ } }',
    "69 training.fileSystems.fast.prefix: must be a folder of objects such as churn/train, without a bucket, a wildcard or a slash at either end, got 'churn/'; write churn",
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: raw, prefix: churn, capacityGib: 3000 } }',
    '89 training.fileSystems.fast.capacityGib: must be 1200 or a multiple of 2400 up to 960000, got the number 3000; choose 4800',
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: raw, prefix: churn, throughput: 200 } }',
    '88 training.fileSystems.fast.throughput: must be one of 125, 250, 500, 1000, got the number 200; the nearest is 250',
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: raw, prefix: churn, deployment: scratch, throughput: 125 } }',
    '109 training.fileSystems.fast.throughput: must not be set with scratch, which has 200 MB/s for each TiB, got the number 125; remove it',
  ],
  [
    'fileSystems: { files: { type: efs, zone: raw } }',
    '48 training.fileSystems.files.zone: is not for type efs; remove it, or choose type: lustre',
  ],
  [
    'fileSystems: { files: { type: nfs } }',
    "43 training.fileSystems.files.type: must be one of lustre, efs, express, got 'nfs'; did you mean 'efs'?",
  ],
  [
    'fileSystems: { files: { plainReads: true } }',
    '28 training.fileSystems.files.type: is missing; add for example type: lustre',
  ],
  [
    'fileSystems: { hot: { type: express } }',
    '28 training.fileSystems.hot: is missing its zoneId; add for example zoneId: eun1-az1',
  ],
  [
    'fileSystems: { hot: { type: express, zoneId: eu-north-1a } }',
    "58 training.fileSystems.hot.zoneId: must be the id of an availability zone such as eun1-az1, not its name, got 'eu-north-1a'; correct it, or remove it",
  ],
  [
    'fileSystems: { hot: { type: express, zoneId: use1-az4 } }',
    "58 training.fileSystems.hot.zoneId: must be in region eu-north-1, whose ids begin with eun1-az, got 'use1-az4'; write for example eun1-az1",
  ],
  [
    'fileSystems: { all: { type: lustre, zone: raw, prefix: churn }, part: { type: lustre, zone: raw, prefix: churn/train } }',
    "118 training.fileSystems.part.prefix: must not overlap the folder of training.fileSystems.all, got 'churn/train'; use that file system, or another folder",
  ],
  [
    'fileSystems: { a-directory-bucket-with-a-name-that-is-long: { type: express, zoneId: eun1-az1 } }',
    "28 training.fileSystems.a-directory-bucket-with-a-name-that-is-long: makes the S3 directory bucket name 'acme-dev-a-directory-bucket-with-a-name-that-is-long--eun1-a…' of 68 characters, the limit is 63; shorten it by 5",
  ],
  [
    'instances: ml.m5.xlarge ml.g5.xlarge',
    "24 training.instances: must be a list, got 'ml.m5.xlarge ml.g5.xlarge'; write [ml.m5.xlarge, ml.g5.xlarge]",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { fit: { team: fraud, image: train, tag: "1", vcpus: 1, memoryMib: 2048, command: python train.py 3 } } } }',
    `149 training.batch.gpu.jobs.fit.command: must be a list, got 'python train.py 3'; write [python, train.py, "3"]`,
  ],
  [
    'batch: { gpu: { capacity: spot, maxVcpus: 64 } }',
    '22 training.batch.gpu: is missing its instances for capacity spot; add for example instances: [g5.xlarge]',
  ],
  [
    'batch: { gpu: { capacity: spot, maxVcpus: 64, instances: [] } }',
    '70 training.batch.gpu.instances: must name at least one type, got none; add one',
  ],
  [
    'batch: { gpu: { capacity: spot, maxVcpus: 64, instances: [ml.g5.xlarge] } }',
    "71 training.batch.gpu.instances[0]: must be a type or family of EC2 instances such as g5.xlarge or c7i, without ml., got 'ml.g5.xlarge'; correct it, or remove it",
  ],
  [
    'batch: { gpu: { capacity: spot, maxVcpus: 64, instances: [trn1.32xlarge] } }',
    "71 training.batch.gpu.instances[0]: must not be of a family without a driver in the images of AWS Batch (Amazon Linux 2023), got 'trn1.32xlarge'; choose g4dn, g5, g6 or p4d to p6 for graphics processors, or train with SageMaker",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 64, instances: [g5] } }',
    '62 training.batch.gpu.instances: has no effect with capacity fargate, which has no instances; remove it',
  ],
  [
    'batch: { gpu: { capacity: on-demand, instances: [g5], maxVcpus: 64, fallbackVcpus: 8 } }',
    '81 training.batch.gpu.fallbackVcpus: has no effect with capacity on-demand; remove it, or raise maxVcpus',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, shares: { frod: 1 } } }',
    "71 training.batch.gpu.shares.frod: must be a name under teams, got 'frod'; use one of fraud",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, shares: {} } }',
    '69 training.batch.gpu.shares: must have at least one team, got none; add one, or remove the key',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, shares: { fraud: 0 } } }',
    '78 training.batch.gpu.shares.fraud: must be a whole number from 1 to 100, got the number 0; the nearest is 1',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, queues: {} } }',
    '69 training.batch.gpu.queues: must have at least one queue, got none; add one, or remove the key',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, queues: { fast: 1001 } } }',
    '77 training.batch.gpu.queues.fast: must be a whole number from 0 to 1000, got the number 1001; the nearest is 1000',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, maxWaitMinutes: 5 } }',
    '77 training.batch.gpu.maxWaitMinutes: must be a whole number from 10 to 1440, got the number 5; the nearest is 10',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 3, memoryMib: 4096 } } } }',
    '118 training.batch.gpu.jobs.a.vcpus: must be one of 0.25, 0.5, 1, 2, 4, 8, 16 on Fargate, got the number 3; choose one of them',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 5000 } } } }',
    '132 training.batch.gpu.jobs.a.memoryMib: must be 4096 to 16384 in steps of 1024 on Fargate with 2 vCPU, got the number 5000; choose one of them',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, gpus: 1 } } } }',
    '144 training.batch.gpu.jobs.a.gpus: must be 0 on Fargate, got the number 1; use a pool of spot or on-demand capacity',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 16, memoryMib: 32768 } } } }',
    '118 training.batch.gpu.jobs.a.vcpus: must be at most 8, all that its pool has, got the number 16; lower it, or raise maxVcpus',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: tain, tag: "1", vcpus: 2, memoryMib: 4096 } } } }',
    "94 training.batch.gpu.jobs.a.image: must be a name under registry.images, got 'tain'; did you mean 'train'?",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: ads, image: train, tag: "1", vcpus: 2, memoryMib: 4096 } } } }',
    "80 training.batch.gpu.jobs.a.team: must be a name under teams, got 'ads'; use one of fraud",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: latest/1, vcpus: 2, memoryMib: 4096 } } } }',
    "106 training.batch.gpu.jobs.a.tag: must be a tag of up to 128 letters, digits and ._-, or a digest such as sha256:..., got 'latest/1'; write latest-1",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, sharedMemoryMib: 64 } } } }',
    '138 training.batch.gpu.jobs.a.sharedMemoryMib: has no effect with capacity fargate: Fargate has none; remove it',
  ],
  [
    'batch: { gpu: { capacity: spot, instances: [m5], maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, diskGb: 50 } } } }',
    '152 training.batch.gpu.jobs.a.diskGb: has no effect with capacity spot: use volumeGb of the pool',
  ],
  [
    // the pool has the queue `normal`; the names of what has none of its own are shortened
    `batch: { ${'a'.repeat(113)}: { capacity: fargate, maxVcpus: 8 }, gpu: { capacity: fargate, maxVcpus: 8, queues: { ${'b'.repeat(116)}: 1 } } }`,
    `22 training.batch.${'a'.repeat(113)}: makes the Batch job queue name 'acme-dev-${'a'.repeat(51)}…' of 129 characters, the limit is 128; shorten it by 1`,
    `222 training.batch.gpu.queues.${'b'.repeat(116)}: makes the Batch job queue name 'acme-dev-gpu-${'b'.repeat(47)}…' of 129 characters, the limit is 128; shorten it by 1`,
  ],
  [
    'batch: { gpu: { capacity: spot, instances: [g5.xlarge], maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 8, memoryMib: 16384, gpus: 2 } } } }',
    '139 training.batch.gpu.jobs.a.vcpus: must be at most 4, all that a job gets of g5.xlarge, got the number 8; lower it, or add a larger type',
    '153 training.batch.gpu.jobs.a.memoryMib: must be at most 16096, all that a job gets of g5.xlarge after what the system keeps, got the number 16384; lower it, or add a larger type',
    '166 training.batch.gpu.jobs.a.gpus: must be at most 1, all that a job gets of g5.xlarge, got the number 2; lower it, or add a larger type',
  ],
  [
    'batch: { gpu: { capacity: spot, instances: [m5], maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 0.5, memoryMib: 4096 } } } }',
    '132 training.batch.gpu.jobs.a.vcpus: must be a whole number on EC2, got the number 0.5; round it up',
  ],
  [
    'batch: { gpu: { capacity: spot, instances: [m5], maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, gpus: 1 } } } }',
    '158 training.batch.gpu.jobs.a.gpus: must be 0 in a pool without graphics processors, got the number 1; add a type such as g5.xlarge to its instances',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, environment: { AWS_BATCH_JOB_ID: x } } } } }',
    "153 training.batch.gpu.jobs.a.environment.AWS_BATCH_JOB_ID: the name must be a name of letters, digits and underscores that does not begin with AWS_BATCH, which the service reserves, got 'AWS_BATCH_JOB_ID'; write aws_batch_job_id",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: {} } } } } }',
    '148 training.batch.gpu.jobs.a.inputs.train: must have a zone or a fileSystem, got neither; add one',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: { zone: raw } } } } } }',
    '148 training.batch.gpu.jobs.a.inputs.train: is missing its prefix; add the folder of the data, for example prefix: churn/train',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: { zone: rav, prefix: a } } } } } }',
    "163 training.batch.gpu.jobs.a.inputs.train.zone: must be a name under lake.zones, got 'rav'; did you mean 'raw'?",
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: { fileSystem: fast } } } } } }',
    "169 training.batch.gpu.jobs.a.inputs.train.fileSystem: must be a name under training.fileSystems, got 'fast'; add it there",
  ],
  [
    'fileSystems: { fast: { type: lustre, zone: raw, prefix: a } }, batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: { fileSystem: fast } } } } } }',
    "232 training.batch.gpu.jobs.a.inputs.train.fileSystem: must not be lustre for a container of AWS Batch, which cannot mount it, got 'fast'; use the zone that it is linked to",
  ],
  [
    'fileSystems: { files: { type: efs } }, batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: { fileSystem: files, prefix: a } } } } } }',
    '215 training.batch.gpu.jobs.a.inputs.train.prefix: has no effect with a file system of efs; use directory',
  ],
  [
    'fileSystems: { hot: { type: express, zoneId: eun1-az1 } }, batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { a: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096, inputs: { train: { fileSystem: hot, directory: a } } } } } }',
    '207 training.batch.gpu.jobs.a.inputs.train: is missing its prefix; add the folder of the data, for example prefix: churn/train',
    '233 training.batch.gpu.jobs.a.inputs.train.directory: has no effect with objects; use prefix',
  ],
  [
    'batch: { gpu: { capacity: fargate, maxVcpus: 8, jobs: { an-extremely-long-name-of-a-job-that-nobody-would-want-to-read-in-a-table-of-jobs-and-even-longer-than-that-so-that-it-is-too-long: { team: fraud, image: train, tag: "1", vcpus: 2, memoryMib: 4096 } } } }',
    "69 training.batch.gpu.jobs.an-extremely-long-name-of-a-job-that-nobody-would-want-to-read-in-a-table-of-jobs-and-even-longer-than-that-so-that-it-is-too-long: makes the Batch job definition name 'acme-dev-gpu-an-extremely-long-name-of-a-job-that-nobody-wou…' of 143 characters, the limit is 128; shorten it by 15",
  ],
];

test.each(BAD)('training: { %s }', (text, ...errors) => {
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  expect(errorOf(() => parseEnvironment(`${GOOD}training: { ${text} }\n`, 'dev.yaml'))).toBe(
    [`dev.yaml: ${count}`, ...errors.map((error) => `dev.yaml:20:${error}`)].join('\n'),
  );
});

test('a pool without shares needs teams', () => {
  const text = GOOD.replace(/ {6}owner: fraud\n/, '')
    .replace(/ {2}tables:[\s\S]*(?=registry:)/, '')
    .replace(/teams:[\s\S]*$/, '');
  const batch = 'training: { batch: { gpu: { capacity: fargate, maxVcpus: 8 } } }';
  expect(errorOf(() => parseEnvironment(`${text}${batch}\n`, 'dev.yaml'))).toMatch(
    /training\.batch\.gpu: needs a team that shares it, got none; add one under teams, or remove it$/,
  );
});

test('teams that differ in hyphens only cannot share a pool', () => {
  const text = GOOD.replace('fraud: {}', 'fraud: {}\n  data-science: {}\n  datascience: {}');
  const batch = 'training: { batch: { gpu: { capacity: fargate, maxVcpus: 8 } } }';
  expect(errorOf(() => parseEnvironment(`${text}${batch}\n`, 'dev.yaml'))).toMatch(
    /training\.batch\.gpu: its shares must name teams that differ in more than hyphens: 'data-science' and 'datascience' have one share identifier; rename one of them$/,
  );
});
