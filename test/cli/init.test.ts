import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { originOf } from '../../cli/installation/package';
import { testApp } from '../../lib/testing';
import { devDependencies, version } from '../../package.json';
import { type EnvironmentFileError, loadEnvironment, Platform, parseEnvironment } from '../../stacks';
import { cli } from '../support/cli';

const ANSWERS = [
  '--project',
  'shop',
  '--account',
  '444455556666',
  '--region',
  'eu-west-1',
  '--owner',
  'ml@shop.example',
];
const FILES = [
  '.github/workflows/check.yaml',
  '.gitignore',
  'README.md',
  'cdktf.json',
  'environments/dev.record.json',
  'environments/dev.yaml',
  'jest.config.js',
  'main.ts',
  'package.json',
  'test/environments.test.ts',
  'tsconfig.json',
];

let scratch: string;
let folder: string;

beforeEach(() => {
  scratch = fs.mkdtempSync(join(tmpdir(), 'init-'));
  folder = join(scratch, 'my-shop');
});
afterEach(() => fs.rmSync(scratch, { recursive: true }));

async function init(...args: string[]) {
  return cli('init', ...args);
}

function filesIn(place: string): string[] {
  const entries = fs.readdirSync(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(place.length + 1))
    .sort();
}

const textOf = (path: string) => fs.readFileSync(join(folder, path), 'utf8');

