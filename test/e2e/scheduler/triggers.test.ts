import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TerraformStack } from 'cdktf';
import type { IDagQueue } from '../../../lib/scheduler/airflow/dag-queue-base';
import { Source } from '../../../lib/scheduler/trigger/source';
import { Target } from '../../../lib/scheduler/trigger/target';
import { Template } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { triggerIn } from '../../scheduler/samples';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack } from '../../support/stack';

/*
 * The state machines of triggers as they are synthesized, in an emulator that runs them: which events start something, and which
 * calls that takes.
 */

const CHILD = { StartAt: 'Go', States: { Go: { Type: 'Succeed' } } };
const CHILD_ARN = `arn:aws:states:${ACME.region}:${ACME.account}:stateMachine:child`;
const ONE_HOUR = 60;

/** Prefix of the actions of a service in IAM. */
const IAM: Readonly<Record<string, string>> = {
  SFN: 'states',
  DynamoDB: 'dynamodb',
  SageMaker: 'sagemaker',
  SQS: 'sqs',
};

function inbox(stack: TerraformStack): IDagQueue {
  return {
    node: stack.node,
    dagId: 'deploy_model',
    queueName: 'inbox.fifo',
    queueArn: `arn:aws:sqs:${ACME.region}:${ACME.account}:inbox.fifo`,
    queueUrl: 'INBOX_URL',
    grantSend(grantee) {
      grantee.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.queueArn] });
    },
  } as IDagQueue;
}

const s = acmeStack();
const following = { maxRunMinutes: 1440, cooldownMinutes: 1440, retries: 2 };
triggerIn(s, following, 'Retrain');
triggerIn(s, following, 'Hourly');
triggerIn(s, { maxRunMinutes: 1 }, 'Short');
triggerIn(s, { on: Source.cron('cron(0 3 ? * MON *)', 'Europe/Stockholm') }, 'Weekly');
triggerIn(s, { start: Target.stateMachine(CHILD_ARN), maxRunMinutes: ONE_HOUR }, 'Promote');
triggerIn(s, { start: Target.airflowDag(inbox(s), { conf: { stage: 'canary' } }) }, 'Dag');

describeWith(['python'], 'the state machine of a trigger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triggers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let report: Record<string, any>;
  let calls: string[];

  const template = Template.synth(s);

  beforeAll(async () => {
    const machines = template.all('aws_sfn_state_machine').map(({ name, definition }) => [
      String(name).replace('acme-dev-trigger-', ''),
      String(definition)
        .replace(/\$\{aws_sqs_queue\.\w+\.url\}/g, 'FAILED_URL')
        .replace(/\$\{aws_dynamodb_table\.\w+\.name\}/g, 'acme-dev-locks'),
    ]);
    const plan = {
      machines: { ...Object.fromEntries(machines), child: JSON.stringify(CHILD) },
      table: 'acme-dev-locks',
      pipeline: 'churn',
      lock: 'pipeline/churn',
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...blockedProxies(),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      MOTO_ACCOUNT_ID: ACME.account,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const program = join(__dirname, '../../scheduler/trigger_runs.py');
    const { code, stdout, stderr } = await run(python, [program, join(folder, 'plan.json')], { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    ({ report, calls } = JSON.parse(stdout.slice(stdout.indexOf('{'))));
  });

  test('starts a run for the first event, and tells it why and by which execution', () => {
    expect(report.first).toEqual(['RUNNING', 1, true]);
    expect(report.parameters.Cause).toBe('alarm:drift');
  });

  test('does nothing for a second delivery of an event', () => expect(report.duplicate).toEqual(['Duplicate', 1]));

  test('skips an event beside an active run, also one of another trigger of the same target', () =>
    expect(report.beside).toEqual(['Skipped', 'Skipped', 1]));

  test('skips an event within the cooldown of a run that has ended', () =>
    expect(report['within the cooldown']).toEqual(['Skipped', 1, 'RUNNING']));

  test('releases the target after the cooldown, and starts the next event', () =>
    expect(report.end).toEqual(['Done', null]));

  test('fails with a run that failed, which is no failure of the trigger', () =>
    expect(report['a failed run']).toEqual(['RunFailed', null, []]));

  test('starts one run for two events at once', () => {
    expect(report['two at once']).toEqual([3, ['Skipped']]);
    expect(report['the winner']).toBe('Done');
  });

  test('repeats a start that fails, then reports it and has no cooldown', () =>
    expect(report['a failed start']).toEqual(['Failed', 'FAILED', 3, null]));

  test('puts all that is needed to try again into the dead-letter queue', () => {
    expect(report['its message']).toMatchObject({
      trigger: 'acme-dev-trigger-retrain',
      execution: true,
      cause: 'alarm:drift',
      event: 'id-7',
    });
    expect(report['sent again']).toEqual(['RUNNING', 'alarm:drift']);
  });

  test('leaves no lock for ever when its execution dies, and starts nothing beside the run of a dead one', () => {
    expect(report.dead).toEqual(['ABORTED', true]);
    expect(report['beside the run of a dead one']).toBe('Skipped');
    expect(report['taken over']).toEqual([true, 2]);
    expect(report['the one that took over']).toBe('Done');
  });

  test('reports a run that takes too long, and starts nothing until it ends', () => {
    expect(report.overdue).toEqual([
      'Failed',
      { Error: 'RunOverdue', Cause: "the run takes longer than the 1 minutes of 'maxRunMinutes'" },
      'Skipped',
    ]);
    expect(report['after it']).toBe('Done');
  });

  test('starts a state machine with the cause and the event', () =>
    expect(report['a state machine']).toEqual(['Done', 'alarm:drift', true, 'id-13']));

  test('sends a DAG its message, once', () =>
    expect(report['a DAG']).toEqual([
      'Done',
      [{ dag_id: 'deploy_model', run_id: true, started_by: true, cause: 'alarm:drift', conf: { stage: 'canary' } }],
    ]));

  test('starts at the time of a schedule', () => {
    expect(report['a schedule']).toEqual(['Admitted', 'schedule:2026-03-02T02:00:00Z']);
    expect(report['its end']).toBe('Done');
  });

  test('makes each call that its role allows, and no other', () => {
    const machineRoles = template
      .all('aws_sfn_state_machine')
      .map(({ role_arn: arn }) => String(arn).replace('.arn}', '.name}'));
    const allowed = template
      .all('aws_iam_role_policy')
      .filter(({ role }) => machineRoles.includes(String(role)))
      .flatMap(({ policy }) => JSON.parse(String(policy)).Statement)
      .flatMap(({ Action }) => Action as string | string[]);
    const called = calls.map((call) => call.split(' ')).map(([service, name]) => `${IAM[service!]}:${name}`);
    expect(called.sort()).toEqual([...new Set(allowed)].sort());
  });
});
