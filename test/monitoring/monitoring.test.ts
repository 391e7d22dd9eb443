import type { AwsStack } from '../../lib/aws/aws-stack';
import { Alarm } from '../../lib/monitoring/alarms/alarm';
import {
  type AlarmOverrides,
  type AlarmSpec,
  COUNT,
  judged,
  metric,
  SILENT_WHEN_WELL,
} from '../../lib/monitoring/alarms/alarm-spec';
import { Deployment } from '../../lib/monitoring/alarms/deployment';
import { Storm } from '../../lib/monitoring/alarms/storm';
import { Dashboard } from '../../lib/monitoring/dashboards/dashboard';
import { dashboardBody } from '../../lib/monitoring/dashboards/dashboard-body';
import { brokenDashboard } from '../../lib/monitoring/dashboards/dashboard-limits';
import { driftGraphs } from '../../lib/monitoring/drift/drift-graphs';
import { CountedEvent } from '../../lib/monitoring/events/counted-event';
import { EventLog } from '../../lib/monitoring/events/event-log';
import { LogCounts } from '../../lib/monitoring/events/log-counts';
import { Monitoring } from '../../lib/monitoring/monitoring';
import { Network } from '../../lib/network/network';
import { AuroraDatabase } from '../../lib/registry/aurora/aurora-database';
import { Database } from '../../lib/registry/database';
import { memoryGibOf } from '../../lib/registry/postgresql/instance-class-limits';
import { ManagedAirflow } from '../../lib/scheduler/airflow/managed-airflow';
import { alarmStates, matchesEvent, ruleHolds, Template } from '../../lib/testing';
import { BatchTraining } from '../../lib/training/batch/batch-training';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { triggerIn } from '../scheduler/samples';
import { BASES, existing } from '../support/bases';
import { acmeStack, keyIn } from '../support/stack';
import { actionsIn, endpointIn, monitoringIn } from './samples';

type Json = Record<string, any>;

const alarmsOf = (template: Template): Json[] => template.all('aws_cloudwatch_metric_alarm') as Json[];
const compositesOf = (template: Template): Json[] => template.all('aws_cloudwatch_composite_alarm') as Json[];
const named = (all: readonly Json[], name: string): Json => {
  const found = all.find((one) => one.alarm_name === name || one.dashboard_name === name);
  if (!found) throw new Error(`no '${name}' in ${all.map((one) => one.alarm_name ?? one.dashboard_name).join(', ')}`);
  return found;
};
const pipelineIn = (stack: AwsStack, name = 'churn') =>
  Pipeline.fromPipelineArn(
    stack,
    `Pipeline-${name}`,
    `arn:aws:sagemaker:eu-north-1:111122223333:pipeline/acme-dev-${name}`,
  );

/** The names of the alarms in the rule of a composite alarm, by their references. */
function rule(template: Template, composite: Json): string {
  const names = new Map(
    Object.entries({
      ...(template.json as Json).resource.aws_cloudwatch_metric_alarm,
      ...(template.json as Json).resource.aws_cloudwatch_composite_alarm,
    }).map(([id, { alarm_name }]: [string, any]) => [id, alarm_name as string]),
  );
  return (composite.alarm_rule as string).replace(/\$\{[\w]+\.([\w-]+)\.alarm_name\}/g, (_, id) => names.get(id)!);
}

