import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cli } from '../support/cli';

/** Output of `force-unlock` of Terraform 1.11 for the id of another lock. */
const LOCKED = `Failed to unlock state: lock ID 'none' does not match the existing lock ID '1111-2222'
Lock Info:
  ID:        1111-2222
  Path:      acme-state/acme-dev-data.tfstate
  Operation: OperationTypeApply
  Who:       ann@laptop
  Version:   1.11.4
  Created:   2026-11-24 23:00:00 +0000 UTC
  Info:      
`;
const FREE = 'Failed to unlock state: unable to retrieve file from S3 bucket: NoSuchKey';

let folder: string;
let path: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'locks-'));
  path = process.env.PATH;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** Synthesized stacks, and a terraform that prints for each stack what its folder contains. */
function stacks(answers: Record<string, string>): void {
  const manifest: Record<string, unknown> = {};
  for (const [name, answer] of Object.entries(answers)) {
    const workingDirectory = `stacks/${name}`;
    mkdirSync(join(folder, workingDirectory), { recursive: true });
    writeFileSync(join(folder, workingDirectory, 'cdk.tf.json'), '{}');
    writeFileSync(join(folder, workingDirectory, 'answer'), answer);
    const synthesizedStackPath = `${workingDirectory}/cdk.tf.json`;
    manifest[name] = { name, constructPath: name, workingDirectory, synthesizedStackPath, dependencies: [] };
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks: manifest }));
  const terraform = join(folder, 'terraform');
  writeFileSync(
    terraform,
    `#!/bin/sh
echo "$PWD: $* ($TF_CLI_ARGS)" >> "${join(folder, 'calls')}"
case $1 in init) [ ! -e broken ] || { echo no backend here >&2; exit 1; } ;; *) cat answer >&2; exit 1 ;; esac
`,
  );
  chmodSync(terraform, 0o755);
  process.env.PATH = `${folder}:${path}`;
}

const locks = () => cli('locks', '--output', folder);

test('a locked state is named with its owner, its time and the command that unlocks it', async () => {
  stacks({ 'acme-dev-data': LOCKED, 'acme-dev-foundation': FREE });
  expect(await locks()).toEqual({
    code: 1,
    out: `acme-dev-data is locked since 2026-11-24 23:00:00 +0000 UTC by ann@laptop for apply: if that run has ended, unlock it with
  terraform -chdir=${relative('', join(folder, 'stacks/acme-dev-data'))} force-unlock 1111-2222
`,
    err: '',
  });
});

test('prints nothing if no state is locked', async () => {
  stacks({ 'acme-dev-data': FREE });
  expect(await locks()).toEqual({ code: 0, out: '', err: '' });
});

test('changes nothing: it unlocks a lock that does not exist, and initializes only a folder that is not', async () => {
  stacks({ 'acme-dev-data': FREE, 'acme-dev-ready': FREE });
  mkdirSync(join(folder, 'stacks/acme-dev-ready/.terraform'));
  await locks();
  const calls = readFileSync(join(folder, 'calls'), 'utf8').replaceAll(`${realpathSync(folder)}/stacks/`, '');
  expect(calls.split('\n')).toEqual([
    'acme-dev-data: init -input=false (-no-color)',
    'acme-dev-data: force-unlock -force none (-no-color)',
    'acme-dev-ready: force-unlock -force none (-no-color)',
    '',
  ]);
});

test('reports why a folder cannot be initialized', async () => {
  stacks({ 'acme-dev-data': FREE });
  writeFileSync(join(folder, 'stacks/acme-dev-data/broken'), '');
  expect(await locks()).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/'terraform init' failed in .*acme-dev-data:\nno backend here/),
  });
});

test('reports how to install a missing Terraform, without a stack trace', async () => {
  stacks({ 'acme-dev-data': FREE });
  process.env.PATH = join(folder, 'stacks');
  const { code, err } = await locks();
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^no 'terraform' or 'tofu' on the PATH: install .+ in TERRAFORM_BINARY_NAME\n$/),
  });
});

test('reports a lock that cannot be read, instead of no lock', async () => {
  const denied = 'Failed to unlock state: operation error S3: GetObject, StatusCode: 403, AccessDenied';
  stacks({ 'acme-dev-data': denied });
  const { code, out, err } = await locks();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`cannot read the lock of the state of ${join(folder, 'stacks/acme-dev-data')}:\n${denied}\n`);
});

test('a local state is never locked by a run that has ended', async () => {
  stacks({ 'acme-bootstrap': 'Failed to unlock state: LocalState not locked' });
  expect(await locks()).toEqual({ code: 0, out: '', err: '' });
});

test('asks for a synthesis if there is none', async () => {
  const { code, err } = await locks();
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('no manifest.json') });
});
