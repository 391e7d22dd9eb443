import { metric } from '../../lib/monitoring/alarms/alarm-spec';
import { Watch } from '../../lib/monitoring/alarms/watch';
import { airflowAlarms } from '../../lib/monitoring/kinds/airflow-alarms';
import { batchAlarms } from '../../lib/monitoring/kinds/batch-alarms';
import { databaseAlarms } from '../../lib/monitoring/kinds/database-alarms';
import { endpointAlarms } from '../../lib/monitoring/kinds/endpoint-alarms';
import { ALARMS, defaultsOf, type Kind } from '../../lib/monitoring/kinds/kinds';
import { lakeAlarms } from '../../lib/monitoring/kinds/lake-alarms';
import { loggingAlarms } from '../../lib/monitoring/kinds/logging-alarms';
import { networkAlarms } from '../../lib/monitoring/kinds/network-alarms';
import { pipelineAlarms } from '../../lib/monitoring/kinds/pipeline-alarms';
import { Bucket } from '../../lib/storage/bucket';
import { type AlarmState, alarmStates, Template } from '../../lib/testing';
import { acmeStack } from '../support/stack';
import { actionsIn } from './samples';

/*
 * Each alarm as it is synthesized, over made-up values in the units of the services: goes off, stays silent, and what
 * it makes of a service that says nothing.
 */

type Values = Readonly<Record<string, number>>;

/** Kind and alarm, values of each metric that set it off, values next to them that do not, and its state without data. */
interface Row {
  readonly kind: Kind;
  readonly thing: string;
  readonly alarm: string;
  readonly bad: Values;
  readonly good: readonly Values[];
  readonly silence: AlarmState;
}

const GIB = 1024 ** 3;
const NONE: AlarmState = 'INSUFFICIENT_DATA';

const row = (kind: Kind, thing: string, alarm: string, bad: Values, silence: AlarmState, ...good: Values[]): Row => ({
  kind,
  thing,
  alarm,
  bad,
  good,
  silence,
});

