import type * as z from 'zod';
import type { Path } from '../errors';
import { nearest } from './nearest';

export type Issue = z.core.$ZodIssue;

/** Wrong names within wrong names: more than an environment has levels. */
const MAX_DEPTH = 6;

/**
 * All issues of a document, also those below a wrong name or engine, where zod stops: the document is read again with a
 * valid name, or with the engine that was probably intended.
 */
export function issuesOf(schema: z.ZodType, data: unknown, depth = MAX_DEPTH): Issue[] {
  const issues = (schema.safeParse(data).error?.issues ?? []).flatMap((issue) => intended(issue, []));
  const copy = structuredClone(data);
  const repaired = issues.flatMap((issue, index) => repair(copy, issue, index));
  if (repaired.length === 0 || depth === 0) return issues;
  const byPlace = new Map(repaired.map((one) => [JSON.stringify(one.path), one]));
  const hidden = issuesOf(schema, copy, depth - 1).flatMap((issue) => {
    const prefixes = issue.path.map((_, index) => JSON.stringify(issue.path.slice(0, index + 1)));
    const there = prefixes.map((prefix) => byPlace.get(prefix)).find((found) => found !== undefined);
    if (!there || (there.name === undefined && issue.code === 'unrecognized_keys')) return [];
    return [there.name === undefined ? issue : { ...issue, path: issue.path.with(there.path.length - 1, there.name) }];
  });
  return [...issues, ...hidden];
}

/** For a union, selects the issues of the alternative that was probably intended. */
function intended(issue: Issue, base: Path): Issue[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.filter((errors) => !errors.some(isWrongShape));
    if (meant.length === 1) return meant[0]!.flatMap((inner) => intended(inner, path as Path));
  }
  return [{ ...issue, path }];
}

function isWrongShape({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

interface Repaired {
  readonly path: Path;
  /** The name in the document, if another one replaces it at the end of `path`. */
  readonly name?: string;
}

/** Mends what hides other issues: a name, or the key that selects an alternative. */
function repair(data: unknown, issue: Issue, index: number): Repaired[] {
  const path = issue.path as Path;
  const parent = path.slice(0, -1);
  const last = String(path.at(-1));
  const holder = parent.reduce((value, part) => (value as Record<string, unknown> | undefined)?.[part], data) as
    | Record<string, unknown>
    | undefined;
  if (!holder || !Object.hasOwn(holder, last)) return [];
  if (issue.code === 'invalid_key') {
    let name = `x${index}`;
    while (Object.hasOwn(holder, name)) name += 'x';
    holder[name] = holder[last];
    delete holder[last];
    return [{ path: [...parent, name], name: last }];
  }
  if (issue.code !== 'invalid_union' || !('options' in issue)) return [];
  const meant = nearest(String(holder[last]), (issue.options ?? []).map(String));
  if (meant === undefined || meant === holder[last]) return [];
  holder[last] = meant;
  return [{ path: parent }];
}
