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
    '5 scheduler.triggers.retrain: is missing what it starts; add one of pipeline, job, dag, machine',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", table: orders, pipeline: churn',
    '45 scheduler.triggers.retrain.table: must not be beside cron, got both; keep one of cron, every, table, objects, alarm, approved, finished, or write two triggers',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", pipeline: churn, job: gpu.train',
    '62 scheduler.triggers.retrain.job: must not be beside pipeline, got both; keep one of pipeline, job, dag, machine, or write two triggers',
  ],
  [
    'zone: Europe/Stockholm, table: orders, pipeline: churn',
    '16 scheduler.triggers.retrain.zone: has no effect without cron; remove it',
  ],
  [
    'cron: "cron(0 3 ? * MON *)", zone: Europe/Stokholm, pipeline: churn',
    "51 scheduler.triggers.retrain.zone: must be a time zone of the IANA database, got 'Europe/Stokholm'; write its continent and city, such as Europe/Stockholm",
  ],
  [
    'cron: "0 3 * * 1", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must be cron(...), as EventBridge Scheduler writes it, got '0 3 * * 1'; write cron(0 3 ? * MON *)",
  ],
  [
    'cron: "cron(0 3 * * 1)", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must have 6 fields, not 5 as in another dialect, got 'cron(0 3 * * 1)'; write cron(0 3 ? * MON *)",
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
    `objects: { zone: raw, prefix: "${'é'.repeat(513)}" }, pipeline: churn`,
    '46 scheduler.triggers.retrain.objects.prefix: must have at most 1024 bytes of UTF-8 with the suffix, where a quotation mark counts as two, got 1026; shorten it',
  ],
  [
    'cron: "cron(0 3 31 2 ? *)", pipeline: churn',
    "22 scheduler.triggers.retrain.cron: must fire at some time, got 'cron(0 3 31 2 ? *)'; name a date that its months have, in a year to come",
  ],
  [
    'cron: "cron(0 3 ? * MON *)", zone: Europe/stockholm, pipeline: churn',
    "51 scheduler.triggers.retrain.zone: must be a time zone of the IANA database, got 'Europe/stockholm'; write Europe/Stockholm",
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
    'alarm: "arn:aws:cloudwatch:eu-north-1:444455556666:alarm:drift", pipeline: churn',
    "23 scheduler.triggers.retrain.alarm: must be in account 111122223333, where the trigger is, got 'arn:aws:cloudwatch:eu-north-1:444455556666:alarm:drift'; use one in that account",
  ],
  [
    'table: orders, machine: "arn:aws:states:eu-north-1:444455556666:stateMachine:promote"',
    "40 scheduler.triggers.retrain.machine: must be in account 111122223333, where the trigger is, got 'arn:aws:states:eu-north-1:444455556666:stateMachine:promote'; use one in that account",
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
    '62 scheduler.triggers.retrain.cooldown: is not a known key; known here: cron, zone, every, table, objects, alarm, approved, finished, pipeline, parameters, job, queue, dag, conf, machine, cooldownHours, maxRunHours, retries, alarmTopics',
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

/** What changes in the file, and the triggers in it. */
interface World {
  /** Written in `training.pipelines.churn`. */
  readonly pipeline?: string;
  /** Written in `training.batch.gpu.jobs.train`. */
  readonly job?: string;
  /** Written in `registry.packages.churn`. */
  readonly packages?: string;
  /** Whether the training reads files of EFS. */
  readonly fileSystems?: boolean;
  /** Written before `scheduler`. */
  readonly sections?: string;
  /** Names of further pipelines, which are the same. */
  readonly others?: readonly string[];
  readonly triggers: string;
}

/** The file whose training reads files of EFS. */
function ofEfs(text: string): string {
  return text
    .replace('train: { zone: curated, prefix: churn/train }', 'train: { fileSystem: shared }')
    .replace(/^training:\n/m, 'training:\n  fileSystems: { shared: { type: efs, plainReads: true } }\n');
}

function worldOf(world: World): string {
  const { pipeline = '', job: own = '', packages = '', fileSystems, sections = '', others = [], triggers } = world;
  const text = fileSystems ? ofEfs(file('TRIGGER', 'NAME')) : file('TRIGGER', 'NAME');
  const [churn = ''] = / {4}churn:\n(?: {6}.*\n)+/.exec(text.slice(text.indexOf('  pipelines:\n'))) ?? [];
  const more = others.map((name) => churn.replace('churn:', `${name}:`)).join('');
  return text
    .replace('churn: { team: fraud }', `churn: { team: fraud${packages === '' ? '' : `, ${packages}`} }`)
    .replace(churn, () => `${churn}${pipeline === '' ? '' : `      ${pipeline}\n`}${more}`)
    .replace('memoryMib: 15000 }', () => `memoryMib: 15000${own === '' ? '' : `, ${own}`} }`)
    .replace('scheduler:\n  triggers:\n    NAME: { TRIGGER }', () => `${sections}scheduler: { triggers: ${triggers} }`);
}

const AWAKE = 'tracking: { awake: { from: "07:00", to: "19:00", zone: Europe/Stockholm } }\n';
const DAILY = AWAKE.replace('zone', 'days: daily, zone');
const outside = (hours: string, cron: string, time: string, what = 'churn') =>
  `scheduler.triggers.a.cron: must be within tracking.awake, ${hours} in Europe/Stockholm, because ${what} is tracked, got '${cron}', which fires on ${time} there; choose another time, or widen tracking.awake`;
const tracked = (cron: string, more = '', sections = AWAKE): World => ({
  pipeline: 'tracked: true',
  sections,
  triggers: `{ a: { cron: "${cron}"${more}, pipeline: churn } }`,
});
const STOCKHOLM = ', zone: Europe/Stockholm';

/** Title, the file, and its error without its line. */
const BAD_WORLDS: readonly (readonly [title: string, World, error: string])[] = [
  [
    'with a parameter that the pipeline does not have, which SageMaker refuses at each start',
    { triggers: '{ a: { table: orders, pipeline: churn, parameters: { codeUri: "s3://a/b" } } }' },
    "scheduler.triggers.a.parameters.codeUri: is not a parameter of churn; did you mean 'CodeUri'?",
  ],
  [
    'without the metadata that the packages of the pipeline ask of each run',
    { packages: 'metadata: [ticket]', triggers: '{ a: { table: orders, pipeline: churn } }' },
    'scheduler.triggers.a: must have values of ticket, without which churn cannot start; add parameters: { ticket: ... }',
  ],
  [
    'without the version of data of EFS, beside a parameter that is there',
    {
      fileSystems: true,
      triggers: '{ a: { table: orders, pipeline: churn, parameters: { CodeUri: "s3://a/b" } } }',
    },
    'scheduler.triggers.a.parameters: must have values of DataVersion, without which churn cannot start; add parameters: { DataVersion: ... }',
  ],
  [
    'at night, while the tracking server sleeps',
    tracked('cron(0 3 ? * MON *)', STOCKHOLM),
    outside('07:00 to 19:00 weekdays', 'cron(0 3 ? * MON *)', 'Monday 03:00'),
  ],
  [
    'on Saturday, while the tracking server sleeps',
    tracked('cron(0 12 ? * MON-SAT *)', STOCKHOLM),
    outside('07:00 to 19:00 weekdays', 'cron(0 12 ? * MON-SAT *)', 'Saturday 12:00'),
  ],
  [
    'on a date that falls on a Sunday in some year',
    tracked('cron(0 12 1 * ? *)', STOCKHOLM),
    outside('07:00 to 19:00 weekdays', 'cron(0 12 1 * ? *)', 'Sunday 12:00'),
  ],
  [
    'in the minute in which the tracking server stops',
    tracked('cron(0 19 ? * MON *)', STOCKHOLM, DAILY),
    outside('07:00 to 19:00 daily', 'cron(0 19 ? * MON *)', 'Monday 19:00'),
  ],
  [
    'at a time that is after the end in summer only, in UTC',
    tracked('cron(30 17 ? * FRI *)'),
    outside('07:00 to 19:00 weekdays', 'cron(30 17 ? * FRI *)', 'Friday 19:30'),
  ],
  [
    'on Sunday evening here, which is Monday there',
    tracked('cron(0 20 ? * FRI *)', ', zone: America/New_York'),
    outside('07:00 to 19:00 weekdays', 'cron(0 20 ? * FRI *)', 'Saturday 02:00'),
  ],
  [
    'with a job that records at night',
    { job: 'tracked: true', sections: AWAKE, triggers: '{ a: { cron: "cron(0 3 ? * MON *)", job: gpu.train } }' },
    outside('07:00 to 19:00 weekdays', 'cron(0 3 ? * MON *)', 'Monday 04:00', 'gpu.train'),
  ],
  [
    'in each night, by its period',
    {
      pipeline: 'tracked: true',
      sections: DAILY,
      triggers: '{ a: { every: { value: 12, unit: hours }, pipeline: churn } }',
    },
    'scheduler.triggers.a.every: must be within tracking.awake, 07:00 to 19:00 daily in Europe/Stockholm, because churn is tracked, got every 12 hours, which is shorter than the time in which it sleeps; write cron',
  ],
  [
    'on each weekend, by its period',
    { job: 'tracked: true', sections: AWAKE, triggers: '{ a: { every: { value: 2, unit: days }, job: gpu.train } }' },
    'scheduler.triggers.a.every: must be within tracking.awake, 07:00 to 19:00 weekdays in Europe/Stockholm, because gpu.train is tracked, got every 2 days, which is shorter than the time in which it sleeps; write cron',
  ],
  [
    'another trigger, in a circle',
    {
      triggers:
        '{ a: { every: { value: 9, unit: days }, pipeline: churn }, b: { finished: churn, machine: "arn:aws:states:eu-north-1:111122223333:stateMachine:acme-dev-trigger-a" } }',
    },
    'scheduler.triggers.b.machine: must not be that of a trigger, got that of a; write what a starts',
  ],
  [
    'in a circle of two',
    { others: ['b'], triggers: '{ one: { finished: churn, pipeline: b }, two: { finished: b, pipeline: churn } }' },
    "scheduler.triggers.two.pipeline: must not lead back to 'b': the runs of b, churn, b would start one another without end; remove one of the triggers one, two",
  ],
  [
    'in a circle of three, beside a chain',
    {
      others: ['b', 'c', 'd'],
      triggers:
        '{ one: { finished: churn, pipeline: b }, side: { finished: b, pipeline: d }, two: { finished: b, pipeline: c }, three: { finished: c, pipeline: churn } }',
    },
    "scheduler.triggers.three.pipeline: must not lead back to 'c': the runs of c, churn, b, c would start one another without end; remove one of the triggers one, two, three",
  ],
  [
    'by what its own check of data writes',
    { pipeline: 'quality: orders', triggers: '{ a: { objects: { zone: raw }, pipeline: churn } }' },
    'scheduler.triggers.a.objects: must have a prefix other than _quarantine/, below which the check of orders writes rows that fail: each run of churn would start the next; watch table orders, or a folder',
  ],
  [
    'of which a training may run longer than a run',
    {
      pipeline: 'maxRuntimeHours: 20',
      triggers: '{ a: { every: { value: 9, unit: days }, pipeline: churn, maxRunHours: 10 } }',
    },
    'scheduler.triggers.a.maxRunHours: must be at least the maxRuntimeHours 20 of churn, got the number 10; raise it: what takes longer is reported as overdue',
  ],
  [
    'of which a job may run longer than the default of a run',
    { job: 'timeoutMinutes: 2880', triggers: '{ a: { every: { value: 9, unit: days }, job: gpu.train } }' },
    'scheduler.triggers.a: maxRunHours must be at least the timeoutMinutes 2880 of gpu.train, got the number 24; raise it: what takes longer is reported as overdue',
  ],
];
/** The table of those worlds has a check, so that a pipeline can name it. */
const checked = (text: string) =>
  text.includes('quality: orders')
    ? text.replace('format: parquet', 'format: parquet\n      quality: { completeness: { id: 1 } }')
    : text;

describe('a trigger is refused that fires', () => {
  test.each(BAD_WORLDS)('%s', (_, world, error) => {
    expect(linesOf(checked(worldOf(world)))).toEqual([error]);
  });
});

test.each<[string, World]>([
  ['at a time of day, while the tracking server is awake', tracked('cron(0 7 ? * MON-FRI *)', STOCKHOLM)],
  ['in working hours there, in another zone', tracked('cron(30 16 ? * MON-FRI *)')],
  ['at night, with a server that is always awake', tracked('cron(0 3 ? * MON *)', '', 'tracking: {}\n')],
  [
    'at night, and does not record',
    { sections: AWAKE, triggers: '{ a: { cron: "cron(0 3 ? * MON *)", pipeline: churn } }' },
  ],
  [
    'once in a period longer than a weekend',
    {
      pipeline: 'tracked: true',
      sections: AWAKE,
      triggers: '{ a: { every: { value: 3, unit: days }, pipeline: churn } }',
    },
  ],
  ['on a day that only a calendar knows', tracked('cron(0 12 L * ? *)', STOCKHOLM)],
  [
    'on new objects of a folder, beside the rows that its check puts aside',
    {
      pipeline: 'quality: orders',
      triggers: '{ a: { objects: { zone: raw, prefix: daily/ }, pipeline: churn } }',
    },
  ],
  [
    'when another pipeline has ended, in a chain with two ways to its end',
    {
      others: ['b', 'c'],
      triggers:
        '{ one: { finished: churn, pipeline: b }, two: { finished: churn, pipeline: c }, three: { finished: b, pipeline: c } }',
    },
  ],
])('a trigger is taken that fires %s', (_, world) => {
  expect(() => parseEnvironment(checked(worldOf(world)), 'dev.yaml')).not.toThrow();
});

const TOPICS = [0, 1, 2, 3, 4, 5].map((index) => `"arn:aws:sns:eu-north-1:111122223333:a${index}"`);

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `t${index}: { approved: churn, dag: d${index} }`).join(', ');

