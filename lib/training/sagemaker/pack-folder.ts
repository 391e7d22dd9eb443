import { createHash } from 'node:crypto';
import { constants, lstatSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { IConstruct } from 'constructs';
import { create } from 'tar';
import { Properties } from '../../core/properties';
import { quote } from '../../core/text-pattern';

/** Most bytes of a packed code folder. */
export const MAX_CODE_BYTES = 512 * 1024;
/** Most files of a code folder. */
export const MAX_CODE_FILES = 2000;

/** What is never a part of the code: history, caches, environments, results of tools. */
const IGNORED =
  /^(\.git|\.hg|\.svn|\.venv|venv|env|node_modules|__pycache__|\.ipynb_checkpoints|\.\w+_cache|\.idea|\.vscode|\.DS_Store|\.tox|\.nox|[\w.-]+\.egg-info|.*\.py[co])$/;
/** Byte of a gzip header that names the operating system; 255 is "unknown". */
const OS_BYTE = 9;
const HASH_LENGTH = 16;

/** An archive, and the hash of what is in it. */
export interface PackedFolder {
  readonly archive: Buffer;
  /** Of the archive before compression: the same with every version of the compressor. */
  readonly hash: string;
}

/**
 * Packs a folder as `.tar.gz`, with sorted files, without times, owners and permissions but that to execute.
 *
 * @throws InputError that lists what is wrong with it
 */
export function packFolder(scope: IConstruct, folder: string, entryPoint: string): PackedFolder {
  const properties = Properties.of(scope).require(
    isFolder(folder),
    `'code' must be a folder, got ${quote(folder)}, which is none; a relative path is relative to the directory of the process: write join(__dirname, ...)`,
  );
  properties.throwIfInvalid();
  const files = filesIn(folder);
  const links = files.filter((file) => lstatSync(join(folder, file)).isSymbolicLink());
  properties
    .require(
      files.includes(entryPoint),
      `'entryPoint' must be a file in ${quote(folder)}, got ${quote(entryPoint)}; it has ${files.filter((file) => !file.includes('/')).join(', ') || 'no files'}`,
    )
    .require(
      links.length === 0,
      `'code' must not have symbolic links, got ${links.join(', ')}; replace each by what it points to`,
    )
    .require(
      files.length <= MAX_CODE_FILES,
      `'code' must have at most ${MAX_CODE_FILES} files, got ${files.length}; data belongs into an input channel`,
    )
    .throwIfInvalid();
  const tar = tarOf(folder, files);
  const archive = gzipSync(tar, { level: 9 });
  archive[OS_BYTE] = 255;
  properties
    .require(
      archive.length <= MAX_CODE_BYTES,
      `'code' must have at most ${MAX_CODE_BYTES} bytes when packed, got ${archive.length}; data belongs into an input channel, libraries into an image or requirements.txt; upload a larger archive by CI and name it by TrainingCode.fromBucket`,
    )
    .throwIfInvalid();
  return { archive, hash: createHash('sha256').update(tar).digest('hex').slice(0, HASH_LENGTH) };
}

function tarOf(folder: string, files: readonly string[]): Buffer {
  const statCache = new Map(
    files.map((file) => {
      const path = resolve(folder, file);
      const stats = lstatSync(path);
      stats.mode = constants.S_IFREG | (stats.mode & constants.S_IXUSR ? 0o755 : 0o644); // whatever the machine's umask
      return [path, stats] as const;
    }),
  );
  const options = { cwd: folder, sync: true, portable: true, mtime: new Date(0), statCache } as const;
  return create(options, [...files]).read() ?? Buffer.alloc(0);
}

/** Paths of all files, with `/`, in an order that does not depend on the machine's language. */
function filesIn(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter(({ name }) => !IGNORED.test(name))
    .flatMap((entry) => {
      const path = prefix + entry.name;
      return entry.isDirectory() ? filesIn(folder, `${path}/`) : [path];
    })
    .sort((one, other) => (one < other ? -1 : 1));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
