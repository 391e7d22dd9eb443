import { DefaultTokenResolver, type IResolveContext, type ITokenResolver, ref, Tokenization } from 'cdktf';

// Makes cdktf synthesize the same text in a third of its time; the only file that knows how cdktf works inside.
// Shares are of 20,000 mixed resources with cdktf 0.21, see bench/large.ts. What another version does differently
// is left to it: then synthesis takes longer, and nothing else changes.

/**
 * Ends that every token records where it was made: 31 % of the time (48 % under source maps) and 40 % of the memory.
 *
 * The record is read only to explain a token that cannot be resolved. {@link resolvingFast} names the place where that
 * token is used instead, and the error's own stack still leads to the code that failed.
 *
 * @returns what makes tokens record it again
 */
export function forgetWhereTokensAreMade(): () => void {
  try {
    const recorders: Record<string, () => string[]> = require('cdktf/lib/tokens/private/stack-trace');
    const before = { ...recorders };
    recorders.captureStackTrace = () => []; // cdktf
    recorders.captureCreationStack = () => []; // cdktn
    return () => Object.assign(recorders, before);
  } catch {
    return () => {}; // not where it was, or not ours to change
  }
}

/**
 * Does `work` while literals and references are rendered here instead of being searched for tokens: 28 % of the time.
 *
 * cdktf resolves every element twice and then the whole stack once more, with four regular expressions and two closures
 * for each key and value, and an argument of an expression once more for each level above it. Whatever could be, hold or
 * miss another token goes to the original, and so does everything again when it fails, for the original's message.
 */
export function resolvingFast<T>(work: () => T): T {
  const original = Tokenization.resolve;
  const remember = forgetWhereTokensAreMade();
  Tokenization.resolve = (value, options) => {
    try {
      const render = options.resolver.constructor === DefaultTokenResolver ? referenceIn : () => undefined;
      const resolver = hastened(options.resolver, options.scope, render);
      return copy(value, (part) => render(part, options.scope) ?? original(part, { ...options, resolver }));
    } catch {
      return named(value, () => original(value, options));
    }
  };
  try {
    return work();
  } finally {
    Tokenization.resolve = original;
    remember();
  }
}

type Render = (part: unknown, scope: unknown, context?: IResolveContext) => string | undefined;

/** A resolver that resolves what a token asks for as fast as everything else. */
function hastened(resolver: ITokenResolver, scope: unknown, render: Render): ITokenResolver {
  return Object.create(resolver, {
    resolveToken: {
      value: (...[token, context, postProcessor]: Parameters<ITokenResolver['resolveToken']>) => {
        const slow = context.resolve;
        context.resolve = (value) => copy(value, (part) => render(part, scope, context) ?? slow(part));
        return resolver.resolveToken(token, context, postProcessor);
      },
    },
  });
}

/** A text that is one token. */
const TOKEN = /^\$\{TfToken\[[\w:.-]+\]\}$/;
const Reference = ref('').constructor;

/** What a text is rendered as that is a reference to something of the same stack, and nothing else. */
function referenceIn(text: unknown, stack: unknown, context?: IResolveContext): string | undefined {
  if (typeof text !== 'string' || !TOKEN.test(text)) return undefined;
  const [token] = Tokenization.reverse(text) as unknown as { identifier?: unknown; originStack?: unknown }[];
  if (token?.constructor !== Reference || token.originStack !== stack) return undefined;
  const { identifier } = token;
  if (typeof identifier !== 'string' || !isLiteral(identifier)) return undefined;
  return context?.suppressBraces ? identifier : `\${${identifier}}`;
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
