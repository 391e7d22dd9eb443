import { DefaultTokenResolver, Lazy, StringConcat, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
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
  scope.node.addValidation({
    validate: () => {
      const resolved: string = Tokenization.resolve(policyDocument(statements()), {
        scope,
        resolver: new DefaultTokenResolver(new StringConcat()),
        preparing: false,
      });
      const known = resolved.replace(/\$\{[^}]*\}/g, '');
      const { length } = countsWhiteSpace ? known : known.replace(/\s/g, '');
      return length <= maxCharacters
        ? []
        : [`the ${kind} has ${length} characters, the limit is ${maxCharacters}; ${fix}`];
    },
  });
  return Lazy.stringValue({ produce: () => policyDocument(statements()) });
}
