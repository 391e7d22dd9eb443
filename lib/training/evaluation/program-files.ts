import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Properties } from '../../core/properties';

/** Most files and bytes of a program: they are in the configuration as text. */
export const PROGRAM_LIMITS = { files: 50, bytes: 1_048_576 } as const;

/** Texts by their path below the folder of the program. */
export type ProgramFiles = Readonly<Record<string, string>>;

/**
 * The files of a folder and those below it; hidden ones and what Python compiles are left out.
 *
 * @throws InputError if the folder is not there, or a file in it is no text in UTF-8; if they are more than {@link PROGRAM_LIMITS}
 */
export function programIn(place: string, folder: string): ProgramFiles {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const paths = isFolder ? pathsIn(folder) : [];
  const files = paths.map((path) => [path, readFileSync(join(folder, path))] as const);
  const binary = files.filter(([, content]) => !isText(content)).map(([path]) => path);
  const bytes = files.reduce((sum, [, { length }]) => sum + length, 0);
  Properties.of(place)
    .require(isFolder, `'folder' must be a folder, got '${folder}'`)
    .require(
      files.length <= PROGRAM_LIMITS.files,
      `'folder' must have at most ${PROGRAM_LIMITS.files} files, got ${files.length}; leave out what the program does not import`,
    )
    .require(
      bytes <= PROGRAM_LIMITS.bytes,
      `'folder' must have at most ${PROGRAM_LIMITS.bytes} bytes, got ${bytes}; give data as an input of the job`,
    )
    .require(binary.length === 0, `'folder' must have texts in UTF-8 only, got ${binary.join(', ')}`)
    .throwIfInvalid();
  return Object.fromEntries(files.map(([path, content]) => [path, content.toString('utf8')]));
}

function pathsIn(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== '__pycache__' && !name.endsWith('.pyc'))
    .flatMap((entry) => {
      const path = posix.join(below, entry.name);
      return entry.isDirectory() ? pathsIn(folder, path) : [path];
    })
    .sort();
}

function isText(content: Buffer): boolean {
  return !content.includes(0) && Buffer.from(content.toString('utf8')).equals(content);
}
