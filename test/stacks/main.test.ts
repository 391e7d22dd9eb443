import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../..');
const DEV = readFileSync(join(REPOSITORY, 'environments/dev.yaml'), 'utf8');
const BOOTSTRAP = 'acme-111122223333-eu-north-1-bootstrap';
const BUG = `
import { main } from '${REPOSITORY}/stacks';
main(() => { throw new TypeError('a bug of ours'); });
`;
const LATE_FAULT = `
import { Construct } from 'constructs';
import { main, Platform } from '${REPOSITORY}/stacks';
main((app, environment) => {
  const { data } = new Platform(app, environment);
  data.node.addValidation({ validate: () => ['has too many tables'] });
});
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string>): void {
  mkdirSync(join(folder, 'environments'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}

function run(env: Record<string, string> = {}, program = join(REPOSITORY, 'stacks/main.ts')) {
  const { status, stderr, stdout } = spawnSync(join(REPOSITORY, 'node_modules/.bin/tsx'), [program], {
    cwd: folder,
    env: { ...process.env, CDKTF_OUTDIR: 'out', ...env },
    encoding: 'utf8',
  });
  return {
    status,
    stderr,
    stdout,
    stacks: existsSync(join(folder, 'out')) ? readdirSync(join(folder, 'out/stacks')) : undefined,
  };
}

test('synthesizes every environment of the folder, or the one that is named', () => {
  const state = 'state: { bucket: acme-qa-state }';
  const other = DEV.replace('environment: dev', `environment: qa\n${state}`);
  write({ 'environments/dev.yaml': DEV, 'environments/qa.yaml': other });
  expect(run()).toEqual({
    status: 0,
    stderr: '',
    stdout: '',
    stacks: [BOOTSTRAP, 'acme-dev-data', 'acme-dev-foundation', 'acme-qa-data', 'acme-qa-foundation'],
  });
  rmSync(join(folder, 'out'), { recursive: true });
  expect(run({ CDKTF_MLOPS_ENVIRONMENT: 'qa' }).stacks).toEqual([BOOTSTRAP, 'acme-qa-data', 'acme-qa-foundation']);
  rmSync(join(folder, 'out'), { recursive: true });
  expect(run({ CDKTF_MLOPS_ENVIRONMENT: 'environments/dev.yaml' }).stacks).toHaveLength(2);
});

test('tells the faults of all files at once, without a stack trace, and writes nothing', () => {
  write({
    'environments/dev.yaml': DEV.replace('size: small', 'size: tiny'),
    'environments/qa.yaml': DEV.replace('environment: dev', 'environment: qa')
      .replace('regoin', 'x')
      .replace('region:', 'regoin:'),
  });
  const { status, stderr, stacks } = run();
  expect(status).toBe(2);
  expect(stacks).toBeUndefined();
  expect(stderr).toContain('environments/dev.yaml:11:7 size: must be one of small, medium, large');
  expect(stderr).toContain('environments/qa.yaml:9:1 regoin:');
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('refuses two files that make the same environment', () => {
  write({ 'environments/dev.yaml': DEV, 'environments/dev.yml': DEV });
  expect(run()).toMatchObject({
    status: 2,
    stderr:
      "environments/dev.yml: 'environment' makes 'acme-dev', as environments/dev.yaml does: give one of them another name\n",
    stacks: undefined,
  });
});

test('what nobody foresaw shows where it happened', () => {
  write({ 'environments/dev.yaml': DEV, 'main.ts': BUG });
  const { status, stderr } = run({}, join(folder, 'main.ts'));
  expect(status).toBe(1);
  expect(stderr).toMatch(/TypeError: a bug of ours\n\s+at .*main\.ts/);
});

test('says what to write where there is no environment file', () => {
  expect(run()).toMatchObject({
    status: 2,
    stderr:
      'environments/: no environment file here: write environments/dev.yaml, or name a file in CDKTF_MLOPS_ENVIRONMENT\n',
  });
});

test('what a construct finds wrong late is told the same way, before the first file is written', () => {
  write({ 'environments/dev.yaml': DEV, 'main.ts': LATE_FAULT });
  const { status, stderr, stacks } = run({}, join(folder, 'main.ts'));
  expect({ status, stderr, stacks }).toEqual({
    status: 2,
    stderr: 'acme-dev-data: has too many tables\n',
    stacks: [],
  });
});
