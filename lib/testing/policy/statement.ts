import { unescaped } from '../../core/text-pattern';
import type { Attributes } from '../attributes';
import { parseJson } from '../matching';

/** One statement of a policy. Every list is a list, also if the JSON has a single string. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** `undefined` if the statement has `notActions`. */
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  /** `undefined` if the statement has `notResources`, or neither, as in a trust policy. */
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  /** Services, ARNs, account ids or `*`, of any kind; `undefined` in an identity policy. */
  readonly principals: readonly string[] | undefined;
  readonly notPrincipals: readonly string[] | undefined;
  /** As in the JSON, but a list of one value is that value: `{ StringEquals: { 'aws:SourceAccount': '111122223333' } }`. */
  readonly conditions: Attributes | undefined;
}

/** The statements of a policy in JSON; `undefined` if the text is none. */
export function statementsIn(text: string): Statement[] | undefined {
  const document = unescapedIn(parseJson(text)) as Attributes | undefined;
  if (!document?.Statement) return undefined;
  const statements: unknown[] = [document.Statement].flat();
  if (!statements.every((raw): raw is Attributes => typeof raw === 'object' && raw !== null)) return undefined;
  return statements.map((raw) => ({
    sid: raw.Sid,
    effect: raw.Effect,
    actions: listOf(raw.Action),
    notActions: listOf(raw.NotAction),
    resources: listOf(raw.Resource),
    notResources: listOf(raw.NotResource),
    principals: principalsIn(raw.Principal),
    notPrincipals: principalsIn(raw.NotPrincipal),
    conditions: plainConditions(raw.Condition),
  }));
}

/** Conditions with a list of one value as that value, which means the same. */
export function plainConditions(conditions: Attributes | undefined): Attributes | undefined {
  if (conditions === undefined) return undefined;
  const plain = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, values]) => [
      operator,
      Object.fromEntries(Object.entries(values as Attributes).map(([key, value]) => [key, plain(value)])),
    ]),
  );
}

/** Variables of IAM as IAM gets them: Terraform takes `$${aws:username}` for `${aws:username}`. */
export function unescapedIn(value: unknown): unknown {
  if (typeof value === 'string') return unescaped(value);
  if (Array.isArray(value)) return value.map(unescapedIn);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [unescaped(key), unescapedIn(part)]));
}

function listOf(value: unknown): string[] | undefined {
  return value === undefined ? undefined : [value].flat().map(String);
}

function principalsIn(value: unknown): string[] | undefined {
  return typeof value === 'object' && value !== null ? Object.values(value).flat().map(String) : listOf(value);
}
