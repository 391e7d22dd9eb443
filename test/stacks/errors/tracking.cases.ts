import '../../../lib/testing/jest';
import { Template, testApp } from '../../../lib/testing';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { TRACKING_OUTPUTS } from '../../../stacks/sections/tracking/make';
import { errorOf, GOOD } from '../environment-text';

const AWAKE = { from: '"07:00"', to: '"19:00"', zone: 'Europe/Stockholm' };
const awake = (changes: Partial<Record<keyof typeof AWAKE | 'days', string>>) => {
  const keys = Object.entries({ ...AWAKE, ...changes }).filter(([, value]) => value !== '');
  return `{ awake: { ${keys.map(([key, value]) => `${key}: ${value}`).join(', ')} } }`;
};

/** What is written under `tracking`, and the errors without their places. */
const BAD: readonly (readonly [string, ...string[]])[] = [
  ['{ size: huge }', "tracking.size: must be one of small, medium, large, got 'huge'; choose one of them"],
  [
    '{ version: three }',
    'tracking.version: must be the major and minor version of MLflow such as 3.0, without a patch, got \'three\'; write for example "3.0"',
  ],
  [
    '{ version: 3.0 }',
    'tracking.version: must be the major and minor version of MLflow such as 3.0, without a patch, got the number 3.0; write "3.0"',
  ],
  [
    '{ version: 2.16.2 }',
    'tracking.version: must be the major and minor version of MLflow such as 3.0, without a patch, got \'2.16.2\'; write for example "3.0"',
  ],
  [
    '{ maintenance: Sunday:03:00 }',
    "tracking.maintenance: must be a day and a time in UTC such as Sun:03:00, got 'Sunday:03:00'; write for example Sun:03:00",
  ],
  ['{ sizes: small }', "tracking.sizes: is not a known key; did you mean 'size'?"],
  [awake({ from: '' }), 'tracking.awake.from: is missing; add for example from: 07:00'],
  [awake({ zone: '' }), 'tracking.awake.zone: is missing; add for example zone: Europe/Stockholm'],
  [
    awake({ from: '"7:00"' }),
    "tracking.awake.from: must be a time of 24 hours in quotes such as 07:00, got '7:00'; write for example 07:00",
  ],
  [
    awake({ to: '"24:00"' }),
    "tracking.awake.to: must be a time of 24 hours in quotes such as 07:00, got '24:00'; write for example 19:00",
  ],
  [
    awake({ from: '"19:00"', to: '"07:00"' }),
    "tracking.awake.to: must be at least 3 hours after 19:00 on the same day, got '07:00'; a server needs up to 25 minutes to start; move one of them, or leave the server awake",
  ],
  [
    awake({ to: '"09:59"' }),
    "tracking.awake.to: must be at least 3 hours after 07:00 on the same day, got '09:59'; a server needs up to 25 minutes to start; move one of them, or leave the server awake",
  ],
  [
    awake({ zone: 'Europe/Stokholm' }),
    "tracking.awake.zone: must be a time zone of the IANA database, got 'Europe/Stokholm'; write its continent and city, such as Europe/Stockholm",
  ],
  [
    awake({ zone: '"+01:00"' }),
    "tracking.awake.zone: must be a time zone such as Europe/Stockholm or UTC, got '+01:00'; write for example Europe/Stockholm",
  ],
  [
    awake({ from: '"00:30"', zone: 'Africa/Cairo' }),
    "tracking.awake.from: must be a time that every day has: when the clocks of Africa/Cairo go forward, 00:00 becomes 01:00, and the server would not start, got '00:30'; write 01:00 or later, or an earlier time",
  ],
  [
    awake({ days: 'workdays' }),
    "tracking.awake.days: must be one of weekdays, daily, got 'workdays'; did you mean 'weekdays'?",
  ],
  [
    '{ keyArn: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab }',
    "tracking.keyArn: must be in region eu-north-1, got 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'; use one in that region",
  ],
  ['{ removal: keep }', "tracking.removal: must be one of retain, destroy, got 'keep'; choose one of them"],
];

const errorsOf = (text: string, file = GOOD) =>
  errorOf(() => parseEnvironment(`${file}${text}\n`, 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:\d+:\d+ /, ''));

test.each(BAD)('tracking: %s', (text, ...messages) => {
  expect(errorsOf(`tracking: ${text}`)).toEqual(messages);
});

test('a server in a region where no client finds it', () => {
  const file = GOOD.replace('eu-north-1', 'cn-north-1');
  expect(errorsOf('tracking: {}', file)).toEqual([
    'tracking: must not be set in region cn-north-1: clients find no server in partition aws-cn, only in aws, aws-us-gov; remove it',
  ]);
});

test('a bucket of a zone with the name of that of the artifacts', () => {
  expect(errorsOf('tracking: {}', GOOD.replace('curated: {}', 'tracking: {}'))).toEqual([
    expect.stringMatching(/^lake\.zones\.tracking: makes the S3 bucket name .* which the platform makes for tracking/),
  ]);
});

test('a network without internet access whose list of endpoints lacks that of the server', () => {
  const endpoints = 'sagemaker.api, sagemaker.runtime, sts, ecr.api, ecr.dkr, logs, kms, secretsmanager';
  const file = GOOD.replace('10.20.0.0/16', `10.20.0.0/16\n  nat: none\n  endpoints: [${endpoints}]`);
  expect(errorsOf('tracking: {}', file)).toEqual([
    'network.endpoints: must include sagemaker.experiments if nat is none, because tracking (Clients of the tracking server) calls it; add it, or remove endpoints to have all that are needed',
  ]);
});

