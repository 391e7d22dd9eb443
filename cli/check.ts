import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { InputError } from '../lib/core/input-error';
import { EnvironmentFilesError, environmentFile, environmentFiles, loadEnvironments } from '../stacks/environment';
import type { EnvironmentFileError } from '../stacks/environment/errors';
import { DAY_VARIABLE } from '../stacks/environment/files';
import { FORMAT } from '../stacks/environment/platform-format';
import { ExitCode } from './exit-code';
import type { Terminal } from './terminal';

/** The result of `check --json`. */
export interface CheckResult {
  /** The files that were read. */
  readonly files: readonly string[];
  /** All errors; empty if every file is valid. Lines and columns count from 1. */
  readonly errors: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    /** Names of keys and indices of list items; empty for the file as a whole. */
    readonly path: readonly (string | number)[];
    readonly message: string;
  }[];
}

export function checkCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('check')
    .summary('find the errors of environment files, without synthesis')
    .description(
      'Reads environment files, and finds every error in each and between them, as two environments with one name. ' +
        'Loads no provider and writes nothing. Files with sections of your own are checked by your program.',
    )
    .argument('[file...]', 'files, or names as in environments/<name>.yaml (default: all in environments/)')
    .option('--json', 'print {"files": [...], "errors": [{"file", "line", "column", "path", "message"}]}')
    .addHelpText(
      'after',
      `
What ends, such as the support of an image, is judged today, or on the day in ${DAY_VARIABLE}.

Exit code: 0 all files are valid, 1 an error was found, 2 wrong usage or no such file.

Examples:
  $ cdktf-mlops check
  $ cdktf-mlops check dev environments/prod.yaml --json
  $ ${DAY_VARIABLE}=2027-07-16 cdktf-mlops check`,
    )
    .action((names: readonly string[], { json }: { json?: boolean }) => {
      const files = filesOf(names);
      const errors = errorsOf(files);
      terminal.out(json ? `${JSON.stringify(result(files, errors), null, 2)}\n` : text(files, errors));
      finish(errors.length > 0 ? ExitCode.failed : ExitCode.held);
    });
}

/** @throws InputError with every file that does not exist */
function filesOf(names: readonly string[]): readonly string[] {
  const files = names.length > 0 ? [...new Set(names.map(environmentFile))] : environmentFiles();
  if (files.length === 0)
    throw new InputError('environments/: must have an environment file, got none; name a file, or create one');
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length === 0) return files;
  throw new InputError(
    missing.map((file) => `${file}: does not exist; name a file, or one in environments/`).join('\n'),
  );
}

function errorsOf(files: readonly string[]): readonly EnvironmentFileError[] {
  try {
    loadEnvironments(files, FORMAT);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentFilesError) return error.errors;
    throw error;
  }
}

function result(files: readonly string[], found: readonly EnvironmentFileError[]): CheckResult {
  return {
    files,
    errors: found.flatMap(({ file, errors }) =>
      errors.map(({ line, column, path, message }) => ({ file, line, column, path, message })),
    ),
  };
}

function text(files: readonly string[], errors: readonly EnvironmentFileError[]): string {
  const wrong = new Set(errors.map(({ file }) => file));
  const valid = files.filter((file) => !wrong.has(file)).map((file) => `${file}: valid`);
  return [...errors.map(({ message }) => message), ...valid].map((line) => `${line}\n`).join('');
}
