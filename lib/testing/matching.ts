/** A difference between an expected and an actual value. */
export interface Difference {
  /** Path such as `rule[0].status`; empty for the value itself. */
  readonly at: string;
  readonly expected: unknown;
  /** `undefined` if it is absent. */
  readonly actual: unknown;
}

/**
 * The differences between `expected` and `actual`; empty if they match.
 *
 * - an object must have the expected fields, at every depth, and may have others; `undefined` expects no such field;
 * - a list must have the same length and match element by element;
 * - a regular expression must match the text;
 * - if an object or a list is expected, JSON text is compared by its value;
 * - asymmetric matchers of Jest and Vitest (`expect.any(String)`, `expect.arrayContaining(...)`) are applied.
 */
export function differences(expected: unknown, actual: unknown, at = ''): readonly Difference[] {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual) ? [] : [{ at, expected, actual }];
  if (expected instanceof RegExp) {
    return typeof actual === 'string' && expected.test(actual) ? [] : [{ at, expected, actual }];
  }
  if (typeof expected !== 'object' || expected === null)
    return Object.is(expected, actual) ? [] : [{ at, expected, actual }];

  const value = typeof actual === 'string' ? (parseJson(actual) ?? actual) : actual;
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(expected)) {
    return [{ at, expected, actual }];
  }
  if (Array.isArray(expected)) {
    const list = value as unknown[];
    if (list.length !== expected.length) return [{ at, expected, actual: value }];
    return expected.flatMap((element, index) => differences(element, list[index], `${at}[${index}]`));
  }
  return Object.entries(expected).flatMap(([key, wanted]) =>
    differences(wanted, (value as Record<string, unknown>)[key], at === '' ? key : `${at}.${key}`),
  );
}

/** A value on one line: `{ status: 'Enabled', days: 7 }`. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof RegExp) return String(value);
  if (isAsymmetric(value)) return value.toAsymmetricMatcher?.() ?? String(value);
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${show(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** One line for each difference: `rule[0].status: expected 'Enabled', got 'Disabled'`. */
export function explain(found: readonly Difference[]): string[] {
  return found.map(({ at, expected, actual }) => {
    const place = at === '' ? '' : `${at}: `;
    return expected === undefined
      ? `${place}expected to be absent, got ${show(actual)}`
      : `${place}expected ${show(expected)}, got ${show(actual)}`;
  });
}

/**
 * Reads JSON whose strings hold Terraform expressions, such as a policy with `"${aws_s3_bucket.raw.arn}/*"`.
 *
 * @returns `undefined` if the text is not a JSON object or list
 */
export function parseJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  // quotes inside an expression are not escaped, because Terraform evaluates it before the JSON is parsed
  const expressions = /\$\{(?:[^{}"]|"(?:[^"\\]|\\.)*"|\{[^{}]*\})*\}/g;
  try {
    return JSON.parse(text.replace(expressions, (expression) => JSON.stringify(expression).slice(1, -1)));
  } catch {
    return undefined;
  }
}

/** Whether a pattern of `*` and `?` includes everything that another includes: `s3:Get*` includes `s3:GetObject*`. */
export function covers(pattern: string, wanted: string): boolean {
  // a `*` of the wanted pattern is matched as a character, and only by `*`
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '[^*]');
  return new RegExp(`^${source}$`, 's').test(wanted);
}

/** Whether two patterns of `*` and `?` have a match in common: `s3:*Object` and `s3:Get*`. */
export function overlap(one: string, other: string): boolean {
  if (one === '' || other === '') return /^\**$/.test(one + other);
  if (one[0] === '*') return overlap(one.slice(1), other) || overlap(one, other.slice(1));
  if (other[0] === '*') return overlap(other, one);
  return (one[0] === other[0] || one[0] === '?' || other[0] === '?') && overlap(one.slice(1), other.slice(1));
}

interface Asymmetric {
  asymmetricMatch(actual: unknown): boolean;
  toAsymmetricMatcher?(): string;
}

function isAsymmetric(value: unknown): value is Asymmetric {
  return typeof (value as Asymmetric | null | undefined)?.asymmetricMatch === 'function';
}
