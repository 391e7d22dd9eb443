import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runProgram } from '../../cli/program';

/** What Terraform 1.11 answers to `force-unlock` with the id of another lock. */
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

/** Stacks as they are synthesized, and a terraform that answers for each what its folder says. */
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

async function locks() {
  const said = { out: '', err: '' };
  const code = await runProgram(['locks', '--output', folder], {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    live: false,
  });
  return { code, ...said };
}

test('a locked state is named with who holds it, since when, and the command that frees it', async () => {
  stacks({ 'acme-dev-data': LOCKED, 'acme-dev-foundation': FREE });
  expect(await locks()).toEqual({
    code: 1,
    out: `acme-dev-data is locked since 2026-11-24 23:00:00 +0000 UTC by ann@laptop, which was to apply: if that run is dead, free it with
  terraform -chdir=${relative('', join(folder, 'stacks/acme-dev-data'))} force-unlock 1111-2222
`,
    err: '',
  });
});

test('says nothing where no state is locked', async () => {
  stacks({ 'acme-dev-data': FREE });
  expect(await locks()).toEqual({ code: 0, out: '', err: '' });
});

test('asks without changing anything: it frees a lock that nobody holds, and prepares only a folder that is not', async () => {
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

test('tells why a folder cannot be prepared', async () => {
  stacks({ 'acme-dev-data': FREE });
  writeFileSync(join(folder, 'stacks/acme-dev-data/broken'), '');
  expect(await locks()).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/'terraform init' failed in .*acme-dev-data:\nno backend here/),
  });
});

test('says how to get Terraform where there is none, without a stack trace', async () => {
  stacks({ 'acme-dev-data': FREE });
  process.env.PATH = join(folder, 'stacks');
  const { code, err } = await locks();
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^no 'terraform' or 'tofu' on the PATH: install .+ in TERRAFORM_BINARY_NAME\n$/),
  });
});

test('never takes a state that it could not ask for a free one', async () => {
  const denied = 'Failed to unlock state: operation error S3: GetObject, StatusCode: 403, AccessDenied';
  stacks({ 'acme-dev-data': denied });
  const { code, out, err } = await locks();
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toBe(`cannot tell whether the state of ${join(folder, 'stacks/acme-dev-data')} is locked:\n${denied}\n`);
});

test('a file of this machine is never locked by a run that is dead', async () => {
  stacks({ 'acme-bootstrap': 'Failed to unlock state: LocalState not locked' });
  expect(await locks()).toEqual({ code: 0, out: '', err: '' });
});

test('asks for a synthesis where there is none', async () => {
  const { code, err } = await locks();
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('no manifest.json') });
});
