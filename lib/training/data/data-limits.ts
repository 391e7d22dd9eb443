import type { TextPattern } from '../../core/text-pattern';
import { FOLDER } from '../../storage/bucket-limits';

/** How SageMaker gives the objects of S3 to a training job. */
export const INPUT_MODES = ['File', 'FastFile', 'Pipe'] as const;
export type InputMode = (typeof INPUT_MODES)[number];
/** Works with every framework and every access pattern. */
export const DEFAULT_INPUT_MODE: InputMode = 'File';

/** Which of the objects each instance of a job gets. */
export const DISTRIBUTIONS = ['FullyReplicated', 'ShardedByS3Key'] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];
/** Every instance gets every object. */
export const DEFAULT_DISTRIBUTION: Distribution = 'FullyReplicated';

/** Folder of the objects of a data source: without the slash at its end, which the source adds. */
export const DATA_PREFIX: TextPattern = {
  ...FOLDER,
  meaning: 'a folder of objects such as churn/train, without a bucket, a wildcard or a slash at either end',
};
/** Key of a manifest. */
export const MANIFEST_KEY: TextPattern = {
  ...DATA_PREFIX,
  meaning: 'the key of an object such as churn/train.manifest',
};
/** MIME type of the records of a channel (`ContentType` of `Channel`, SageMaker API). */
export const CONTENT_TYPE: TextPattern = {
  pattern: /^(?!.*[$%]\{)[\w.+-]+\/[\w.+-]+(;.*)?$/,
  meaning: 'a MIME type such as text/csv',
};
/** Name of a channel, and of the folder below `/opt/ml/input/data/` (`ChannelName`, SageMaker API). */
export const CHANNEL_NAME: TextPattern = {
  pattern: /^[A-Za-z0-9._-]{1,64}$/,
  meaning: '1 to 64 letters, digits and ._-',
};
