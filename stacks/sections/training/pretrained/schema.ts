import * as z from 'zod';
import { NAME } from '../../../../lib/core/text-pattern';
import {
  DEFAULT_LICENCES,
  LAYOUT_NAMES,
  LAYOUTS,
  LICENCE,
  MODEL_SOURCE,
  REVISION,
  SHA256,
} from '../../../../lib/training/pretrained/pretrained-limits';
import { snippet } from '../../../environment/schema/editor';
import { choice, named, reference, text } from '../../../environment/schema/fields';
import type { JsonSchema } from '../../../environment/schema/json-schema';

/** The bucket of the mirror. */
export const PRETRAINED_BUCKET = 'pretrained';

const layouts = Object.entries(LAYOUTS)
  .filter(([, { variable }]) => variable !== undefined)
  .map(([name, { variable }]) => `${name} (${variable})`)
  .join(', ');

const ModelSchema = z
  .strictObject({
    source: text(MODEL_SOURCE)
      .describe('Address of the model.')
      .meta({ examples: ['https://huggingface.co/distilbert/distilbert-base-uncased'] }),
    revision: text(REVISION)
      .describe('Version of the model, in quotes. On Hugging Face the commit, because branches and tags can move.')
      .meta({ examples: ['12040accade4e8a0f71eabdb258fecc2e7e948be'] }),
    licence: text(LICENCE)
      .describe('Licence of the model, by its SPDX name: one of the licences of the mirror.')
      .meta({ examples: ['Apache-2.0'], known: [...DEFAULT_LICENCES] } satisfies JsonSchema),
    sha256: text(SHA256)
      .describe(
        'Checksum of all files of the model, in quotes, as `mirror.py digest <folder>` prints it after the review.',
      )
      .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] }),
    layout: choice(LAYOUT_NAMES)
      .describe(
        `How its files are laid out: as any folder, or as the cache of a hub, whose variable then names the folder in a job: ${layouts}. Default: files.`,
      )
      .optional(),
    teams: z
      .array(reference('teams', text(NAME)))
      .describe('Teams that may read it. Default: all.')
      .optional(),
  })
  .describe('A pretrained model. `mirror.py upload` brings it into the mirror.');

/** What may be written under `training.pretrained`. */
export const PretrainedSchema = z
  .strictObject({
    licences: z
      .array(text(LICENCE))
      .default([...DEFAULT_LICENCES])
      .describe(`Licences that a model may have, by their SPDX names. Default: ${DEFAULT_LICENCES.join(', ')}.`),
    models: named(text(NAME), ModelSchema)
      .default({})
      .describe('Models by name. Default: none.')
      .meta({
        defaultSnippets: [
          snippet('a model of Hugging Face', {
            '${1:bert}': {
              source: 'https://huggingface.co/${2:distilbert/distilbert-base-uncased}',
              revision: '${3:12040accade4e8a0f71eabdb258fecc2e7e948be}',
              licence: '${4:Apache-2.0}',
              sha256: '${5:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}',
            },
          }),
        ],
      }),
  })
  .describe(
    'The internal mirror of pretrained models, for transfer learning without internet access: a bucket, from which jobs and notebooks of the teams read. Default: none.',
  )
  .optional();
