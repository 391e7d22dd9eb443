import { parseEnvironment } from '../../../stacks/environment';
import { changed, errorOf } from '../environment-text';

const SECTIONS = `training:
  batch:
    gpu:
      capacity: spot
      instances: [g5.xlarge]
      maxVcpus: 64
      jobs: { train: { team: fraud, image: train, tag: "1.0", vcpus: 4, memoryMib: 15000 } }
    wide:
      capacity: spot
      instances: [g5.xlarge]
      maxVcpus: 64
      queues: { low: 1, high: 2 }
      jobs: { train: { team: fraud, image: train, tag: "1.0", vcpus: 4, memoryMib: 15000 } }
  pipelines:
    churn:
      team: fraud
      framework: scikit-learn
      frameworkVersion: "1.9-0"
      instance: ml.m5.xlarge
      inputs: { train: { zone: curated, prefix: churn/train } }
      testData: { zone: curated, prefix: churn/test }
      task: classification
      target: churned
      metrics: { auc: { min: 0.8 } }
      packages: churn
scheduler:
  triggers:
    retrain: { TRIGGER }
`;

/** The valid file with a pipeline, two pools and a trigger, which is in line 46. */
function file(trigger: string, name = 'retrain'): string {
  return changed({
    'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n',
    'teams:\n': `${SECTIONS.replace('TRIGGER', trigger).replace('retrain', name)}teams:\n`,
  });
}

const CRON = 'cron: "cron(0 3 ? * MON *)"';
const PIPELINE = 'pipeline: churn';

