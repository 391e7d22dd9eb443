import type { IKey } from '../../encryption/key';
import type { DataSource } from '../data/data-source';
import type { Framework } from '../framework/framework';
import type { TrainingCode } from './training-code';
import type { ITrainingWorkspace } from './workspace';

/** What a training is made of. */
export interface SageMakerTrainingProps {
  /** Where the job runs. */
  readonly workspace: ITrainingWorkspace;
  /** Team that pays for it and owns its models: tag `team` of every job. */
  readonly team: string;
  readonly framework: Framework;
  /** Folder with the program. Without it the image's own program trains: XGBoost's, or that of an image of one's own. @default - none */
  readonly code?: TrainingCode;
  /** File in the code folder that trains, e.g. `train.py`. Required with `code`. @default - none */
  readonly entryPoint?: string;
  /** One of the workspace's types, e.g. `ml.m5.xlarge`. */
  readonly instanceType: string;
  /** Number of instances; they encrypt what they send one another. @default 1 */
  readonly instanceCount?: number;
  /** Size of the volume of each instance, for data, code and model; unused by a type with an instance store. @default 30 */
  readonly volumeSizeGb?: number;
  /**
   * Key of the volumes. Types with an instance store take none: their hardware encrypts it with a key that is gone with
   * the instance.
   * @default - the workspace's, where the type takes one
   */
  readonly volumeEncryptionKey?: IKey;
  /** Training data by the name of its channel, a folder below `/opt/ml/input/data/`. */
  readonly inputs: Readonly<Record<string, DataSource>>;
  /**
   * Settings of the program by name. With `code`, names and values are of letters, digits and `@%+=:,./_-` only: images pass
   * them to the program through a shell, and quote nothing.
   * @default - none
   */
  readonly hyperparameters?: Readonly<Record<string, string>>;
  /** Environment variables of the container. Not for secrets: who may describe a job reads them. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Metrics that SageMaker reads from the log: an expression with one group for the number, by name. @default - none */
  readonly metrics?: Readonly<Record<string, string>>;
  /**
   * Takes spare capacity, at a discount of up to 90 %. The job may be interrupted: it writes checkpoints to
   * `/opt/ml/checkpoints`, SageMaker copies them to S3, and the job goes on from them. A job of a tuning has none, and
   * begins anew.
   * @default false
   */
  readonly spot?: boolean;
  /** Minutes until a job is stopped. @default - the workspace's */
  readonly maxRuntimeMinutes?: number;
  /** Minutes that a spot job may take with its waiting; at least `maxRuntimeMinutes`. @default - twice `maxRuntimeMinutes` */
  readonly maxWaitMinutes?: number;
  /** Times that SageMaker starts a job again after an error of its own: 1 to 30. @default - none */
  readonly retries?: number;
  /**
   * Whether the container has no network but to the job's other instances. SageMaker copies data and model for it. A
   * program that reports to a tracking server or reads S3 itself needs the network: false.
   * @default true
   */
  readonly networkIsolation?: boolean;
  /**
   * Copies what the program writes to `/opt/ml/output/tensorboard` to S3 during the run, into a folder of the run below
   * `tensorboard/<trainingName>/` of the workspace's bucket. `TensorBoardLogs` sets for how long it is kept.
   * @default false
   */
  readonly tensorBoard?: boolean;
  /**
   * Minutes that the instances stay warm for the next job of the same kind, 1 to 360; they are paid for as in use. Not
   * with `spot`.
   * @default - none
   */
  readonly keepAliveMinutes?: number;
  /** Further tags of every job. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}
