import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { describeWith } from '../../support/machine';
import { endpointIn } from '../../support/serving';
import { ACME, acmeStack, keyIn } from '../../support/stack';

/*
 * The state machine of a smoke test as it is synthesized, with the program of its function, in an emulator that runs it.
 */

describeWith(['python'], 'the state machine of a smoke test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smoke-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let report: Record<string, { status: string; states: string[]; asked: number; failed: number[] }>;

  beforeAll(async () => {
    const s = acmeStack();
    const bucket = new Bucket(s, 'Store', { encryptionKey: keyIn(s, 'StoreKey') });
    endpointIn(s, { smoke: { bucket, samples: 'card-fraud/smoke.json' } });
    const template = Template.synth(s);
    const { environment } = template.one('aws_lambda_function') as never as { environment: any };
    const definition = String(template.one('aws_sfn_state_machine').definition);
    const plan = {
      definition: definition.replaceAll(
        /\$\{aws_lambda_function\.\w+\.arn\}/g,
        `arn:aws:lambda:${ACME.region}:${ACME.account}:function:smoke`,
      ),
      settings: JSON.parse(environment.variables.SMOKE),
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
    const program = join(__dirname, '../../serving/smoke_runs.py');
    const { code, stdout, stderr } = await run(python, [program, join(folder, 'plan.json')], { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    report = JSON.parse(stdout.slice(stdout.indexOf('{')));
  });

  test('waits until the new fleet answers, asks so often that it is among those who do, and counts a success', () => {
    expect(report['a good fleet']).toEqual({
      status: 'SUCCEEDED',
      states: [
        'Begin',
        ...['Look', 'Answers it', 'Wait', 'Look', 'Answers it', 'Wait', 'Look', 'Answers it'],
        ...['Ask', 'Were they good', 'Count success', 'Passed'],
      ],
      asked: 66,
      failed: [0, 1],
    });
  });

  test('counts a failure, which is the alarm that rolls back, while the new fleet has its first share only', () => {
    expect(report['a wrong fleet']).toMatchObject({ status: 'FAILED', asked: 66, failed: [1, 1] });
    expect(report['a wrong fleet']!.states.slice(-3)).toEqual(['Were they good', 'Count failure', 'Failed']);
  });

  test('asks a first deployment each sample once, when it is in service', () => {
    expect(report['a first deployment']).toMatchObject({ status: 'SUCCEEDED', asked: 1, failed: [0, 1] });
  });

  test('tests nothing, and counts nothing, once a deployment is rolled back', () => {
    expect(report['a rollback']).toMatchObject({ status: 'SUCCEEDED', asked: 0, failed: [0, 0] });
    expect(report['a rollback']!.states.at(-1)).toBe('Nothing to test');
  });

  test('fails if the new fleet never answers, and if the program cannot do its work: what nobody tried has not passed', () => {
    for (const story of ['a fleet that never answers', 'a program that fails']) {
      expect(report[story]).toMatchObject({ status: 'FAILED', asked: 0, failed: [1, 1] });
    }
  });
});
