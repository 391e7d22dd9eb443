import { basename, dirname } from 'node:path';
import type { Rule } from './rule';
import { isProduct, lineOf } from './source';

const MAX_FILE_LINES = 300;
const MAX_CONSTRUCTOR_LINES = 40;
/** Without `index.ts`. */
const MAX_FOLDER_FILES = 12;

export const fileSize: Rule = {
  name: `files have at most ${MAX_FILE_LINES} lines`,
  check: (source) => {
    const lines = source.text.trimEnd().split('\n').length;
    if (!source.isTypeScript || /\.(test|cases)\.ts$/.test(source.path) || lines <= MAX_FILE_LINES) return [];
    return [
      {
        line: MAX_FILE_LINES + 1,
        message: `${lines} lines, the limit is ${MAX_FILE_LINES}: it has more than one concept; split it`,
      },
    ];
  },
};

export const constructorSize: Rule = {
  name: `constructors have at most ${MAX_CONSTRUCTOR_LINES} lines`,
  check: (source) =>
    isProduct(source)
      ? source
          .nodesOf('ClassMethod')
          .filter(({ kind }) => kind === 'constructor')
          .map((node) => ({ line: lineOf(node), lines: node.loc!.end.line - lineOf(node) + 1 }))
          .filter(({ lines }) => lines > MAX_CONSTRUCTOR_LINES)
          .map(({ line, lines }) => ({
            line,
            message: `a constructor of ${lines} lines, the limit is ${MAX_CONSTRUCTOR_LINES}: it must read as a table of contents; move steps into private methods`,
          }))
      : [],
};

export const folderSize: Rule = {
  name: `folders have at most ${MAX_FOLDER_FILES} files`,
  check: (source, all) => {
    if (!isProduct(source)) return [];
    const folder = dirname(source.path);
    const siblings = all.filesIn(folder).filter(({ path }) => basename(path) !== 'index.ts');
    const isFirst = siblings[0] === source;
    return isFirst && siblings.length > MAX_FOLDER_FILES
      ? [
          {
            line: 1,
            message: `${folder}/ has ${siblings.length} files, the limit is ${MAX_FOLDER_FILES}: it has several concepts; give each its own folder`,
          },
        ]
      : [];
  },
};

export const indexFiles: Rule = {
  name: 'index.ts only re-exports',
  check: (source) =>
    isProduct(source) && basename(source.path) === 'index.ts'
      ? source.file.program.body
          .filter((statement) => !('source' in statement) || !statement.source || !statement.type.startsWith('Export'))
          .map((statement) => ({
            line: lineOf(statement),
            message: 'index.ts does more than re-export: code there is hard to find; move it to a file with a name',
          }))
      : [],
};

export const fileNames: Rule = {
  name: 'file names are kebab-case',
  check: ({ path }) =>
    /\.(ts|mjs|yaml)$/.test(path) && !/^([a-z0-9.-]+\/)*[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(path)
      ? [{ line: 1, message: `'${path}' is not kebab-case: file systems differ in letter case; rename it` }]
      : [],
};
