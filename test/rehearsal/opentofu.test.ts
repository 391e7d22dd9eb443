import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { offerOpenTofu } from '../../cli/installation/opentofu';
import { type Machine, thisMachine } from '../../lib/testing';
import { rehearse } from '../../rehearsal';
import { fetchOpenTofu, OPENTOFU, openTofuPath, type Release } from '../../rehearsal/terraform/opentofu';
import { rehearsalProgram, withProgram } from '../../rehearsal/terraform/program';

const PROGRAM = '#!/bin/sh\necho OpenTofu\n'.repeat(500);
const ARCHIVE = zip({ LICENSE: 'words', tofu: PROGRAM });
const PLATFORM = 'linux_amd64';
const NAME = `tofu_9.9.9_${PLATFORM}.zip`;

/** How the mirror answers a request for the archive. */
let answer: (response: ServerResponse) => void;
let asked: string[] = [];
let release: Release;
const server = createServer(({ url }, response) => {
  asked.push(url!);
  answer(response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v9.9.9`;
  release = { version: '9.9.9', base, sha256: { [PLATFORM]: sha256(ARCHIVE) } };
});
afterAll(() => void server.close());

let machine: Machine;
beforeEach(() => {
  asked = [];
  answer = (response) => response.end(ARCHIVE);
  const home = fs.mkdtempSync(join(tmpdir(), 'opentofu-'));
  machine = { env: { PATH: '' }, home, platform: PLATFORM, software: [] };
});
afterEach(() => fs.rmSync(machine.home, { recursive: true }));

const files = () =>
  fs.readdirSync(machine.home, { recursive: true, encoding: 'utf8' }).filter((path) => /tofu/.test(path));

describe('where there is neither Terraform nor OpenTofu', () => {
  test('the pinned release is fetched into the cache of the user, and found there from then on', async () => {
    expect(() => rehearsalProgram(undefined, machine, release)).toThrow(
      /^no 'terraform' or 'tofu' on the PATH: .*, or let 'cdktf-mlops rehearse --yes' fetch OpenTofu 9\.9\.9$/,
    );
    const fetched = await fetchOpenTofu(machine, release);
    expect(fetched).toEqual({ path: join(machine.home, '.cache/cdktf-mlops/opentofu-9.9.9/tofu'), product: 'tofu' });
    expect(asked).toEqual([`/v9.9.9/${NAME}`]);
    expect(fs.readFileSync(fetched.path, 'utf8')).toBe(PROGRAM);
    expect(() => fs.accessSync(fetched.path, fs.constants.X_OK)).not.toThrow();
    expect(files()).toEqual(['.cache/cdktf-mlops/opentofu-9.9.9', '.cache/cdktf-mlops/opentofu-9.9.9/tofu']);
    expect(rehearsalProgram(undefined, machine, release)).toEqual(fetched);
  });

  test('XDG_CACHE_HOME is honoured', () => {
    machine.env.XDG_CACHE_HOME = '/caches';
    expect(openTofuPath(machine)).toBe(`/caches/cdktf-mlops/opentofu-${OPENTOFU.version}/tofu`);
  });

  test('the app finds it too, because cdktf runs it to check versions', async () => {
    const program = await fetchOpenTofu(machine, release);
    const env = withProgram({ PATH: '/usr/bin', LANG: 'C' }, program);
    expect(env).toEqual({ PATH: `/usr/bin:${dirname(program.path)}`, LANG: 'C', TERRAFORM_BINARY_NAME: 'tofu' });
    expect(withProgram(env, program)).toEqual(env);
  });

  test('an app that cdktf refuses for that fails with what is missing', async () => {
    const before = process.env;
    process.env = { PATH: '', XDG_CACHE_HOME: machine.home };
    const command = 'echo "Could not determine version of terraform, terraform version failed" >&2; exit 1';
    const refused = rehearse({ source: { command, env: { PATH: '/usr/bin:/bin' } } });
    await expect(refused).rejects.toThrow(/^no 'terraform' or 'tofu' on the PATH: .* --yes' fetch OpenTofu/);
    process.env = before;
  });

  test('a program that the user names is not replaced by what was fetched', async () => {
    await fetchOpenTofu(machine, release);
    const missing = /^no 'terra' on the PATH: (?!.*--yes)/;
    expect(() => rehearsalProgram('terra', machine, release)).toThrow(missing);
    const named = { ...machine, env: { ...machine.env, TERRAFORM_BINARY_NAME: 'terra' } };
    expect(() => rehearsalProgram(undefined, named, release)).toThrow(missing);
  });
});

describe('an archive is refused, and nothing is left of it, when it', () => {
  const tampered = Buffer.from(ARCHIVE);
  tampered[40]! ^= 1;

  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'was tampered with',
      (response) => response.end(tampered),
      new RegExp(
        `: is not the released archive, and is not used: its SHA-256 must be ${sha256(ARCHIVE)}, got ${sha256(tampered)} `,
      ),
    ],
    [
      'ends early, as the server says',
      (response) => response.end(ARCHIVE.subarray(0, 200)),
      /, got \w{64} \(200 bytes\)/,
    ],
    [
      'ends before the length that the server announced',
      (response) => {
        response.writeHead(200, { 'content-length': ARCHIVE.length });
        response.write(ARCHIVE.subarray(0, 200), () => setTimeout(() => response.destroy(), 10));
      },
      /: cannot be downloaded: after 200 bytes, /,
    ],
    [
      'is not there',
      (response) => response.writeHead(404).end('<html>'),
      /: cannot be downloaded: the server answered 404 Not Found; try again, or install Terraform \(http/,
    ],
    [
      'is a web page of a proxy',
      (response) => response.end('<html>'),
      /a proxy may have changed it, or answered in its place/,
    ],
  ])('%s', async (_, answers, message) => {
    answer = answers;
    await expect(fetchOpenTofu(machine, release)).rejects.toThrow(message);
    expect(files()).toEqual([]);
    answer = (response) => response.end(ARCHIVE);
    await expect(fetchOpenTofu(machine, release)).resolves.toMatchObject({ product: 'tofu' });
  });

  test('cannot be reached, with how Node uses a proxy', async () => {
    const nowhere = { ...release, base: 'http://127.0.0.1:9' };
    const behindProxy = { ...machine, env: { ...machine.env, HTTPS_PROXY: 'http://proxy.example' } };
    const failure = await fetchOpenTofu(behindProxy, nowhere).catch((error: Error) => error.message);
    expect(failure).toMatch(/^http:\/\/127\.0\.0\.1:9\/.*: cannot be downloaded: .* \(Node .* NODE_USE_ENV_PROXY=1; /);
  });

  test('is for a platform that has none', async () => {
    await expect(fetchOpenTofu({ ...machine, platform: 'constructor' }, release)).rejects.toThrow(
      'OpenTofu 9.9.9 is not fetched for constructor: install Terraform',
    );
    expect(asked).toEqual([]);
  });

  test('is interrupted', async () => {
    const abort = new AbortController();
    answer = () => abort.abort();
    await expect(fetchOpenTofu(machine, release, abort.signal)).rejects.toThrow('interrupted');
    expect(files()).toEqual([]);
  });

  test('cannot be written into the cache', async () => {
    fs.writeFileSync(join(machine.home, '.cache'), '');
    await expect(fetchOpenTofu(machine, release)).rejects.toThrow(/opentofu-9\.9\.9: cannot be written \(ENOTDIR\)/);
  });
});

describe('the command', () => {
  /** What it says and asks. */
  async function offered(options: { yes?: boolean; answer?: boolean }) {
    const said: string[] = [];
    const ask = async (question: string) => said.push(question) > 0 && options.answer!;
    const terminal = {
      out: () => {},
      err: (text: string) => void said.push(text),
      live: false,
      ask: options.answer === undefined ? undefined : ask,
    };
    await offerOpenTofu(terminal, { yes: options.yes, machine, release });
    return said.join('').replaceAll(machine.home, '~');
  }

  test('asks once, says what from where, and fetches if the user agrees', async () => {
    expect(await offered({ answer: true })).toBe(
      'this machine has neither Terraform nor OpenTofu. Fetch OpenTofu 9.9.9 (about 30 MB) from ' +
        `${new URL(release.base).host}, into ~/.cache/cdktf-mlops/opentofu-9.9.9/tofu? [y/N] ` +
        'OpenTofu 9.9.9: verified, installed as ~/.cache/cdktf-mlops/opentofu-9.9.9/tofu\n',
    );
    expect(await offered({ answer: true })).toBe('');
    expect(asked).toHaveLength(1);
  });

  test('downloads nothing if the user refuses, or if nobody is there to ask', async () => {
    await offered({ answer: false });
    await offered({});
    expect([asked, files()]).toEqual([[], []]);
  });

  test('does not ask with --yes', async () => {
    expect(await offered({ yes: true })).toMatch(
      /^this machine has neither .*: fetching OpenTofu 9\.9\.9 .*\nOpenTofu 9\.9\.9: verified/,
    );
  });

  test('asks and fetches nothing where there is a program', async () => {
    fs.writeFileSync(join(machine.home, 'terraform'), '', { mode: 0o755 });
    machine.env.PATH = machine.home;
    expect(await offered({ yes: true, answer: true })).toBe('');
  });
});

test('the pinned release has a checksum for each platform that it is fetched for', () => {
  expect(Object.keys(OPENTOFU.sha256).sort()).toEqual(['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64']);
  const sums = Object.values(OPENTOFU.sha256);
  for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(sums).size).toBe(sums.length);
  expect(OPENTOFU.base.endsWith(`/v${OPENTOFU.version}`)).toBe(true);
  expect(thisMachine({}).platform).toMatch(/^[a-z0-9]+_(amd64|arm64|386|[a-z0-9]+)$/);
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A zip archive of deflated files, and a comment at its end. */
function zip(content: Record<string, string>): Buffer {
  const [files, directory]: Buffer[][] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(content)) {
    const data = deflateRawSync(text);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(8, 8);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    files!.push(header, Buffer.from(name), data);
    directory!.push(entry, Buffer.from(name));
    offset += header.length + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files!, ...directory!, end, Buffer.from('a comment')]);
}
