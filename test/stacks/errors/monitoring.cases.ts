import '../../../lib/testing/jest';
import { Template, testApp } from '../../../lib/testing';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { DASHBOARD_OUTPUT } from '../../../stacks/sections/monitoring/make';
import { changed, errorOf, GOOD } from '../environment-text';

type Json = Record<string, any>;

const secret = (name: string, region = 'eu-north-1') =>
  `arn:aws:secretsmanager:${region}:111122223333:secret:alarms/${name}-AbCdEf`;
const topic = (name: string) => `arn:aws:sns:eu-north-1:111122223333:${name}`;
const MAIL = 'receivers: { email: [oncall@acme.example] }';
const alarms = (text: string, more = '') => `{ ${MAIL}, alarms: { ${text} }${more} }`;

const PIPELINE = `training:
  batch:
    gpu:
      capacity: spot
      instances: [g5.xlarge]
      maxVcpus: 64
      jobs: { train: { team: fraud, image: train, tag: "1.0", vcpus: 4, memoryMib: 15000 } }
  pipelines:
    churn:
      team: fraud
      framework: scikit-learn
      frameworkVersion: "1.9-0"
      instance: ml.m5.large
      inputs: { train: { zone: curated, prefix: churn/train } }
      testData: { zone: curated, prefix: churn/test }
      task: classification
      target: churned
      metrics: { auc: { min: 0.8 } }
      packages: churn
`;
/** The valid file with a database, a pipeline and a pool. */
const FULL = changed({
  'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n  database: {}\n',
  'teams:\n': `${PIPELINE}teams:\n`,
});
const AURORA = FULL.replace('database: {}', 'database: { engine: aurora }');
const EXISTING = GOOD.replace(
  'cidr: 10.20.0.0/16',
  'vpcId: vpc-11111111\n  privateSubnetIds: [subnet-11111111, subnet-22222222]',
);

