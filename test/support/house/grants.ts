import type { Rule } from './rule';
import { lineOf } from './source';

/** An action of IAM with a wildcard. */
const WILDCARD = /^[a-z][a-z0-9-]*:[A-Za-z]*[*?][A-Za-z*?]*$/;

export const exactActions: Rule = {
  name: 'lib names every action that it grants',
  exceptions: [
    { path: 'lib/storage/bucket-denials.ts', about: "'s3:*'", reason: 'denies' },
    { path: 'lib/network/endpoints.ts', about: "'s3:*'", reason: 'limits who may pass an endpoint; grants nothing' },
    {
      path: 'lib/encryption/key.ts',
      about: "'kms:*'",
      reason: 'lets the IAM policies of the account decide, as the default policy of KMS',
    },
  ],
  check: (source) => {
    if (!source.module || source.isIn('lib/testing')) return [];
    return [...source.nodesOf('StringLiteral'), ...source.nodesOf('TemplateElement')].flatMap((node) => {
      const text = node.type === 'StringLiteral' ? node.value : node.value.raw;
      if (!WILDCARD.test(text) || text.startsWith('arn:')) return [];
      return {
        line: lineOf(node),
        message: `names '${text}': it also grants actions that nobody asked for, and those of next year; name each action`,
      };
    });
  },
};
