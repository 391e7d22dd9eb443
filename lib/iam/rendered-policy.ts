import { Lazy } from 'cdktf';
import type { IConstruct } from 'constructs';
import { knownPartOf } from '../core/cdktf/token-values';
import { policyDocument } from './policy-document';
import type { PolicyLimits } from './policy-limits';
import type { PolicyStatement } from './statement';

/**
 * The text of a policy, rendered at synthesis. Synthesis fails if it is longer than AWS accepts. References to what is
 * known only at deploy time count nothing, so that no policy is refused that AWS would accept.
 */
export function renderedPolicy(
  scope: IConstruct,
  { kind, maxCharacters, countsWhiteSpace, fix }: PolicyLimits,
  statements: () => readonly PolicyStatement[],
): string {
  const text = renderedOnce(statements);
  scope.node.addValidation({
    validate: () => {
      const known = knownPartOf(scope, text());
      const { length } = countsWhiteSpace ? known : known.replace(/\s/g, '');
      return length <= maxCharacters
        ? []
        : [`the ${kind} has ${length} characters, the limit is ${maxCharacters}; ${fix}`];
    },
  });
  return Lazy.stringValue({ produce: text });
}

/** The document of the statements, made again only if they are others: a synthesis asks for it three times. */
function renderedOnce(statements: () => readonly PolicyStatement[]): () => string {
  let parts: readonly unknown[] = [];
  let text = '';
  return () => {
    const given = statements();
    const now = given.flatMap(partsOf);
    const isSame = text !== '' && now.length === parts.length && now.every((part, index) => part === parts[index]);
    if (!isSame) [parts, text] = [now, policyDocument(given)];
    return text;
  };
}

/** What is compared: the lists of a statement may grow, and its conditions change, after it was given. */
function partsOf(statement: PolicyStatement): readonly unknown[] {
  const { actions, resources = [], conditions } = statement;
  return [statement, ...actions, '', ...resources, conditions && JSON.stringify(conditions)];
}
