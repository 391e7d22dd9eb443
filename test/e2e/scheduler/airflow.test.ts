import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Network } from '../../../lib/network/network';
import { DagQueue } from '../../../lib/scheduler/airflow/dag-queue';
import type { DagMessage } from '../../../lib/scheduler/airflow/dag-queue-limits';
import { ManagedAirflow } from '../../../lib/scheduler/airflow/managed-airflow';
import { Template } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { airflowPython } from '../../support/airflow/python';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack, keyIn } from '../../support/stack';

/*
 * A real Airflow 3, with the options, the module and the DAG of the docs that are rendered for MWAA, reads the queue of a DAG.
 * The queue is an emulator's, with the attributes that are synthesized. What MWAA adds itself (Celery, its image, IAM) is not here.
 */

const DAG_ID = 'deploy_model';

const s = acmeStack();
const airflow = new ManagedAirflow(s, 'Airflow', {
  network: Network.fromNetworkAttributes(s, 'Net', {
    vpcId: 'vpc-11111111',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
  }),
  encryptionKey: keyIn(s),
  configuration: { 'core.parallelism': '4' },
});
new DagQueue(s, 'Queue', { airflow, dagId: DAG_ID });
const template = Template.synth(s);

const [, DAG] = /```python\n(.*?)```/s.exec(readFileSync(join(__dirname, '../../../docs/airflow.md'), 'utf8'))!;
const message = (number: number): string =>
  JSON.stringify({
    dag_id: DAG_ID,
    run_id: `run-${number}`,
    cause: `alarm:drift-${number}`,
    started_by: `arn:aws:states:${ACME.region}:${ACME.account}:execution:drift:${number}`,
    conf: {},
  } satisfies DagMessage);

interface MessageEvent {
  readonly payload: { readonly message_batch: readonly { readonly Body: string }[] };
}

interface Outcome {
  readonly runs: readonly (readonly [dag: string, type: string, state: string])[];
  /** The events of messages, each after the run that it has started. */
  readonly told: readonly (readonly [run: number, event: MessageEvent])[];
  readonly importErrors: readonly unknown[];
  readonly warnings: readonly unknown[];
  readonly lint: readonly [code: number, output: string, errors: string];
  readonly parsed: Readonly<Record<string, readonly [code: number, warnings: readonly string[], errors: string]>>;
  readonly logs: Readonly<Record<string, string>>;
  readonly triggerer: string;
  readonly left: number;
}

function plan(): object {
  const queue = template.one('aws_sqs_queue');
  return {
    region: ACME.region,
    options: template.one('aws_mwaa_environment').airflow_configuration_options,
    dags: {
      'platform_triggers.py': template.all('aws_s3_object').find(({ key }) => key === 'dags/platform_triggers.py')!
        .content,
      'deploy_model.py': DAG,
    },
    group: DAG_ID,
    queue: {
      name: queue.name,
      attributes: {
        FifoQueue: `${queue.fifo_queue}`,
        ContentBasedDeduplication: `${queue.content_based_deduplication}`,
        VisibilityTimeout: `${queue.visibility_timeout_seconds}`,
      },
    },
    // the first message is delivered twice, as SQS and a repeated execution may; of the others, two come while a run is active
    batches: [
      [message(1), message(1)],
      [message(2), message(3), message(4)],
    ],
  };
}

describeWith(['python', 'postgres'], 'a real Airflow with what is rendered for MWAA', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    const emulator = await emulatorPython(process.env, process.env.HOME!, () => {});
    const folder = mkdtempSync(join(tmpdir(), 'airflow-'));
    try {
      const file = join(folder, 'plan.json');
      writeFileSync(file, JSON.stringify({ ...plan(), emulator }));
      const program = join(__dirname, '../../scheduler/run_airflow.py');
      const { code, stdout, stderr } = await run(airflowPython(), [program, file], {
        cwd: folder,
        env: { ...runningEnvironment(process.env), ...blockedProxies() },
      });
      if (code !== 0) throw new Error(stderr);
      outcome = JSON.parse(stdout);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('takes the options, the module and the DAG without a warning', () => {
    expect(outcome.lint[0]).toBe(0);
    expect(outcome.lint[1]).toContain('No issues found');
    expect(outcome.parsed).toEqual({ 'platform_triggers.py': [0, [], ''], 'deploy_model.py': [0, [], ''] });
    expect([outcome.importErrors, outcome.warnings]).toEqual([[], []]);
  });

  test('starts a run for each message once, also for one that is delivered twice, or comes while a run is active', () => {
    expect(new Set(outcome.runs.map((one) => `${one}`))).toEqual(new Set([`${DAG_ID},asset_triggered,success`]));
    const bodies = outcome.told.flatMap(([, { payload }]) => payload.message_batch.map(({ Body }) => Body));
    expect(bodies).toEqual([1, 2, 3, 4].map(message));
    expect(new Set(outcome.told.map(([run]) => run)).size).toBe(outcome.runs.length); // no run has no message
    expect(outcome.left).toBe(0);
  });

  test('tells the task of each run why it runs', () => {
    const logs = Object.values(outcome.logs);
    const causes = logs.flatMap((log) => /deploys because of ([^,]+), started by/.exec(log)?.[1] ?? []);
    const newest = new Map(outcome.told.map(([run, { payload }]) => [run, JSON.parse(payload.message_batch[0]!.Body)]));
    expect(causes.sort()).toEqual([...newest.values()].map(({ cause }) => cause).sort());
  });

  test('reads the queue with the role of the environment, and asks for no connection', () => {
    expect(outcome.triggerer).not.toContain('aws_default');
  });
});
