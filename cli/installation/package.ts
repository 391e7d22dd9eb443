import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../lib/core/input-error';

/** Folder of a new repository that holds the package itself, where no registry has it. */
export const VENDOR = 'vendor';

/** How another repository gets the package that this command is part of. */
export interface Origin {
  /** For `dependencies` of a `package.json`. */
  readonly dependency: string;
  /** A packed package that is copied into the repository: it then needs no registry, and works on every machine. */
  readonly tarball?: { readonly path: string; readonly bytes: Buffer };
  /** Packs a checkout of the sources into the repository, where this command was not installed from a package. */
  readonly checkout?: string;
}

/** What npm writes of an installed package in the lock file of its tree. */
interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
}

/**
 * Where this package was installed from, as npm recorded it: a version of a registry, a Git commit, or a tarball.
 * Without a record, as in trees of other package managers, the version.
 *
 * @param root folder of the installed package
 * @throws InputError if it was installed from a tarball that is gone or has changed
 */
export function originOf(root: string, { name, version }: { readonly name: string; readonly version: string }): Origin {
  const tree = dirname(root);
  if (basename(tree) !== 'node_modules') {
    return { dependency: `file:${VENDOR}/${name}-${version}.tgz`, checkout: root };
  }
  const { resolved = '', integrity } = lockedPackage(tree, name);
  if (resolved.startsWith('git+')) return { dependency: resolved };
  if (resolved.startsWith('file:')) return tarballOf(resolve(dirname(tree), resolved.slice('file:'.length)), integrity);
  const requested = requestedBy(dirname(tree), name);
  return { dependency: /^https?:/.test(requested) ? requested : version };
}

function tarballOf(file: string, integrity: string | undefined): Origin {
  const again = "pack it again ('npm pack' in its sources) and run the new one: npx ./<tarball> init";
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`${file}: cdktf-mlops was installed from it, and it cannot be read (${code}); ${again}`);
  }
  const [algorithm, expected] = integrity?.split(/-(.*)/s) ?? [];
  if (algorithm && createHash(algorithm).update(bytes).digest('base64') !== expected) {
    throw new InputError(`${file}: has changed since cdktf-mlops was installed from it; ${again}`);
  }
  const path = join(VENDOR, basename(file));
  return { dependency: `file:${VENDOR}/${basename(file)}`, tarball: { path, bytes } };
}

/** npm keeps a lock file of what it has installed inside of `node_modules`. */
function lockedPackage(tree: string, name: string): LockedPackage {
  const { packages } = json<{ packages?: Record<string, LockedPackage> }>(join(tree, '.package-lock.json'));
  return packages?.[`node_modules/${name}`] ?? {};
}

/** What the repository asks for, which tells the URL of a tarball from that of a registry. */
function requestedBy(folder: string, name: string): string {
  const { dependencies, devDependencies } = json<Record<string, Record<string, string>>>(join(folder, 'package.json'));
  return dependencies?.[name] ?? devDependencies?.[name] ?? '';
}

function json<T>(file: string): Partial<T> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {}; // no such tree, or another package manager's
  }
}
