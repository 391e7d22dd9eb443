import { Fn, Token } from 'cdktf';

/** What follows the account in an ARN: the name of a bucket. Terraform takes it apart if the ARN is a token. */
export function resourceOfArn(arn: string): string {
  if (Token.isUnresolved(arn)) return Token.asString(Fn.element(Fn.split(':', arn), 5));
  return arn.split(':').slice(5).join(':');
}

/** One of the parts of an ARN between its colons: 1 partition, 2 service, 3 region, 4 account. See {@link resourceOfArn}. */
export function partOfArn(arn: string, index: 1 | 2 | 3 | 4): string {
  if (Token.isUnresolved(arn)) return Token.asString(Fn.element(Fn.split(':', arn), index));
  return arn.split(':')[index] ?? '';
}

/** What follows the last slash of an ARN: the name of a role, whatever its path. See {@link resourceOfArn}. */
export function lastPartOfArn(arn: string): string {
  if (Token.isUnresolved(arn)) return Token.asString(Fn.element(Fn.reverse(Fn.split('/', arn)), 0));
  return arn.split('/').at(-1)!;
}
