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
});
