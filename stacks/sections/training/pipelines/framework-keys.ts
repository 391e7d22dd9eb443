import type * as z from 'zod';
import type { TextPattern } from '../../../../lib/core/text-pattern';
import { FRAMEWORKS } from '../../../../lib/training/framework/images';
import { ENTRY_POINT } from '../../../../lib/training/training-limits';
import { onlyWith, requiredUnless } from '../../../environment/schema/editor';
import { choice, flag, text } from '../../../environment/schema/fields';
import { line } from './texts';

/** File of the code that trains, by convention. */
export const DEFAULT_ENTRY_POINT = 'train.py';
/** Name of the code archive in a pipeline's folder of the workspace. */
export const CODE_ARCHIVE = 'code/sourcedir.tar.gz';
/** Framework of an image of one's own. */
export const CUSTOM = 'custom';

const VERSION: TextPattern = { pattern: /^\d+(\.\d+)*(-\d+)?$/, meaning: 'a version in quotes, such as "1.9-0"' };
const DIGEST = 'sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9';
/** An image by what names it for ever. */
const OWN_IMAGE: TextPattern = {
  pattern:
    /^(\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.(com(\.cn)?|eu)\/|(?![^/]*\.[^/]*\/))[a-z0-9]+([._/-][a-z0-9]+)*@sha256:[0-9a-f]{64}$/,
  meaning:
    'an image by its digest, as <name>@sha256:<64 digits> of registry.images, or <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>',
};
const SERVING_IMAGE: TextPattern = {
  pattern: new RegExp(`${OWN_IMAGE.pattern.source}|^[\\w.-]+\\/[\\w./-]+(:[\\w.-]+|@sha256:[0-9a-f]{64})$`),
  meaning: '<name>@sha256:<64 digits> of registry.images, or the address of an image with a tag or a digest',
};

/** An image of the registry of this file, `<name>@<digest>`: its name and its digest. `undefined` for a whole address. */
export function imageOfRegistry(image: string): readonly [name: string, digest: string] | undefined {
  const [name = '', digest] = image.split('@');
  const hasHost = /^[^/]*\.[^/]*\//.test(name);
  return digest === undefined || hasHost ? undefined : [name, digest];
}

/** What trains: a framework in an image of AWS, or an image of one's own. */
export const frameworkKeys = {
  framework: choice([...FRAMEWORKS, CUSTOM])
    .describe('Framework that trains, in an image of AWS; custom: an image of your own.')
    .meta({ examples: ['scikit-learn'] }),
  frameworkVersion: text(VERSION)
    .describe('Version of the framework that AWS patches. Required but for custom, where it is what the metadata says.')
    .meta({ examples: ['1.9-0'] })
    .optional(),
  unsupportedBecause: text(line(200))
    .describe(
      'Why an image is used whose patches have ended, e.g. to reproduce a model under audit: synthesis then warns in place of failing. Default: none.',
    )
    .meta({ examples: ['audit of the model of May 2026'] })
    .optional(),
  image: text(OWN_IMAGE)
    .describe(
      'Of custom: the image by its digest, of registry.images or by its whole address in ECR. The evaluation runs in it too: it needs python3 with numpy, pandas, and pyarrow for Parquet. Required.',
    )
    .meta({ examples: [`train@${DIGEST}`] })
    .optional(),
  scriptMode: flag()
    .describe(
      'Of custom: whether the image has the package sagemaker-training and runs entryPoint of the code; otherwise it brings its own program, and is run with the argument train. Default: false.',
    )
    .optional(),
  entryPoint: text(ENTRY_POINT)
    .default(DEFAULT_ENTRY_POINT)
    .describe(
      `File that trains, in the archive <name>/${CODE_ARCHIVE} of the workspace's bucket, which CI uploads. Default: ${DEFAULT_ENTRY_POINT}.`,
    ),
  servingImage: text(SERVING_IMAGE)
    .describe(
      'Image that serves the model; required for a framework whose training image does not serve. Default: that of the training, for scikit-learn and xgboost.',
    )
    .meta({ examples: [`serve@${DIGEST}`] })
    .optional(),
} satisfies Record<string, z.ZodType>;

/** What editors know of these keys. */
export const FRAMEWORK_RULES = [
  requiredUnless('frameworkVersion', 'framework', [CUSTOM]),
  requiredUnless('image', 'framework', FRAMEWORKS),
  onlyWith(['image', 'scriptMode'], 'framework', [CUSTOM]),
  onlyWith(['unsupportedBecause'], 'framework', FRAMEWORKS),
];
