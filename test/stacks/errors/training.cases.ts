import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '../../../stacks/environment';
import { loadEnvironments } from '../../../stacks/environment/files';
import { FORMAT } from '../../../stacks/environment/platform-format';
import { errorOf, GOOD } from '../environment-text';

/** What is written under `training`, in line 20, and the error. */
const BAD: readonly (readonly [string, string])[] = [
  [
    '{ instances: [m5.xlarge] }',
    "20:25 training.instances[0]: must be a SageMaker instance type such as ml.m5.xlarge, got 'm5.xlarge'; correct it, or remove it",
  ],
  ['{ instances: [] }', '20:24 training.instances: must name at least one type, got none; add one, or remove the key'],
  [
    '{ instances: [ml.m5.xlarge, ml.g5.xlarge, ml.m5.xlarge] }',
    "20:53 training.instances[2]: must be listed once, got 'ml.m5.xlarge' again; remove one",
  ],
  [
    '{ maxRuntimeHours: 673 }',
    '20:30 training.maxRuntimeHours: must be a whole number from 1 to 672, got the number 673; the nearest is 672',
  ],
  [
    '{ maxRuntimeHours: 0.5 }',
    '20:30 training.maxRuntimeHours: must be a whole number from 1 to 672, got the number 0.5; the nearest is 1',
  ],
  [
    '{ logDays: 31 }',
    '20:22 training.logDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got the number 31; the nearest is 30',
  ],
  [
    '{ ownsLogGroups: false, logDays: 30 }',
    '20:35 training.logDays: has no effect without the log groups, got ownsLogGroups false; remove one of them',
  ],
  ['{ instanes: [ml.m5.xlarge] }', "20:13 training.instanes: is not a known key; did you mean 'instances'?"],
];

test.each(BAD)('training: %s', (text, message) => {
  expect(errorOf(() => parseEnvironment(`${GOOD}training: ${text}\n`, 'dev.yaml'))).toBe(
    `dev.yaml: 1 error\ndev.yaml:${message}`,
  );
});

describe("SageMaker's log groups, of which an account has one set in a region", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'training-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (training: string, region = 'eu-north-1') => {
    const text = `${GOOD.replace('project: acme', 'project: shop').replace('eu-north-1', region)}training: ${training}\n`;
    const files = [join(folder, 'dev.yaml'), join(folder, 'shop-dev.yaml')];
    writeFileSync(files[0]!, `${GOOD}training: {}\n`);
    writeFileSync(files[1]!, text);
    return () => loadEnvironments(files, FORMAT);
  };

  test('belong to one environment; the later file is told', () => {
    expect(load('{}')).toThrow(
      `${folder}/shop-dev.yaml:20:1 training.ownsLogGroups: must be false in all but one environment of an account and region, ${folder}/dev.yaml owns them too, got true; set it to false in one of them`,
    );
    expect(load('{ ownsLogGroups: false }')).not.toThrow();
    expect(load('{}', 'eu-west-1')).not.toThrow();
  });
});
