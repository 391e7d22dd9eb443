import { InputError } from '../../lib/core/input-error';

/** Where a value stands in an environment file: names of keys and indices of lists. */
export type Path = readonly (string | number)[];

/** Something wrong at one place of an environment file. */
export interface Fault {
  readonly path: Path;
  /** Which of the two is at fault: the name of a key, or what stands behind it. */
  readonly at: 'key' | 'value';
  /** What is wrong, the value got, the limit and the fix. */
  readonly message: string;
}

/** A fault with its place in the text; both count from 1. */
export interface PlacedFault {
  readonly line: number;
  readonly column: number;
  readonly path: Path;
  readonly message: string;
}

/** A fault of what stands at `path`. */
export function fault(path: Path, message: string, at: Fault['at'] = 'value'): Fault {
  return { path, at, message };
}

/**
 * Everything that is wrong with an environment file, as lines of `file:line:column key.path: message`.
 *
 * The message is complete: a program that prints it needs to add nothing.
 */
export class EnvironmentFileError extends InputError {
  public override readonly name = 'EnvironmentFileError';
  public readonly faults: readonly PlacedFault[];

  constructor(
    public readonly file: string,
    faults: readonly PlacedFault[],
  ) {
    const sorted = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, path, message }) => {
      const key = keyPath(path);
      return `${file}:${line}:${column} ${key && `${key}: `}${message}`;
    });
    super([`${file}: ${lines.length} ${lines.length === 1 ? 'fault' : 'faults'}`, ...lines].join('\n'));
    this.faults = sorted;
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
