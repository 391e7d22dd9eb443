import * as z from 'zod';
import { BUCKET, BUCKET_NAME } from '../../../lib/storage/bucket-limits';
import { removal, text } from '../../environment/schema/fields';
import { region } from '../../environment/schema/general';
import type { Section } from '../../environment/section';

const KMS_KEY = {
  pattern: /^(alias\/(?!aws\/)[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+)$/,
  meaning: 'a key alias such as alias/acme-terraform, or the ARN of a key or alias',
};

const StateSchema = z
  .strictObject({
    bucket: text(BUCKET_NAME)
      .describe('Bucket of the state files; the bootstrap stack makes it.')
      .meta({ examples: ['acme-terraform-state'] }),
    kmsKey: text(KMS_KEY)
      .meta({ isArn: true })
      .describe("Key that encrypts the state, which holds secrets. Default: the bucket's own encryption.")
      .optional(),
    region: region().describe("Region of the bucket. Default: the environment's.").optional(),
    removal: removal('the states and their key, when the bootstrap stack is destroyed,'),
  })
  .describe(
    'Where Terraform keeps its state, locked by conditional writes. Default: local files, for trying things out alone.',
  )
  .optional();

type StateInput = z.output<typeof StateSchema>;
type State = (NonNullable<StateInput> & { readonly region: string }) | undefined;

/** Where Terraform keeps its state; the bootstrap stack makes the bucket before the first environment. */
export const state: Section<'state', typeof StateSchema, State> = {
  name: 'state',
  schema: StateSchema,
  complete: (written, file) => written && { ...written, region: written.region ?? file.region },
  *names({ bucket }) {
    if (bucket !== undefined) yield { kind: BUCKET, name: bucket, form: 'whole', path: ['state', 'bucket'] };
  },
};
