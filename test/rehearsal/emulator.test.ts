import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OVERRIDES, PATCHES } from '../../rehearsal';
import { startEmulator } from '../../rehearsal/clouds/aws/emulator/emulator';
import { EMULATORS } from '../../rehearsal/clouds/aws/emulator/services';
import { patchesFor } from '../../rehearsal/clouds/aws/patches';

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
  });

  test('is patched before it serves', async () => {
    const { program } = await started({ PATH: process.env.PATH });
    const [last] = patchesFor('moto').slice(-1);
    expect(program.indexOf(last!)).toBeGreaterThan(-1);
    expect(program.indexOf('from moto.server')).toBeGreaterThan(program.indexOf(last!));
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

  test('is for one emulator', () => {
    expect(patchesFor('moto').length).toBe(1 + PATCHES.filter(({ emulator }) => emulator === 'moto').length);
    expect(patchesFor('ministack')).toEqual([]);
  });
});
