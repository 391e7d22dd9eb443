import * as z from 'zod';
import { ACCOUNT_ID, ARN } from '../../../lib/aws/arns';
import { quote } from '../../../lib/core/text-pattern';
import { ALIAS } from '../../../lib/encryption/key-limits';
import { BUCKET, BUCKET_NAME } from '../../../lib/storage/bucket-limits';
import type { Draft } from '../../environment/draft';
import { error, type FileError } from '../../environment/errors';
import { excludes, requiredBy, snippet } from '../../environment/schema/editor';
import { removal, text } from '../../environment/schema/fields';
import { region } from '../../environment/schema/general';
import type { Section } from '../../environment/section';
import { stateCollisions } from './collisions';

const KMS_KEY = {
  pattern: /^(alias\/(?!aws\/)[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+)$/,
  meaning: 'a key alias such as alias/acme-terraform, or the ARN of a key or alias',
};

const StateSchema = z
  .strictObject({
    bucket: text(BUCKET_NAME)
      .describe('Bucket of the state files. The bootstrap stack creates it, unless it is in another account.')
      .meta({ examples: ['acme-terraform-state'] }),
    account: text({ ...ACCOUNT_ID, meaning: '12 digits in quotes' })
      .describe(
        'Account of an existing bucket that several accounts share, in quotes. The bucket must be versioned; nothing creates it here. Default: the account of the environment, in which the bootstrap stack creates the bucket.',
      )
      .meta({ examples: ['999900001111'] })
      .optional(),
    role: text(ARN.role)
      .meta({ isArn: true, examples: ['arn:aws:iam::999900001111:role/terraform-state'] })
      .describe(
        'ARN of the role in the other account that reads and writes the state. Default: none, the policy of the bucket must admit whoever deploys.',
      )
      .optional(),
    kmsKey: text(KMS_KEY)
      .meta({ isArn: true })
      .describe(
        "KMS key that encrypts the state, which contains secrets: an alias of a new key, or the ARN of an existing one. Default: a new key; in another account the bucket's default encryption.",
      )
      .optional(),
    region: region().describe('Region of the bucket. Default: that of the environment.').optional(),
    removal: removal('the bucket of the state and its key'),
  })
  .meta({
    allOf: [excludes('account', ['removal']), requiredBy(['role'], 'account')],
    defaultSnippets: [
      snippet('a new bucket', { bucket: '${1:acme-terraform-state}' }),
      snippet('a bucket of another account', {
        bucket: '${1:acme-terraform-state}',
        account: '${2:999900001111}',
        role: 'arn:aws:iam::${2:999900001111}:role/${3:terraform-state}',
      }),
    ],
  })
  .describe(
    'Where Terraform keeps its state, locked by conditional writes. Default: local files, for experiments by one person.',
  )
  .optional();

type StateInput = z.output<typeof StateSchema>;
export type State = (NonNullable<StateInput> & { readonly region: string }) | undefined;

/** Where Terraform keeps its state. The bootstrap stack creates the bucket before the first environment. */
export const state: Section<'state', typeof StateSchema, State> = {
  name: 'state',
  schema: StateSchema,
  complete: (written, file) => written && { ...written, region: written.region ?? file.region },
  collisions: stateCollisions,
  rules,
  *names({ bucket, kmsKey, region, ...own }) {
    const existing = 'account' in own;
    const [, alias] = kmsKey?.startsWith('alias/') ? kmsKey.split(/\/(.*)/s) : [];
    if (alias && !existing) yield { kind: ALIAS, name: alias, form: 'whole', region, path: ['state', 'kmsKey'] };
    if (bucket !== undefined)
      yield { kind: BUCKET, name: bucket, form: 'whole', region, existing, path: ['state', 'bucket'] };
  },
};

function* rules(state: Draft<NonNullable<StateInput>>, file: Draft): Iterable<FileError> {
  const { account, role, kmsKey } = state;
  if (!('account' in state)) {
    if ('role' in state)
      yield error(['state', 'role'], 'needs account, the account of the bucket; add account or remove role', 'key');
    return;
  }
  if (account !== undefined && account === file.account) {
    const message = `must be another account than that of the environment, got '${account}'; remove it, the bootstrap stack creates the bucket`;
    yield error(['state', 'account'], message);
  }
  const owner = role?.split(':')[4];
  if (account !== undefined && owner !== undefined && owner !== account) {
    yield error(
      ['state', 'role'],
      `must be a role of account ${account}, got ${quote(role!)}; use one of that account`,
    );
  }
  if (kmsKey !== undefined && !kmsKey.includes(':key/')) {
    const message = `must be the ARN of a key for a bucket in another account, got '${kmsKey}'; write its ARN, or remove it for the bucket's default encryption`;
    yield error(['state', 'kmsKey'], message);
  }
  if ('removal' in state) {
    yield error(['state', 'removal'], 'has no effect with a bucket in another account; remove it', 'key');
  }
}
