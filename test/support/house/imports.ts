import type { Rule } from './rule';
import { moduleOf, type Reference, type SourceFile } from './source';

/** Modules of lib from the ground up. A module may import those of the rows above its own. */
const MODULES: readonly (readonly string[])[] = [
  ['core'],
  ['aws'],
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

/** A package of provider classes, published or made by `cdktf get`, and what is imported of it. */
const PROVIDER =
  /^(?<package>@[\w-]+\/(?:cdktf-)?provider-[\w.-]+|(?:.*\/)?\.gen\/providers\/[\w-]+)(?:\/(?<part>.*))?$/;

/** What a specifier imports of a package of provider classes: `lib/s3-bucket`, or `''` for all of it. */
export function providerPartOf(specifier: string): string | undefined {
  const groups = PROVIDER.exec(specifier)?.groups;
  return groups && (groups.part ?? '');
}

export const deepImports: Rule = {
  name: 'provider classes and files of other modules are imported one by one, never as a whole',
  check: (source) =>
    referencesOf(source).flatMap(({ specifier, line }) => {
      if (/^(lib)?(\/?index)?$/.test(providerPartOf(specifier) ?? 'none')) {
        const message = `imports '${specifier}': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'`;
        return [{ line, message }];
      }
      const target = source.resolve(specifier) ?? '';
      if (source.module && /^lib\/[^/]+(\/index)?$/.test(target) && moduleOf(target) !== source.module) {
        const message = `imports '${specifier}': that loads every file of the module; import the one file that is needed`;
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

export const moduleOrder: Rule = {
  name: 'modules import only modules below them',
  check: (source) => {
    const { module } = source;
    if (!module) return [];
    if (rank(MODULES, module) < 0) {
      return [
        { line: 1, message: `module '${module}' has no place: nothing tells what it may import; add it to MODULES` },
      ];
    }
    return targetsOf(source).flatMap(({ target, specifier, line }) => {
      const other = moduleOf(target) ?? folderOf(target);
      if (folderOf(target) !== 'lib' || other === module) return [];
      if (rank(MODULES, other) >= 0 && rank(MODULES, other) < rank(MODULES, module)) return [];
      const message = `'${module}' imports '${specifier}': only modules below it may be imported; move what both need down`;
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

function referencesOf(source: SourceFile): readonly Reference[] {
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
