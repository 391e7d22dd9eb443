import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '../../cli/exit-code';
import { cli as run } from '../support/cli';

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

describe('help', () => {
  test('succeeds, and lists every option, the classes and the exit codes', async () => {
    const { code, out, err } = await run('rehearse', '--help');
    expect([code, err]).toEqual([ExitCode.held, '']);
    for (const option of [
      '--app',
      '--stack',
      '--mock',
      '--endpoint',
      '--terraform',
      '--json',
      '--verbose',
      '--keep',
      '--yes',
    ]) {
      expect(out).toContain(`${option} `);
    }
    expect(out).toMatch(/applied .*\n.*accepted .*\n.*overridden .*\n.*mocked /);
    expect(out).toContain('Exit code: 0 everything held, 1 an error was found, 2 wrong usage or bad input.');
  });
});

test('--version prints the version of the package', async () => {
  expect(await run('--version')).toEqual({
    code: ExitCode.held,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    err: '',
  });
});

describe('wrong usage ends with 2, one message and no stack trace', () => {
  test.each([
    [['rehearse', '--bad'], "error: unknown option '--bad'"],
    [['rehearse', 'dev', 'prod'], "error: too many arguments for 'rehearse'"],
    [['reherse', 'dev'], "error: unknown command 'reherse'"],
    [['rehearse', 'dev'], "no app to rehearse: set --app, as in --app 'npx tsx main.ts', or 'app' in cdktf.json"],
    [
      ['rehearse', '--endpoint', 'localhost:4566'],
      "--endpoint must be a URL such as http://127.0.0.1:4566, got 'localhost:4566'",
    ],
    [['rehearse', '--endpoint', 'http://127.0.0.1:4566', '--mock'], '--endpoint and --mock exclude each other'],
    [['rehearse', '--app', 'true'], "the app 'true' wrote no stacks: it must call 'app.synth()'"],
  ])('%j', async (args, message) => {
    const { code, err } = await run(...args);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
    expect(code).toBe(ExitCode.usage);
  });

  test('a project file that is not valid JSON', async () => {
    writeFileSync('cdktf.json', '{');
    expect(await run('rehearse')).toMatchObject({
      code: ExitCode.usage,
      err: expect.stringMatching(/^cdktf.json is not valid JSON: /),
    });
    rmSync('cdktf.json');
  });
});

describe('an app', () => {
  afterEach(() => rmSync('cdktf.json', { force: true }));

  test('that refuses its input passes its output and exit code through', async () => {
    const { code, err } = await run('rehearse', '--app', 'printf "a:1:1 x\\nb:2:2 y\\n" >&2; exit 2');
    expect([code, err]).toEqual([ExitCode.usage, 'a:1:1 x\nb:2:2 y\n']);
  });

  test('that crashes is a failure, not wrong input', async () => {
    const { code, err } = await run('rehearse', '--app', 'echo boom >&2; exit 7');
    expect([code, err]).toEqual([ExitCode.failed, "boom\nthe app 'echo boom >&2; exit 7' ended with exit code 7\n"]);
  });

  test('is read from the project file, and gets the environment and the context', async () => {
    const app = 'echo "$CDKTF_MLOPS_ENVIRONMENT $CDKTF_CONTEXT_JSON" >&2; exit 2';
    writeFileSync('cdktf.json', JSON.stringify({ app, context: { team: 'fraud' } }));
    expect((await run('rehearse', 'dev')).err).toBe('dev {"team":"fraud"}\n');
  });
});

test('the endpoint of a running emulator is used for AWS', async () => {
  const stack =
    '{"name":"a","constructPath":"a","workingDirectory":"a","synthesizedStackPath":"a.json","dependencies":[]}';
  const configuration = '{"terraform":{"required_providers":{"aws":{"source":"aws","version":"99.9.9"}}}}';
  writeFileSync('manifest.json', `{"stacks":{"a":${stack}}}`);
  writeFileSync('a.json', configuration);
  writeFileSync('terraform', '#!/bin/sh\necho no such provider >&2; exit 1');
  chmodSync('terraform', 0o755);
  const app = `mkdir -p $CDKTF_OUTDIR; cp ${folder}/*.json $CDKTF_OUTDIR`;
  const emulator = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => emulator.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
  const terraform = join(folder, 'terraform');
  const { code, out } = await run('rehearse', '--app', app, '--endpoint', endpoint, '--terraform', terraform);
  emulator.close();
  expect(out).toContain(`emulator: ${endpoint}\n`);
  expect(out).toContain('a: not rehearsed: it needs the provider aws 99.9.9, which cannot be installed');
  expect(code).toBe(ExitCode.failed);
});

test('a missing Terraform is named, with how to install it', async () => {
  const stacks =
    '{"version":"0.21.0","stacks":{"a":{"name":"a","constructPath":"a","workingDirectory":"a","synthesizedStackPath":"a.json","dependencies":[]}}}';
  const app = `echo '${stacks}' > $CDKTF_OUTDIR/manifest.json; echo '{}' > $CDKTF_OUTDIR/a.json`;
  const { code, err } = await run(
    'rehearse',
    '--app',
    `mkdir -p $CDKTF_OUTDIR; ${app}`,
    '--terraform',
    'no-such-terraform',
  );
  expect(err).toMatch(/^no 'no-such-terraform' on the PATH: install Terraform \(https/);
  expect(code).toBe(ExitCode.failed);
});
