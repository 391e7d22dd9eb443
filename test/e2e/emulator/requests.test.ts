import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { run } from '../../support/command';
import { describeWith } from '../../support/machine';
import { ACME } from '../../support/stack';

describeWith(['python', 'registry'], 'a patched emulator', () => {
  const logs = mkdtempSync(join(tmpdir(), 'emulator-'));
  let [python, emulator]: [string, Emulator | undefined] = ['', undefined];
  beforeAll(async () => {
    python = await emulatorPython(process.env, homedir(), () => {});
    emulator = await startEmulator({ ...ACME, python, logs, env: process.env });
  });
  afterAll(() => {
    emulator?.stop();
    rmSync(logs, { recursive: true });
  });
  const printed = async (program: string) => {
    const env = { ...emulator!.env, AWS_DEFAULT_REGION: ACME.region };
    return JSON.parse(await run(logs, python, [join(__dirname, program)], env));
  };

  let report: Promise<Record<string, any>> | undefined;
  const alarmsAndFunctions = () => {
    report ??= printed('alarms_and_functions.py');
    return report;
  };

  test('answers a request that is sent again as the first time, also while that is at work, and another one not', async () =>
    expect(await printed('repeated_request.py')).toEqual({
      ids: 1,
      gateways: 1,
      other: 'Resource.AlreadyAssociated',
    }));

  test('refuses a state machine that cannot be read, with the place of the error', async () =>
    expect(await printed('judged_definitions.py')).toEqual([
      ['OK'],
      ['FAIL', expect.stringMatching(/^line 1:\d+, at "Stop", mismatched input/)],
      ['FAIL', expect.stringMatching(/^line 1:1, at <EOF>/)],
    ]));

  test('takes a composite alarm whose rule can be read and whose alarms are there, and keeps all that it says', async () => {
    const { refused, taken, kept, ...others } = await alarmsAndFunctions();
    expect(refused).toEqual([
      expect.stringMatching(/^ValidationError: Error in AlarmRule \[Unsupported token '<EOF>' at char 14\]/),
      expect.stringContaining("token 'errors' at char 0"),
      expect.stringContaining("token 'ALARM' at char 14"),
      expect.stringContaining("token ')' at char 1"),
      expect.stringContaining("token '0' at char 9"),
      expect.stringContaining('alarms [gone, gone too] in the alarm rule do not exist'),
    ]);
    expect(others['half suppressed']).toContain('ActionsSuppressor requires');
    expect(taken).toEqual(['taken', 'taken']);
    expect(others['by default']).toEqual([]);
    const topics = ['arn:aws:sns:eu-north-1:111122223333:alarms'];
    expect(kept).toEqual([
      {
        StateValue: 'INSUFFICIENT_DATA',
        AlarmActions: topics,
        OKActions: topics,
        ActionsSuppressor: 'deploying',
        ActionsSuppressorExtensionPeriod: 60,
      },
      [{ Key: 'stage', Value: 'dev' }],
    ]);
  });

  test('deletes no alarm that a composite alarm reads, and one composite alarm at a time', async () => {
    const { needed, deleted, left } = await alarmsAndFunctions();
    expect(needed).toEqual(
      ['errors', 'any'].map(
        (name) => `ValidationError: Cannot delete ${name} as there are composite alarm(s) depending on it.`,
      ),
    );
    expect(deleted).toEqual([expect.stringContaining('At most one composite alarm'), 'taken', 'taken', 'taken']);
    expect(left).toEqual(['deploying']);
  });

  test('makes a function of a program that is in the bucket, and of no other', async () => {
    const { functions } = await alarmsAndFunctions();
    expect(functions).toEqual([
      expect.stringContaining('S3 Error Code: NoSuchBucket'),
      expect.stringContaining('S3 Error Code: NoSuchKey'),
      'taken',
    ]);
  });

  test('makes no function whose role cannot write to its dead-letter queue, and keeps the queue', async () => {
    const { 'dead letters': said } = await alarmsAndFunctions();
    expect(said).toEqual([
      expect.stringContaining('does not have permissions to call SendMessage on SQS'),
      'taken',
      'arn:aws:sqs:eu-north-1:111122223333:failed',
    ]);
  });

  test('subscribes no function to a log group that it does not let in', async () => {
    const { subscribed } = await alarmsAndFunctions();
    expect(subscribed).toEqual([
      [expect.stringContaining('given CloudWatch Logs permission to execute your function'), 0],
      ['taken', 1],
    ]);
  });
});