/** What is written under `monitoring`, and the errors without their places; in which file. */
const BAD: readonly (readonly [text: string, ...errors: string[]])[] = [
  [
    '{ receivers: { email: [oncall@acme.example] }, alarms: { network: { droppedPackets: false } } }',
    "monitoring.alarms.network.droppedPackets: the name must be lower-case letters, digits and single hyphens, beginning with a letter, got 'droppedPackets'; write dropped-packets",
  ],
  ['{}', 'monitoring.receivers: is missing; add for example receivers: { email: [ oncall@acme.example ] }'],
  [
    '{ receivers: {} }',
    'monitoring.receivers: must have somebody who hears of alarms, got nobody; add one of email, slack, teams, pagerDuty, eventBus, topics',
  ],
  [
    '{ receivers: { email: [] } }',
    'monitoring.receivers.email: must be a list of at least one address, got an empty list; add an item',
  ],
  [
    `{ receivers: { pagerDuty: "${secret('pagerduty')}" } }`,
    'monitoring.receivers: must have somebody who hears of warnings, got only pagerDuty, which hears of critical alarms; add one of email, slack, teams, eventBus, topics',
  ],
  [
    '{ receivers: { email: [oncall] } }',
    "monitoring.receivers.email[0]: must be a mail address, got 'oncall'; correct it, or remove it",
  ],
  [
    '{ receivers: { email: [a@acme.example, b@acme.example, a@acme.example] } }',
    "monitoring.receivers.email[2]: must be there once, got 'a@acme.example' again; remove it",
  ],
  [
    `{ receivers: { email: [${Array.from({ length: 21 }, (_, index) => `p${index}@acme.example`).join(', ')}] } }`,
    'monitoring.receivers.email: must have at most 20 addresses, got 21; use the address of a group',
  ],
  [
    '{ receivers: { slack: "https://hooks.slack.com/services/T0/B0/x" } }',
    `monitoring.receivers.slack: must be the ARN of a secret with its last six characters such as ${secret('chat')}, got 'https://hooks.slack.com/services/T0/B0/x'; write for example ${secret('chat')}`,
  ],
  [
    `{ receivers: { slack: "${secret('chat').replace('-AbCdEf', '')}" } }`,
    `monitoring.receivers.slack: must be the ARN of a secret with its last six characters such as ${secret('chat')}, got 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:alarms…'; write for example ${secret('chat')}`,
  ],
  [
    `{ receivers: { slack: "${secret('chat')}", email: [], topics: [] } }`,
    'monitoring.receivers.email: must be a list of at least one address, got an empty list; add an item',
    'monitoring.receivers.topics: must be a list of at least one topic, got an empty list; add an item',
  ],
  [
    `{ receivers: { slack: "${secret('chat', 'eu-west-1')}" } }`,
    `monitoring.receivers.slack: must be in region eu-north-1, got '${secret('chat', 'eu-west-1')}'; use one in that region`,
  ],
  [
    `{ receivers: { slack: "${secret('chat')}", teams: "${secret('chat')}" } }`,
    `monitoring.receivers.teams: must be another secret than that of slack, got '${secret('chat')}'; each has its own text`,
  ],
  [
    `{ receivers: { topics: [${['a', 'b', 'c', 'd', 'e', 'f'].map(topic).join(', ')}] } }`,
    'monitoring.receivers.topics: must have at most 5 topics, got 6; use a topic that tells the others',
  ],
  [
    `{ receivers: { email: [a@acme.example], topics: [${['a', 'b', 'c', 'd', 'e'].map(topic).join(', ')}] } }`,
    'monitoring.receivers.topics: must have at most 4 topics beside the one of the platform, got 5; use a topic that tells the others',
  ],
  [
    `{ receivers: { topics: [${topic('a')}, ${topic('a')}] } }`,
    `monitoring.receivers.topics[1]: must be there once, got '${topic('a')}' again; remove it`,
  ],
  [
    '{ receivers: { topics: [alerts] } }',
    "monitoring.receivers.topics[0]: must be an ARN such as arn:aws:sns:eu-north-1:111122223333:alerts, got 'alerts'; correct it, or remove it",
  ],
  [
    '{ receivers: { eventBus: arn:aws:events:eu-north-1:111122223333:event-bus/default } }',
    "monitoring.receivers.eventBus: must be another bus than the default one of this account, which has every change of an alarm already, got 'arn:aws:events:eu-north-1:111122223333:event-bus/default'; remove it, or name another",
  ],
  ['{ receivers: { mail: [a@acme.example] } }', "monitoring.receivers.mail: is not a known key; did you mean 'email'?"],
  [
    `{ ${MAIL}, stormThings: 1 }`,
    'monitoring.stormThings: must be a whole number from 2 to 100, got the number 1; the nearest is 2',
  ],
  [
    `{ ${MAIL}, dashboards: yes }`,
    "monitoring.dashboards: must be true or false, got 'yes'; write true without quotes",
  ],
  [
    `{ ${MAIL}, graphs: { model-fraud: { Approved: { namespace: Acme, metric: Approved } } } }`,
    "monitoring.graphs.model-fraud: must be a thing of the file, got 'model-fraud'; use one of network, database, lake, pipeline-churn, batch-gpu",
  ],
  [
    `{ ${MAIL}, dashboards: false, graphs: { database: { Orders: { namespace: Acme, metric: Open } } } }`,
    'monitoring.graphs.database: has no effect with dashboards: false; remove it',
  ],
  [
    `{ ${MAIL}, graphs: { database: { Orders: { namespace: "", metric: Open } } } }`,
    "monitoring.graphs.database.Orders.namespace: must be 1 to 255 printable ASCII characters without ${ or %{, not beginning with a colon, got ''; write for example Acme/Payments",
  ],
  [
    alarms('databases: {}'),
    "monitoring.alarms.databases: must be a thing of the file, got 'databases'; did you mean 'database'?",
  ],
  [
    alarms('database: { low-disk: false }'),
    "monitoring.alarms.database.low-disk: must be an alarm of it, got 'low-disk'; did you mean 'slow-disk'?",
  ],
  [
    alarms('database: { high-cpu: { threshold: 120 } }'),
    'monitoring.alarms.database.high-cpu.threshold: must be between 0 and 100 %, got the number 120; write one such as 85, the default',
  ],
  [
    alarms('database: { high-cpu: { periods: 2, badPeriods: 3 } }'),
    'monitoring.alarms.database.high-cpu.badPeriods: must be at most 2, the periods that are judged, got the number 3; lower it, or raise periods',
  ],
  [
    alarms('database: { high-cpu: { periods: 300 } }'),
    'monitoring.alarms.database.high-cpu.periods: must be at most 288: CloudWatch looks back no further with a period of 5 min, got the number 300; lower it',
  ],
  [
    alarms('database: { high-cpu: { severity: fatal } }'),
    "monitoring.alarms.database.high-cpu.severity: must be one of critical, warning, got 'fatal'; choose one of them",
  ],
  [
    alarms('database: { high-cpu: true }'),
    'monitoring.alarms.database.high-cpu: must be false or a mapping, got true; write keys under it (threshold, severity, periods, badPeriods, runbook), or {} for its defaults',
  ],
  [
    alarms('database: { replica-lag: false }'),
    'monitoring.alarms.database.replica-lag: has no effect with engine rds, which has no readers; remove it',
  ],
  [
    alarms('airflow: { no-heartbeat: false }'),
    'monitoring.alarms.airflow: has no effect without scheduler.airflow; remove it',
  ],
  [
    alarms('lake: { bad-data: false }'),
    'monitoring.alarms.lake.bad-data: has no effect without a table that has quality; remove it',
  ],
  [
    alarms('pipeline-churm: { failed-runs: false }'),
    "monitoring.alarms.pipeline-churm: must be a thing of the file, got 'pipeline-churm'; did you mean 'pipeline-churn'?",
  ],
  [
    alarms('batch-cpu: { failed-jobs: false }'),
    "monitoring.alarms.batch-cpu: must be a thing of the file, got 'batch-cpu'; did you mean 'batch-gpu'?",
  ],
  [
    alarms('model-fraud: { no-traffic: false }'),
    "monitoring.alarms.model-fraud: must be a thing of the file, got 'model-fraud'; use one of network, database, lake, pipeline-churn, batch-gpu",
  ],
  [
    alarms('pipeline-churn: { no-success: { severity: critical } }'),
    'monitoring.alarms.pipeline-churn.no-success: has no effect without monitoring.succeedsEvery.churn; add the hours there',
  ],
  [
    `{ ${MAIL}, succeedsEvery: { churn: 169 } }`,
    'monitoring.succeedsEvery.churn: must be a whole number from 1 to 168, got the number 169; the nearest is 168',
  ],
  [
    `{ ${MAIL}, succeedsEvery: { chun: 24 } }`,
    "monitoring.succeedsEvery.chun: must be a name under training.pipelines, got 'chun'; did you mean 'churn'?",
  ],
];