describe('monitoring of a whole environment', () => {
  const stack = acmeStack();
  const network = new Network(stack, 'Network', {
    encryptionKey: keyIn(stack, 'NetKey'),
    nat: 'per-zone',
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
    cidr: '10.20.0.0/16',
  });
  const database = new Database(stack, 'Database', {
    network,
    encryptionKey: keyIn(stack, 'DbKey'),
    instanceClass: 'db.m7g.large',
  });
  const pool = new BatchTraining(stack, 'Pool', {
    ...(BASES['new BatchTraining']!(stack) as any),
    queues: { low: 1, high: 2 },
  });
  const monitoring = monitoringIn(stack)
    .monitorNetwork(network)
    .monitorDatabase(database, {
      alarms: { 'low-storage': { threshold: 20, runbook: 'https://wiki.acme.example/db' }, 'high-cpu': false },
    })
    .monitorPipeline(pipelineIn(stack), {
      name: 'card-fraud',
      everyHours: 24,
      alarms: { 'failed-runs': { severity: 'critical' } },
    })
    .monitorBatch(pool)
    .monitorLake({
      conversions: { merchants: 'acme-dev-merchants' },
      gates: { orders: { databaseName: 'acme_dev_raw', tableName: 'orders' } },
    })
    .monitorEndpoint(endpointIn(stack, 'real-time', ['champion', 'challenger']), {
      name: 'fraud',
      variants: {
        champion: { instanceType: 'ml.m5.xlarge', weight: 90 },
        challenger: { instanceType: 'ml.m5.xlarge', weight: 0 },
      },
      deploymentMinutes: 45,
    })
    .show('trigger retrain', triggerIn(stack).alarm);
  const template = Template.synth(stack);
  const alarms = alarmsOf(template);
  const composites = compositesOf(template);

  test('each alarm says what it means and what to do first', () => {
    expect(named(alarms, 'acme-dev-database-no-heartbeat').alarm_description).toBe(
      'The database has reported nothing for fifteen minutes. First: Look at the events of the database in RDS: is it stopped, restarting, or out of storage?',
    );
  });

  test('a default is overridden by name, and removed by name', () => {
    const { threshold, alarm_description } = named(alarms, 'acme-dev-database-low-storage');
    expect(threshold).toBe(20);
    expect(alarm_description).toContain('First: https://wiki.acme.example/db');
    expect(alarms.map(({ alarm_name }) => alarm_name)).not.toContain('acme-dev-database-high-cpu');
  });

  test('a database is known by its identifier, and its connections by its memory', () => {
    const { metric_query } = named(alarms, 'acme-dev-database-many-connections');
    expect(metric_query[1].expression).toBe('100 * used / 901'); // 8 GiB
    expect(metric_query[0].metric.dimensions.DBInstanceIdentifier).toBe(template.one('aws_db_instance').identifier);
    expect(memoryGibOf('db.t4g.small')).toBe(2);
    expect(memoryGibOf('db.r7g.4xlarge')).toBe(128);
    expect(memoryGibOf('db.x2iedn.xlarge')).toBe(64);
    expect(memoryGibOf('db.m7g.metal')).toBeUndefined();
  });

  test('a variant without traffic has no alarm for that; the others have one each', () => {
    const names = alarms.map(({ alarm_name }) => alarm_name);
    expect(names).toContain('acme-dev-fraud-champion-no-traffic');
    expect(names).not.toContain('acme-dev-fraud-challenger-no-traffic');
    expect(named(alarms, 'acme-dev-fraud-challenger-high-cpu').metric_query[1].expression).toBe('used / 4');
  });

  test('many alarms of a thing are one message', () => {
    const critical = named(composites, 'acme-dev-fraud-critical');
    const text = rule(template, critical);
    expect(ruleHolds(text, {})).toBe(false);
    expect(ruleHolds(text, { 'acme-dev-fraud-champion-server-errors': 'ALARM' })).toBe(true);
    expect(critical.alarm_actions).toEqual([expect.stringContaining('aws_sns_topic.Actions_Topic-critical')]);
    expect(critical.ok_actions).toEqual(critical.alarm_actions);
    for (const alarm of alarms.filter(({ alarm_name }) => alarm_name.startsWith('acme-dev-fraud-'))) {
      expect(alarm.alarm_actions).toEqual([]);
    }
  });

  test('an alarm that a rule names can be removed, and has no reference to what it watches', () => {
    const rules = composites.map((composite) => rule(template, composite)).join();
    const children = [...alarms, ...composites].filter(({ alarm_name: name }) => rules.includes(`"${name}"`));
    expect(children.length).toBeGreaterThan(20);
    for (const { lifecycle } of children) expect(lifecycle).toEqual({ create_before_destroy: true });
    expect(named(alarms, 'acme-dev-database-denied-logins').metric_name).toBe(
      '/aws/rds/instance/acme-dev-database/postgresql',
    );
  });

  test('an only alarm tells people itself: a composite one would cost more than it saves', () => {
    expect(named(alarms, 'acme-dev-card-fraud-failed-runs').alarm_actions).toHaveLength(1);
    expect(composites.map(({ alarm_name }) => alarm_name)).not.toContain('acme-dev-card-fraud-critical');
  });

  test('warnings of a thing are silent while it is critical, and in a storm', () => {
    const text = rule(template, named(composites, 'acme-dev-fraud-warning'));
    const slow = { 'acme-dev-fraud-champion-high-latency': 'ALARM' } as const;
    expect(ruleHolds(text, slow)).toBe(true);
    expect(ruleHolds(text, { ...slow, 'acme-dev-fraud-critical': 'ALARM' })).toBe(false);
    expect(ruleHolds(text, { ...slow, 'acme-dev-monitoring-storm': 'ALARM' })).toBe(false);
  });

  test('three critical things at the same time are a storm, two are not', () => {
    const text = rule(template, named(composites, 'acme-dev-monitoring-storm'));
    const two = { 'acme-dev-fraud-critical': 'ALARM', 'acme-dev-database-critical': 'ALARM' } as const;
    expect(ruleHolds(text, two)).toBe(false);
    expect(ruleHolds(text, { ...two, 'acme-dev-card-fraud-failed-runs': 'ALARM' })).toBe(true); // alone it is its own summary
  });

  test('alarms of an endpoint tell nobody during a deployment, which ends by itself', () => {
    for (const severity of ['critical', 'warning']) {
      const [suppressor] = [named(composites, `acme-dev-fraud-${severity}`).actions_suppressor];
      expect(suppressor).toEqual({
        alarm: expect.stringContaining('Deployment-fraud'),
        wait_period: 120,
        extension_period: 300,
      });
    }
    const deploying = named(alarms, 'acme-dev-fraud-deploying');
    const begun = [1, ...Array(60).fill(null)];
    const states = alarmStates(deploying, { EndpointDeployments: begun });
    expect(states.filter((state) => state === 'ALARM').length).toBeGreaterThanOrEqual(45);
    expect(states.at(-1)).toBe('OK');
    expect(named(composites, 'acme-dev-database-critical').actions_suppressor).toBeUndefined();
  });

  test('failures without a metric are counted from events, for its own things only', () => {
    const rules = template.all('aws_cloudwatch_event_rule') as Json[];
    const patternOf = (name: string) => JSON.parse(rules.find((one) => one.name.includes(name))!.event_pattern);
    const failed = (jobName: string, state: string) => ({
      source: 'aws.glue',
      'detail-type': 'Glue Job State Change',
      detail: { jobName, state },
    });
    const pattern = patternOf('lake-failed-conversion');
    expect(matchesEvent(pattern, failed('acme-dev-merchants', 'TIMEOUT'))).toBe(true);
    expect(matchesEvent(pattern, failed('acme-dev-merchants', 'SUCCEEDED'))).toBe(false);
    expect(matchesEvent(pattern, failed('acme-prod-merchants', 'FAILED'))).toBe(false);
    const batch = { source: 'aws.batch', 'detail-type': 'Batch Job State Change' };
    const queue = JSON.parse(JSON.stringify(patternOf('pool-failed-jobs-low'))).detail.jobQueue[0];
    expect(
      matchesEvent(patternOf('pool-failed-jobs-low'), { ...batch, detail: { status: 'FAILED', jobQueue: queue } }),
    ).toBe(true);
    const filters = template.all('aws_cloudwatch_log_metric_filter') as Json[];
    expect(filters.filter(({ pattern }) => pattern === '{ $.detail-type = "Batch Job State Change" }')).toHaveLength(1); // of both queues
    expect(filters.find(({ pattern }) => pattern.includes('Batch'))!.metric_transformation).toMatchObject({
      name: 'FailedBatchJobs',
      dimensions: { JobQueue: '$.detail.jobQueue' },
    });
  });

  test('the log of events takes them from EventBridge, of rules of the account', () => {
    const policy = JSON.parse(template.one('aws_cloudwatch_log_resource_policy').policy_document as string);
    expect(policy.Statement.map(({ Action, Condition }: Json) => [Action, Condition])).toEqual([
      [['logs:CreateLogStream'], undefined],
      [['logs:PutLogEvents'], { ArnLike: { 'aws:SourceArn': 'arn:aws:events:eu-north-1:111122223333:rule/*' } }],
    ]);
  });

  test('denied access is counted in the flow log from inside, in the log of the database, and in that of jobs', () => {
    const filters = template.all('aws_cloudwatch_log_metric_filter') as Json[];
    const patterns = filters.flatMap(({ pattern, metric_transformation }) =>
      metric_transformation.namespace === 'MLOps/Denied' ? [pattern] : [],
    );
    expect(patterns).toEqual([
      expect.stringContaining('?"password authentication failed"'),
      expect.stringContaining('source = 10.20.*, destination'),
      expect.stringContaining('?AccessDenied'),
    ]);
  });

  test('one dashboard has everything, one the model', () => {
    const dashboards = template.all('aws_cloudwatch_dashboard') as Json[];
    const all = JSON.parse(named(dashboards, 'acme-dev-monitoring').dashboard_body);
    const titles = all.widgets.flatMap(({ properties }: Json) => properties.markdown?.split('\n')[0] ?? []);
    expect(titles).toEqual([
      '## What needs a person',
      '## network',
      '## database',
      '## card-fraud',
      '## pool',
      '## lake',
      '## fraud',
      '## trigger retrain',
    ]);
    const model = JSON.parse(named(dashboards, 'acme-dev-monitoring-fraud').dashboard_body);
    const graphs = model.widgets.flatMap(({ properties }: Json) => properties.title ?? []);
    expect(graphs).toEqual(
      expect.arrayContaining([
        'Requests',
        'Latency of the model (ms)',
        'Cost: instance hours in an hour',
        'Server errors (%)',
        'High CPU (%)',
      ]),
    );
    expect(model.widgets[0].properties.markdown).toContain('| **Server errors** (critical) | The model answers');
  });

  test('a graph draws the expression of its alarm, with its threshold, in a unit that people read', () => {
    const model = JSON.parse(
      named(template.all('aws_cloudwatch_dashboard') as Json[], 'acme-dev-monitoring-fraud').dashboard_body,
    );
    const latency = model.widgets.find(({ properties }: Json) => properties.title === 'High latency (ms)').properties;
    expect(latency.annotations.horizontal).toEqual([
      { value: 500, label: 'warning > 500 ms', color: '#ff9900', fill: 'above' },
    ]);
    expect(latency.metrics.filter(([first]: [unknown]) => typeof first === 'object')).toEqual([
      [{ id: 'line0', expression: 'latency0 / 1000', label: 'champion' }],
      [{ id: 'line1', expression: 'latency1 / 1000', label: 'challenger' }],
    ]);
    expect(latency.metrics[0]).toEqual([
      'AWS/SageMaker',
      'ModelLatency',
      'EndpointName',
      'acme-dev-real-time',
      'VariantName',
      'champion',
      { id: 'latency0', stat: 'p90', visible: false },
    ]);
  });

  test('a graph of days shows them, whatever the dashboard shows', () => {
    const [, drifted] = dashboardBody('eu-north-1', [
      { title: 'drift', graphs: driftGraphs('acme-dev-fraud', ['PSI'], { PSI: 0.1 }) },
    ]).widgets;
    expect(drifted!.properties).toMatchObject({ period: 86_400, start: '-P28D', end: 'P0D' });
  });

  test('widgets do not overlap', () => {
    for (const { dashboard_body } of template.all('aws_cloudwatch_dashboard') as Json[]) {
      const cells = new Set<string>();
      for (const { x, y, width, height } of JSON.parse(dashboard_body).widgets) {
        expect(x + width).toBeLessThanOrEqual(24);
        for (let column = x; column < x + width; column++) {
          for (let line = y; line < y + height; line++) {
            expect(cells).not.toContain(`${column} ${line}`);
            cells.add(`${column} ${line}`);
          }
        }
      }
    }
  });

  test('says what watches each thing', () => {
    expect(monitoring).toBeInstanceOf(Monitoring);
    expect(monitoring.watches.map(({ thing }) => thing)).toEqual([
      'network',
      'database',
      'card-fraud',
      'pool',
      'lake',
      'fraud',
    ]);
  });
});

