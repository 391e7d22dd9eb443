import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from '../support/cli';

const home = process.cwd();
const DEV = readFileSync('environments/dev.yaml', 'utf8');
const QA = DEV.replace('environment: dev', 'environment: qa');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  process.chdir(folder);
  mkdirSync('environments');
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

/** Runs `check` with these files in `environments/`. */
async function check(files: Record<string, string>, ...args: string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join('environments', name), text);
  return cli('check', ...args);
}

test('checks every file of the folder but hidden ones, and says which are valid', async () => {
  expect(await check({ 'dev.yaml': DEV, 'qa.yml': QA, '._dev.yaml': '\0\0', '.old.yaml': 'x' })).toEqual({
    code: 0,
    out: 'environments/dev.yaml: valid\nenvironments/qa.yml: valid\n',
    err: '',
  });
});

test('prints the errors of each file as synthesis does, and ends with 1', async () => {
  const wrong = QA.replace('size: small', 'size: smal');
  expect(await check({ 'dev.yaml': DEV, 'qa.yaml': wrong }, 'dev', 'environments/qa.yaml')).toEqual({
    code: 1,
    out: `environments/qa.yaml: 1 error
environments/qa.yaml:11:7 size: must be one of small, medium, large, got 'smal'; did you mean 'small'?
environments/dev.yaml: valid
`,
    err: '',
  });
});

test('prints JSON for programs: file, line, column, path, message', async () => {
  // a job of the file runs fraud-train: whether Train was to be that image is not known, so that the job has no error
  const wrong = QA.replace('images: [fraud-train,', 'images: [Train,');
  const { code, out } = await check({ 'dev.yaml': DEV, 'qa.yaml': wrong }, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    files: ['environments/dev.yaml', 'environments/qa.yaml'],
    errors: [
      {
        file: 'environments/qa.yaml',
        line: wrong.split('\n').findIndex((line) => line.includes('images: [Train')) + 1,
        column: 12,
        path: ['registry', 'images', 0],
        message:
          "must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got 'Train'; write train",
      },
    ],
  });
  expect(JSON.parse((await check({ 'qa.yaml': QA }, '--json', 'qa')).out)).toEqual({
    files: ['environments/qa.yaml'],
    errors: [],
  });
});

describe('between files, it finds', () => {
  const state = (of: string, value: string) => of.replace('network:\n', `state: ${value}\nnetwork:\n`);

  test('one environment in two files', async () => {
    const { out } = await check({ 'dev.yaml': DEV, 'acme-dev.yaml': DEV });
    expect(out).toBe(`environments/dev.yaml: 1 error
environments/dev.yaml:7:14 environment: must differ from that of environments/acme-dev.yaml, got 'acme-dev' in both; rename one of them
environments/acme-dev.yaml: valid
`);
  });

  test('one state bucket with two keys', async () => {
    const files = {
      'dev.yaml': state(DEV, '{ bucket: acme-state, kmsKey: alias/acme-state }'),
      'qa.yaml': state(QA, '{ bucket: acme-state, kmsKey: alias/acme-other }'),
    };
    expect((await check(files)).out).toContain(
      "environments/qa.yaml:18:38 state.kmsKey: must be 'alias/acme-state' as in environments/dev.yaml, which has the same bucket, got 'alias/acme-other'; use one key\n",
    );
  });

  test('a state key with the name of a key of the other environment, at either of them', async () => {
    const withKey = (text: string, other: string) =>
      state(text, `{ bucket: acme-state, kmsKey: alias/acme-${other}-lake }`);
    expect((await check({ 'dev.yaml': DEV, 'qa.yaml': withKey(QA, 'dev') })).out).toContain(
      "environments/qa.yaml:18:30 state.kmsKey: makes the KMS alias name 'acme-dev-lake', which environments/dev.yaml also makes; choose another name\n",
    );
    expect((await check({ 'dev.yaml': withKey(DEV, 'qa'), 'qa.yaml': QA })).out).toContain(
      "environments/dev.yaml:18:30 state.kmsKey: makes the KMS alias name 'acme-qa-lake', which environments/qa.yaml also makes; choose another name\n",
    );
  });

  test('nothing wrong where both use one existing bucket, or share the state', async () => {
    const shared = (text: string) =>
      state(text, '{ bucket: acme-state, kmsKey: alias/acme-state }').replace(
        'curated: {}',
        'curated: { bucketArn: "arn:aws:s3:::partner", keyArn: "arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }',
      );
    expect(await check({ 'dev.yaml': shared(DEV), 'qa.yaml': shared(QA) })).toMatchObject({ code: 0 });
  });
});

test('a name finds a file of either ending; what is neither name nor environment file is repeated as it was typed', async () => {
  expect((await check({ 'qa.yml': QA }, 'qa')).out).toBe('environments/qa.yml: valid\n');
  for (const typed of ['environments', 'environments/qa.record.json', 'README.md', '']) {
    writeFileSync('README.md', '');
    expect(await check({}, typed)).toEqual({
      code: 2,
      out: '',
      err: `'${typed}' must be a name, as in environments/<name>.yaml, or a file that ends in .yaml or .yml\n`,
    });
  }
});

test('no file is wrong usage', async () => {
  expect(await check({})).toEqual({
    code: 2,
    out: '',
    err: 'environments/: must have an environment file, got none; name a file, or create one\n',
  });
  expect(await check({ 'dev.yaml': DEV }, 'dev', 'prod', '--json')).toEqual({
    code: 2,
    out: '',
    err: 'environments/prod.yaml: does not exist; name a file, or one in environments/\n',
  });
});