const errorsOf = (text: string, file = FULL) =>
  errorOf(() => parseEnvironment(`${file}monitoring: ${text}\n`, 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:\d+:\d+ /, ''));

test.each(BAD)('monitoring: %s', (text, ...messages) => {
  expect(errorsOf(text)).toEqual(messages);
});

test.each<[string, string, string, string]>([
  [
    'a database that is not there',
    GOOD,
    'database: { high-cpu: false }',
    'monitoring.alarms.database: has no effect without registry.database; remove it',
  ],
  [
    'storage that grows by itself',
    AURORA,
    'database: { low-storage: { threshold: 20 } }',
    'monitoring.alarms.database.low-storage: has no effect with engine aurora, whose storage grows by itself; remove it',
  ],
  [
    'a database that pauses',
    AURORA.replace('engine: aurora', 'engine: aurora, minCapacityAcu: 0'),
    'database: { no-heartbeat: false }',
    'monitoring.alarms.database.no-heartbeat: has no effect with minCapacityAcu 0: a database that pauses reports nothing; remove it',
  ],
  [
    'the network of an existing VPC',
    EXISTING.replace('images: [train]', 'images: [train]\n  database: {}'),
    'network: { no-ports: false }',
    'monitoring.alarms.network: has no effect with an existing VPC, whose gateways and flow log are not known; remove it',
  ],
  [
    'gateways that are not there',
    GOOD.replace('cidr: 10.20.0.0/16', 'cidr: 10.20.0.0/16\n  nat: none'),
    'network: { no-ports: false }',
    'monitoring.alarms.network.no-ports: has no effect with nat: none, which has no gateway; remove it',
  ],
])('an alarm of %s is refused', (_, file, text, message) => {
  expect(errorsOf(alarms(text), file)).toEqual([message]);
});

