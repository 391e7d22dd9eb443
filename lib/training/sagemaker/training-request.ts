import { basename } from 'node:path/posix';
import { Token } from 'cdktf';
import type { Channel } from '../data/data-source';
import { textOf, textsOf, type Value } from '../pipeline/value';
import { DEFAULT_CAUSE, RUN_VARIABLES, runTags, trackedVariables } from '../run-variables';
import { CODE_CHANNEL, DEFAULT_VOLUME_GB } from '../training-limits';
import { SOURCE_ARCHIVE } from './training-code';
import type { SageMakerTrainingProps } from './training-props';

/** The input of CreateTrainingJob, without the name of the job. */
export interface TrainingRequest {
  readonly AlgorithmSpecification: object;
  readonly RoleArn: string;
  readonly HyperParameters: Readonly<Record<string, Value>> | undefined;
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
  readonly Environment: Readonly<Record<string, Value>> | undefined;
  readonly RetryStrategy: object | undefined;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** What one run changes in a request. */
export interface TrainingChanges {
  /**
   * What tells the run from others: it has checkpoints and TensorBoard files in a folder of this name. Runs that shared
   * them would go on from where another one ended. A step of a pipeline has `<execution>/<step>`.
   * @default - the id of the pipeline's execution
   */
  readonly run?: Value;
  /** `s3://` prefixes in place of the data of channels; whoever changes them lets the role read them. @default - none */
  readonly inputs?: Readonly<Record<string, Value>>;
  /** Hyperparameters, added to or in place of those of the training. @default - none */
  readonly hyperparameters?: Readonly<Record<string, Value>>;
  /** Environment variables, added to or in place of those of the training. @default - none */
  readonly environment?: Readonly<Record<string, Value>>;
  /** `s3://` URI of a code archive, in the folder of the training's own. @default - the training's own */
  readonly codeUri?: Value;
  /** Id of the execution, a tag of what the job records in MLflow. @default - `run`, if it is a text */
  readonly execution?: Value;
  /** Whether several jobs with this request run at the same time. @default false */
  readonly isOneOfMany?: boolean;
}

/** The request of a job with its name. */
export interface NamedTrainingRequest extends TrainingRequest {
  readonly TrainingJobName: string;
}

/** Where a container finds the checkpoints of its job, and writes them. */
export const CHECKPOINT_PATH = '/opt/ml/checkpoints';
/** Where a container writes what TensorBoard shows. */
export const TENSORBOARD_PATH = '/opt/ml/output/tensorboard';
/** In the published request, what each run replaces by a text of its own. SageMaker refuses a name that has it. */
export const RUN_PLACEHOLDER = '<run>';
const CODE_IN_CONTAINER = `/opt/ml/input/data/${CODE_CHANNEL}`;

/**
 * The hyperparameters of script mode. The toolkit in the image decodes each value as JSON, and takes one that is no JSON
 * as it is, as those of a tuning job or a reference are.
 *
 * @param codeUri of the archive; a container without a network finds it in the channel `code`
 */
export function scriptMode(
  entryPoint: string,
  codeUri: Value,
  isIsolated: boolean,
  region: string,
): Record<string, Value> {
  const archive = typeof codeUri === 'string' ? basename(codeUri) : SOURCE_ARCHIVE;
  const place = isIsolated ? `${CODE_IN_CONTAINER}/${archive}` : codeUri;
  return {
    sagemaker_program: JSON.stringify(entryPoint),
    sagemaker_submit_directory: typeof place === 'string' ? JSON.stringify(place) : place,
    sagemaker_container_log_level: '20',
    sagemaker_region: JSON.stringify(region),
  };
}

/** A hyperparameter as script mode reads it; what is known later only is given as it is. */
export function encoded(value: Value): Value {
  return typeof value === 'string' && !Token.isUnresolved(value) ? JSON.stringify(value) : textOf(value);
}

/** The channel of the code for a container without a network. */
export function codeChannel(uri: Value): Channel {
  const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' };
  return { ChannelName: CODE_CHANNEL, DataSource: { S3DataSource }, InputMode: 'File' };
}

/** A map, or `undefined` if it is empty: SageMaker takes no empty one. */
export function filled<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> | undefined {
  return Object.keys(map).length > 0 ? map : undefined;
}

/** `Environment` of a request: what is tracked records in the experiment of the training, with tags that say why. */
export function environmentOf(
  { environment, instanceCount = 1 }: SageMakerTrainingProps,
  changes: TrainingChanges,
  trainingName: string,
): Readonly<Record<string, Value>> | undefined {
  const own: Record<string, Value> = { ...environment, ...changes.environment };
  const { [RUN_VARIABLES.cause]: cause = DEFAULT_CAUSE, [RUN_VARIABLES.startedBy]: startedBy } = own;
  const { run, execution = typeof run === 'string' ? run : undefined, isOneOfMany = false } = changes;
  const experiment = isOneOfMany || instanceCount !== 1 ? undefined : trainingName;
  const tags = runTags({ cause, startedBy, run: execution });
  return filled(textsOf(trackedVariables(own, { experiment, tags })));
}

/** `ResourceConfig` of a request. @param volumeKeyArn `undefined` on a type with an instance store */
export function resourcesOf(props: SageMakerTrainingProps, volumeKeyArn: string | undefined): object {
  const { instanceType, instanceCount = 1, volumeSizeGb = DEFAULT_VOLUME_GB, keepAliveMinutes } = props;
  return {
    InstanceType: instanceType,
    InstanceCount: instanceCount,
    VolumeSizeInGB: volumeSizeGb,
    VolumeKmsKeyId: volumeKeyArn,
    KeepAlivePeriodInSeconds: keepAliveMinutes === undefined ? undefined : keepAliveMinutes * 60,
  };
}

/** `StoppingCondition` of a request. A spot job waits by default as long as it may run. */
export function limitsOf({ spot = false, maxWaitMinutes }: SageMakerTrainingProps, runtimeMinutes: number): object {
  return {
    MaxRuntimeInSeconds: runtimeMinutes * 60,
    MaxWaitTimeInSeconds: spot ? (maxWaitMinutes ?? 2 * runtimeMinutes) * 60 : undefined,
  };
}
