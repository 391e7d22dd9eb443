import * as z from 'zod';
import { ARN } from '../../../lib/aws/arns';
import { quote } from '../../../lib/core/text-pattern';
import { ROLE_PATH } from '../../../lib/iam/role-limits';
import { error } from '../../environment/errors';
import { text } from '../../environment/schema/fields';
import type { Section } from '../../environment/section';

const IamSchema = z
  .strictObject({
    permissionsBoundary: text(ARN.policy)
      .meta({ isArn: true, examples: ['arn:aws:iam::111122223333:policy/boundary'] })
      .describe(
        'ARN of the permissions boundary of every role; the account may require one. It must allow what the roles are granted. Default: none.',
      )
      .optional(),
    path: text(ROLE_PATH)
      .meta({ examples: ['/ml/'] })
      .describe(
        'IAM path of every role, e.g. for policies on who may pass them. Another path replaces every role. Default: /.',
      )
      .optional(),
  })
  .describe('Permissions boundary and path of every role, for accounts that require them.')
  .prefault({});

/** What every role of an environment has. */
export type Iam = z.output<typeof IamSchema>;

/** Permissions boundary and path of every role. It makes nothing: the stacks of all layers pass it to their roles. */
export const iam: Section<'iam', typeof IamSchema, Iam> = {
  name: 'iam',
  schema: IamSchema,
  complete: (written) => written,
  *rules({ permissionsBoundary }, { account }) {
    const [owner] = permissionsBoundary?.split(':').slice(4) ?? [];
    if (account === undefined || owner === undefined || owner === 'aws' || owner === account) return;
    yield error(
      ['iam', 'permissionsBoundary'],
      `must be a policy of account ${account}, got ${quote(permissionsBoundary!)}; use one of that account`,
    );
  },
};
