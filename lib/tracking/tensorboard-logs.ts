import { Construct, type IConstruct } from 'constructs';
import { Properties } from '../core/properties';
import { NAME } from '../core/text-pattern';
import type { IGrantable } from '../iam/statement';
import { Bucket, type IBucket } from '../storage/bucket';
import { TENSORBOARD_FOLDER } from '../training/training-limits';
import { DEFAULT_TENSORBOARD_DAYS, TENSORBOARD_LIMITS_DAYS } from './tracking-limits';

/** TensorBoard logs as other modules see them. */
export interface ITensorBoardLogs extends IConstruct {
  /** `s3://<bucket>/tensorboard/`, for `tensorboard --logdir`: below it is a folder for each training, and in it one for each run. */
  readonly logDirectory: string;
  /** The log directory of one training: `s3://<bucket>/tensorboard/<training>/`. */
  directoryOf(training: string): string;
  /** Allows showing the logs of one training, or of all, as `IBucket.grantRead` does. */
  grantRead(grantee: IGrantable, training?: string): void;
  /**
   * Allows writing logs below the folder of a training, as `IBucket.grantWrite` does: for programs that write to S3 themselves, in
   * notebooks and containers of AWS Batch. Jobs of `SageMakerTraining` with `tensorBoard` may already.
   */
  grantWrite(grantee: IGrantable, training: string): void;
}

export interface TensorBoardLogsProps {
  /** Where the jobs run that write the logs; its bucket has them. */
  readonly workspace: { readonly bucket: IBucket };
  /** Days that logs are kept, 1 to 36500; they are gone for good a day later. @default 90 */
  readonly retentionDays?: number;
}

/**
 * The TensorBoard logs of every training of a workspace: where they are, who may read and write them, and for how long they are kept.
 *
 * Makes a rule in the lifecycle of the bucket, and nothing else: it costs what the bucket holds, for each gigabyte-month. Destroying
 * it keeps logs for ever.
 */
export class TensorBoardLogs extends Construct implements ITensorBoardLogs {
  private readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: TensorBoardLogsProps) {
    super(scope, id);
    Properties.need(this, props, 'workspace');
    const { workspace, retentionDays = DEFAULT_TENSORBOARD_DAYS } = props;
    const { bucket } = workspace;
    Properties.of(this)
      .integer('retentionDays', retentionDays, TENSORBOARD_LIMITS_DAYS)
      .require(
        bucket instanceof Bucket || props.retentionDays === undefined,
        "'retentionDays' has no effect in an existing bucket, whose lifecycle is not of this stack; remove it, and add a rule for the folder tensorboard/ there",
      )
      .throwIfInvalid();
    this.bucket = bucket;
    if (bucket instanceof Bucket) bucket.expireFolder(TENSORBOARD_FOLDER, retentionDays);
  }

  public get logDirectory(): string {
    return `s3://${this.bucket.bucketName}/${TENSORBOARD_FOLDER}/`;
  }

  public directoryOf(training: string): string {
    return `${this.logDirectory}${this.folderOf(training)}/`;
  }

  public grantRead(grantee: IGrantable, training?: string): void {
    const folder = training === undefined ? TENSORBOARD_FOLDER : `${TENSORBOARD_FOLDER}/${this.folderOf(training)}`;
    this.bucket.grantRead(grantee, `${folder}/*`);
  }

  public grantWrite(grantee: IGrantable, training: string): void {
    this.bucket.grantWrite(grantee, `${TENSORBOARD_FOLDER}/${this.folderOf(training)}/*`);
  }

  /** A name with a slash or a wildcard would reach the logs of others. */
  private folderOf(training: string): string {
    Properties.of(this).present({ training }, 'training').matches('training', training, NAME).throwIfInvalid();
    return training;
  }
}
