import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDagQueue } from '../../../lib/scheduler/airflow/dag-queue-base';
import { Source } from '../../../lib/scheduler/trigger/source';
import { Target } from '../../../lib/scheduler/trigger/target';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { NO_SETTINGS } from '../../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { ALARM_EVENT } from '../../scheduler/events';
import { triggerIn } from '../../scheduler/samples';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack } from '../../support/stack';

/*
 * The whole way of an event, in an emulator that delivers by itself: rule or bucket, state machine, lock, target. Each call is made under
 * the role as it is synthesized, which the emulator evaluates. The emulator has no SageMaker: targets are a state machine and a DAG.
 */

const at = (service: string, rest: string) => `arn:aws:${service}:${ACME.region}:${ACME.account}:${rest}`;
const machine = (name: string) => at('states', `stateMachine:${name}`);
const [CHILD, OTHER, INBOX, BUCKET] = ['promote', 'acme-dev-other', 'deploy_model.fifo', 'acme-raw'] as const;
const [PROMOTE, DEPLOY] = ['acme-dev-trigger-promote', 'acme-dev-trigger-deploy'] as const;
/** Names of the dead-letter queues. */
const [FAILED, OTHERS_FAILED] = ['acme-dev-promote', 'acme-dev-deploy'] as const;
const [ROLE, DELIVERY] = ['acme-dev-promote-role', 'acme-dev-promote-delivery'] as const;
const queueUrl = (name: string) => `https://queue/${name}`;

const s = acmeStack();
const dags = {
  node: s.node,
  dagId: 'deploy_model',
  queueName: INBOX,
  queueArn: at('sqs', INBOX),
  queueUrl: queueUrl(INBOX),
  grantSend(grantee) {
    grantee.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.queueArn] });
  },
} as IDagQueue;
const bucket = Bucket.fromBucketAttributes(s, 'Raw', { bucketArn: `arn:aws:s3:::${BUCKET}` });
triggerIn(s, { start: Target.stateMachine(machine(CHILD)) }, 'Promote');
triggerIn(s, { on: Source.objects(bucket, { prefix: 'daily/' }), start: Target.airflowDag(dags) }, 'Deploy');
const template = Template.synth(s);

/** The resources of a type, with the names that the account would give in the place of references. */
function deployed(type: string): Record<string, any>[] {
  const known = (address: string, attribute: string) => {
    const [of, id] = address.split('.') as [string, string];
    const { name } = template.resources(of)[`${of}.${id}`] as { name: string };
    if (attribute === 'url') return queueUrl(name);
    if (attribute !== 'arn') return name;
    const arns: Record<string, string> = {
      aws_sqs_queue: at('sqs', name),
      aws_dynamodb_table: at('dynamodb', `table/${name}`),
      aws_sfn_state_machine: machine(name),
      aws_iam_role: `arn:aws:iam::${ACME.account}:role/${name}`,
      aws_cloudwatch_event_rule: at('events', `rule/${name}`),
    };
    return arns[of]!;
  };
  const text = JSON.stringify(template.all(type));
  return JSON.parse(
    text.replace(/\$\{(aws_\w+\.\w+)\.(arn|url|name|id)\}/g, (_, address, attribute) => known(address, attribute)),
  );
}

const TYPES = [
  'aws_dynamodb_table',
  'aws_sqs_queue',
  'aws_sqs_queue_policy',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_sfn_state_machine',
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_event_target',
  'aws_cloudwatch_metric_alarm',
] as const;
const account = Object.fromEntries(TYPES.map((type) => [type, deployed(type)])) as Record<string, any[]>;
const child = (name: string) => ({
  name,
  definition: JSON.stringify({ StartAt: 'Go', States: { Go: { Type: 'Succeed' } } }),
  role_arn: `arn:aws:iam::${ACME.account}:role/${ROLE}`,
});
const TABLE = String((template.one('aws_dynamodb_table') as { name: string }).name);
const lockCalls = (target: string): [string, object][] => {
  const key = { TableName: TABLE, Key: { target: { S: target } } };
  return [
    ['dynamodb.put_item', { TableName: TABLE, Item: { target: { S: target }, holder: { S: 'x' } } }],
    ['dynamodb.get_item', key],
    ['dynamodb.update_item', key],
    ['dynamodb.delete_item', key],
  ];
};
const start = (name: string): [string, object] => ['stepfunctions.start_execution', { stateMachineArn: machine(name) }];
const look = (name: string): [string, object] => [
  'stepfunctions.describe_execution',
  { executionArn: at('states', `execution:${name}:x`) },
];
const send = (queue: string): [string, object] => [
  'sqs.send_message',
  {
    QueueUrl: queueUrl(queue),
    MessageBody: '{}',
    ...(queue.endsWith('.fifo') && { MessageGroupId: 'a', MessageDeduplicationId: 'a' }),
  },
];

