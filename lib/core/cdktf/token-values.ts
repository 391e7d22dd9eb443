import { Token } from 'cdktf';
import { unescaped } from '../text-pattern';

/** The digits of a number in a text; Terraform writes them if it is a token, whose own digits mean nothing. */
export function digitsOf(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : `${value}`;
}

/** The characters of a text as a service counts them; `undefined` if a part of it is a token. */
export function lengthOf(text: string): number | undefined {
  return Token.isUnresolved(text) ? undefined : unescaped(text).length;
}
