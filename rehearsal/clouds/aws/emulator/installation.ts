import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../cache';
import { runningEnvironment } from '../../../environment';
import { CannotRehearse, Interrupted } from '../../../errors';
import { type Finished, run } from '../../../process';
import { EMULATORS } from './services';

/** Minimum version of Python for the emulators. */
export const OLDEST_PYTHON = '3.10';

/** Every package of the emulators in one version, with the hashes of its wheels for all platforms. */
const LOCK = join(__dirname, 'requirements.txt');

/** pip installs nothing that the lock does not name, and runs no code of a package. */
const PIP = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
const LOCKED = ['--require-hashes', '--only-binary', ':all:', '--requirement', LOCK];

/**
 * A Python with the emulators, installed once per user and lock.
 *
 * @param onInstall called before the installation, which downloads about 100 MB
 * @returns absolute path of the interpreter
 * @throws CannotRehearse if there is no Python, or the packages cannot be installed
 */
export async function emulatorPython(
  env: NodeJS.ProcessEnv,
  home: string,
  onInstall: () => void,
  signal?: AbortSignal,
): Promise<string> {
  const version = createHash('sha256').update(readFileSync(LOCK)).digest('hex').slice(0, 12);
  const cache = cacheFolder({ env, home });
  const ready = join(cache, `emulator-${version}`);
  if (existsSync(interpreterIn(ready))) return interpreterIn(ready);

  const running = runningEnvironment(env);
  const system = await findPython(running);
  onInstall();
  mkdirSync(cache, { recursive: true });
  const fresh = `${ready}.${process.pid}`; // renamed when complete, so that no incomplete installation is used
  try {
    const made = await run(system, ['-m', 'venv', fresh], { env: running, signal });
    if (made.code !== 0)
      throw new CannotRehearse(`'${system} -m venv' failed (on Debian, install python3-venv): ${last(made)}`);
    const installed = await run(interpreterIn(fresh), [...PIP, ...LOCKED], { env, signal });
    if (signal?.aborted) throw new Interrupted();
    if (installed.code !== 0) {
      throw new CannotRehearse(
        `could not install the emulator (${Object.keys(EMULATORS).join(', ')}): ${last(installed)}; ` +
          "without a package index, set '--endpoint' to a running emulator, or use '--mock'",
      );
    }
    if (!existsSync(ready)) renameSync(fresh, ready);
    return interpreterIn(ready);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function findPython(env: NodeJS.ProcessEnv): Promise<string> {
  const isNewEnough = `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.replace('.', ', ')}))`;
  for (const name of ['python3', 'python']) {
    const tried = await run(name, ['-c', isNewEnough], { env }).catch(() => undefined);
    if (tried?.code === 0) return name;
  }
  throw new CannotRehearse(
    `no Python ${OLDEST_PYTHON} or newer on the PATH, which the emulator requires: install it (https://www.python.org/downloads), ` +
      "or set '--endpoint' to a running emulator, or use '--mock'",
  );
}

function interpreterIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

function last({ stdout, stderr }: Finished): string {
  return (stderr || stdout).trim().split('\n').at(-1) ?? '';
}
