import { DefaultTokenResolver, ref, StringConcat, Token, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
import { unescaped } from '../text-pattern';

/** The digits of a number in a text; Terraform writes them if it is a token, whose own digits mean nothing. */
export function digitsOf(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : `${value}`;
}

/** The characters of a text as a service counts them; `undefined` if a part of it is a token. */
export function lengthOf(text: string): number | undefined {
  return Token.isUnresolved(text) ? undefined : unescaped(text).length;
}

const Reference = ref('').constructor;

/** A text as far as synthesis knows it: what Terraform fills in counts nothing, so no text is too long that may fit. */
export function knownPartOf(scope: IConstruct, text: string): string {
  const { tokens } = Tokenization.reverseString(text);
  const isRendered = tokens.every((token) => token.constructor === Reference); // each would become an expression
  const resolver = new DefaultTokenResolver(new StringConcat());
  const rendered: string = isRendered ? text : Tokenization.resolve(text, { scope, resolver, preparing: false });
  return rendered.replace(/\$\{[^}]*\}/g, '');
}
