import { quote } from '../../../lib/core/text-pattern';
import type { FileError, Path } from '../errors';
import type { JsonSchema } from '../schema/json-schema';
import type { Document } from './document';
import { example, respell, rewrite } from './fix';
import type { Issue } from './issues';
import { nearest } from './nearest';

/** All alternative schemas of the value at a path: for the engines that the document selects, or for any engine. */
export type ShapesAt = (path: Path, ofAnyEngine?: boolean) => readonly JsonSchema[];

/** An error in a key or in the type of a value. */
export interface ShapeError extends FileError {
  /** The key that was probably intended instead of an unknown one. */
  readonly meant?: Path;
}

const SHAPES: Partial<Record<string, string>> = { object: 'a mapping', record: 'a mapping', array: 'a list' };

/** Translates zod's issues into errors in the user's terms, one for each place. */
export function translate(issues: readonly Issue[], document: Document, shapesAt: ShapesAt): ShapeError[] {
  const errors = issues.flatMap((issue) => translateOne(issue, document, shapesAt));
  const byPlace = new Map(errors.map((error) => [JSON.stringify([error.path, error.at]), error]));
  const told = new Set(document.errors.map(({ path }) => JSON.stringify(path)));
  for (const { meant } of errors) if (meant && !document.has(meant)) told.add(JSON.stringify(meant));
  return [...byPlace.values()].filter(({ path }) => !told.has(JSON.stringify(path)));
}

function translateOne(issue: Issue, document: Document, shapesAt: ShapesAt): readonly ShapeError[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') return unknownKeys(path, issue.keys, document, shapesAt);
  if (issue.code === 'invalid_key') return [wrongName(path, issue.issues[0]?.message ?? '', shapesAt)];
  if (!document.has(path)) {
    const advice = `add for example ${path.at(-1)}: ${example(shapesAt(path))}`;
    return [{ path, at: 'key', message: `is missing; ${advice}` }];
  }
  const message = [`must be ${limit(issue)}, got ${document.show(path)}`, ...rewrite(path, document, shapesAt)].join(
    '; ',
  );
  return [{ path, at: 'value', message }];
}

function limit(issue: Issue): string {
  if (issue.code === 'invalid_type') return SHAPES[issue.expected] ?? issue.message;
  if (issue.code !== 'invalid_union') return issue.message;
  if ('options' in issue) return `one of ${issue.options?.join(', ')}`;
  return issue.errors.flatMap((errors) => errors.slice(0, 1).map(limit)).join(' or ');
}

function wrongName(path: Path, must: string, shapesAt: ShapesAt): ShapeError {
  const name = String(path.at(-1));
  const names = shapesAt(path.slice(0, -1)).flatMap(({ propertyNames = [] }) => propertyNames);
  const message = [`the name must be ${must}, got ${quote(name)}`, ...respell(name, names)].join('; ');
  return { path, at: 'key', message };
}

function unknownKeys(
  parent: Path,
  keys: readonly string[],
  document: Document,
  shapesAt: ShapesAt,
): readonly ShapeError[] {
  const errors = keys.map((key) => unknownKey(parent, key, document, shapesAt));
  if (!errors.some(({ meant }) => meant?.at(-1) === 'engine')) return errors;
  // the misspelled engine is not known, so the keys of every engine are
  const known = shapesAt(parent, true).flatMap(({ properties = {} }) => Object.keys(properties));
  return keys
    .filter((key) => !known.includes(key))
    .map((key) => unknownKey(parent, key, document, (path) => shapesAt(path, true)));
}

function unknownKey(parent: Path, key: string, document: Document, shapesAt: ShapesAt): ShapeError {
  const path = [...parent, key];
  const elsewhere = shapesAt(parent, true).find(({ properties = {} }) => Object.hasOwn(properties, key))?.properties
    ?.engine?.const;
  if (elsewhere !== undefined) {
    const engine = shapesAt(parent).find(({ properties }) => properties?.engine)?.properties?.engine?.const;
    return { path, at: 'key', message: `is not for engine ${engine}; remove it, or choose engine: ${elsewhere}` };
  }
  const allowed = [...new Set(shapesAt(parent).flatMap(({ properties = {} }) => Object.keys(properties)))];
  const free = allowed.filter((name) => !document.has([...parent, name]));
  const name = nearest(key, free);
  if (name)
    return { path, at: 'key', message: `is not a known key; did you mean '${name}'?`, meant: [...parent, name] };
  const advice = allowed.length > 0 ? `known here: ${allowed.join(', ')}` : 'no keys are allowed here, remove it';
  return { path, at: 'key', message: `is not a known key; ${advice}` };
}
