import { InputError } from '../../lib/core/input-error';
import type { BrokenRule } from '../../lib/core/properties';
import { quote } from '../../lib/core/text-pattern';

/** Place of a value in an environment file: key names and list indices. */
export type Path = readonly (string | number)[];

/** An error at one place of an environment file. */
export interface FileError {
  readonly path: Path;
  /** Whether the key or its value is invalid. */
  readonly at: 'key' | 'value';
  /** What is wrong, the value, what is allowed, and the fix. */
  readonly message: string;
}

/** An error with its position in the text; line and column are counted from 1. */
export interface PlacedError {
  readonly line: number;
  readonly column: number;
  readonly path: Path;
  readonly message: string;
}

/** An error in the value at `path`, or in its key. */
export function error(path: Path, message: string, at: FileError['at'] = 'value'): FileError {
  return { path, at, message };
}

/** An error for each rule that the value at `path` breaks. */
export function broken(path: Path, value: string | number, rules: readonly BrokenRule[]): FileError[] {
  const shown = typeof value === 'string' ? quote(value) : `the number ${value}`;
  return rules.map(({ must, fix, got = shown }) => error(path, `${must}, got ${got}; ${fix}`));
}

/**
 * All errors of an environment file, as lines of `file:line:column key.path: message`.
 *
 * The message is complete; a program prints it as it is.
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
      typeof part === 'number'
        ? `[${part}]`
        : /^[\w-]{1,255}$/.test(part)
          ? `.${part}`
          : `.${JSON.stringify(shortened(part))}`,
    )
    .join('')
    .replace(/^\./, '');
}

function shortened(name: string): string {
  return name.length > 255 ? `${name.slice(0, 60)}…` : name;
}