/** Calls with the role of the state machine of `promote`, and with that of its delivery. */
const ALLOWED = [
  ...lockCalls(`machine/${CHILD}`),
  start(CHILD),
  start(PROMOTE),
  look(CHILD),
  look(DEPLOY), // the holder of a lock may be any trigger
  send(FAILED),
];
const REFUSED: [string, object][] = [
  ...lockCalls(`dag/${INBOX}`),
  ['dynamodb.scan', { TableName: TABLE }],
  start(OTHER),
  start(DEPLOY),
  look(OTHER),
  ['stepfunctions.stop_execution', { executionArn: at('states', `execution:${CHILD}:x`) }],
  send(INBOX),
  send(OTHERS_FAILED),
];
const DELIVERED = [start(PROMOTE)];
const UNDELIVERED = [start(DEPLOY), start(CHILD), send(FAILED), ...lockCalls(`machine/${CHILD}`)];

describeWith(['python'], 'an event that is delivered', () => {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let report: Record<string, any>;

  beforeAll(async () => {
    const machines = [...account.aws_sfn_state_machine!, child(CHILD), child(OTHER)];
    const other = { ...ALARM_EVENT.detail, state: { ...ALARM_EVENT.detail.state, timestamp: 'later' } };
    const plan = {
      ...account,
      aws_sqs_queue: [...account.aws_sqs_queue!, { name: INBOX }],
      aws_sfn_state_machine: machines,
      bucket: BUCKET,
      inbox: INBOX,
      machine: PROMOTE,
      objects: DEPLOY,
      child: CHILD,
      failed: FAILED,
      delivery: DELIVERY,
      events: { alarm: ALARM_EVENT, 'other alarm': { ...ALARM_EVENT, detail: other } },
      calls: {
        [ROLE]: [...REFUSED, ...ALLOWED],
        [DELIVERY]: [...UNDELIVERED, ...DELIVERED],
      },
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const python = await emulatorPython(process.env, homedir(), () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      ...blockedProxies(),
      ...NO_SETTINGS,
      AUTH: 'true',
      SFN_WAIT_SCALE: '0.01',
      TMPDIR: folder,
    };
    const program = join(__dirname, '../../scheduler/trigger_delivery.py');
    const args = [program, join(folder, 'plan.json'), EMULATORS.ministack.serve(0)];
    const { code, stdout, stderr } = await run(python, args, { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    report = JSON.parse(stdout);
  });

  test('of an alarm starts the state machine, which locks, starts its target with the cause, and releases', () => {
    expect(report.put).toBe(0);
    expect(report.alarm).toEqual([['Admitted', 'Done'], ['Go']]);
    expect(report.cause).toBe('alarm:drift');
  });

  test('a second time starts nothing more', () =>
    expect(report.again).toEqual([['Admitted', 'Done', 'Duplicate'], ['Go']]));

  test('of a bucket comes by the bucket itself, and sends the DAG a message for the object below the prefix', () => {
    expect(report.object).toEqual(['Admitted', 'Done']);
    expect(report.message).toEqual([`objects:${BUCKET}/daily/`]);
  });

  test('ends in the dead-letter queue when its role may not start the state machine, and in the alarm of that queue only', () => {
    expect(report['dead letter']).toEqual([expect.objectContaining({ timestamp: 'later' })]);
    const alarms = Object.keys(report.quiet);
    expect(alarms).toHaveLength(2);
    expect(report.quiet).toEqual(Object.fromEntries(alarms.map((name) => [name, [false]])));
    expect(report.alarmed).toEqual(Object.fromEntries(alarms.map((name) => [name, [name.includes('promote')]])));
  });

  test.each([
    ['the state machine', ROLE, REFUSED, ALLOWED],
    ['the delivery', DELIVERY, UNDELIVERED, DELIVERED],
  ] as const)('is handled by roles of which that of %s does nothing else', (_title, role, refused, allowed) => {
    const answers: string[] = report.calls[role];
    const shown = [...refused, ...allowed].map(
      (call, index) => `${answers[index]!.split(' ')[0]}: ${JSON.stringify(call)}`,
    );
    expect(shown).toEqual([
      ...refused.map((call) => `refused: ${JSON.stringify(call)}`),
      ...allowed.map((call) => `allowed: ${JSON.stringify(call)}`),
    ]);
  });
});
