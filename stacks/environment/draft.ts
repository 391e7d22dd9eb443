import type { EnvironmentInput } from './environment';
import type { Path } from './errors';
import type { ShapeError } from './text/translate';

/** The valid parts of a document. An invalid value is `undefined`, a missing key is missing. */
export type Draft<T = EnvironmentInput> = T extends readonly (infer U)[]
  ? readonly (Draft<U> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> }
    : T;

/**
 * Removes invalid values from a document, so that rules over several values can check the rest.
 *
 * For a misspelled key, the intended key is `undefined`: it is written, but its value is unknown.
 */
export function draftOf(data: unknown, errors: readonly ShapeError[]): Draft {
  const draft = { root: structuredClone(data) };
  for (const { path, meant } of errors) {
    blank(draft, ['root', ...path]);
    if (meant) blank(draft, ['root', ...meant]);
  }
  return (draft.root ?? {}) as Draft;
}

function blank(value: unknown, [part, ...rest]: Path): void {
  if (typeof value !== 'object' || value === null || part === undefined) return;
  const holder = value as Record<string | number, unknown>;
  if (rest.length > 0) blank(holder[part], rest);
  else holder[part] = undefined;
}

/** The valid entries of a mapping. */
export function written<T>(record: Readonly<Record<string, T | undefined>> = {}): [string, T][] {
  return Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined);
}

/** The valid parts of a section in a draft; empty if the section is missing or invalid as a whole. */
export function ownOf({ name }: { readonly name: string }, draft: object): object {
  return (draft as Record<string, object | undefined>)[name] ?? {};
}

/** The value of a name that the file gives, which may be that of a method, such as `toString`. */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