const ROWS: readonly Row[] = [
  // 1 % is good, and 10 of 10 requests say nothing
  row(
    'endpoint',
    'online',
    'server-errors',
    { failed: 2, requests: 100 },
    'OK',
    { failed: 1, requests: 100 },
    { failed: 10, requests: 10 },
    { failed: 0, requests: 0 },
  ),
  row('endpoint', 'online', 'client-errors', { failed: 6, requests: 100 }, 'OK', { failed: 5, requests: 100 }),
  row('endpoint', 'online', 'high-latency', { latency: 500_001 }, NONE, { latency: 500_000 }), // microseconds
  row('endpoint', 'online', 'high-overhead', { latency: 200_001 }, NONE, { latency: 200_000 }),
  row('endpoint', 'online', 'no-traffic', { Invocations: 0 }, 'ALARM', { Invocations: 1 }),
  row('endpoint', 'online', 'high-cpu', { used: 48 * 86 }, NONE, { used: 48 * 85 }), // a sum over the cores of ml.g5.12xlarge
  row('endpoint', 'online', 'high-memory', { MemoryUtilization: 91 }, NONE, { MemoryUtilization: 90 }),
  row('endpoint', 'online', 'high-disk', { DiskUtilization: 86 }, NONE, { DiskUtilization: 85 }),
  row('endpoint', 'online', 'high-gpu-memory', { used: 4 * 96 }, NONE, { used: 4 * 95 }), // a sum over its four GPUs
  row('endpoint', 'online', 'few-instances', { CPUUtilization: 0 }, 'ALARM', { CPUUtilization: 1 }),
  row('endpoint', 'cold', 'high-concurrency', { used: 0.81 }, 'OK', { used: 0.8 }), // a share
  row('endpoint', 'cold', 'high-memory', { MemoryUtilization: 91 }, NONE, { MemoryUtilization: 90 }),
  row('endpoint', 'queued', 'server-errors', { failed: 2, requests: 100 }, 'OK', { failed: 1, requests: 100 }),
  row('endpoint', 'queued', 'old-requests', { ApproximateAgeOfOldestRequest: 901 }, 'OK', {
    ApproximateAgeOfOldestRequest: 900,
  }),
  row('endpoint', 'queued', 'failed-requests', { InvocationFailures: 1 }, 'OK', { InvocationFailures: 0 }),
  row('endpoint', 'queued', 'high-latency', { latency: 60_000_001 }, NONE, { latency: 60_000_000 }),
  row('database', 'rds', 'no-heartbeat', { DatabaseConnections: 0 }, 'ALARM', { DatabaseConnections: 5 }),
  row('database', 'rds', 'high-cpu', { CPUUtilization: 86 }, NONE, { CPUUtilization: 85 }),
  row('database', 'rds', 'low-memory', { free: 0.14 * GIB }, NONE, { free: 0.15 * GIB }), // bytes
  row('database', 'rds', 'low-storage', { free: 3.9 * GIB }, NONE, { free: 4 * GIB }),
  row('database', 'rds', 'many-connections', { used: 721 }, NONE, { used: 720 }), // 8 GiB allow 901
  row('database', 'rds', 'slow-disk', { DiskQueueDepth: 65 }, 'OK', { DiskQueueDepth: 64 }),
  row('database', 'rds', 'old-transactions', { used: 1_000_000_001 }, NONE, { used: 1_000_000_000 }),
  row('database', 'rds', 'denied-logins', { '/aws/rds/instance/registry/postgresql': 11 }, 'OK', {
    '/aws/rds/instance/registry/postgresql': 10,
  }),
  row('database', 'aurora', 'replica-lag', { AuroraReplicaLagMaximum: 1001 }, NONE, { AuroraReplicaLagMaximum: 1000 }),
  row('airflow', 'airflow', 'no-heartbeat', { SchedulerHeartbeat: 0 }, 'ALARM', { SchedulerHeartbeat: 60 }),
  row('airflow', 'airflow', 'import-errors', { ImportErrors: 1 }, 'OK', { ImportErrors: 0 }),
  row('airflow', 'airflow', 'queued-tasks', { QueuedTasks: 6 }, 'OK', { QueuedTasks: 5 }),
  row('airflow', 'airflow', 'failed-tasks', { TaskInstanceFailures: 6 }, 'OK', { TaskInstanceFailures: 5 }),
  row('airflow', 'airflow', 'lost-tasks', { ZombiesKilled: 1 }, 'OK', { ZombiesKilled: 0 }),
  row('network', 'network', 'no-ports', { ErrorPortAllocation: 1 }, 'OK', { ErrorPortAllocation: 0 }),
  row('network', 'network', 'dropped-packets', { PacketsDropCount: 101 }, 'OK', { PacketsDropCount: 100 }),
  row('network', 'network', 'denied-connections', { flow: 501 }, 'OK', { flow: 500 }),
  row('pipeline', 'pipeline', 'failed-runs', { ExecutionFailed: 1 }, 'OK', { ExecutionFailed: 0 }),
  row('pipeline', 'pipeline', 'no-success', { ExecutionSucceeded: 0 }, 'ALARM', { ExecutionSucceeded: 1 }),
  row('batch', 'batch', 'failed-jobs', { FailedBatchJobs: 1 }, 'OK', { FailedBatchJobs: 0 }),
  row('batch', 'batch', 'denied-calls', { jobs: 1 }, 'OK', { jobs: 0 }),
  row('lake', 'lake', 'failed-conversion', { FailedGlueJobs: 1 }, 'OK', { FailedGlueJobs: 0 }),
  row('lake', 'lake', 'bad-data', { FailedDataQuality: 1 }, 'OK', { FailedDataQuality: 0 }),
  row('logs', 'logs', 'lost-shards', { 'ClusterStatus.red': 1 }, 'OK', { 'ClusterStatus.red': 0 }),
  row('logs', 'logs', 'refused-writes', { ClusterIndexWritesBlocked: 1 }, 'OK', { ClusterIndexWritesBlocked: 0 }),
  row('logs', 'logs', 'no-key', { error: 0, inaccessible: 1 }, 'OK', { error: 0, inaccessible: 0 }),
  row('logs', 'logs', 'low-storage', { free: 24.9 * 1024 }, NONE, { free: 25 * 1024 }), // MiB
  row('logs', 'logs', 'few-nodes', { Nodes: 4 }, 'ALARM', { Nodes: 5 }),
  row('logs', 'logs', 'few-copies', { 'ClusterStatus.yellow': 1 }, 'OK', { 'ClusterStatus.yellow': 0 }),
  row('logs', 'logs', 'high-memory', { JVMMemoryPressure: 95 }, NONE, { JVMMemoryPressure: 94 }),
  row('logs', 'logs', 'high-cpu', { CPUUtilization: 81 }, NONE, { CPUUtilization: 80 }),
  row('logs', 'logs', 'failed-snapshots', { AutomatedSnapshotFailure: 1 }, 'OK', { AutomatedSnapshotFailure: 0 }),
  row('logs', 'logs', 'refused-logs', { taken: 0.98 }, 'OK', { taken: 0.99 }), // a share
  row('logs', 'logs', 'late-logs', { 'DeliveryToAmazonOpenSearchService.DataFreshness': 901 }, 'OK', {
    'DeliveryToAmazonOpenSearchService.DataFreshness': 900,
  }),
  row('logs', 'logs', 'unsplit-logs', { Errors: 1 }, 'OK', { Errors: 0 }),
];

