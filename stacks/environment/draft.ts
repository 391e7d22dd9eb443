import type { Path } from './faults';
import type { EnvironmentInput } from './schema/environment';
import type { TypeFault } from './translate';

/** What is valid in a document; what is at fault is `undefined`, what nobody wrote is not there. */
export type Draft<T = EnvironmentInput> = T extends readonly (infer U)[]
  ? readonly (Draft<U> | undefined)[]
  : T extends object
    ? { readonly [K in keyof T]?: Draft<T[K]> }
    : T;

export type DraftLake = NonNullable<Draft['lake']>;
export type DraftTable = NonNullable<NonNullable<DraftLake['tables']>[string]>;

/**
 * Takes what is at fault out of a document, so that rules over several values can judge the rest.
 *
 * A misspelt key leaves `undefined` under the name that was meant: whatever stands there is written, but unknown.
 */
export function draftOf(data: unknown, faults: readonly TypeFault[]): Draft {
  const draft = { root: structuredClone(data) };
  for (const { path, meant } of faults) {
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
