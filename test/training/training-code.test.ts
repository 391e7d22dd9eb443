import '../../lib/testing/jest';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { list } from 'tar';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { MAX_CODE_BYTES, MAX_CODE_FILES, packFolder } from '../../lib/training/sagemaker/pack-folder';
import { TrainingCode } from '../../lib/training/sagemaker/training-code';
import { acmeStack } from '../support/stack';
import { trainingIn } from '../support/training';

const folders = mkdtempSync(join(tmpdir(), 'training-code-'));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** A folder with files by their path. */
function folderOf(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = join(folders, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

const CODE = { 'train.py': 'print(1)\n', 'lib/b.py': 'b = 1\n', 'lib/a.py': 'a = 1\n', 'requirements.txt': 'numpy\n' };
const NOISE = {
  '.git/HEAD': 'ref',
  'lib/__pycache__/a.cpython-312.pyc': 'x',
  'old.pyc': 'x',
  '.pytest_cache/v': 'x',
  '.venv/bin/python': 'x',
  '.DS_Store': 'x',
  'churn.egg-info/PKG-INFO': 'x',
  'lib/.ipynb_checkpoints/a.ipynb': 'x',
};
const pack = (folder: string, entryPoint = 'train.py') => packFolder(acmeStack(), folder, entryPoint);

interface Entry {
  readonly path: string;
  readonly uid: number | undefined;
  readonly mtime: number | undefined;
}

function entriesOf(archive: Buffer): Entry[] {
  const entries: Entry[] = [];
  const reader = list({
    sync: true,
    onReadEntry: ({ path, uid, mtime }) => entries.push({ path, uid, mtime: mtime?.getTime() }),
  });
  reader.end(gunzipSync(archive));
  return entries;
}

describe('a packed folder', () => {
  const folder = folderOf('churn', { ...CODE, ...NOISE });
  const { archive, hash } = pack(folder);

  test('has the code, sorted, without owners and times, and without what tools leave behind', () => {
    const entries = entriesOf(archive);
    expect(entries.map(({ path }) => path)).toEqual(['lib/a.py', 'lib/b.py', 'requirements.txt', 'train.py']);
    expect(new Set(entries.map(({ uid, mtime }) => `${uid} ${mtime}`))).toEqual(new Set(['undefined 0']));
  });

  test('is the same for everyone: times, permissions, order of creation and noise make no difference', () => {
    const copy = join(folders, 'copy');
    cpSync(folder, copy, { recursive: true });
    rmSync(join(copy, '.git'), { recursive: true });
    utimesSync(join(copy, 'train.py'), 1, 1);
    chmodSync(join(copy, 'train.py'), 0o600);
    chmodSync(join(copy, 'lib', 'a.py'), 0o664);
    expect(pack(copy)).toEqual({ archive, hash });
  });

  test('has another hash for other code, or another name', () => {
    expect(pack(folderOf('other', { ...CODE, 'train.py': 'print(2)\n' })).hash).not.toBe(hash);
    expect(pack(folderOf('moved', { ...CODE, 'c.py': 'a = 1\n' })).hash).not.toBe(hash);
  });

  test('keeps the permission to execute', () => {
    const copy = join(folders, 'executable');
    cpSync(folder, copy, { recursive: true });
    chmodSync(join(copy, 'train.py'), 0o700);
    expect(pack(copy).hash).not.toBe(hash);
  });

  test('names no operating system in its header', () => expect(archive[9]).toBe(255));

  test('is an object of the workspace under its hash, which the role of the training may read', () => {
    const s = acmeStack();
    const training = trainingIn(s, { code: TrainingCode.fromFolder(folder) });
    const template = Template.synth(s);
    const key = `acme-dev-churn/code/${hash}/sourcedir.tar.gz`;
    template.hasResource('aws_s3_object', {
      key,
      content_base64: archive.toString('base64'),
      content_type: 'application/gzip',
      kms_key_id: training.workspace.encryptionKey.keyArn,
      override_provider: { default_tags: { tags: {} } },
    });
    expect(template.resolve(training.codeUri)).toBe(
      `s3://${template.resolve(training.workspace.bucket.bucketName)}/${key}`,
    );
    expect(template.policyOf(training.role)).toAllow({
      actions: 's3:GetObject',
      resources: `${training.workspace.bucket.bucketArn}/${key}`,
    });
  });
});

test('an archive in another bucket is read where it is, with its folder, and no other', () => {
  const s = acmeStack();
  const theirs = Bucket.fromBucketAttributes(s, 'Theirs', { bucketArn: 'arn:aws:s3:::acme-ci' });
  const training = trainingIn(s, { code: TrainingCode.fromBucket(theirs, 'churn/v7/sourcedir.tar.gz') });
  const template = Template.synth(s);
  expect(training.codeUri).toBe('s3://acme-ci/churn/v7/sourcedir.tar.gz');
  const policy = template.policyOf(training.role);
  expect(policy).toAllow({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-ci/churn/v7/other.tar.gz' });
  expect(policy).not.toAllow({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-ci/churn/v8/sourcedir.tar.gz' });
  expect(template.all('aws_s3_object').map(({ key }) => key)).toEqual(['acme-dev-churn/request.json']);
});

test('an archive at the top of a bucket is read alone', () => {
  const s = acmeStack();
  const theirs = Bucket.fromBucketAttributes(s, 'Theirs', { bucketArn: 'arn:aws:s3:::acme-ci' });
  const training = trainingIn(s, { code: TrainingCode.fromBucket(theirs, 'churn.tar.gz') });
  const policy = Template.synth(s).policyOf(training.role);
  expect(training.codeUri).toBe('s3://acme-ci/churn.tar.gz');
  expect(policy).not.toAllow({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-ci/other.tar.gz' });
});

describe('a folder is refused', () => {
  test('that is not there', () => {
    const missing = join(folders, 'missing');
    expect(() => pack(missing)).toThrow("test: 1 invalid property\n  - 'code' must be a folder, got '");
    expect(() => pack(missing)).toThrow(
      ', which is none; a relative path is relative to the directory of the process: write join(__dirname, ...)',
    );
  });

  test('that is a file', () =>
    expect(() => pack(join(folderOf('file', CODE), 'train.py'))).toThrow("'code' must be a folder"));

  test('without its entry point, and with links', () => {
    const folder = folderOf('links', { 'main.py': '', 'lib/a.py': '' });
    symlinkSync('/etc/hostname', join(folder, 'host'));
    expect(() => pack(folder)).toThrow(
      /^test: 2 invalid properties\n {2}- 'entryPoint' must be a file in '.*', got 'train.py'; it has host, main.py\n {2}- 'code' must not have symbolic links, got host; replace each by what it points to$/,
    );
  });

  test('that is empty', () => expect(() => pack(folderOf('empty', {}))).toThrow("got 'train.py'; it has no files"));

  test('with too many files', () => {
    const many = Object.fromEntries(Array.from({ length: MAX_CODE_FILES }, (_, index) => [`f${index}.py`, '']));
    expect(() => pack(folderOf('many', { ...many, 'train.py': '' }))).toThrow(
      `'code' must have at most ${MAX_CODE_FILES} files, got ${MAX_CODE_FILES + 1}; data belongs into an input channel`,
    );
  });

  test('that is too large', () => {
    const random = randomBytes(MAX_CODE_BYTES + 1); // does not get smaller
    expect(() => pack(folderOf('large', { 'train.py': '', 'weights.bin': random }))).toThrow(
      new RegExp(
        `'code' must have at most ${MAX_CODE_BYTES} bytes when packed, got \\d+; data belongs into an input channel`,
      ),
    );
  });
});

test.each(['', '/a.tar.gz', 'a.zip', 'a/*.tar.gz'])('a key that names no archive is refused: %p', (key) => {
  const s = acmeStack();
  const bucket = new Bucket(s, 'Bucket');
  expect(() => TrainingCode.fromBucket(bucket, key)).toThrow(
    "TrainingCode.fromBucket: 1 invalid property\n  - 'key' must be the key of a .tar.gz object, such as churn/code/sourcedir.tar.gz, got '",
  );
});
