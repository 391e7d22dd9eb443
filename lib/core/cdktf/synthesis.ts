import { Tokenization } from 'cdktf';

// Makes cdktf synthesize the same text in a third of its time; the only file that knows how cdktf works inside.
// Shares are of 20,000 mixed resources with cdktf 0.21, see bench/large.ts. What another version does differently
// is left to it: then synthesis takes longer, and nothing else changes.

/**
 * Ends that every token records where it was made: 31 % of the time (48 % under source maps) and 40 % of the memory.
 *
 * The record is read only to explain a token that cannot be resolved. {@link resolvingFast} names the place where that
 * token is used instead, and the error's own stack still leads to the code that failed.
 */
export function forgetWhereTokensAreMade(): void {
  try {
    const recorders: Record<string, () => string[]> = require('cdktf/lib/tokens/private/stack-trace');
    recorders.captureStackTrace = () => []; // cdktf
    recorders.captureCreationStack = () => []; // cdktn
  } catch {
    // not where it was, or not ours to change
  }
}

/**
 * Does `work` while literals are copied instead of being searched for tokens: 28 % of the time.
 *
 * cdktf resolves every element twice and then the whole stack once more, with four regular expressions and two closures
 * for each key and value. Whatever could be, hold or miss a token goes to the original, and so does everything again
 * when it fails, for the original's message.
 */
export function resolvingFast<T>(work: () => T): T {
  const original = Tokenization.resolve;
  Tokenization.resolve = (value, options) => {
    try {
      return copy(value, (part) => original(part, options));
    } catch {
      return named(value, () => original(value, options));
    }
  };
  try {
    return work();
  } finally {
    Tokenization.resolve = original;
  }
}

/** What `Tokenization.resolve` makes of a value: `undefined` left out of arrays and objects, all else the same. */
function copy(value: unknown, resolve: (part: unknown) => unknown): unknown {
  if (isLiteral(value)) return value;
  if (Array.isArray(value) && value.every((item) => isLiteral(item) || typeof item === 'object')) {
    return value.map((item) => copy(item, resolve)).filter((item) => item !== undefined);
  }
  if (!isPlain(value)) return resolve(value);

  const result: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (!isLiteral(key)) return resolve(value);
    const copied = copy(part, resolve);
    if (copied !== undefined) result[key] = copied;
  }
  return result;
}

/** A token's text; digits around an `e`, as where a token number was joined to a string; what stands for a map's values. */
const SUSPICIOUS = /TfToken\[|\de[+\d]| Map Token Value$/;
/** Token numbers are below -1e289; the one that stands for a map's values is -123456789. */
const LOWEST_LITERAL = -1e8;

function isLiteral(value: unknown): boolean {
  if (typeof value === 'string') return !SUSPICIOUS.test(value);
  if (typeof value === 'number') return value > LOWEST_LITERAL;
  return value === undefined || value === null || typeof value === 'boolean';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Adds to an error what was being rendered, e.g. `resource.aws_s3_bucket.Logs_Resource_1A2B3C4D`. */
function named<T>(element: unknown, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.message += `\n  in ${addressOf(element).join('.')}`;
    throw error;
  }
}

function addressOf(element: unknown, depth = 3): string[] {
  if (depth === 0 || !isPlain(element)) return [];
  const [key = ''] = Object.keys(element);
  return [key, ...addressOf(element[key], depth - 1)];
}
