import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Properties } from '../../core/properties';
import { quote } from '../../core/text-pattern';

/** Most files and bytes of a program: they are in the configuration as text. */
export const PROGRAM_LIMITS = { files: 50, bytes: 1_048_576 } as const;

/** Texts by their path below the folder of the program. */
export type ProgramFiles = Readonly<Record<string, string>>;

/** A program: a folder, and the file in it that is run. */
export interface Program {
  readonly folder: string;
  readonly entryPoint: string;
}

/**
 * The files of a program: see {@link programIn}.
 *
 * @param property of which the folder and the entry point are parts. @default - none
 * @throws InputError if the folder is no program, or lacks the entry point
 */
export function programOf(place: string, { folder, entryPoint }: Program, property?: string): ProgramFiles {
  const part = (name: string) => (property ? `${property}.${name}` : name);
  const files = programIn(place, folder, part('folder'));
  Properties.of(place)
    .require(Object.hasOwn(files, entryPoint), missingEntry(part('entryPoint'), entryPoint, files))
    .throwIfInvalid();
  return files;
}

/** Message about an entry point that is not among the files. */
export function missingEntry(property: string, entryPoint: string, files: ProgramFiles): string {
  const found = Object.keys(files).filter((path) => !path.includes('/'));
  return `'${property}' must be a file of the folder, got ${quote(entryPoint)}; it has ${found.join(', ') || 'no files'}`;
}

/**
 * The files of a folder and those below it; hidden ones and what Python compiles are left out.
 *
 * @throws InputError if the folder is not there, or a file in it is no text in UTF-8; if they are more than {@link PROGRAM_LIMITS}
 */
export function programIn(place: string, folder: string, property = 'folder'): ProgramFiles {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const paths = isFolder ? pathsIn(folder) : [];
  const files = paths.map((path) => [path, readFileSync(join(folder, path))] as const);
  const binary = files.filter(([, content]) => !isText(content)).map(([path]) => path);
  const bytes = files.reduce((sum, [, { length }]) => sum + length, 0);
  Properties.of(place)
    .require(
      isFolder,
      `'${property}' must be a folder, got ${quote(folder)}, which is none; a relative path is relative to the directory of the process: write join(__dirname, ...)`,
    )
    .require(
      files.length <= PROGRAM_LIMITS.files,
      `'${property}' must have at most ${PROGRAM_LIMITS.files} files, got ${files.length}; leave out what the program does not import`,
    )
    .require(
      bytes <= PROGRAM_LIMITS.bytes,
      `'${property}' must have at most ${PROGRAM_LIMITS.bytes} bytes, got ${bytes}; give data as an input of the job`,
    )
    .require(binary.length === 0, `'${property}' must have texts in UTF-8 only, got ${binary.join(', ')}`)
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
