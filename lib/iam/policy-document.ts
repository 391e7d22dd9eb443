import type { PolicyConditions, PolicyStatement } from './statement';

/** A statement with the key names of IAM's policy language. */
interface StatementJson {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: unknown;
}

/**
 * Renders statements as IAM policy JSON. Tokens in it are resolved at synthesis.
 *
 * Statements that differ only in their actions, or only in their resources, are merged. The meaning is the same, and
 * roles with many grants stay below IAM's size limit.
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  const merged = mergeBy('Resource', mergeBy('Action', statements.map(toJson)));
  // on several lines: in HCL output cdktf writes a heredoc; on one line it would leave the quotes unescaped
  return JSON.stringify({ Version: '2012-10-17', Statement: merged }, undefined, 2);
}

function toJson({ sid, effect, principal, actions, resources, conditions }: PolicyStatement): StatementJson {
  return {
    Sid: sid,
    Effect: effect ?? 'Allow',
    Principal: principal?.json,
    Action: actions,
    Resource: resources,
    Condition: principal?.conditions ? both(principal.conditions, conditions) : conditions,
  };
}

/** Merges the condition keys under each operator. */
function both(one: PolicyConditions, other: PolicyConditions = {}): PolicyConditions {
  const operators = Object.keys({ ...one, ...other });
  return Object.fromEntries(operators.map((operator) => [operator, { ...one[operator], ...other[operator] }]));
}

/** Merges the statements that differ only in one list. */
function mergeBy(list: 'Action' | 'Resource', statements: readonly StatementJson[]): StatementJson[] {
  const groups = new Map<string, { statement: StatementJson; readonly values: Set<string> }>();
  for (const statement of statements) {
    const key = JSON.stringify({ ...statement, [list]: undefined });
    const { values } = groups.get(key) ?? { values: new Set() };
    for (const value of statement[list] ?? []) values.add(value);
    groups.set(key, { statement, values });
  }
  return [...groups.values()].map(({ statement, values }) => ({
    ...statement,
    [list]: statement[list] && [...values],
  }));
}
