import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWith } from '../../support/machine';
import { scikitLearnPython } from '../../support/training-image';

describeWith(['python', 'registry'], 'the default evaluation, with the packages of an image of scikit-learn', () => {
  test('judges real models on real files as scikit-learn does, and has a reason for what it cannot judge', () => {
    const script = join(__dirname, '../../training/evaluation_test.py');
    const { status, stderr } = spawnSync(scikitLearnPython(), [script], { encoding: 'utf8' });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
