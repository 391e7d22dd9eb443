import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { dataQualityPython } from '../../support/data-quality';
import { describeWith } from '../../support/machine';

describeWith(['python', 'registry'], 'the program of data quality', () => {
  test('measures real files as another engine does, and fails on everything that it cannot read', () => {
    const script = join(__dirname, '../../data-lake/quality/data_quality_test.py');
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { status, stderr } = spawnSync(dataQualityPython(), [script], { encoding: 'utf8', env });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
