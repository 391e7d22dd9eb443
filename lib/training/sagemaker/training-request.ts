import { basename } from 'node:path/posix';
import { Token } from 'cdktf';
import type { Channel } from '../data/data-source';
import { SOURCE_ARCHIVE } from './training-code';

/** A value, or a reference that a pipeline resolves when it runs. */
export type TrainingValue<T = string> = T | { toJSON(): unknown };

/** The input of CreateTrainingJob, without the name of the job. */
export interface TrainingRequest {
  readonly AlgorithmSpecification: object;
  readonly RoleArn: string;
  readonly HyperParameters: Readonly<Record<string, TrainingValue>> | undefined;
  readonly InputDataConfig: readonly Channel[] | undefined;
  readonly OutputDataConfig: object;
  readonly ResourceConfig: object;
  readonly VpcConfig: object;
  readonly StoppingCondition: object;
  readonly EnableNetworkIsolation: boolean;
  readonly EnableInterContainerTrafficEncryption: boolean;
  readonly EnableManagedSpotTraining: boolean;
  readonly CheckpointConfig: object | undefined;
  readonly TensorBoardOutputConfig: object | undefined;
  readonly ProfilerConfig: object;
  readonly Environment: Readonly<Record<string, TrainingValue>> | undefined;
  readonly RetryStrategy: object | undefined;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** What one run changes in a request. */
export interface TrainingChanges {
  /** `s3://` prefixes in place of the data of channels; whoever changes them lets the role read them. @default - none */
  readonly inputs?: Readonly<Record<string, TrainingValue>>;
  /** Hyperparameters, added to or in place of those of the training. @default - none */
  readonly hyperparameters?: Readonly<Record<string, TrainingValue>>;
  /** Environment variables, added to or in place of those of the training. @default - none */
  readonly environment?: Readonly<Record<string, TrainingValue>>;
  /** `s3://` URI of a code archive, in the folder of the training's own. @default - the training's own */
  readonly codeUri?: TrainingValue;
}

/** Channel in which a container without a network finds its code. */
export const CODE_CHANNEL = 'code';
const CODE_IN_CONTAINER = `/opt/ml/input/data/${CODE_CHANNEL}`;

/**
 * The hyperparameters of script mode. The toolkit in the image decodes each value as JSON, and takes one that is no JSON
 * as it is, as those of a tuning job or a reference are.
 *
 * @param codeUri of the archive; a container without a network finds it in the channel `code`
 */
export function scriptMode(
  entryPoint: string,
  codeUri: TrainingValue,
  isIsolated: boolean,
  region: string,
): Record<string, TrainingValue> {
  const archive = typeof codeUri === 'string' ? basename(codeUri) : SOURCE_ARCHIVE;
  return {
    sagemaker_program: JSON.stringify(entryPoint),
    sagemaker_submit_directory: isIsolated ? JSON.stringify(`${CODE_IN_CONTAINER}/${archive}`) : encoded(codeUri),
    sagemaker_container_log_level: '20',
    sagemaker_region: JSON.stringify(region),
  };
}

/** A hyperparameter as script mode reads it; what is known later only is given as it is. */
export function encoded(value: TrainingValue): TrainingValue {
  return typeof value === 'string' && !Token.isUnresolved(value) ? JSON.stringify(value) : value;
}

/** The channel of the code for a container without a network. */
export function codeChannel(uri: TrainingValue): Channel {
  const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' };
  return { ChannelName: CODE_CHANNEL, DataSource: { S3DataSource }, InputMode: 'File' };
}

/** A map, or `undefined` if it is empty: SageMaker takes no empty one. */
export function filled<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
  return Object.keys(map).length > 0 ? map : undefined;
}
