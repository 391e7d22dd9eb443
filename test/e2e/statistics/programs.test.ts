import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWith } from '../../support/machine';
import { statisticsPython } from '../../support/statistics';

describeWith(['python', 'registry'], 'the programs of drift and experiments, with the packages of the image', () => {
  const measured: string[] = [];
  test.each([
    ['read what endpoints capture, in each of its forms', 'serving/captured_test.py'],
    [
      'find drift as scipy and statsmodels measure it, with false alarms within their level',
      'monitoring/drift_test.py',
    ],
    [
      'read experiments by the rules that were declared, with false calls within their level',
      'serving/experiment_test.py',
    ],
  ])('%s', (_, script) => {
    // one thread: small arrays gain nothing from more, and other work of the machine loses
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1', MLOPS_CAUSE: '' };
    const { status, stderr } = spawnSync(statisticsPython(), [join(__dirname, '../..', script)], {
      encoding: 'utf8',
      env,
    });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    measured.push(...(stderr.match(/measured: .*/g) ?? []));
  });

  test('print the rates of false alarms that they have measured over seeded runs', () => {
    expect(measured.filter((line) => /\b[1-9]\d{3} runs\b/.test(line)).length).toBeGreaterThan(5);
    process.stdout.write(`\n${measured.join('\n')}\n`);
  });
});