/** Title, what is written under `scheduler`, and the errors without their lines. */
const BAD_DAGS: readonly (readonly [title: string, scheduler: string, ...errors: string[]])[] = [
  [
    'without Airflow',
    '{ triggers: { deploy: { approved: churn, dag: deploy_model } } }',
    "scheduler.triggers.deploy.dag: must be a DAG of scheduler.airflow, which is missing, got 'deploy_model'; add it, or start another target",
  ],
  [
    'of Airflow 2, once for all of them',
    '{ airflow: { version: 2.11.0 }, triggers: { a: { approved: churn, dag: a }, b: { approved: churn, dag: b } } }',
    "scheduler.airflow.version: must be 3 or newer where a trigger starts a DAG: the web server is private, so that nothing outside its VPC can start one, and only Airflow 3 reads a queue, got '2.11.0'; use 3.0.6, or another target",
  ],
  [
    'of an Airflow that is not offered, with its one error',
    '{ airflow: { version: 2.10.4 }, triggers: { a: { approved: churn, dag: a } } }',
    "scheduler.airflow.version: must be a version that MWAA offered on 2026-11-27: 2.7.2, 2.8.1, 2.9.2, 2.10.1, 2.10.3, 2.11.0, 3.0.6, got '2.10.4'; use 2.10.3",
  ],
  [
    'whose id is too long for a path of the API',
    `{ airflow: {}, triggers: { a: { approved: churn, dag: ${'d'.repeat(51)} } } }`,
    `scheduler.triggers.a.dag: must have at most 50 characters, because a path of the API of MWAA has at most 64, got '${'d'.repeat(51)}' of 51; shorten it by 1`,
  ],
  [
    'with dots, which the name of a queue cannot have',
    '{ airflow: {}, triggers: { a: { approved: churn, dag: models.deploy } } }',
    "scheduler.triggers.a.dag: must be the id of a DAG of letters, digits, hyphens and underscores such as deploy_model, got 'models.deploy'; write models-deploy",
  ],
  [
    'whose run is to be followed',
    '{ airflow: {}, triggers: { a: { approved: churn, dag: a, maxRunHours: 5 } } }',
    'scheduler.triggers.a.maxRunHours: has no effect beside dag, whose runs are not followed; remove it',
  ],
  [
    'that is told a path of Step Functions',
    '{ airflow: {}, triggers: { a: { approved: churn, dag: a, conf: { mode.$: $.event } } } }',
    'scheduler.triggers.a.conf."mode.$": the name must be 1 to 64 letters, digits and underscores, the first no digit, such as mode, got \'mode.$\'; write mode_',
  ],
  [
    'that is told something, beside a pipeline',
    '{ airflow: {}, triggers: { a: { approved: churn, pipeline: churn, conf: { mode: full } } } }',
    'scheduler.triggers.a.conf: has no effect without dag; remove it',
  ],
  [
    'beside a state machine',
    '{ airflow: {}, triggers: { a: { approved: churn, dag: a, machine: "arn:aws:states:eu-north-1:111122223333:stateMachine:b" } } }',
    'scheduler.triggers.a.machine: must not be beside dag, got both; keep one of pipeline, job, dag, machine, or write two triggers',
  ],
  [
    'more than a class holds',
    `{ airflow: { class: micro }, triggers: { ${many(26)} } }`,
    'scheduler.triggers.t25.dag: must be one of at most 25 DAGs that class micro holds, got 26 in the triggers; use a larger class, or remove some',
  ],
  [
    'more than Airflow is to hold',
    `{ airflow: { class: micro, dags: 1 }, triggers: { ${many(3)} } }`,
    'scheduler.triggers.t1.dag: must be one of at most 1 DAGs of scheduler.airflow.dags, got 3 in the triggers; raise it, or remove some',
  ],
  [
    'with more topics than an alarm tells, in all triggers together',
    `{ airflow: {}, triggers: { a: { approved: churn, dag: a, alarmTopics: [${TOPICS.slice(0, 3)}] }, b: { finished: churn, dag: a, alarmTopics: [${TOPICS.slice(2)}] } } }`,
    'scheduler.triggers.b.alarmTopics: must be at most 5 topics together with those of the other triggers of a, whose queue has one alarm, got 6; use the same topics',
  ],
];