const PACKAGES = GOOD.replace('images: [train]\n', 'images: [train]\n  packages: { churn: { team: fraud } }\n');
const pipeline = (more: string) =>
  `training: { pipelines: { churn: { team: fraud, framework: scikit-learn, frameworkVersion: "1.9-0", instance: ml.m5.xlarge, inputs: { train: { zone: curated, prefix: train } }, testData: { zone: curated, prefix: test }, task: classification, target: churned, metrics: { auc: { min: 0.8 } }, packages: churn, ${more} } } }`;
const job = (more: string) =>
  `training: { batch: { small: { capacity: fargate, maxVcpus: 8, jobs: { train: { team: fraud, image: train, tag: "1", vcpus: 1, memoryMib: 2048, ${more} } } } } }`;

const UNTRACKED = 'must be false without a tracking server, got true; add tracking: {} to the file';
test.each([
  ['a pipeline', pipeline('tracked: true'), `training.pipelines.churn.tracked: ${UNTRACKED}`],
  ['a batch job', job('tracked: true'), `training.batch.small.jobs.train.tracked: ${UNTRACKED}`],
  [
    'a word',
    pipeline('tracked: always'),
    "training.pipelines.churn.tracked: must be true or false, got 'always'; write true or false, or remove it",
  ],
  [
    'no days',
    'training: { tensorBoardDays: 0 }',
    'training.tensorBoardDays: must be a whole number from 1 to 36500, got the number 0; the nearest is 1',
  ],
])('%s that says tracked without a server, or something else, is refused', (_, text, message) => {
  expect(errorsOf(text, PACKAGES)).toEqual([message]);
});

describe('a file with a tracking server', () => {
  const app = testApp();
  const text = `${PACKAGES}tracking: { version: "3.0", awake: { from: "07:00", to: "19:00", zone: Europe/Stockholm } }\n`;
  const training = pipeline('tracked: true, tensorBoard: true').replace(
    / \}$/,
    `, notebooks: {}, ${job('tracked: true').slice(12)}`,
  );
  const platform = new Platform(app, parseEnvironment(`${text}${training}\n`, 'dev.yaml'));
  const template = Template.all(app)['acme-dev-services']!;
  const { tracking, tensorBoard, pipelines, batchJobs, notebooks } = platform.services!;
  const uri = { name: 'MLFLOW_TRACKING_URI', value: template.resolve(tracking!.trackingServerArn) };

  test('lets tracked jobs and notebooks record there, and gives jobs its address', () => {
    const { training: job } = pipelines!.get('churn') as never as { training: any };
    const batchJob = batchJobs!.get('small.train')!;
    const record = { actions: 'sagemaker-mlflow:CreateRun', resources: tracking!.trackingServerArn };
    for (const role of [job.role, batchJob.role, notebooks!.roleOf('fraud')]) {
      expect(template.policyOf(role)).toAllow(record);
    }
    const request = template.resolve(JSON.parse(JSON.stringify(job.request({ run: 'r1' })))) as any;
    expect(request.Environment).toEqual({
      [uri.name]: uri.value,
      MLFLOW_EXPERIMENT_NAME: 'acme-dev-pipelines-churn',
      MLFLOW_RUN_CONTEXT: '{"cause":"manual","run":"r1"}',
    });
    expect(request.EnableNetworkIsolation).toBe(false);
    expect(request.TensorBoardOutputConfig.S3OutputPath).toBe(
      template.resolve(`${tensorBoard!.directoryOf('acme-dev-pipelines-churn')}r1`),
    );
    const { container_properties } = template.one('aws_batch_job_definition');
    expect(JSON.parse(container_properties).environment).toEqual([
      { name: 'MLFLOW_EXPERIMENT_NAME', value: 'acme-dev-small-train' },
      { name: 'MLFLOW_RUN_CONTEXT', value: '{"cause":"manual"}' },
      uri,
    ]);
  });

  test('keeps artifacts in a bucket of their own, with a key of their own', () => {
    const server = template.one('aws_sagemaker_mlflow_tracking_server');
    expect(server).toMatchObject({ tracking_server_name: 'acme-dev-tracking', mlflow_version: '3.0' });
    expect(template.all('aws_scheduler_schedule')).toHaveLength(2);
    const foundation = Template.all(app)['acme-dev-foundation']!;
    expect(foundation.all('aws_kms_alias').map(({ name }) => name)).toContain('alias/acme-dev-tracking');
  });

  test('shows what a client sets, and how a person opens the user interface', () => {
    expect(Object.keys(template.outputs)).toEqual(expect.arrayContaining(Object.values(TRACKING_OUTPUTS)));
    expect(template.outputs[TRACKING_OUTPUTS.uri]!.value).toBe(uri.value);
  });
});

test('a tracking server needs no training', () => {
  const app = testApp();
  new Platform(app, parseEnvironment(`${GOOD}tracking: {}\n`, 'dev.yaml'));
  const services = Template.all(app)['acme-dev-services']!;
  expect(services.one('aws_sagemaker_mlflow_tracking_server').weekly_maintenance_window_start).toBe('Sun:03:00');
  expect(services.all('aws_scheduler_schedule')).toEqual([]);
});
