import { Tokenization } from 'cdktf';

interface Hcl {
  readonly hcl: string;
  readonly metadata: Record<string, unknown>;
}

/**
 * Lets cdktf write HCL that says the same as its JSON. cdktf escapes a quote only in a text without `${`, never a
 * backslash, and writes a text of several lines as a heredoc, which adds a line and ends at a line `EOF` of the text.
 */
export function writingHcl(work: () => object): Hcl {
  const original = Tokenization.resolve;
  Tokenization.resolve = (value, options) => {
    const resolved: unknown = original(value, options);
    return typeof resolved === 'object' ? quotable(resolved) : resolved;
  };
  try {
    const { hcl, metadata } = work() as Hcl;
    return { hcl: mendHcl(hcl), metadata };
  } finally {
    Tokenization.resolve = original;
  }
}

/**
 * Corrects what cdktf writes wrongly into HCL: a map key such as `--source` without quotes, which reads as a negation, and the
 * conditions of a lifecycle as an attribute, which Terraform takes only as blocks.
 */
function mendHcl(hcl: string): string {
  return hcl
    .replace(/^(-[\w-]*)(?= = )/gm, '"$1"')
    .replace(/^ *(precondition|postcondition) = \[\n((?:\{\n(?:.*\n)*?\},\n)+)\]$/gm, (_, name, items: string) =>
      items.replace(/^\{\n((?:.*\n)*?)\},\n/gm, `${name} {\n$1}\n`).trimEnd(),
    );
}

/** Parts that cdktf writes as attributes; it writes the others as JSON. */
const WITH_ATTRIBUTES = ['resource', 'data', 'provider', 'output'];
const WRITTEN_AS_JSON = ['//', 'dynamic', 'provisioner', 'connection', 'lifecycle'];

function quotable(fragment: unknown): unknown {
  if (!isPlain(fragment)) return fragment;
  return Object.fromEntries(
    Object.entries(fragment).map(([name, part]) => [name, WITH_ATTRIBUTES.includes(name) ? escapedIn(part) : part]),
  );
}

function escapedIn(value: unknown): unknown {
  if (typeof value === 'string') return isJson(value) ? value : inQuotes(value);
  if (Array.isArray(value)) return value.map(escapedIn);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      WRITTEN_AS_JSON.includes(key) ? [key, part] : [inQuotes(key), escapedIn(part)],
    ),
  );
}

/** A policy: a heredoc is easier to read, and one more line at its end means nothing. */
function isJson(text: string): boolean {
  return text.startsWith('{\n') && !/^\s*EOF\s*$/m.test(text);
}

/** Escapes the text of a template for a string in quotes, and leaves the expressions in it. */
function inQuotes(text: string): string {
  let result = '';
  let depth = 0; // of the expressions around a character
  for (let at = 0; at < text.length; at++) {
    const pair = text.slice(at, at + 2);
    const isEscaped = /^([$%])\1\{/.test(text.slice(at, at + 3));
    if (depth === 0 && isEscaped) {
      result += text.slice(at, at + 3);
      at += 2;
    } else if (pair === '${' || pair === '%{') {
      depth++;
      result += pair;
      at++;
    } else {
      const character = text[at]!;
      if (depth > 0 && character === '{') depth++;
      if (depth > 0 && character === '}') depth--;
      result += depth > 0 ? character : (ESCAPES[character] ?? character);
    }
  }
  return result;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