describe('a new repository', () => {
  test('is complete, and the next commands are printed', async () => {
    const { code, out, err } = await init(folder, ...ANSWERS);
    expect([code, err]).toEqual([0, '']);
    expect(filesIn(folder)).toEqual(FILES);
    // a path with spaces is quoted
    expect(out.replaceAll("'", '')).toBe(
      [
        `${folder}: written`,
        '',
        // the tests run from the sources, which are packed first
        `  mkdir -p ${folder}/vendor && npm pack ${process.cwd()} --pack-destination ${folder}/vendor`,
        `  cd ${folder} && npm install`,
        '  npm test',
        '  npm run rehearse -- dev',
        '',
      ].join('\n'),
    );
  });

  test('has an environment of the given values, which synthesizes', async () => {
    await init(folder, ...ANSWERS);
    const environment = loadEnvironment(join(folder, 'environments/dev.yaml'));
    expect(environment).toMatchObject({
      project: 'shop',
      account: '444455556666',
      region: 'eu-west-1',
      owner: 'ml@shop.example',
    });
    const app = testApp();
    new Platform(app, environment);
    expect(app.node.children.map(({ node }) => node.id)).toEqual(
      expect.arrayContaining(['shop-dev-foundation', 'shop-dev-data']),
    );
  });

  test('offers sections in comments, which load without the comment sign', async () => {
    await init(folder, ...ANSWERS);
    const text = textOf('environments/dev.yaml');
    const offered = text.replace(/^( *)# (?=(training|database): )/gm, '$1');
    expect(parseEnvironment(offered, 'dev.yaml')).toMatchObject({
      registry: { database: { engine: 'rds' } },
      training: { instances: ['ml.m5.xlarge'], removal: 'destroy' },
    });
  });

  test('depends on this version, and on the versions that it was tested with', async () => {
    await init(folder, ...ANSWERS);
    const { name, dependencies, devDependencies: development } = JSON.parse(textOf('package.json'));
    expect(name).toBe('my-shop');
    const { 'cdktf-mlops': own, ...others } = { ...dependencies, ...development };
    expect(own).toBe(`file:vendor/cdktf-mlops-${version}.tgz`);
    expect(devDependencies).toMatchObject(others);
  });

  test('uses an existing VPC, and keeps its state in a bucket, if it is told to', async () => {
    const existing = ['--existing-vpc', 'vpc-0a1b2c3d', '--subnets', 'subnet-0a1b2c3d, subnet-4e5f6a7b'];
    await init(folder, ...ANSWERS, ...existing, '--state', 'shop-state');
    expect(loadEnvironment(join(folder, 'environments/dev.yaml'))).toMatchObject({
      network: { vpcId: 'vpc-0a1b2c3d', privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'] },
      state: { bucket: 'shop-state' },
    });
    expect(textOf('environments/dev.yaml')).not.toContain('local files');
  });

  test('checks each change in CI with actions that cannot be moved, and may only read', async () => {
    await init(folder, ...ANSWERS);
    const { permissions, jobs } = parse(textOf('.github/workflows/check.yaml'));
    expect(permissions).toEqual({ contents: 'read' });
    const steps: { uses?: string; with?: object }[] = Object.values<{ steps: [] }>(jobs).flatMap((job) => job.steps);
    const actions = steps.filter(({ uses }) => uses);
    expect(actions.length).toBeGreaterThan(0);
    for (const { uses } of actions) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    const versions = textOf('.github/workflows/check.yaml').match(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/gm);
    expect(versions).toHaveLength(actions.length);
    for (const job of Object.values(jobs)) expect(job).toMatchObject({ 'timeout-minutes': expect.any(Number) });
    const checkout = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkout.map((step) => step.with)).toEqual([{ 'persist-credentials': false }]);
  });

  test('is named after its folder', async () => {
    await init(folder, ...ANSWERS);
    expect(textOf('README.md')).toMatch(/^# my-shop\n/);
    expect(JSON.parse(textOf('cdktf.json')).projectId).toBe('my-shop');
    folder = join(scratch, '_Größe 1');
    await init(folder, ...ANSWERS);
    expect(JSON.parse(textOf('package.json')).name).toBe('gr-e-1');
  });

  test('can be made in an empty folder or an empty Git repository', async () => {
    fs.mkdirSync(join(folder, '.git'), { recursive: true });
    expect((await init(folder, ...ANSWERS)).code).toBe(0);
    expect(filesIn(folder)).toEqual(FILES);
  });
});

describe('the package of a new repository', () => {
  const own = { name: 'cdktf-mlops', version: '1.2.3' };

  /** A tree in which npm has installed the package. */
  function installed(locked: object | undefined, requested: string): string {
    const root = join(scratch, 'tree/node_modules/cdktf-mlops');
    fs.mkdirSync(root, { recursive: true });
    const lock = { packages: { 'node_modules/cdktf-mlops': locked } };
    if (locked) fs.writeFileSync(join(root, '../.package-lock.json'), JSON.stringify(lock));
    const manifest = { dependencies: { 'cdktf-mlops': requested } };
    fs.writeFileSync(join(root, '../../package.json'), JSON.stringify(manifest));
    return root;
  }

  const location = 'https://acme.example/cdktf-mlops-1.2.3';
  const commit = 'git+ssh://git@git.example/acme/cdktf-mlops.git#0123456789abcdef0123456789abcdef01234567';

  test.each([
    ['a registry', { resolved: location }, '^1.0.0', '1.2.3'],
    ['a commit', { resolved: commit }, 'github:acme/cdktf-mlops', commit],
    [
      'the URL of a tarball',
      { resolved: 'https://acme.example/x.tgz' },
      'https://acme.example/x.tgz',
      'https://acme.example/x.tgz',
    ],
    ['a package manager that keeps another record', undefined, '^1.0.0', '1.2.3'],
  ])('comes from where this one came from: %s', (_, locked, requested, dependency) => {
    expect(originOf(installed(locked, requested), own)).toEqual({ dependency });
  });

  test('is a copy of the tarball that this one came from, so that it works on every machine', () => {
    const bytes = Buffer.from('packed');
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const root = installed({ resolved: 'file:../downloads/mlops.tgz', integrity }, 'file:../downloads/mlops.tgz');
    fs.mkdirSync(join(scratch, 'downloads'));
    const file = join(scratch, 'downloads/mlops.tgz');
    fs.writeFileSync(file, bytes);
    expect(originOf(root, own)).toEqual({
      dependency: 'file:vendor/mlops.tgz',
      tarball: { path: 'vendor/mlops.tgz', bytes },
    });
    fs.writeFileSync(file, 'another');
    expect(() => originOf(root, own)).toThrow(
      /mlops\.tgz: has changed since .*; pack it again \('npm pack' in its sources\)/,
    );
    fs.rmSync(file);
    expect(() => originOf(root, own)).toThrow(
      /mlops\.tgz: cdktf-mlops was installed from it, and .*\(ENOENT\); pack it again/,
    );
  });
});

describe('a value that is not given', () => {
  test('is printed, and is a placeholder in the environment file, which synthesis reports', async () => {
    const { code, out } = await init(folder, '--project', 'shop');
    expect(code).toBe(0);
    expect(out).toContain('fill in environments/dev.yaml: account, region, owner\n');
    const file = join(folder, 'environments/dev.yaml');
    expect(fs.readFileSync(file, 'utf8')).toContain('account: "<account>"'); // a number is no account
    expect(faultsOf(() => loadEnvironment(file))).toEqual([
      ['account', expect.stringContaining("must be 12 digits in quotes, got '<account>'")],
      ['region', expect.stringContaining("must be an AWS region such as eu-north-1, got '<region>'")],
      ['owner', expect.stringContaining("must be a mail address, got '<owner>'")],
    ]);
  });

  function faultsOf(load: () => unknown): [string, string][] {
    try {
      load();
    } catch (error) {
      return (error as EnvironmentFileError).errors.map(({ path, message }) => [path.join('.'), message]);
    }
    return [];
  }
});

describe('is refused, with exit code 2 and nothing written:', () => {
  test('every value that an environment cannot have, all at once', async () => {
    const answers = ['--project', 'My\nShop', '--account', '123', '--region', 'moon # 1', '--owner', 'a: b'];
    const { code, out, err } = await init(folder, ...answers);
    expect([code, out, fs.existsSync(folder)]).toEqual([2, '', false]);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^--project: must be up to 16 lower-case letters.*, got 'My\\nShop'/),
      expect.stringMatching(/^--account: must be 12 digits, got '123'; write for example 111122223333$/),
      expect.stringMatching(/^--region: must be an AWS region such as eu-north-1, got 'moon # 1'/),
      expect.stringMatching(/^--owner: must be a mail address, got 'a: b'/),
      '',
    ]);
  });

  test('an existing network or a state that cannot be, in the words of the options', async () => {
    const wrong = ['--existing-vpc', 'vpc-1, x: }', '--subnets', 'a', '--state', 'No'];
    const { code, err } = await init(folder, ...ANSWERS, ...wrong);
    expect([code, fs.existsSync(folder)]).toEqual([2, false]);
    expect(err.split('\n').sort()).toEqual([
      '',
      expect.stringMatching(/^--existing-vpc: must be a VPC id such as .*, got 'vpc-1, x: }'/),
      expect.stringMatching(/^--state: must be 3 to 63 lower-case .*, got 'No'/),
      expect.stringMatching(/^--subnets: must be a subnet id such as .*, got 'a'/),
      expect.stringMatching(/^--subnets: must be at least 2 different subnets, got 1/),
    ]);
    const half = await init(folder, ...ANSWERS, '--existing-vpc', 'vpc-0a1b2c3d');
    expect(half.err).toBe(
      '--subnets: is missing; add it, an existing VPC needs --existing-vpc and --subnets, got only --existing-vpc\n',
    );
  });

  test('a folder that is not empty, with its content', async () => {
    fs.mkdirSync(folder);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) fs.writeFileSync(join(folder, name), '');
    const { code, err } = await init(folder, ...ANSWERS);
    expect([code, err]).toEqual([
      2,
      `${folder}: must be a new or empty folder, but contains a, b, c, d, e, … (6 in all); choose another\n`,
    ]);
    expect(filesIn(folder)).toHaveLength(6);
  });

  test('a file', async () => {
    fs.writeFileSync(folder, '');
    expect(await init(folder)).toEqual({
      code: 2,
      out: '',
      err: `${folder}: is a file or below a file; choose a folder\n`,
    });
  });

  test.each([
    ['one that was there', true],
    ['a new one', false],
  ])('a folder that fills the disk, %s', async (_, exists) => {
    if (exists) fs.mkdirSync(join(folder, '.git'), { recursive: true });
    const write = fs.writeFileSync;
    const spy = jest.spyOn(fs, 'writeFileSync').mockImplementation((...args) => {
      if (spy.mock.calls.length > 3) throw Object.assign(new Error(), { code: 'ENOSPC' });
      write(...args);
    });
    const { code, err } = await init(join(folder, exists ? '' : 'deep/er'), ...ANSWERS).finally(() =>
      spy.mockRestore(),
    );
    expect([code, err]).toEqual([2, expect.stringContaining('my-shop')]);
    expect(err).toContain(': cannot be written (ENOSPC)\n');
    expect(fs.readdirSync(exists ? folder : scratch)).toEqual(exists ? ['.git'] : []);
  });

  test('no folder at all', async () => {
    expect(await init()).toMatchObject({ code: 2, err: expect.stringContaining("missing required argument 'folder'") });
    expect(await init('')).toMatchObject({
      code: 2,
      err: "<folder>: must be a new or empty folder, got ''; name one\n",
    });
  });
});

test('its help lists every option', async () => {
  const { code, out } = await init('--help');
  expect(code).toBe(0);
  for (const option of ['--project', '--owner', '--existing-vpc', '--subnets', '--state'])
    expect(out).toContain(option);
});
