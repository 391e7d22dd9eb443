import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devDependencies, version } from '../package.json';

const ROOT = join(__dirname, '..');

/** Their own tests run beside ours; `test/e2e/package/package.test.ts` takes them out of here and installs the package. */
const EXAMPLES: [string, string[]][] = [
  ['platform-repo', ['acme-dev-churn', 'acme-dev-data', 'acme-dev-foundation', 'acme-dev-lab']],
  [
    'serving-repo',
    [
      'acme-dev-data',
      'acme-dev-foundation',
      'acme-dev-models',
      'acme-dev-monitoring',
      'acme-dev-services',
      'acme-dev-shop',
    ],
  ],
  ['snapshot-tests', ['acme-exports']],
  ['training-repo', ['acme-dev-churn', 'acme-dev-data', 'acme-dev-foundation', 'acme-dev-services']],
];

test('every example is tried', () => {
  const folders = readdirSync(join(ROOT, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(EXAMPLES.map(([name]) => name));
});

describe.each(EXAMPLES)('%s', (example, stacks) => {
  const folder = join(ROOT, 'examples', example);

  test('synthesizes', () => {
    const { app } = JSON.parse(readFileSync(join(folder, 'cdktf.json'), 'utf8'));
    expect(app).toBe('npx tsx main.ts'); // which `test/e2e/package/package.test.ts` runs
    const outdir = mkdtempSync(join(tmpdir(), 'example-'));
    process.env.CDKTF_OUTDIR = outdir;
    process.chdir(folder);
    try {
      require(join(folder, 'main.ts'));
      expect(readdirSync(join(outdir, 'stacks')).sort()).toEqual(stacks);
    } finally {
      process.chdir(ROOT);
      delete process.env.CDKTF_OUTDIR;
      rmSync(outdir, { recursive: true });
    }
  });

  test('depends on this version, and on the versions it was tried with', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const { 'cdktf-mlops': own, ...others } = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(own).toBe(version);
    expect(devDependencies).toMatchObject(others);
  });
});