test('Airflow and an Aurora cluster that pauses are watched by what they report', () => {
  const stack = acmeStack();
  const network = BASES['new ManagedAirflow']!(stack).network as Network;
  const airflow = new ManagedAirflow(stack, 'Airflow', { network, encryptionKey: keyIn(stack, 'AirflowKey') });
  const database = new AuroraDatabase(stack, 'Cluster', {
    network,
    encryptionKey: keyIn(stack, 'ClusterKey'),
    minCapacityAcu: 0,
    maxCapacityAcu: 4,
    readers: 1,
  });
  monitoringIn(stack, { dashboards: false, name: 'watch' }).monitorAirflow(airflow).monitorDatabase(database);
  const template = Template.synth(stack);
  const names = alarmsOf(template).map(({ alarm_name }) => alarm_name);
  expect(names).toEqual(expect.arrayContaining(['acme-dev-airflow-no-heartbeat', 'acme-dev-cluster-replica-lag']));
  expect(names).not.toContain('acme-dev-cluster-no-heartbeat'); // it rests
  expect(names).not.toContain('acme-dev-cluster-low-storage'); // it has no end
  expect(named(alarmsOf(template), 'acme-dev-cluster-high-cpu').dimensions).toHaveProperty('DBClusterIdentifier');
  expect(template.all('aws_cloudwatch_dashboard')).toEqual([]);
  expect(named(compositesOf(template), 'acme-dev-watch-storm').alarm_rule).toBe('FALSE'); // two things
});

