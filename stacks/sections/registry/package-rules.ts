import { brokenAccount, REQUIRED_METADATA } from '../../../lib/registry/packages/package-limits';
import { type Draft, written } from '../../environment/draft';
import { broken, error, type FileError } from '../../environment/errors';

type DraftRegistry = NonNullable<Draft['registry']>;

/** Rules between the values of `registry.packages` and `registry.approvalsFrom`. */
export function* packageRules({ packages, approvalsFrom }: DraftRegistry, file: Draft): Iterable<FileError> {
  for (const [name, { accounts = [], metadata = [], approvers, promoteTo }] of written(packages)) {
    const path = ['registry', 'packages', name];
    yield* accountsRule([...path, 'accounts'], accounts, file.account);
    if (approvers?.length === 0) yield empty([...path, 'approvers'], 'ARN');
    for (const [index, key] of metadata.entries()) {
      if (key === undefined) continue;
      const place = [...path, 'metadata', index];
      if (REQUIRED_METADATA.some((required) => required === key)) {
        yield error(place, `must be another key, got '${key}'; remove it, every version must have it`);
      } else if (metadata.indexOf(key) < index) {
        yield error(place, `must be listed once, got '${key}' again; remove one`);
      }
    }
    const next = promoteTo?.split(':')[4];
    if (
      promoteTo === undefined ||
      next === file.account ||
      file.account === undefined ||
      accounts.includes(undefined)
    ) {
      continue;
    }
    if (!accounts.includes(next)) {
      const message = `must be in an account that reads the versions, got '${promoteTo}'; add "${next}" to accounts`;
      yield error([...path, 'promoteTo'], message);
    }
  }
  const inbox = ['registry', 'approvalsFrom'];
  if (approvalsFrom?.length === 0) yield empty(inbox, 'account');
  yield* accountsRule(inbox, approvalsFrom ?? []);
}

function empty(path: readonly string[], what: string): FileError {
  return error(path, `must name at least one ${what}, got none; add one, or remove the key`);
}

function* accountsRule(
  path: readonly string[],
  accounts: readonly (string | undefined)[],
  own?: string,
): Iterable<FileError> {
  for (const [index, account] of accounts.entries()) {
    if (account !== undefined) yield* broken([...path, index], account, brokenAccount(account, index, accounts, own));
  }
}