test('a file in which nothing has alarms is refused', () => {
  expect(errorsOf(`{ ${MAIL} }`, EXISTING)).toEqual([
    'monitoring: has nothing to watch: no part of the file has alarms; remove it',
  ]);
});

test('an alarm of another kind of model is refused', () => {
  const file = FULL.replace(
    'teams:\n',
    'models:\n  churn: { team: fraud, package: churn, version: 3, serverless: {} }\nteams:\n',
  );
  expect(errorsOf(alarms('model-churn: { few-instances: false }'), file)).toEqual([
    'monitoring.alarms.model-churn.few-instances: has no effect on such a model, which has server-errors, client-errors, high-latency, no-traffic, high-memory, high-concurrency; remove it',
  ]);
});

describe('an environment that is watched', () => {
  const app = testApp();
  const text = `${FULL}scheduler:
  airflow: {}
  triggers:
    weekly: { cron: "cron(0 3 ? * MON *)", pipeline: churn }
    own: { cron: "cron(0 4 ? * MON *)", pipeline: churn, alarmTopics: ["${topic('data')}"] }
models:
  churn: { team: fraud, package: churn, version: 3, instance: ml.m5.large, challenger: { version: 3, weight: 0 } }
monitoring:
  receivers: { email: [oncall@acme.example], slack: "${secret('chat')}" }
  succeedsEvery: { churn: 168 }
  graphs: { model-churn: { Kept customers: { namespace: Acme/Shop, metric: Kept } } }
  alarms:
    database: { low-storage: { threshold: 20, severity: warning }, high-cpu: false }
    pipeline-churn: { failed-runs: { severity: critical } }
    batch-gpu: { denied-calls: false }
`;
  const platform = new Platform(app, parseEnvironment(text, 'dev.yaml'));
  const template = Template.synth(platform.monitoring!);
  const names = (template.all('aws_cloudwatch_metric_alarm') as Json[]).map(({ alarm_name }) => alarm_name as string);

  test('has alarms for all that it has, changed as written', () => {
    for (const thing of ['network', 'database', 'airflow', 'pipeline-churn', 'batch-gpu']) {
      expect(names.filter((name) => name.startsWith(`acme-dev-${thing}-`))).not.toEqual([]);
    }
    expect(names).toContain('acme-dev-pipeline-churn-no-success');
    expect(names).not.toContain('acme-dev-database-high-cpu');
    expect(names).toContain('acme-dev-model-churn-champion-no-traffic');
    expect(names).not.toContain('acme-dev-model-churn-challenger-no-traffic'); // its weight is 0
    expect(names).not.toContain('acme-dev-batch-gpu-denied-calls');
  });

  test('sends alarms of every layer to the topics of the foundation', () => {
    const [composite] = template.all('aws_cloudwatch_composite_alarm') as [Json];
    expect(composite.alarm_actions).toEqual(['arn:aws:sns:eu-north-1:111122223333:acme-dev-alarms-critical']);
    const triggers = (Template.synth(platform.services!).all('aws_cloudwatch_metric_alarm') as Json[]).map(
      ({ alarm_name, alarm_actions }) => [alarm_name, alarm_actions],
    );
    expect(triggers).toContainEqual(['acme-dev-trigger-weekly', [topic('acme-dev-alarms-warning')]]);
    expect(triggers).toContainEqual(['acme-dev-trigger-own', [topic('data')]]);
  });

  test('shows a metric of the business beside the model', () => {
    const dashboards = template.all('aws_cloudwatch_dashboard') as Json[];
    const model = dashboards.find(({ dashboard_name }) => dashboard_name === 'acme-dev-monitoring-model-churn')!;
    expect(JSON.parse(model.dashboard_body).widgets.map(({ properties }: Json) => properties.title)).toContain(
      'Kept customers',
    );
  });

  test('says where its dashboard is', () => {
    expect(template.outputs[DASHBOARD_OUTPUT]!.value).toBe(
      'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#dashboards/dashboard/acme-dev-monitoring',
    );
  });

  test('is deployed after what it watches', () => {
    const own = platform.monitoring!;
    for (const earlier of [platform.foundation, platform.data, platform.services!]) {
      expect(own.dependsOn(earlier)).toBe(true);
    }
  });
});
