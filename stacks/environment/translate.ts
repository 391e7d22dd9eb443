import { stringify } from 'yaml';
import type * as z from 'zod';
import { type Document, quote } from './document';
import type { Fault, Path } from './faults';
import { schemasAt } from './json-schema';
import { nearest } from './nearest';

type Issue = z.core.$ZodIssue;

/** A fault in the type of a value, and what it says about the intention. */
export interface TypeFault extends Fault {
  /** The key that an unknown one seems to mean. */
  readonly meant?: Path;
}

const SHAPES: Partial<Record<string, string>> = { object: 'a mapping', record: 'a mapping', array: 'a list' };
/** What YAML 1.1 took for booleans, and people still do. */
const FLAGS = new Map([
  ...['yes', 'on', 'true'].map((word) => [word, 'true'] as const),
  ...['no', 'off', 'false'].map((word) => [word, 'false'] as const),
]);

/** Turns what zod found wrong with a document into faults in the user's words, one for each place. */
export function translate(issues: readonly Issue[], document: Document): TypeFault[] {
  const faults = issues.flatMap((issue) => blame(issue, [])).flatMap((issue) => translateOne(issue, document));
  const byPlace = new Map(faults.map((fault) => [JSON.stringify(fault.path), fault]));
  for (const { meant } of faults) if (meant && !document.has(meant)) byPlace.delete(JSON.stringify(meant));
  for (const { path } of document.faults) byPlace.delete(JSON.stringify(path));
  return [...byPlace.values()];
}

/** Of the shapes that a value may have, blames the one that it was meant to have. */
function blame(issue: Issue, base: Path): Issue[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.filter((errors) => !errors.some(isWrongShape));
    if (meant.length === 1) return meant[0]!.flatMap((inner) => blame(inner, path as Path));
  }
  return [{ ...issue, path }];
}

function isWrongShape({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function translateOne(issue: Issue, document: Document): TypeFault[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, document));
  if (issue.code === 'invalid_key') {
    const message = `the name must be ${issue.issues[0]?.message}, got ${quote(String(path.at(-1)))}`;
    return [{ path, at: 'key', message }];
  }
  if (!document.has(path)) return [{ path, at: 'key', message: `is missing; ${example(path)}` }];
  const message = [`must be ${limit(issue)}, got ${document.show(path)}`, ...fix(path, document)].join('; ');
  return [{ path, at: 'value', message }];
}

function limit(issue: Issue): string {
  if (issue.code === 'invalid_type') return SHAPES[issue.expected] ?? issue.message;
  if (issue.code !== 'invalid_union') return issue.message;
  if ('options' in issue) return `one of ${issue.options?.join(', ')}`;
  return issue.errors.flatMap((errors) => errors.slice(0, 1).map(limit)).join(' or ');
}

function unknownKey(parent: Path, key: string, document: Document): TypeFault {
  const path = [...parent, key];
  const allowed = schemasAt(parent).flatMap(({ properties = {} }) => Object.keys(properties));
  const free = allowed.filter((name) => !document.has([...parent, name]));
  const name = nearest(key, free);
  const advice = name
    ? `did you mean '${name}'?`
    : allowed.length === 0
      ? 'none is known here'
      : `known here: ${allowed.join(', ')}`;
  return {
    path,
    at: 'key',
    message: `is not a known key; ${advice}`,
    meant: name === undefined ? undefined : [...parent, name],
  };
}

/** How to write the value, where that can be told. */
function fix(path: Path, document: Document): string[] {
  const schemas = schemasAt(path);
  const source = document.source(path);
  const value = document.get(path);
  const takes = (type: string) => schemas.some((schema) => schema.type === type);
  if (value === null)
    return [
      takes('object') ? 'write {} for its defaults or leave the key out' : 'give it a value or leave the key out',
    ];
  if (typeof value === 'string') {
    if (takes('integer') && /^\d+$/.test(value)) return [`write ${value} without quotes`];
    const flag = takes('boolean') && FLAGS.get(value.toLowerCase());
    if (flag) return [`write ${flag} without quotes`];
    const word = nearest(
      value,
      schemas.flatMap((schema) => schema.enum ?? schema.examples ?? []).filter((word) => typeof word === 'string'),
    );
    return word === undefined ? [] : [`did you mean '${word}'?`];
  }
  const quotable = schemas.some(({ type, pattern = '' }) => type === 'string' && new RegExp(pattern).test(source));
  return quotable && typeof value !== 'object' ? [`write "${source}"`] : [];
}

/** An example of what should stand at a path. */
function example(path: Path): string {
  const [value] = schemasAt(path).flatMap(({ examples = [] }) => examples);
  return `add for example ${path.at(-1)}: ${stringify(value, { collectionStyle: 'flow' }).trim()}`;
}
