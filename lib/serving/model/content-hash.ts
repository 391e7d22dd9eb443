import { createHash } from 'node:crypto';
import { Fn, Token, Tokenization } from 'cdktf';
import { digitsOf } from '../../core/cdktf/token-values';

/** Length of the hash at the end of a name. */
export const CONTENT_HASH_LENGTH = 8;

/**
 * A hash of what a resource is made of, for a name that changes with it and only with it. What is known only at deploy time is
 * hashed by Terraform: a subnet that is replaced makes another name.
 *
 * SageMaker changes neither models nor configurations of endpoints. A new one needs another name, beside the one in use: see
 * `ContentName`.
 */
export function contentHash(content: object): string {
  const later: string[] = [];
  const keep = (token: string) => `#${later.push(token)}`;
  const known = JSON.stringify(content, (_, value: unknown) => {
    if (!Token.isUnresolved(value)) return value;
    if (typeof value === 'string') return withEach(value, keep);
    if (typeof value === 'number') return keep(digitsOf(value));
    return keep(Array.isArray(value) ? Fn.join(',', value) : Token.asString(value));
  });
  const hash = createHash('sha256').update(known).digest('hex');
  if (later.length === 0) return hash.slice(0, CONTENT_HASH_LENGTH);
  return Fn.substr(Fn.sha256(Fn.join('/', [hash, ...later])), 0, CONTENT_HASH_LENGTH);
}

/** A text in which each token is replaced: cdktf cannot write an expression of a text that holds another. */
function withEach(text: string, replace: (token: string) => string): string {
  const tokens = Tokenization.reverseString(text).tokens.map((token) => Token.asString(token));
  return tokens.reduce((rest, token) => rest.replace(token, () => replace(token)), text);
}
