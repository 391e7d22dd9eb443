import * as z from 'zod';
import type { TextPattern } from '../../../lib/core/text-pattern';
import { arn, bucketArn, keyArn, text } from '../../environment/schema/fields';

/** An image by what names it for ever. */
export const SERVED_IMAGE: TextPattern = {
  pattern:
    /^(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.(com(\.cn)?|eu)\/|(?![^/]*\.[^/]*\/))[a-z0-9]+([._/-][a-z0-9]+)*@sha256:[0-9a-f]{64}$/,
  meaning:
    'an image by its digest, as <name>@sha256:<64 digits> of registry.images, or <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>',
};
/** One line of text that Terraform takes as it is. */
export const VALUE: TextPattern = {
  pattern: /^(?!.*[$%]\{)[^\p{Cc}]{0,1024}$/u,
  meaning: 'one line of at most 1024 characters, in quotes if it could be a number, without ${ or %{',
};

/** A pattern of keys of objects that Terraform takes as it is. */
const KEYS: TextPattern = {
  pattern: /^(?!\/|s3:|.*[$%]\{)[^\p{Cc}]*[^/\p{Cc}]$/u,
  meaning:
    "a pattern of keys such as 'churn/*', without ${ or %{, a slash or a bucket before it, and with a * after a last slash",
};

/** Keys that say where a model comes from: each has one of them; `image` may be beside `store`. */
export const SOURCE_KEYS = ['package', 'from', 'store', 'image'] as const;

const groupArn = () =>
  arn(
    /sagemaker:[a-z0-9-]+:\d{12}:model-package-group\/[a-zA-Z0-9-]{1,63}/,
    'arn:aws:sagemaker:eu-north-1:444455556666:model-package-group/acme-dev-churn',
  );
const repositoryArn = () =>
  arn(
    /ecr:[a-z0-9-]+:\d{12}:repository\/[a-z0-9._/-]+/,
    'arn:aws:ecr:eu-north-1:444455556666:repository/acme-dev-serve',
  );

/** A registry that no pipeline of this file fills. */
export const FromSchema = z
  .strictObject({
    group: groupArn()
      .describe(
        'Registry of its versions: the same version is deployed here that was tried there. It must let this account read it.',
      )
      .meta({ examples: ['arn:aws:sagemaker:eu-north-1:444455556666:model-package-group/acme-dev-churn'] }),
    bucketArn: bucketArn()
      .describe('Bucket of its artifacts.')
      .meta({ examples: ['arn:aws:s3:::acme-dev-training-444455556666-eu-north-1'] }),
    prefix: text(KEYS)
      .describe('Pattern of the keys of its artifacts and of their contracts. Default: every file of the bucket.')
      .meta({ examples: ['churn/*'] })
      .optional(),
    keyArn: keyArn().describe('Key of the bucket. Default: none.').optional(),
    repositoryArn: repositoryArn()
      .describe('Repository of the image that serves it.')
      .meta({ examples: ['arn:aws:ecr:eu-north-1:444455556666:repository/acme-dev-serve'] }),
  })
  .describe(
    'A registry of another account, or one that no pipeline of this file fills. Default: none, with another source.',
  );
