import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Channel of a training job that holds the base model, unless it is named otherwise. */
export const BASE_MODEL_CHANNEL = 'base-model';
/** Name of the parameter of a pipeline with the base model of a run. */
export const BASE_MODEL_PARAMETER = 'BaseModel';
/** Prefix of the mirror in its bucket. */
export const PRETRAINED_PREFIX = 'pretrained';
/** What is known of a mirrored model, beside its files: source, licence, checksum. */
export const MODEL_RECORD = 'model.json';
/** Checksums of the files, as `sha256sum` writes and checks them. */
export const CHECKSUMS = 'SHA256SUMS';

/**
 * How the files of a model are laid out: as any folder, or as the cache of a hub, so that code finds the model by its name
 * as if it had been downloaded. `variable` names the folder of the cache; each was read in the source of the library.
 */
export const LAYOUTS = {
  files: { variable: undefined, library: 'code that opens the folder, as `from_pretrained(path)` does' },
  'hugging-face': { variable: 'HF_HUB_CACHE', library: 'huggingface_hub 2.4 (transformers, datasets, diffusers)' },
  'sentence-transformers': { variable: 'SENTENCE_TRANSFORMERS_HOME', library: 'sentence-transformers 6.2' },
  torch: { variable: 'TORCH_HOME', library: 'torch.hub: files in hub/checkpoints/' },
  keras: { variable: 'KERAS_HOME', library: 'Keras 3.15 (keras.applications: files in models/)' },
  'tensorflow-hub': { variable: 'TFHUB_CACHE_DIR', library: 'tensorflow_hub 0.16' },
  nltk: { variable: 'NLTK_DATA', library: 'nltk 3.10' },
} as const;
/** A layout of files in {@link LAYOUTS}. */
export type Layout = keyof typeof LAYOUTS;
/** The names in {@link LAYOUTS}. */
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as readonly Layout[];

/**
 * Variables with which libraries do not ask their hub, so that a missing file is an error at once and not a time-out:
 * `HF_HUB_OFFLINE` for huggingface_hub, `HF_DATASETS_OFFLINE` for datasets, `TRANSFORMERS_OFFLINE` for transformers 4.
 */
export const OFFLINE: Readonly<Record<string, string>> = {
  HF_HUB_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  TRANSFORMERS_OFFLINE: '1',
};

/** Licences that allow commercial use and changes, and ask for no more than their notice. Names of SPDX. */
export const DEFAULT_LICENCES = [
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Zlib',
] as const;

/** Name of a licence. */
export const LICENCE: TextPattern = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/,
  meaning: 'the SPDX name of one licence such as Apache-2.0, or LicenseRef- and a name for one without',
};
/** Revision of a model: part of a prefix. */
export const REVISION: TextPattern = {
  pattern: /^[A-Za-z0-9][\w.-]{0,63}$/,
  meaning: 'up to 64 letters, digits and ._-, beginning with a letter or digit',
};
/** Where a model comes from. */
export const MODEL_SOURCE: TextPattern = {
  pattern: /^(https|s3):\/\/[\w.-]+(\/[\w./=@%+-]*)?$/,
  meaning: 'an https:// or s3:// address without a query',
};
/** A SHA-256. */
export const SHA256: TextPattern = {
  pattern: /^[0-9a-f]{64}$/,
  meaning: 'a SHA-256 of 64 lower-case hexadecimal digits, as `mirror.py digest` prints it',
};

const HUGGING_FACE = /^https:\/\/(www\.)?huggingface\.co\//;
const COMMIT = /^[0-9a-f]{40}$/;

/** The rules that a revision breaks: a branch or a tag of a hub can move, a commit cannot. */
export function brokenRevision(source: string | undefined, revision: string | undefined): BrokenRule[] {
  if (source === undefined || revision === undefined || !HUGGING_FACE.test(source) || COMMIT.test(revision)) return [];
  return [{ must: 'must be a commit of 40 hexadecimal digits', fix: 'a branch or a tag of Hugging Face can move' }];
}

/** The rules that a licence breaks: it is one of those that the mirror takes. */
export function brokenLicence(licence: string | undefined, licences: readonly string[]): BrokenRule[] {
  if (licence === undefined || licences.includes(licence)) return [];
  return [
    {
      must: `must be one of ${licences.join(', ')}`,
      fix: 'if your organization accepts the licence, add it to licences; otherwise use another model',
    },
  ];
}