describe('mistakes', () => {
  const pipeline = (alarms: AlarmOverrides) => (stack: AwsStack) =>
    monitoringIn(stack).monitorPipeline(pipelineIn(stack), { name: 'churn', everyHours: 24, alarms });

  test.each<[string, (stack: AwsStack) => unknown, string]>([
    [
      'an alarm that there is not',
      pipeline({ late: false } as never),
      "'alarms' must name alarms of it, got 'late'; use one of failed-runs, no-success",
    ],
    [
      'a threshold without sense',
      pipeline({ 'failed-runs': { threshold: -1 } }),
      "'alarms.failed-runs.threshold' must be at least 0, got -1; write one such as 0, the default",
    ],
    [
      'more bad periods than periods',
      pipeline({ 'failed-runs': { badPeriods: 3, periods: 2 } }),
      "'alarms.failed-runs.badPeriods' must be at most 2, the periods that are judged, got 3; lower it, or raise periods",
    ],
    [
      'a window longer than CloudWatch looks back',
      pipeline({ 'no-success': { periods: 169 } }),
      "'alarms.no-success.periods' must be at most 168: CloudWatch looks back no further with a period of 1 h, got 169; lower it",
    ],
    [
      'a severity that there is not',
      pipeline({ 'failed-runs': { severity: 'fatal' as never } }),
      "'alarms.failed-runs.severity' must be one of critical, warning, got 'fatal'",
    ],
    [
      'a runbook of two lines',
      pipeline({ 'failed-runs': { runbook: 'one\ntwo' } }),
      "'alarms.failed-runs.runbook' must be one line of at most 500 characters",
    ],
    [
      'a template in a runbook',
      pipeline({ 'failed-runs': { runbook: '${var.x}' } }),
      "'alarms.failed-runs.runbook' must be one line",
    ],
    [
      'a percentage above 100',
      (stack) =>
        monitoringIn(stack).monitorEndpoint(endpointIn(stack), {
          name: 'fraud',
          alarms: { 'server-errors': { threshold: 101 } },
        }),
      "'alarms.server-errors.threshold' must be between 0 and 100 %, got 101",
    ],
    [
      'the alarm of another kind of endpoint',
      (stack) =>
        monitoringIn(stack).monitorEndpoint(endpointIn(stack, 'serverless'), {
          name: 'fraud',
          alarms: { 'few-instances': false },
        }),
      "'alarms' must name alarms of it, got 'few-instances'",
    ],
    [
      'a deployment of two days',
      (stack) => monitoringIn(stack).monitorEndpoint(endpointIn(stack), { deploymentMinutes: 2880 }),
      "'deploymentMinutes' must be between 1 and 1440, got 2880",
    ],
    [
      'a name with a slash',
      (stack) => monitoringIn(stack).monitorPipeline(pipelineIn(stack), { name: 'a/b' }),
      "'name' must be letters, digits and single hyphens or underscores, got 'a/b'",
    ],
    ['a name twice', (stack) => monitoringIn(stack).watch('lake', []).watch('lake', []), 'lake'],
    [
      'a storm of one',
      (stack) => monitoringIn(stack, { stormThings: 1 }),
      "'stormThings' must be between 2 and 100, got 1",
    ],
    [
      'a network of which nothing is known',
      (stack) => monitoringIn(stack).monitorNetwork(BASES['new SecurityGroup']!(stack).network as Network),
      "'monitorNetwork' found neither NAT gateways nor a flow log; leave it out",
    ],
    [
      'a database of which nothing is known',
      (stack) => monitoringIn(stack).monitorDatabase(Database.fromAttributes(stack, 'Registry', existing(stack))),
      "'monitorDatabase' requires 'identity'; add it to the attributes of this import",
    ],
  ])('%s is refused', (_, watch, message) => expect(() => watch(acmeStack())).toThrow(message));

  test('what watches nothing is refused at synthesis', () => {
    const stack = acmeStack();
    monitoringIn(stack);
    expect(() => Template.synth(stack)).toThrow('it watches nothing; call one of its monitor... methods');
  });

  const spec: AlarmSpec = {
    name: 'late',
    severity: 'warning',
    means: 'It is late.',
    runbook: 'Look.',
    unit: '',
    bad: 'above',
    threshold: 0,
    thresholdLimits: COUNT,
    metrics: { a: metric('Acme', 'A', {}, 'Sum'), b: metric('Acme', 'B', {}, 'Sum') },
    ...judged(5, 1, 1),
    ...SILENT_WHEN_WELL,
  };
  const topics = (count: number) =>
    Array.from({ length: count }, (_, index) => `arn:aws:sns:eu-north-1:111122223333:t${index}`);

  test('six actions, two metrics without an expression and a text that is too long are refused together', () => {
    const make = () =>
      new Alarm(acmeStack(), 'It', {
        thing: 'it',
        spec: { ...spec, runbook: 'x'.repeat(1020) },
        alarmTopicArns: topics(6),
      });
    expect(make).toThrow("'alarmTopicArns' must have at most 5 entries, got 6");
    expect(make).toThrow("'spec' must have an expression, because it has 2 metrics");
    expect(make).toThrow("'spec' must be described in at most 1024 characters, got 1039");
  });

  test('metric math over eleven metrics is refused', () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`m${index}`, metric('Acme', `M${index}`, {}, 'Sum')]),
    );
    expect(() => new Alarm(acmeStack(), 'It', { thing: 'it', spec: { ...spec, metrics, expression: 'm0' } })).toThrow(
      "'spec' must have at most 10 metrics, got 11",
    );
  });

  test('a thing with more alarms than a composite alarm watches is refused', () => {
    const many = Array.from({ length: 101 }, (_, index) => ({
      ...spec,
      name: `late-${index}`,
      metrics: { a: spec.metrics.a! },
    }));
    expect(() => monitoringIn(acmeStack()).watch('it', many)).toThrow(
      "'specs' must have at most 99 warning alarms, got 101; watch the thing in parts",
    );
  });

  test('a dashboard beyond the limits of CloudWatch is refused at synthesis', () => {
    const stack = acmeStack();
    const graph = {
      title: 'A',
      unit: '' as const,
      lines: Array.from({ length: 501 }, () => ({ label: 'a', metrics: { a: spec.metrics.a! } })),
    };
    new Dashboard(stack, 'Board', { sections: () => [{ title: 'A', graphs: Array(6).fill(graph) }] });
    expect(() => Template.synth(stack)).toThrow(
      'the dashboard must have at most 500 metrics in a graph, got 501; watch fewer things',
    );
    const wide = dashboardBody('eu-north-1', [
      { title: 'A', graphs: Array(500).fill({ ...graph, lines: graph.lines.slice(0, 6) }) },
    ]);
    expect(brokenDashboard(wide).map(({ must }) => must)).toEqual([
      'must have at most 500 widgets',
      'must have at most 2500 metrics',
    ]);
  });

  test('parts of it are refused alone as well', () => {
    const stack = acmeStack();
    expect(() => new EventLog(stack, 'Events', { encryptionKey: keyIn(stack), retentionDays: 8 })).toThrow(
      "'retentionDays' must be one of 1, 3, 5",
    );
    expect(
      () => new Storm(stack, 'Storm', { name: 'it', critical: () => [], actions: actionsIn(stack), stormThings: 0 }),
    ).toThrow("'stormThings' must be between 2 and 100");
    expect(
      new Deployment(stack, 'Deployment', { thing: 'fraud', endpointName: 'fraud', holdMinutes: 30 }).metric.name,
    ).toBe('EndpointDeployments');
    expect(new LogCounts(stack, 'Counts').node.id).toBe('Counts');
    expect(() => new CountedEvent(stack, 'Event', {} as never)).toThrow("'eventPattern' must be set, got undefined");
  });
});
