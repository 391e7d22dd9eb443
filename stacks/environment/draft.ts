import type { EnvironmentInput } from './environment';
import type { Path } from './errors';
import type { ShapeError } from './text/translate';

/** What is valid in a document; what is wrong is `undefined`, what nobody wrote is not there. */
export type Draft<T = EnvironmentInput> = T extends readonly (infer U)[]
  ? readonly (Draft<U> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> }
    : T;

/**
 * Takes what is wrong out of a document, so that rules over several values can judge the rest.
 *
 * A misspelt key leaves `undefined` under the name that was meant: whatever stands there is written, but unknown.
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

/** The entries of a mapping that are not wrong themselves. */
export function written<T>(record: Readonly<Record<string, T | undefined>> = {}): [string, T][] {
  return Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined);
}

/** What is valid of a section in a draft; a section that is left out, or wrong as a whole, has nothing in it. */
export function ownOf({ name }: { readonly name: string }, draft: Draft): object {
  return (draft as Record<string, object | undefined>)[name] ?? {};
}
