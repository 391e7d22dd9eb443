import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Compose, ENVIRONMENT_VARIABLE, main, Platform } from '../../stacks';

const REPOSITORY = resolve(__dirname, '../..');
const DEV = readFileSync(join(REPOSITORY, 'environments/dev.yaml'), 'utf8');
const BOOTSTRAP = 'acme-111122223333-eu-north-1-bootstrap';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  process.chdir(folder);
  process.env.CDKTF_OUTDIR = 'out';
});
afterEach(() => {
  process.chdir(REPOSITORY);
  delete process.env.CDKTF_OUTDIR;
  delete process.env[ENVIRONMENT_VARIABLE];
  rmSync(folder, { recursive: true });
});

function write(files: Record<string, string>): void {
  mkdirSync(join(folder, 'environments'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}

const written = () => (existsSync(join(folder, 'out/stacks')) ? readdirSync(join(folder, 'out/stacks')) : undefined);

/** What the program says, its exit code, and the stacks that it writes. */
function run(environment?: string, compose?: Compose) {
  if (environment) process.env[ENVIRONMENT_VARIABLE] = environment;
  const said: string[] = [];
  const print = jest.spyOn(console, 'error').mockImplementation((line) => void said.push(`${line}\n`));
  process.exitCode = 0;
  try {
    main(compose);
    return { status: process.exitCode, stderr: said.join(''), stacks: written() };
  } finally {
    process.exitCode = 0;
    print.mockRestore();
  }
}

/** The same as the program that `cdktf.json` runs. */
function spawn(program = join(REPOSITORY, 'stacks/main.ts')) {
  const { status, stderr, stdout } = spawnSync(join(REPOSITORY, 'node_modules/.bin/tsx'), [program], {
    encoding: 'utf8',
    env: process.env, // the one of the test, which is not that of its process
  });
  return { status, stderr, stdout, stacks: written() };
}

test('synthesizes every environment of the folder, or the one that is named', () => {
  const state = 'state: { bucket: acme-qa-state }';
  const other = DEV.replace('environment: dev', `environment: qa\n${state}`);
  write({ 'environments/dev.yaml': DEV, 'environments/qa.yaml': other });
  expect(spawn()).toEqual({
    status: 0,
    stderr: '',
    stdout: '',
    stacks: [BOOTSTRAP, 'acme-dev-data', 'acme-dev-foundation', 'acme-qa-data', 'acme-qa-foundation'],
  });
  rmSync(join(folder, 'out'), { recursive: true });
  expect(run('qa').stacks).toEqual([BOOTSTRAP, 'acme-qa-data', 'acme-qa-foundation']);
  rmSync(join(folder, 'out'), { recursive: true });
  expect(run('environments/dev.yaml').stacks).toHaveLength(2);
});

test('tells the errors of all files at once, without a stack trace, and writes nothing', () => {
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
  write({
    'environments/dev.yaml': DEV,
    'main.ts': `
      import { main } from '${REPOSITORY}/stacks';
      main(() => { throw new TypeError('a bug of ours'); });
    `,
  });
  const { status, stderr } = spawn(join(folder, 'main.ts'));
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
  write({ 'environments/dev.yaml': DEV });
  const late: Compose = (app, environment) => {
    const { data } = new Platform(app, environment);
    data.node.addValidation({ validate: () => ['has too many tables'] });
  };
  expect(run(undefined, late)).toEqual({ status: 2, stderr: 'acme-dev-data: has too many tables\n', stacks: [] });
});
