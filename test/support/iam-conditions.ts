import type { PolicyConditions, PolicyStatement } from '../../lib/iam/statement';

/** Values of condition keys in a request; a key that is not in the map is missing. */
export type RequestContext = Readonly<Record<string, string | number | boolean | readonly string[]>>;

type Compare = (value: string, pattern: string) => boolean;

const like: Compare = (value, pattern) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  ).test(value);
const OPERATORS: Readonly<Record<string, Compare>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
  NumericEquals: (value, pattern) => Number(value) === Number(pattern),
  NumericGreaterThan: (value, pattern) => Number(value) > Number(pattern),
  NumericLessThanEquals: (value, pattern) => Number(value) <= Number(pattern),
};

/**
 * What IAM decides about a request for an action on any resource: an explicit denial, else an allowance, else nothing.
 *
 * It follows the documentation of IAM: for a missing key a comparison is false and a negated one true; `ForAllValues` is
 * true without values, `ForAnyValue` false; keys and operators are joined by "and", values of a policy by "or". An
 * operator that it does not know is an error.
 */
export function decide(
  statements: readonly PolicyStatement[],
  action: string,
  context: RequestContext,
): 'denied' | 'allowed' | 'nothing' {
  const effects = statements
    .filter(({ actions }) => actions.some((pattern) => like(action.toLowerCase(), pattern.toLowerCase())))
    .filter(({ conditions }) => holds(conditions ?? {}, context))
    .map(({ effect }) => effect ?? 'Allow');
  return effects.includes('Deny') ? 'denied' : effects.includes('Allow') ? 'allowed' : 'nothing';
}

/** Whether all conditions hold. */
export function holds(conditions: PolicyConditions, context: RequestContext): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, patterns]) => holdsFor(operator, context[key], [patterns].flat())),
  );
}

function holdsFor(operator: string, given: RequestContext[string] | undefined, patterns: readonly string[]): boolean {
  const values = given === undefined ? [] : [given].flat().map(String);
  if (operator === 'Null') return patterns.some((pattern) => (values.length === 0) === (pattern === 'true'));
  const [, quantifier, name = ''] = /^(?:(ForAnyValue|ForAllValues):)?(\w+)$/.exec(operator) ?? [];
  const isNegated = name.includes('Not');
  const compare = OPERATORS[name.replace('Not', '')];
  if (!compare) throw new Error(`no such operator here: ${operator}`);
  const one = (value: string) => patterns.some((pattern) => compare(value, pattern)) !== isNegated;
  if (quantifier === 'ForAllValues') return values.every(one);
  if (quantifier === 'ForAnyValue') return values.some(one);
  return values.length === 0 ? isNegated : one(values[0]!);
}
