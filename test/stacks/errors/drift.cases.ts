import '../../../lib/testing/jest';
import { Template, testApp } from '../../../lib/testing';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { changed, errorOf, PIPELINE } from '../environment-text';

const MODEL = 'team: fraud, package: churn, version: 1, instance: ml.m5.large';
const PROFILE = 'baseline: { profile: baselines/churn/profile.json }';
const MAIL = 'receivers: { email: [oncall@acme.example] }';

/** The valid file with a model that captures, one that does not, and what is written under `drift`. */
function file(drift: string, training = PIPELINE): string {
  const models = `models:\n  churn: { ${MODEL}, capture: { days: 30 } }\n  quiet: { ${MODEL} }\n`;
  return changed({
    'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n',
    'teams:\n': `${training}${models}monitoring: { ${MAIL}, drift: { ${drift} } }\nteams:\n`,
  });
}

const monitor = (more: string, name = 'churn') => `${name}: { instance: ml.m5.large, ${more} }`;

/** What is written in braces, and what is said of it below the monitor. */
const BAD: readonly (readonly [drift: string, ...errors: string[]])[] = [
  [monitor(PROFILE, 'chum'), ".chum: must be a name under models, got 'chum'; use one of churn, quiet"],
  [
    monitor(PROFILE, 'quiet'),
    '.quiet: is missing captured data, because models.quiet captures nothing; add its capture',
  ],
  [
    `churn: { instance: ml.c5.large, ${PROFILE} }`,
    ".churn.instance: must be one of training.instances (ml.m5.large, ml.g5.xlarge), got 'ml.c5.large'; add it there, or choose one of them",
  ],
  [
    `churn: { instance: ml.g5.xlarge, ${PROFILE} }`,
    ".churn.instance: must be a type with CPU, on which scikit-learn 1.9-0 computes, got 'ml.g5.xlarge'; the GPU would be idle; choose a type without one",
  ],
  [
    `churn: { instance: m5, ${PROFILE} }`,
    ".churn.instance: must be a SageMaker instance type such as ml.m5.xlarge, got 'm5'; write for example ml.m5.large",
  ],
  [
    `churn: { instance: ml.m5.lrage, ${PROFILE} }`,
    ".churn.instance: must be a SageMaker instance type such as ml.m5.xlarge, got 'ml.m5.lrage'; write for example ml.m5.large",
  ],
  [
    monitor('baseline: { profile: "s3://models/baselines/churn/profile.json" }'),
    ".churn.baseline.profile: must be the key of an object such as baselines/card-fraud/profile.json, got 's3://models/baselines/churn/profile.json'; write baselines/churn/profile.json, without the bucket, which is known",
  ],
  [
    monitor('baseline: {}'),
    '.churn.baseline: is missing zone, prefix, format of a data set, or a profile; add them, or pipeline, or profile',
  ],
  [
    monitor('baseline: { zone: curated, prefix: churn/train }'),
    '.churn.baseline: is missing format of a data set, or a profile; add them, or pipeline, or profile',
  ],
  [
    monitor('baseline: { profile: a.json, format: csv }'),
    '.churn.baseline.format: has no effect beside profile, which is a baseline by itself; remove one of them',
  ],
  [
    monitor('baseline: { zone: gold, prefix: churn/train, format: csv }'),
    ".churn.baseline.zone: must be a name under lake.zones, got 'gold'; use one of raw, curated",
  ],
  [
    monitor('baseline: { zone: curated, prefix: churn/train, format: orc }'),
    ".churn.baseline.format: must be one of parquet, csv, json, got 'orc'; choose one of them",
  ],
  [
    monitor('baseline: { pipeline: churn, profile: a.json }'),
    ".churn.baseline.pipeline: must be a pipeline with a baseline, got 'churn'; add baseline: {} to training.pipelines.churn",
    '.churn.baseline.profile: has no effect beside pipeline, which is a baseline by itself; remove one of them',
  ],
  [
    monitor('baseline: { pipeline: chum }'),
    ".churn.baseline.pipeline: must be a name under training.pipelines, got 'chum'; use one of churn",
  ],
  [
    monitor(`${PROFILE}, cron: "0 6 * * *"`),
    ".churn.cron: must be cron(...), as EventBridge Scheduler writes it, got '0 6 * * *'; write cron(0 6 * * ? *)",
  ],
  [
    monitor(`${PROFILE}, windowHours: 745`),
    '.churn.windowHours: must be a whole number from 1 to 744, got the number 745; the nearest is 744',
  ],
  [
    monitor(`${PROFILE}, windowHours: 744`),
    '.churn.windowHours: must be at most 720, because models.churn keeps what it captures for 30 days, got the number 744; lower it, or raise capture.days',
  ],
  [
    monitor(`${PROFILE}, minRows: 10`),
    '.churn.minRows: must be a whole number from 50 to 1000000, got the number 10; the nearest is 50',
  ],
  [
    monitor(`${PROFILE}, features: [age, city, age]`),
    ".churn.features[2]: must be there once, got 'age' again; remove it",
  ],
  [
    monitor(`${PROFILE}, ignored: [id], categories: [id]`),
    ".churn.ignored[0]: must not be in categories or predictions too, got 'id'; remove it from one of them",
  ],
];