/** What is written in braces, and its errors, each after its column. */
const BAD: readonly (readonly [text: string, ...errors: string[]])[] = [
  [
    'pipeline: churn',
    '5 scheduler.triggers.retrain: is missing what it waits for; add one of cron, every, table, objects, alarm, approved, finished',
  ],
  [
    'cron: "cron(0 3 ? * MON *)"',
    '5 scheduler.triggers.retrain: is missing what it starts; add one of pipeline, job, machine',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", table: orders, pipeline: churn',
    '45 scheduler.triggers.retrain.table: must not be beside cron, got both; keep one of cron, every, table, objects, alarm, approved, finished, or write two triggers',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, job: gpu.train',
    '62 scheduler.triggers.retrain.job: must not be beside pipeline, got both; keep one of pipeline, job, machine, or write two triggers',
  ],
  [
    'zone: Europe/Stockholm, table: orders, pipeline: churn',
    '16 scheduler.triggers.retrain.zone: has no effect without cron; remove it',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", zone: Europe/Stokholm, pipeline: churn',
    "51 scheduler.triggers.retrain.zone: must be a time zone of the IANA database, got 'Europe/Stokholm'; write one such as Europe/Stockholm or UTC",
  ],
  [
    'cron: "0 3 * * 1", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must be cron(...), as EventBridge Scheduler writes it, got '0 3 * * 1'; write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)",
  ],
  [
    'cron: "cron(0 3 * * 1)", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must have 6 fields, not 5 as in another dialect, got 'cron(0 3 * * 1)'; write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)",
  ],
  [
    'cron: "cron(0 3 * * MON *)", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must have ? as exactly one of its two days, got '*' and 'MON'; write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)",
  ],
  [
    'cron: "cron(0 25 ? * MON *)", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must name hours that EventBridge Scheduler knows, got '25'; write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)",
  ],
  [
    'every: { value: 0, unit: hours }, pipeline: churn',
    '32 scheduler.triggers.retrain.every.value: must be a whole number from 1 to 100000, got the number 0; the nearest is 1',
  ],
  [
    'every: { value: 1, unit: weeks }, pipeline: churn',
    "41 scheduler.triggers.retrain.every.unit: must be one of minutes, hours, days, got 'weeks'; write for example hours",
  ],
  [
    'table: clicks, pipeline: churn',
    "23 scheduler.triggers.retrain.table: must be a name under lake.tables, got 'clicks'; use one of orders",
  ],
  [
    'objects: { zone: landing }, pipeline: churn',
    "33 scheduler.triggers.retrain.objects.zone: must be a name under lake.zones, got 'landing'; use one of raw, curated",
  ],
  [
    'objects: { zone: raw, prefix: "daily/*" }, pipeline: churn',
    "46 scheduler.triggers.retrain.objects.prefix: must be the beginning of keys such as 'daily/', without a slash or a bucket before it, and without stars, backslashes, ${ and %{, got 'daily/*'; write for example daily/",
  ],
  [
    'objects: { zone: raw, suffix: "*.csv" }, pipeline: churn',
    "46 scheduler.triggers.retrain.objects.suffix: must be the end of keys such as '_SUCCESS', without stars, backslashes, ${ and %{, got '*.csv'; write for example .csv",
  ],
  [
    'alarm: drift, pipeline: churn',
    "23 scheduler.triggers.retrain.alarm: must be an ARN such as arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift, got 'drift'; correct it",
  ],
  [
    'alarm: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift", pipeline: churn',
    "23 scheduler.triggers.retrain.alarm: must be in region eu-north-1, got 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift'; use one in that region",
  ],
  [
    'approved: fraud, pipeline: churn',
    "26 scheduler.triggers.retrain.approved: must be a name under registry.packages, got 'fraud'; use one of churn",
  ],
  [
    'finished: fraud, job: gpu.train',
    "26 scheduler.triggers.retrain.finished: must be a name under training.pipelines, got 'fraud'; use one of churn",
  ],
  [
    'finished: churn, pipeline: churn',
    "43 scheduler.triggers.retrain.pipeline: must be another pipeline, got 'churn' again: each run would start the next; write every or cron in place of finished",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: fraud',
    "55 scheduler.triggers.retrain.pipeline: must be a name under training.pipelines, got 'fraud'; use one of churn",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", job: train',
    "50 scheduler.triggers.retrain.job: must be a job of AWS Batch as <pool>.<job>, such as gpu.train, got 'train'; correct it, or remove it",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", job: cpu.train',
    "50 scheduler.triggers.retrain.job: must be a name under training.batch, got 'cpu'; did you mean 'gpu'?",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", job: gpu.score',
    "50 scheduler.triggers.retrain.job: must be a name under training.batch.gpu.jobs, got 'score'; use one of train",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", job: wide.train',
    '5 scheduler.triggers.retrain: is missing its queue, because the pool has low, high; add one of them',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", job: wide.train, queue: normal',
    "69 scheduler.triggers.retrain.queue: must be one of low, high, got 'normal'; correct it",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, queue: low',
    '62 scheduler.triggers.retrain.queue: has no effect without job; remove it',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", machine: "arn:aws:states:eu-north-1:111122223333:execution:a:b"',
    "54 scheduler.triggers.retrain.machine: must be an ARN such as arn:aws:states:eu-north-1:111122223333:stateMachine:name, got 'arn:aws:states:eu-north-1:111122223333:execution:a:b'; correct it, or remove it",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", job: gpu.train, parameters: { A: b }',
    '61 scheduler.triggers.retrain.parameters: has no effect without pipeline; remove it',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, parameters: { Cause: me }',
    '76 scheduler.triggers.retrain.parameters.Cause: is set by the trigger; remove it',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, parameters: { a_b: c }',
    "76 scheduler.triggers.retrain.parameters.a_b: the name must be 1 to 256 letters, digits and hyphens, with a letter or digit at both ends, got 'a_b'; write a-b",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, cooldownHours: 12',
    '77 scheduler.triggers.retrain.cooldownHours: must be at least the maxRunHours 24: it counts from the start of a run, and no other starts before its end, got the number 12; raise it, remove it, or lower maxRunHours',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, cooldownHours: 0',
    '77 scheduler.triggers.retrain.cooldownHours: must be a whole number from 1 to 720, got the number 0; the nearest is 1',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, maxRunHours: 700',
    '75 scheduler.triggers.retrain.maxRunHours: must be a whole number from 1 to 672, got the number 700; the nearest is 672',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, retries: 11',
    '71 scheduler.triggers.retrain.retries: must be a whole number from 0 to 10, got the number 11; the nearest is 10',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, alarmTopics: [alerts]',
    "76 scheduler.triggers.retrain.alarmTopics[0]: must be an ARN such as arn:aws:sns:eu-north-1:111122223333:alerts, got 'alerts'; correct it, or remove it",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, cooldown: 24',
    '62 scheduler.triggers.retrain.cooldown: is not a known key; known here: cron, zone, every, table, objects, alarm, approved, finished, pipeline, parameters, job, queue, machine, cooldownHours, maxRunHours, retries, alarmTopics',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, alarmTopics: ["arn:aws:sns:eu-north-1:111122223333:a0", "arn:aws:sns:eu-north-1:111122223333:a1", "arn:aws:sns:eu-north-1:111122223333:a2", "arn:aws:sns:eu-north-1:111122223333:a3", "arn:aws:sns:eu-north-1:111122223333:a4", "arn:aws:sns:eu-north-1:111122223333:a5"]',
    '75 scheduler.triggers.retrain.alarmTopics: must have at most 5 topics, got 6; use a topic that tells the others',
  ],
];

describe('a trigger is refused:', () => {
  test.each(BAD)('%s', (text, ...errors) => {
    const message = errorOf(() => parseEnvironment(file(text), 'dev.yaml'));
    const header = `dev.yaml: ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`;
    expect(message.split('\n')).toEqual([header, ...errors.map((error) => `dev.yaml:46:${error}`)]);
  });

  test('a name that is too long once prefixed', () => {
    const message = errorOf(() =>
      parseEnvironment(file(`${CRON}, ${PIPELINE}`, 'retrain-'.repeat(7).slice(0, -1)), 'dev.yaml'),
    );
    expect(message).toContain('the limit is 64');
  });
});

test.each([
  `${CRON}, ${PIPELINE}`,
  'every: { value: 6, unit: hours }, job: gpu.train, cooldownHours: 24',
  'objects: { zone: raw, prefix: daily/, suffix: _SUCCESS }, machine: "arn:aws:states:eu-north-1:111122223333:stateMachine:a", cooldownHours: 2, maxRunHours: 1',
  'approved: churn, job: wide.train, queue: low',
])('a trigger is taken: %s', (text) => {
  expect(parseEnvironment(file(text), 'dev.yaml').scheduler?.triggers).toHaveProperty('retrain');
});
