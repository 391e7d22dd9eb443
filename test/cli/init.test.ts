import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../cli/program';
import { testApp } from '../../lib/testing';
import { devDependencies, version } from '../../package.json';
import { type EnvironmentFileError, loadEnvironment, Platform } from '../../stacks';

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
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    live: false,
  };
  const code = await runProgram(['init', ...args], terminal);
  return { code, out: out.join(''), err: err.join('') };
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
    expect(out).toBe(
      `${folder}: written\n\n  cd ${folder} && npm install\n  npm test\n  npx cdktf-mlops rehearse dev\n`,
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

  test('depends on this version, and on the versions that it was tested with', async () => {
    await init(folder, ...ANSWERS);
    const { name, dependencies, devDependencies: development } = JSON.parse(textOf('package.json'));
    expect(name).toBe('my-shop');
    const { 'cdktf-mlops': own, ...others } = { ...dependencies, ...development };
    expect(own).toBe(version);
    expect(devDependencies).toMatchObject(others);
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

describe('a value that is not given', () => {
  test('is printed, and is a placeholder in the environment file, which synthesis reports', async () => {
    const { code, out } = await init(folder, '--project', 'shop');
    expect(code).toBe(0);
    expect(out).toContain('fill in environments/dev.yaml: account, region, owner\n');
    const file = join(folder, 'environments/dev.yaml');
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
      expect.stringMatching(/^--account: must be 12 digits in quotes, got '123'/),
      expect.stringMatching(/^--region: must be an AWS region such as eu-north-1, got 'moon # 1'/),
      expect.stringMatching(/^--owner: must be a mail address, got 'a: b'/),
      '',
    ]);
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
  });
});

test('its help lists every option', async () => {
  const { code, out } = await init('--help');
  expect(code).toBe(0);
  for (const option of ['--project', '--account', '--region', '--owner']) expect(out).toContain(option);
});