const RETRAINED = 'version: 1, instance: ml.m5.large, challenger: { version: 1, weight: 0 }, capture: { days: 30 }';

/** The valid file with a model that is retrained as `retrain` says. */
function retrained(
  retrain: string,
  model: string | undefined = `package: churn, ${RETRAINED}`,
  more: Record<string, string> = {},
): string {
  const text = file(monitor(`${PROFILE}, retrain: { ${retrain} }`)).replace(
    `churn: { ${MODEL}, capture: { days: 30 } }`,
    `churn: { team: fraud, ${model} }`,
  );
  return Object.entries(more).reduce((all, [from, to]) => all.replace(from, to), text);
}

const RETRAIN: [retrain: string, model: string | undefined, ...errors: string[]][] = [
  ['pipeline: chum', undefined, ".pipeline: must be a name under training.pipelines, got 'chum'; use one of churn"],
  [
    'pipeline: churn',
    'package: churn, version: 4, instance: ml.m5.large, capture: { days: 30 }',
    ': needs a challenger, in which a new version is tried; add challenger: { version: 4, weight: 0 } to models.churn',
  ],
  [
    'pipeline: churn',
    `package: churn, weight: 90, ${RETRAINED}`,
    ': sets the share of the challenger in percent, and models.churn.weight makes it a ratio; remove that weight',
  ],
  [
    'pipeline: churn',
    `store: churn, image: "train@sha256:${'1'.repeat(64)}", ${RETRAINED}`,
    ': needs versions that a person approves, and models.churn takes none of registry.packages; give it a package',
  ],
  [
    'pipeline: churn',
    `package: other, ${RETRAINED}`,
    ".pipeline: must register in other, from which models.churn takes its versions, got 'churn', which registers in churn; name another pipeline",
  ],
  [
    'pipeline: churn, cooldownHours: 12',
    undefined,
    '.cooldownHours: must leave cooldownHours at least as long as maxRunHours, got 12 and 24: no run starts before the end of one; raise cooldownHours, or lower maxRunHours',
  ],
  [
    'pipeline: churn, alarm: "arn:aws:cloudwatch:eu-north-1:444455556666:alarm:business"',
    undefined,
    ".alarm: must be in account 111122223333, where the trigger is, got 'arn:aws:cloudwatch:eu-north-1:444455556666:alarm:business'; use one in that account",
  ],
  [
    'pipeline: churn, share: 60',
    undefined,
    '.share: must be a whole number from 1 to 50, got the number 60; the nearest is 50',
  ],
  [
    'pipeline: churn, budget: { per: week }',
    undefined,
    ".budget.per: must be one of day, month, got 'week'; choose one of them",
  ],
  [
    'pipeline: churn, watchHours: 400',
    undefined,
    '.watchHours: must be a whole number from 1 to 336, got the number 400; the nearest is 336',
  ],
];

