import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWith } from '../../support/machine';
import { trainingPython } from '../../support/training-image';

describeWith(['python', 'registry'], 'the programs of examples/training-repo', () => {
  test('train a model and judge it by the money that it is worth', () => {
    const script = join(__dirname, 'example_test.py');
    const { status, stderr } = spawnSync(trainingPython(), [script], { encoding: 'utf8' });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
