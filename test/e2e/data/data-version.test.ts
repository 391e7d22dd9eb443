import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { describeWith } from '../../support/machine';

describeWith(['python'], 'the version of data', () => {
  test('is what was put into a bucket or a table, computed another way', async () => {
    const python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const script = join(__dirname, '../../training/data_version_test.py');
    const { status, stderr } = spawnSync(python, [script], { encoding: 'utf8' });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