test.each(RETRAIN)('retrain: %s, of %s', (retrain, model, ...messages) => {
  const text = retrained(retrain, model, { 'packages: { churn': 'packages: { other: { team: fraud }, churn' });
  const lines = errorOf(() => parseEnvironment(text, 'dev.yaml'))
    .split('\n')
    .filter((line) => line.includes('.retrain'));
  expect(lines.map((line) => line.replace(/^dev\.yaml:\d+:\d+ monitoring\.drift\.churn\.retrain/, ''))).toEqual(
    messages,
  );
});

describe('a loop of the file', () => {
  const text = retrained('pipeline: churn, budget: { runs: 2, per: day }, share: 5');
  const template = Template.synth(new Platform(testApp(), parseEnvironment(text, 'dev.yaml')).monitoring!);
  const machine = (name: string) =>
    String(template.all('aws_sfn_state_machine').find((one) => one.name === `acme-dev-${name}`)!.definition);

  test('trains for the alarm of drift, and within its budget', () => {
    const rule = template
      .all('aws_cloudwatch_event_rule')
      .find(({ name }) => name === 'acme-dev-trigger-retrain-churn')!;
    expect(JSON.parse(String(template.resolve(String(rule.event_pattern)))).resources[0]).toContain('DriftAlarm');
    expect(machine('trigger-retrain-churn')).toContain('budget of 2 runs a day');
  });

  test('watches the alarms of the challenger, and of no other variant', () => {
    const names = JSON.parse(machine('review-churn')).States.LookAtAlarms.Parameters.AlarmNames.map((name: string) =>
      template.resolve(name),
    );
    expect(names.length).toBeGreaterThan(3);
    const alarms = template.all('aws_cloudwatch_metric_alarm').map(({ alarm_name }) => String(alarm_name));
    const challenger = alarms.filter((name) => name.startsWith('acme-dev-model-churn-challenger-'));
    expect(challenger.length).toBe(names.length);
    expect(JSON.stringify(names)).not.toContain('champion');
  });

  test('keeps what it does in a log, and tells who hears of warnings', () => {
    const group = template.all('aws_cloudwatch_log_group').find(({ name }) => String(name).endsWith('retraining'))!;
    expect(group).toMatchObject({ name: '/aws/vendedlogs/states/acme-dev-retraining', retention_in_days: 365 });
    const told = template.all('aws_cloudwatch_event_target').filter(({ input_transformer }) => input_transformer);
    expect(told.map(({ arn }) => arn)).toEqual(['arn:aws:sns:eu-north-1:111122223333:acme-dev-alarms-warning']);
  });
});

const errorsOf = (drift: string, training = PIPELINE) =>
  errorOf(() => parseEnvironment(file(drift, training), 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:\d+:\d+ monitoring\.drift/, ''));

test.each(BAD)('drift: %s', (drift, ...messages) => {
  expect(errorsOf(drift)).toEqual(messages);
});

const withBaseline = (baseline: string) => `${PIPELINE}      baseline: { ${baseline} }\n`;
const BY_PIPELINE = 'baseline: { pipeline: churn }';

test.each([
  [
    'instance: ml.c5.large',
    "must be one of training.instances (ml.m5.large, ml.g5.xlarge), got 'ml.c5.large'",
    '.instance',
  ],
  [
    'instance: ml.g5.xlarge',
    "must be a type with CPU, on which scikit-learn 1.9-0 computes, got 'ml.g5.xlarge'",
    '.instance',
  ],
  ['categories: [city, city]', "must be there once, got 'city' again; remove it", '.categories[1]'],
  [
    'categories: [churned]',
    "must be a feature, got 'churned', which is the target or an identifier; remove it",
    '.categories[0]',
  ],
  ['categories: []', 'must be a list of at least one name', '.categories'],
])('a baseline of a pipeline: %s', (baseline, message, at) => {
  const [found, ...more] = errorsOf(monitor(BY_PIPELINE), withBaseline(baseline));
  expect(found).toContain(`training.pipelines.churn.baseline${at}: ${message}`);
  expect(more).toEqual([]);
});

