import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../rehearsal/cache';

/**
 * A Python with exactly these packages (`name==version`, as pip takes them), installed once per user beside the emulators
 * of rehearsals. Another list is another environment.
 *
 * @param name begins the name of its folder: `spark`, `scikit-learn`
 * @returns the path of the interpreter
 */
export function pythonWith(name: string, packages: readonly string[]): string {
  const version = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const cache = cacheFolder({ env: process.env, home: homedir() });
  const ready = join(cache, `${name}-${version}`);
  const python = join(ready, 'bin', 'python');
  if (!existsSync(python)) {
    mkdirSync(cache, { recursive: true });
    const fresh = `${ready}.${process.pid}`; // renamed when complete, so that no incomplete installation is used
    execFileSync('python3', ['-m', 'venv', fresh]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
    execFileSync(join(fresh, 'bin', 'python'), pip);
    if (!existsSync(ready)) renameSync(fresh, ready);
    rmSync(fresh, { recursive: true, force: true });
  }
  return python;
}
