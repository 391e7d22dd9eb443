import { InputError } from '../../lib/core/input-error';

/** Where a value stands in an environment file: names of keys and indices of lists. */
export type Path = readonly (string | number)[];

/** Something wrong at one place of an environment file. */
export interface FileError {
  readonly path: Path;
  /** Which of the two is wrong: the name of a key, or its value. */
  readonly at: 'key' | 'value';
  /** What is wrong, the value, the limit and the fix. */
  readonly message: string;
}

/** An error with its place in the text; line and column count from 1. */
export interface PlacedError {
  readonly line: number;
  readonly column: number;
  readonly path: Path;
  readonly message: string;
}

/** An error of the value at `path`, or of its key. */
export function error(path: Path, message: string, at: FileError['at'] = 'value'): FileError {
  return { path, at, message };
}

/**
 * Everything that is wrong with an environment file, as lines of `file:line:column key.path: message`.
 *
 * The message is complete: a program that prints it needs to add nothing.
 */
export class EnvironmentFileError extends InputError {
  public override readonly name = 'EnvironmentFileError';
  public readonly errors: readonly PlacedError[];

  constructor(
    public readonly file: string,
    errors: readonly PlacedError[],
  ) {
    const sorted = errors.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, path, message }) => {
      const key = keyPath(path);
      return `${file}:${line}:${column} ${key && `${key}: `}${message}`;
    });
    super([`${file}: ${lines.length} ${lines.length === 1 ? 'error' : 'errors'}`, ...lines].join('\n'));
    this.errors = sorted;
  }
}

/** `['lake', 'zones', 'my zone', 0]` as `lake.zones."my zone"[0]`. */
export function keyPath(path: Path): string {
  return path
    .map((part) =>
      typeof part === 'number' ? `[${part}]` : /^[\w-]+$/.test(part) ? `.${part}` : `.${JSON.stringify(part)}`,
    )
    .join('')
    .replace(/^\./, '');
}
