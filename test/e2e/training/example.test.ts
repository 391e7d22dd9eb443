import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../support/house/source';
import { describeWith } from '../../support/machine';
import { trainingPython } from '../../support/training-image';

describeWith(['python', 'registry'], 'the programs of examples/training-repo', () => {
  test('train a model and judge it by the money that it is worth', () => {
    const script = join(ROOT, 'examples/training-repo/churn/tests/test_churn.py');
    const env = { ...process.env, PYTHONPATH: join(ROOT, 'lib/registry/contract') };
    const { status, stderr } = spawnSync(trainingPython(), [script], { encoding: 'utf8', env });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
