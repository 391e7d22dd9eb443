import { Fn, Token } from 'cdktf';
import { digitsOf } from '../../core/cdktf/token-values';
import { Reference } from './value';

/** Version of SageMaker's pipeline language. */
export const LANGUAGE_VERSION = '2020-12-01';

/**
 * A value as JSON in which Terraform fills in what is known only at deploy time: a text stays in its quotes, a number is
 * written without them, a list or map is written by `jsonencode`. `undefined` is left out, as JSON does.
 */
export function jsonText(value: unknown): string {
  if (value instanceof Reference) return jsonText(value.toJSON());
  if (typeof value === 'number') return Token.isUnresolved(value) ? digitsOf(value) : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Token.isUnresolved(value)) return Token.asString(Fn.jsonencode(value));
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return jsonText(value.toJSON());
  const parts: string[] = [];
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined) parts.push(`${JSON.stringify(key)}:${jsonText(part)}`);
  }
  return `{${parts.join(',')}}`;
}

/** Where a value has a number that JSON cannot write, and writes as `null`: `Arguments.Limit is NaN`. */
export function unwritable(value: unknown, place = ''): readonly string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${place} is ${value}`];
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return [];
  if ('toJSON' in value && typeof value.toJSON === 'function') return unwritable(value.toJSON(), place);
  const at = (key: string) => (Array.isArray(value) ? `${place}[${key}]` : `${place}.${key}`).replace(/^\./, '');
  return Object.entries(value).flatMap(([key, part]) => unwritable(part, at(key)));
}