test('a baseline of a pipeline which trains on a GPU, and says no type for it', () => {
  const gpu = PIPELINE.replace('framework: scikit-learn', 'framework: pytorch')
    .replace('"1.9-0"', '"2.10.0"')
    .replace('instance: ml.m5.large', 'instance: ml.g5.xlarge');
  const found = errorsOf(monitor(BY_PIPELINE), `${gpu}      baseline: {}\n`);
  expect(found.filter((line) => line.includes('.baseline'))).toEqual([
    expect.stringContaining(
      "training.pipelines.churn.baseline: must be a type with CPU, on which scikit-learn 1.9-0 computes, got 'ml.g5.xlarge'",
    ),
  ]);
});

test('a baseline of a pipeline that registers in another group than that of the model', () => {
  const text = file(monitor(BY_PIPELINE), withBaseline('')).replace(
    'package: churn, version: 1',
    'package: other, version: 1',
  );
  const both = text.replace('packages: { churn', 'packages: { other: { team: fraud }, churn');
  expect(errorOf(() => parseEnvironment(both, 'dev.yaml'))).toContain(
    "monitoring.drift.churn.baseline.pipeline: must register in the group of models.churn, got 'churn', which registers in churn; name another pipeline, or let the model take its versions from churn",
  );
});

test('a threshold that is no part of the rows', () => {
  expect(errorsOf(monitor(`${PROFILE}, thresholds: { missing: 5 }`))[0]).toMatch(/^\.churn\.thresholds\.missing: /);
});

describe('a monitor of the file', () => {
  const drift = `churn: { instance: ml.m5.large, ${BY_PIPELINE}, cron: "cron(0 4 * * ? *)", features: [age, city], thresholds: { psi: 0.2 } }`;
  const platform = new Platform(
    testApp(),
    parseEnvironment(file(drift, withBaseline('categories: [city]')), 'dev.yaml'),
  );
  const template = Template.synth(platform.monitoring!);
  const settings = template.all('aws_s3_object').find(({ key }) => String(key).endsWith('/settings.json'))!;

  test('judges what its model captures, with what is written', () => {
    expect(JSON.parse(String(settings.content))).toMatchObject({
      features: ['age', 'city'],
      variants: ['champion'],
      psi: 0.2,
      missing: 0.05,
    });
    const [machine] = template.all('aws_sfn_state_machine');
    expect(String(machine!.definition)).toContain('/captured/acme-dev-churn/');
    expect(template.one('aws_scheduler_schedule').schedule_expression).toBe('cron(0 4 * * ? *)');
  });

  test('compares it with the profile that the approval of a version makes of the test data of its pipeline', () => {
    const services = Template.synth(platform.services!);
    const machine = services
      .all('aws_sfn_state_machine')
      .find(({ name }) => name === 'acme-dev-trigger-baseline-churn')!;
    const made = JSON.parse(String(machine.definition)).States.Start.Parameters.AppSpecification.ContainerArguments;
    expect(made).toContain('--profile');
    const profile = made[made.indexOf('--profile') + 1];
    expect(profile).toMatch(/\/baselines\/churn\/profile\.json$/);
    expect(made[made.indexOf('--data') + 1]).toMatch(/\/churn\/test\/$/);
    expect(String(template.all('aws_sfn_state_machine')[0]!.definition)).toContain('/baselines/churn/profile.json');
    const own = services
      .all('aws_s3_object')
      .filter(({ key }) => String(key).endsWith('/settings.json'))
      .map(({ content }) => JSON.parse(String(content)));
    expect(own).toContainEqual(expect.objectContaining({ ignored: ['churned'], categories: ['city'] }));
  });

  test('tells who hears of warnings', () => {
    const alarms = template
      .all('aws_cloudwatch_metric_alarm')
      .filter(({ alarm_name }) => /^acme-dev-(trigger-)?drift-churn/.test(String(alarm_name)));
    expect(alarms.map(({ alarm_name }) => alarm_name).sort()).toEqual([
      'acme-dev-drift-churn-drift',
      'acme-dev-drift-churn-silent',
      'acme-dev-trigger-drift-churn',
    ]);
    for (const { alarm_actions } of alarms) {
      expect(alarm_actions).toEqual(['arn:aws:sns:eu-north-1:111122223333:acme-dev-alarms-warning']);
    }
  });
});
