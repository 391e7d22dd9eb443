import type { PolicyConditions, PolicyStatement } from './statement';

/** A statement in the spelling of the policy language. */
interface StatementJson {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: unknown;
}

/**
 * Renders statements as IAM policy JSON; tokens inside resolve when the stack is synthesized.
 *
 * Grants come in small pieces. Pieces that differ only in their actions, or only in their resources, become one
 * statement, which means the same and keeps large roles below the limit of the service.
 */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  const merged = mergeBy('Resource', mergeBy('Action', statements.map(toJson)));
  // over several lines: in HCL output cdktf writes those as a heredoc, but leaves the quotes of one line unescaped
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

/** The keys of both under each operator. */
function both(one: PolicyConditions, other: PolicyConditions = {}): PolicyConditions {
  const operators = Object.keys({ ...one, ...other });
  return Object.fromEntries(operators.map((operator) => [operator, { ...one[operator], ...other[operator] }]));
}

/** Joins the statements that are equal but for one list. */
function mergeBy(list: 'Action' | 'Resource', statements: readonly StatementJson[]): StatementJson[] {
  const groups = new Map<string, StatementJson>();
  for (const statement of statements) {
    const key = JSON.stringify({ ...statement, [list]: undefined });
    const values = [...(groups.get(key)?.[list] ?? []), ...(statement[list] ?? [])];
    groups.set(key, { ...statement, [list]: statement[list] && [...new Set(values)] });
  }
  return [...groups.values()];
}
