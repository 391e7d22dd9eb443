import type { Rule } from './rule';
import { type Reference, roomOf, type SourceFile } from './source';

/** Rooms from the ground up. A room may import those of the rows above its own. */
const ROOMS: readonly (readonly string[])[] = [
  ['core'],
  ['iam'],
  ['encryption'],
  ['storage'],
  ['network'],
  ['data-lake', 'registry'],
  ['testing'],
];

/** What may import what among the folders of the repository, in the same way. */
const FOLDERS: readonly (readonly string[])[] = [
  ['lib'],
  ['stacks', 'rehearsal'],
  ['cli'],
  ['bench', 'examples'],
  ['test'],
];

const INTERNALS_FILE = 'lib/core/cdktf/synthesis.ts';

export const deepImports: Rule = {
  name: 'provider bindings and other rooms are imported by file, never as a whole',
  check: (source) =>
    referencesOf(source).flatMap(({ specifier, line }) => {
      if (
        /^@cdktf\/provider-/.test(specifier) &&
        !/^@cdktf\/provider-[a-z]+\/lib\/(?!index$)[a-z0-9-]+$/.test(specifier)
      ) {
        const message = `imports '${specifier}': the whole binding costs seconds and 500 MB; import '@cdktf/provider-<name>/lib/<resource>'`;
        return [{ line, message }];
      }
      const target = source.resolve(specifier) ?? '';
      if (source.room && /^lib\/[^/]+(\/index)?$/.test(target) && roomOf(target) !== source.room) {
        const message = `imports '${specifier}': that loads every file of the room; import the one file that is needed`;
        return [{ line, message }];
      }
      return [];
    }),
};

export const internals: Rule = {
  name: 'the internals of cdktf are touched in one file',
  check: (source) =>
    referencesOf(source)
      .filter(({ specifier }) => source.path !== INTERNALS_FILE && /^cdktf\/(?!package\.json$)/.test(specifier))
      .map(({ specifier, line }) => ({
        line,
        message: `imports '${specifier}': internals change without notice; import 'cdktf', or put it into ${INTERNALS_FILE}`,
      })),
};

export const roomOrder: Rule = {
  name: 'rooms import only rooms below them, so there are no circles',
  check: (source) => {
    const { room } = source;
    if (!room) return [];
    if (rank(ROOMS, room) < 0) {
      return [{ line: 1, message: `room '${room}' has no place: nothing tells what it may import; add it to ROOMS` }];
    }
    return targetsOf(source).flatMap(({ target, specifier, line }) => {
      const other = roomOf(target) ?? folderOf(target);
      if (folderOf(target) !== 'lib' || other === room) return [];
      if (rank(ROOMS, other) >= 0 && rank(ROOMS, other) < rank(ROOMS, room)) return [];
      const message = `'${room}' imports '${specifier}': only rooms below may be imported; move what both need down`;
      return [{ line, message }];
    });
  },
};

export const folderOrder: Rule = {
  name: 'lib imports nothing that is built on it',
  check: (source) => {
    const home = folderOf(source.path);
    return targetsOf(source).flatMap(({ target, specifier, line }) => {
      const other = folderOf(target);
      if (other === home || rank(FOLDERS, home) < 0 || rank(FOLDERS, other) < rank(FOLDERS, home)) return [];
      const message = `${home}/ imports '${specifier}': ${other}/ is not below ${home}/; turn the import round`;
      return [{ line, message }];
    });
  },
};

function referencesOf(source: SourceFile): Reference[] {
  return source.isTypeScript ? source.references : [];
}

/** References to files of this repository, with the path that each means. */
function targetsOf(source: SourceFile): (Reference & { target: string })[] {
  return referencesOf(source).flatMap((reference) => {
    const target = source.resolve(reference.specifier);
    return target === undefined ? [] : [{ ...reference, target }];
  });
}

function folderOf(path: string): string {
  return path.split('/')[0]!;
}

function rank(order: readonly (readonly string[])[], place: string): number {
  return order.findIndex((row) => row.includes(place));
}