/** The valid file with a section `scheduler` in place of its own. */
const fileWith = (scheduler: string) =>
  file('TRIGGER', 'NAME').replace('scheduler:\n  triggers:\n    NAME: { TRIGGER }', () => `scheduler: ${scheduler}`);
const linesOf = (text: string) =>
  errorOf(() => parseEnvironment(text, 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:\d+:\d+ /, ''));

describe('a trigger is refused with a DAG', () => {
  test.each(BAD_DAGS)('%s', (_, scheduler, ...errors) => {
    expect(linesOf(fileWith(scheduler))).toEqual(errors);
  });

  test('whose queue has too long a name with the prefix of the environment', () => {
    const text = fileWith(`{ airflow: {}, triggers: { a: { approved: churn, dag: ${'d'.repeat(50)} } } }`);
    const long = text.replace('project: acme', `project: acme-machine-lea`);
    expect(linesOf(long)).toEqual([
      `scheduler.triggers.a.dag: makes the queue 'acme-machine-lea-dev-airflow-${'d'.repeat(50)}.fifo' of 84 characters, the limit is 80, got '${'d'.repeat(50)}'; shorten it, the name of the environment or the prefix by 4`,
    ]);
  });
});

test('triggers with a DAG are taken, with a cooldown shorter than its runs may be', () => {
  const text = fileWith(
    '{ airflow: {}, triggers: { a: { approved: churn, dag: deploy_model, conf: { mode: full }, cooldownHours: 1 } } }',
  );
  expect(parseEnvironment(text, 'dev.yaml').scheduler?.triggers.a).toMatchObject({ conf: { mode: 'full' } });
});

test.each([
  `${CRON}, ${PIPELINE}`,
  'every: { value: 6, unit: hours }, job: gpu.train, cooldownHours: 24',
  'objects: { zone: raw, prefix: daily/, suffix: _SUCCESS }, machine: "arn:aws:states:eu-north-1:111122223333:stateMachine:a", cooldownHours: 2, maxRunHours: 1',
  'approved: churn, job: wide.train, queue: low',
  'table: orders, pipeline: churn, parameters: { CodeUri: "s3://a/b" }',
  'alarm: "arn:aws:cloudwatch:eu-north-1:111122223333:alarm:CPU > 80%, Ausfälle $", pipeline: churn',
])('a trigger is taken: %s', (text) => {
  expect(parseEnvironment(file(text), 'dev.yaml').scheduler?.triggers).toHaveProperty('retrain');
});

test('a table may have an underscore in its name, as all that Athena reads', () => {
  const text = file('table: ad_orders, pipeline: churn').replace('    orders:', '    ad_orders:');
  expect(parseEnvironment(text, 'dev.yaml').scheduler?.triggers.retrain?.table).toBe('ad_orders');
});