const variants = [{ name: 'main', instanceType: 'ml.g5.12xlarge' }];
const THINGS = {
  online: endpointAlarms({ endpointName: 'e', invocation: 'real-time', variants }),
  cold: endpointAlarms({ endpointName: 'e', invocation: 'serverless', variants: [{ name: 'main' }] }),
  queued: endpointAlarms({ endpointName: 'e', invocation: 'asynchronous', variants }),
  rds: databaseAlarms({ owner: 'instance', identifier: 'registry', memoryGib: 8 }),
  aurora: databaseAlarms({ owner: 'cluster', identifier: 'registry', memoryGib: 8, readers: true }),
  airflow: airflowAlarms({ airflowName: 'airflow' }),
  network: networkAlarms({ natGatewayIds: ['nat-1'], flowLogGroupName: 'flow', vpcCidr: '10.20.0.0/16' }),
  pipeline: pipelineAlarms({ pipelineName: 'churn', everyHours: 24 }),
  batch: batchAlarms({ queueArns: { normal: 'arn' }, logGroupName: 'jobs' }),
  lake: lakeAlarms({
    conversions: { merchants: 'job' },
    gates: { orders: { databaseName: 'db', tableName: 'orders' } },
  }),
  logs: loggingAlarms({
    domainName: 'logs',
    account: '111122223333',
    nodes: 5,
    storageGb: 100,
    streamName: 'logs',
    splitterName: 'splitter',
  }),
};

const stack = acmeStack();
const actions = actionsIn(stack);
for (const [thing, specs] of Object.entries(THINGS)) new Watch(stack, `Watch-${thing}`, { thing, specs, actions });
const synthesized = Template.synth(stack).all('aws_cloudwatch_metric_alarm') as Record<string, any>[];

const PARTS: Record<string, string> = { 'failed-conversion': 'merchants-', 'bad-data': 'orders-' };
const alarmOf = (thing: string, name: string) =>
  synthesized.find(({ alarm_name }) => alarm_name === `acme-dev-${thing}-${PARTS[name] ?? ''}${name}`)!;

/** So many periods with the same values. */
const steady = (values: Values, periods: number) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Array(periods).fill(value)]));

test('an alarm refers to nothing that it watches: it would have it made before it is destroyed, under a name that is taken', () => {
  const s = acmeStack();
  const { bucketName } = new Bucket(s, 'Data', { name: 'data' });
  const [spec] = pipelineAlarms({ pipelineName: 'churn' });
  const metrics = { failed: metric('AWS/S3', '5xxErrors', { BucketName: bucketName, FilterId: 'all' }, 'Sum') };
  new Watch(s, 'Watch', {
    thing: 'data',
    specs: [{ ...spec!, metrics, expression: undefined }],
    actions: actionsIn(s),
  });
  const template = Template.synth(s);
  const name = template.one('aws_s3_bucket').bucket;
  expect(template.one('aws_cloudwatch_metric_alarm').dimensions).toEqual({ BucketName: name, FilterId: 'all' });
});

describe.each(ROWS.map((one) => [one.thing, one.alarm, one] as const))(
  '%s: %s',
  (thing, name, { bad, good, silence }) => {
    const alarm = alarmOf(thing, name);
    const periods: number = alarm?.evaluation_periods;
    const needed: number = alarm?.datapoints_to_alarm;

    test('goes off after as many bad periods as it needs, and not before', () => {
      const before = steady(good[0]!, periods);
      const after = steady(bad, needed);
      const series = Object.fromEntries(Object.keys(bad).map((id) => [id, [...before[id]!, ...after[id]!]]));
      const states = alarmStates(alarm, series);
      expect(states.slice(0, -1)).not.toContain('ALARM');
      expect(states.at(-1)).toBe('ALARM');
    });

    test('stays silent at its threshold', () => {
      for (const values of good) expect(alarmStates(alarm, steady(values, periods + 3))).not.toContain('ALARM');
    });

    test('is over after good periods', () =>
      expect(
        alarmStates(
          alarm,
          Object.fromEntries(
            Object.keys(bad).map((id) => [id, [...Array(periods).fill(bad[id]), ...Array(periods).fill(good[0]![id])]]),
          ),
        ).at(-1),
      ).toBe('OK'));

    test(`is ${silence} when the service says nothing`, () => {
      const nothing = Object.keys(bad).map((id) => [
        id,
        [...Array(periods).fill(good[0]![id]), ...Array(periods + 3).fill(null)],
      ]);
      expect(alarmStates(alarm, Object.fromEntries(nothing)).at(-1)).toBe(silence);
    });
  },
);

test('every alarm of every kind is in the table', () => {
  const tried = new Set(ROWS.map(({ kind, alarm }) => `${kind} ${alarm}`));
  const all = Object.entries(ALARMS).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`));
  expect(all.filter((name) => !tried.has(name))).toEqual([]);
  expect([...tried].filter((name) => !all.includes(name))).toEqual([]);
});

test('every kind says the defaults of each of its alarms, and why missing data is what it is', () => {
  for (const kind of Object.keys(ALARMS) as Kind[]) {
    expect([...defaultsOf(kind).keys()].sort()).toEqual([...ALARMS[kind]].sort());
    for (const spec of defaultsOf(kind).values()) {
      expect(spec.means).toMatch(/\.$/);
      expect(spec.runbook).toMatch(/^[A-Z].*[.?]$/);
      expect(spec.whyMissing).not.toBe('');
    }
  }
});
