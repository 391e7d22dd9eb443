import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TerraformStack } from 'cdktf';
import type { IDagQueue } from '../../../lib/scheduler/airflow/dag-queue-base';
import { Source } from '../../../lib/scheduler/trigger/source';
import { Target } from '../../../lib/scheduler/trigger/target';
import { Template } from '../../../lib/testing';
import { ProgramJob } from '../../../lib/training/processing/program-job';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { batchJobIn, triggerIn } from '../../scheduler/samples';
import { programJobPropsIn } from '../../support/drift';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack } from '../../support/stack';

/*
 * The state machines of triggers as they are synthesized, in an emulator that runs them: which events start something, and which
 * calls that takes.
 */

const CHILD = { StartAt: 'Go', States: { Go: { Type: 'Succeed' } } };
/** Waits until the emulator ends it. */
const SLOW = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };
const machineArn = (name: string) => `arn:aws:states:${ACME.region}:${ACME.account}:stateMachine:${name}`;
const CHILD_ARN = machineArn('child');
const ONE_HOUR = 60;

/** Prefix of the actions of a service in IAM. */
const IAM: Readonly<Record<string, string>> = {
  SFN: 'states',
  DynamoDB: 'dynamodb',
  SageMaker: 'sagemaker',
  Batch: 'batch',
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
const following = { maxRunMinutes: 300, cooldownMinutes: 300, retries: 2 };
const dag = Target.airflowDag(inbox(s), { conf: { stage: 'canary' } });
triggerIn(s, following, 'Retrain');
triggerIn(s, following, 'Hourly');
triggerIn(s, { maxRunMinutes: 1 }, 'Short');
triggerIn(s, { maxRunMinutes: 300, retries: 2, budget: { runs: 1, per: 'month' } }, 'Monthly');
triggerIn(s, { on: Source.cron('cron(0 3 ? * MON *)', 'Europe/Stockholm') }, 'Weekly');
triggerIn(s, { start: Target.stateMachine(CHILD_ARN), maxRunMinutes: ONE_HOUR }, 'Promote');
triggerIn(s, { start: Target.stateMachine(CHILD_ARN), maxRunMinutes: ONE_HOUR }, 'PromoteToo');
triggerIn(s, { start: Target.stateMachine(machineArn('slow'), { parallel: true }) }, 'Each');
triggerIn(s, { start: dag }, 'Dag');
triggerIn(s, { start: dag, cooldownMinutes: 300 }, 'DagDaily');
triggerIn(s, { start: Target.batchJob(batchJobIn(s)) }, 'Score');
const judging = new ProgramJob(s, 'Drift', programJobPropsIn(s));
triggerIn(s, { start: Target.processingJob(judging) }, 'Judge');
triggerIn(s, { start: Target.processingJob(judging) }, 'JudgeToo');
/** Calls that SageMaker makes in the name of the caller. */
const BY_SAGEMAKER = ['iam:PassRole', 'kms:CreateGrant', 'kms:DescribeKey'];

describeWith(['python'], 'the state machine of a trigger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triggers-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let report: Record<string, any>;
  let errors: Record<string, string>;
  let calls: string[];

  const template = Template.synth(s);

  beforeAll(async () => {
    const machines = template.all('aws_sfn_state_machine').map(({ name, definition }) => [
      String(name).replace('acme-dev-trigger-', ''),
      String(definition)
        .replace(/\$\{aws_sqs_queue\.\w+\.url\}/g, 'FAILED_URL')
        .replace(/\$\{aws_dynamodb_table\.\w+\.name\}/g, 'acme-dev-locks')
        .replace(/\$\{aws_batch_job_queue\.\w+\.arn\}/g, 'JOB_QUEUE')
        .replace(/\$\{aws_batch_job_definition\.\w+\.arn_prefix\}/g, 'JOB_DEFINITION'),
    ]);
    const lockOf = (name: string) =>
      JSON.parse(String(new Map<string, any>(machines as never).get(name))).States.Lock.Parameters.Item.target.S;
    const plan = {
      machines: { ...Object.fromEntries(machines), child: JSON.stringify(CHILD), slow: JSON.stringify(SLOW) },
      table: 'acme-dev-locks',
      pipeline: 'churn',
      locks: {
        pipeline: lockOf('retrain'),
        job: lockOf('score'),
        dag: lockOf('dag'),
        processing: lockOf('judge'),
        slow: 'machine/slow',
      },
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
    ({ report, errors, calls } = JSON.parse(stdout.slice(stdout.indexOf('{'))));
  });

  test('comes to the end of each story in time', () => expect(errors).toEqual({}));

  test('starts a run for the first event, and tells it why and by which execution', () => {
    expect(report.first).toEqual(['RUNNING', 1, true]);
    expect(report.parameters.Cause).toBe('alarm:drift');
  });

  test('does nothing for a second delivery of an event, with the same id or another one, while it runs and later', () => {
    expect(report.duplicate).toEqual([['Duplicate', 'Duplicate'], 1]);
    expect(report['duplicate of one that has ended']).toEqual(['Duplicate', 1]);
  });

  test('skips an event beside an active run, also one of another trigger of the same target', () =>
    expect(report.beside).toEqual([['Skipped', 'Skipped'], 1]));

  test('skips an event within the cooldown of a run that has ended', () =>
    expect(report['within the cooldown']).toEqual(['Skipped', 1, 'RUNNING']));

  test('releases the target after the cooldown, and starts the next event', () => {
    expect(report.end).toEqual(['Done', null]);
    expect(report['after the cooldown']).toEqual(['Done', 2]);
  });

  test('fails with a run that failed, which is no failure of the trigger', () =>
    expect(report['a failed run']).toEqual(['RunFailed', null, []]));

  test('starts one run for two events at once', () => expect(report['two at once']).toEqual([1, 'Skipped', 'Done']));

  test('repeats a start that fails, then reports it and has no cooldown', () =>
    expect(report['a failed start']).toEqual(['Failed', 'FAILED', 3, null]));

  test('puts all that is needed to try again into the dead-letter queue', () => {
    expect(report['its message']).toMatchObject({
      trigger: 'acme-dev-trigger-retrain',
      execution: true,
      cause: 'alarm:drift',
      event: true,
    });
    expect(report['sent again']).toEqual(['RUNNING', 'alarm:drift', 'Done']);
  });

  test('leaves no lock for ever when its execution dies, and starts nothing beside the run of a dead one', () => {
    expect(report.dead).toEqual(['ABORTED', true]);
    expect(report['beside the run of a dead one']).toEqual(['Skipped', 1]);
    expect(report['taken over']).toEqual([true, 'Done', null]);
  });

  test('leaves no lock for ever of an execution or a run that nobody knows any more', () => {
    expect(report['the lock of a forgotten execution']).toEqual([true, 'Done']);
    expect(report['the lock of a run that is not there']).toEqual([true, 'Done']);
  });

  test('does not release the lock of another execution', () =>
    expect(report['the lock of another']).toEqual(['Done', true]));

  test('reports a run that takes too long, and starts nothing until it ends', () => {
    expect(report.overdue).toEqual([
      'Failed',
      { Error: 'RunOverdue', Cause: "the run takes longer than the 1 minutes of 'maxRunMinutes'" },
      'Skipped',
      1,
    ]);
    expect(report['after it']).toBe('Done');
  });

  test('takes back what a start that failed has spent, and reports a run beyond the budget', () => {
    expect(report['a failed start within a budget']).toEqual(['Failed', [['pipeline', 'churn'], []], null]);
    expect(report['the run that the budget has left']).toEqual(['Done', true]);
    expect(report['a run beyond the budget']).toEqual([
      'Failed',
      expect.objectContaining({ Error: 'OverBudget' }),
      1,
      null,
    ]);
    expect(report['a trigger without a budget beside it']).toBe('Done');
  });

  test('starts a state machine for each event, beside its executions, if it is told so', () =>
    expect(report['in parallel']).toEqual([['Done', 'Done'], 2, 'Duplicate', null]));

  test('keeps an event once in its data, and not in the history of its looks', () =>
    expect(report['a large event']).toEqual(['Done', true, true]));

  test('starts a state machine with the cause, the event and a link, for each of two triggers', () => {
    expect(report['a state machine']).toEqual([['Done', 'Done'], 2, 'alarm:drift', true]);
    expect(report['its link']).toBe(true);
  });

  test('sends a DAG its message, once', () =>
    expect(report['a DAG']).toEqual([
      'Done',
      [{ dag_id: 'deploy_model', run_id: true, started_by: true, cause: 'alarm:drift', conf: { stage: 'canary' } }],
      null,
    ]));

  test('sends a DAG nothing within its cooldown', () =>
    expect(report['a DAG with a cooldown']).toEqual(['Skipped', 'Done', 1, null]));

  test('starts at the time of a schedule, once', () =>
    expect(report['a schedule']).toEqual([['Admitted', 'Duplicate'], 'schedule:2026-03-02T02:00:00Z', 'Done']));

  test('submits a job that knows why, and follows it', () => {
    expect(report['a job']).toEqual([true, 'alarm:drift', true, true]);
    expect(report['beside a job']).toEqual(['Skipped', 1]);
    expect(report['the end of a job']).toEqual(['Done', null]);
    expect(report['a failed job']).toBe('RunFailed');
  });

  test('submits no job beside that of a dead execution, and one when AWS Batch has forgotten that', () => {
    expect(report['beside the job of a dead one']).toEqual(['Skipped', 3]);
    expect(report['after a forgotten job']).toBe('Done');
  });

  test('starts a processing job that knows why, under a name of its own, and follows it', () => {
    expect(report['a processing job']).toEqual([true, 'alarm:drift', true, 'python3']);
    expect(report['beside a processing job']).toEqual(['Skipped', 1]);
    expect(report['the end of a processing job']).toEqual(['Done', null]);
    expect(report['a failed processing job']).toBe('RunFailed');
  });

  test('follows a job whose start gave no answer, under the name that only its execution gives', () => {
    expect(report['a job whose answer was lost']).toEqual([true, true, 'Skipped', 1]);
    expect(report['its end']).toEqual(['Done', null, []]);
    expect(report['the job of another trigger of that event']).toEqual([true, 2]);
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
    const own = allowed.filter((action) => !BY_SAGEMAKER.includes(action));
    expect(called.sort()).toEqual([...new Set(own)].sort());
  });
});
