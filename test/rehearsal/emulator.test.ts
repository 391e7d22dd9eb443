import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OVERRIDES, PATCHES } from '../../rehearsal';
import { startEmulator } from '../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../rehearsal/clouds/aws/emulator/installation';
import { startAws } from '../../rehearsal/clouds/aws/emulator/service';
import { EMULATORS } from '../../rehearsal/clouds/aws/emulator/services';
import { patchesFor } from '../../rehearsal/clouds/aws/patches/patches';
import { downloadEnvironment } from '../../rehearsal/environment';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-emulator-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('an emulator', () => {
  const python = join(folder, 'python');
  const logs = join(folder, 'logs');
  /** Starts with a Python that records its input and fails. */
  const started = async (env: NodeJS.ProcessEnv) => {
    writeFileSync(
      python,
      `#!/bin/sh\nenv > "${folder}/env"\nprintf '%s' "$2" >> "${folder}/program"\necho broken >&2; exit 1\n`,
    );
    chmodSync(python, 0o755);
    writeFileSync(join(folder, 'program'), '');
    spawnSync('mkdir', ['-p', logs]);
    const starting = startEmulator({ python, account: '111122223333', region: 'eu-north-1', logs, env });
    await expect(starting).rejects.toThrow(/^the emulator \w+ did not start:\nbroken$/);
    return { env: readFileSync(join(folder, 'env'), 'utf8'), program: readFileSync(join(folder, 'program'), 'utf8') };
  };

  test('gets no secret of the user, reaches no other machine, and writes below its own folder', async () => {
    const secrets = { AWS_SECRET_ACCESS_KEY: 's3cret', DB_PASSWORD: 's3cret', PIP_CERT: '/nowhere/s3cret' };
    const { env } = await started({ PATH: process.env.PATH, ...secrets });
    expect(env).not.toContain('s3cret');
    expect(env).toContain('HTTPS_PROXY=http://127.0.0.1:9\n');
    expect(env).toContain(`TMPDIR=${logs}\n`);
    expect(env).toContain(`HOME=${logs}\n`); // nothing of the user's home is read either
  });

  test('is patched before it serves', async () => {
    const { program } = await started({ PATH: process.env.PATH });
    const [last] = patchesFor('moto').slice(-1);
    expect(program.indexOf(last!)).toBeGreaterThan(-1);
    expect(program.indexOf('from moto.server')).toBeGreaterThan(program.indexOf(last!));
  });
});

test('an endpoint where nothing listens is refused in plain words, before anything is started', async () => {
  const options = { folder, env: {}, progress: () => {}, account: '111122223333', region: 'eu-north-1' };
  await expect(startAws({ ...options, endpoint: 'http://127.0.0.1:9' })).rejects.toMatchObject({
    name: 'CannotRehearse',
    message:
      "nothing answers at http://127.0.0.1:9: start the emulator there, or remove '--endpoint' and the rehearsal starts its own",
  });
});

describe('the lock of the emulators', () => {
  const [requirements, lock] = ['requirements.in', 'requirements.txt'].map((file) =>
    readFileSync(join(__dirname, '../../rehearsal/clouds/aws/emulator', file), 'utf8'),
  ) as [string, string];
  const packages = lock.split(/\n(?=\S)/).filter((entry) => /^[a-z]/.test(entry));

  test('is made from the emulators that a rehearsal starts', () => {
    const pinned = Object.values(EMULATORS).map(({ requirement }) => requirement);
    expect(requirements.match(/^\S+==\S+$/gm)).toEqual(pinned);
    for (const requirement of pinned) expect(lock).toContain(`\n${requirement.replace(/\[.*\]/, '')} `);
  });

  test('has one version and hashes for every package, and names no registry', () => {
    expect(packages.length).toBeGreaterThan(60);
    for (const entry of packages) expect(entry).toMatch(/^\S+==\S+( ; .+?)? \\\n {4}--hash=sha256:[0-9a-f]{64}/);
    expect(lock).not.toMatch(/https?:|index-url/);
  });

  /** Installs with a Python that records what it gets, and makes no interpreter. */
  const installing = async (env: NodeJS.ProcessEnv) => {
    const home = mkdtempSync(join(folder, 'home-'));
    const script = `#!/bin/sh
if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
echo "$@" >> "${home}/arguments"; env > "${home}/$2.env"
[ "$2" != pip ] || { echo "no hash matches" >&2; exit 1; }\n`;
    writeFileSync(join(home, 'python3'), script);
    chmodSync(join(home, 'python3'), 0o755);
    const path = `${home}:${process.env.PATH}`;
    const asked = emulatorPython({ ...env, PATH: path, XDG_CACHE_HOME: home }, home, () => {});
    const { message } = await asked.catch((error) => error);
    const read = (file: string): string => readFileSync(join(home, file), 'utf8');
    return { message, read, left: readdirSync(join(home, 'cdktf-mlops')) };
  };

  test('is all that pip may install, as wheels, which run no code when they are installed', async () => {
    const { message, read, left } = await installing({});
    expect(read('arguments')).toMatch(
      /-m pip install .*--require-hashes --only-binary :all: --requirement .+requirements\.txt\n/,
    );
    expect(message).toMatch(
      /^could not install the emulator \(moto, ministack\): no hash matches; without a package index/,
    );
    expect(left).toEqual([]);
  });

  test('is installed without a token of the user, except those for the package index', async () => {
    const env = { PIP_INDEX_URL: 'for-pip', PIP_TARGET: 'canary', TF_TOKEN_acme: 'canary', GITHUB_TOKEN: 'canary' };
    const { read } = await installing(downloadEnvironment({ ...env, SSH_AUTH_SOCK: 'canary' }, 'pip'));
    for (const file of ['pip.env', 'venv.env']) expect(read(file)).not.toContain('canary');
    expect(read('pip.env')).toContain('PIP_INDEX_URL=for-pip\n');
    expect(read('venv.env')).not.toContain('for-pip');
  });
});

describe('a patch', () => {
  test.each(PATCHES.map((patch) => [patch.types.join(', '), patch] as const))(
    'of %s has a reason, and an error of the pinned emulator',
    (_, patch) => {
      expect(patch.reason).not.toBe('');
      const [name, version] = EMULATORS[patch.emulator].requirement.split(/\[.*\]==|==/);
      expect(patch.upstream).toContain(`${name} ${version} `); // a new version may not need the patch
    },
  );

  test('replaces an override', () => {
    const always = Object.keys(OVERRIDES).filter((type) => OVERRIDES[type]!.when === undefined);
    expect(PATCHES.flatMap(({ types }) => types).filter((type) => always.includes(type))).toEqual([]);
  });

  test.each(['moto', 'ministack'] as const)('is for one emulator, such as %s', (name) => {
    expect(patchesFor(name).length).toBe(1 + PATCHES.filter(({ emulator }) => emulator === name).length);
    const others = PATCHES.filter(({ emulator }) => emulator !== name).map(({ python }) => python);
    for (const python of others) expect(patchesFor(name).join('\n')).not.toContain(python.split('\n').at(-1));
  });
});
