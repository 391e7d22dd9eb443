import type { EditorRule, JsonSchema } from './json-schema';

/*
 * What only editors use of a schema. The parser has rules for the same, with messages that say more.
 */

/** With `key`, none of `others`: editors mark them as not allowed. */
export function excludes(key: string, others: readonly string[]): EditorRule {
  return { if: { not: { required: [key] } }, else: without(others) };
}

/** Without `key`, none of `others`. */
export function requiredBy(others: readonly string[], key: string): EditorRule {
  return { if: { required: [key] }, else: without(others) };
}

/** `keys` only if `choice` is one of `values`. */
export function onlyWith(keys: readonly string[], choice: string, values: readonly string[]): EditorRule {
  return { if: { required: [choice], properties: { [choice]: { enum: values } } }, else: without(keys) };
}

/** `key` must be there unless `choice` is one of `values`. */
export function requiredUnless(key: string, choice: string, values: readonly string[]): EditorRule {
  return { if: { properties: { [choice]: { enum: values } } }, else: { required: [key] } };
}

/**
 * A value that editors offer to insert.
 *
 * @param body the value; `${1:name}` is the first place where the user types, with the text `name`
 */
export function snippet(label: string, body: unknown): NonNullable<JsonSchema['defaultSnippets']>[number] {
  return { label, body };
}

function without(keys: readonly string[]): object {
  return { properties: Object.fromEntries(keys.map((key) => [key, false])) };
}
