import * as z from 'zod';
import { ALIAS } from '../../../lib/encryption/key-limits';
import { BUCKET, BUCKET_NAME } from '../../../lib/storage/bucket-limits';
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
      .describe('Bucket of the state files; the bootstrap stack creates it.')
      .meta({ examples: ['acme-terraform-state'] }),
    kmsKey: text(KMS_KEY)
      .meta({ isArn: true })
      .describe("KMS key that encrypts the state, which contains secrets. Default: the bucket's default encryption.")
      .optional(),
    region: region().describe("Region of the bucket. Default: the environment's.").optional(),
    removal: removal('the state files and their key'),
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
  *names({ bucket, kmsKey, region }) {
    const [, alias] = kmsKey?.startsWith('alias/') ? kmsKey.split(/\/(.*)/s) : [];
    if (alias) yield { kind: ALIAS, name: alias, form: 'whole', region, path: ['state', 'kmsKey'] };
    if (bucket !== undefined) yield { kind: BUCKET, name: bucket, form: 'whole', region, path: ['state', 'bucket'] };
  },
};
