import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { run } from '../../support/command';
import { describeWith } from '../../support/machine';
import { ACME } from '../../support/stack';

describeWith(['python', 'registry'], 'a request that is sent again', () => {
  test('is answered as the first time, also while that is at work; another one is not', async () => {
    const logs = mkdtempSync(join(tmpdir(), 'emulator-'));
    const python = await emulatorPython(process.env, homedir(), () => {});
    const emulator = await startEmulator({ ...ACME, python, logs, env: process.env });
    try {
      const printed = await run(logs, python, [join(__dirname, 'repeated_request.py')], {
        ...emulator.env,
        AWS_DEFAULT_REGION: ACME.region,
      });
      expect(JSON.parse(printed)).toEqual({ ids: 1, gateways: 1, other: 'Resource.AlreadyAssociated' });
    } finally {
      emulator.stop();
      rmSync(logs, { recursive: true });
    }
  });
});
