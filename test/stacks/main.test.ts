import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Compose, ENVIRONMENT_VARIABLE, main, Platform, RECORDS_VARIABLE } from '../../stacks';

const REPOSITORY = resolve(__dirname, '../..');
// without what takes half of a synthesis and plays no part here
const DEV = readFileSync(join(REPOSITORY, 'environments/dev.yaml'), 'utf8')
  .replace(/^scheduler:\n(?:[ #].*\n|\n)+/m, '')
  .replace(/^models:.*\n(?:[ #].*\n|\n)+/m, '')
  .replace(/^training:\n(?:[ #].*\n|\n)+/m, 'training: { ownsLogGroups: false }\n');
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

const stacksOf = (name: string) =>
  ['data', 'foundation', 'monitoring', 'services'].map((layer) => `acme-${name}-${layer}`);
const written = () => (existsSync(join(folder, 'out/stacks')) ? readdirSync(join(folder, 'out/stacks')) : undefined);

/** The stderr of the program, its exit code, and the stacks that it writes. */
function run(environment?: string, compose?: Compose) {
  if (environment) process.env[ENVIRONMENT_VARIABLE] = environment;
  const lines: string[] = [];
  const print = jest.spyOn(console, 'error').mockImplementation((line) => void lines.push(`${line}\n`));
  process.exitCode = 0;
  try {
    main(compose);
    return { status: process.exitCode, stderr: lines.join(''), stacks: written() };
  } finally {
    process.exitCode = 0;
    print.mockRestore();
  }
}

test('synthesizes every environment of the folder, or the selected one', () => {
  const state = 'state: { bucket: acme-qa-state }';
  const other = DEV.replace('environment: dev', `environment: qa\n${state}`);
  write({ 'environments/dev.yaml': DEV, 'environments/qa.yaml': other });
  expect(run()).toEqual({
    status: 0,
    stderr: '',
    stacks: [BOOTSTRAP, ...stacksOf('dev'), ...stacksOf('qa')],
  });
  rmSync(join(folder, 'out'), { recursive: true });
  expect(run('qa').stacks).toEqual([BOOTSTRAP, ...stacksOf('qa')]);
  rmSync(join(folder, 'out'), { recursive: true });
  expect(run('environments/dev.yaml').stacks).toEqual(stacksOf('dev'));
});

test('prints the errors of all files, without a stack trace, and writes nothing', () => {
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

test('refuses two files with the same environment', () => {
  write({ 'environments/dev.yaml': DEV, 'environments/dev.yml': DEV });
  expect(run()).toMatchObject({
    status: 2,
    stderr:
      "environments/dev.yml: 1 error\nenvironments/dev.yml:7:14 environment: must differ from that of environments/dev.yaml, got 'acme-dev' in both; rename one of them\n",
    stacks: undefined,
  });
});

test('an unexpected error keeps its stack trace, and is not taken for one of the input', () => {
  write({ 'environments/dev.yaml': DEV });
  const bug = new TypeError('a bug of ours');
  const failing = () =>
    run(undefined, () => {
      throw bug;
    });
  expect(failing).toThrow(bug); // as it is: Node prints where it was thrown, and exits with 1
});

test('explains how to start if there is no environment file', () => {
  expect(run()).toMatchObject({
    status: 2,
    stderr:
      'environments/: must have an environment file, got none; create environments/dev.yaml, or set CDKTF_MLOPS_ENVIRONMENT to a file\n',
  });
});

test('prints validation errors of constructs in the same way, before any file is written', () => {
  write({ 'environments/dev.yaml': DEV });
  const late: Compose = (app, environment) => {
    const { data } = new Platform(app, environment);
    data.node.addValidation({ validate: () => ['has too many tables'] });
  };
  expect(run(undefined, late)).toEqual({ status: 2, stderr: 'acme-dev-data: has too many tables\n', stacks: [] });
});

test('refuses to lose what the record beside the file keeps, and writes nothing; writes records on demand', () => {
  const retaining = DEV.replaceAll('removal: destroy', 'removal: retain');
  write({ 'environments/dev.yaml': retaining });
  process.env[RECORDS_VARIABLE] = 'records.json';
  expect(run()).toMatchObject({ status: 0, stderr: '', stacks: [] });
  delete process.env[RECORDS_VARIABLE];
  const { 'environments/dev.record.json': record } = JSON.parse(readFileSync('records.json', 'utf8'));
  write({
    'environments/dev.record.json': record,
    'environments/dev.yaml': retaining.replace(
      'images: [fraud-train, fraud-serve, ads-serve]',
      'images: [fraud-train, ads-serve]',
    ),
  });
  const { status, stderr, stacks } = run();
  expect(status).toBe(2);
  expect(stacks).toEqual([]); // the folder of the app is there, without a stack
  expect(stderr).toMatch(
    /^environments\/dev\.record\.json: this configuration would lose or change 1 resource that is kept/,
  );
  expect(stderr).toContain(
    "  - acme-dev-data/Images/fraud-serve: image repository 'acme-dev-fraud-serve': gone from the configuration\n",
  );
});

test('ignores hidden files beside the environment files, as macOS writes them', () => {
  write({ 'environments/dev.yaml': DEV, 'environments/._dev.yaml': '\0\x05\x16', 'environments/.old.yaml': 'x' });
  expect(run()).toMatchObject({ status: 0, stderr: '' });
});
