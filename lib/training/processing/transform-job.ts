import type { IConstruct } from 'constructs';
import type { IGrantable } from '../../iam/statement';
import type { JsonValue } from '../pipeline/json';

/** A batch transform that can be started, as other modules see it. */
export interface ITransformJob extends IConstruct {
  /** Begin of the name of every run, at most 30 characters: a hyphen and what makes the name its own follow. */
  readonly jobName: string;
  /** Folder of all answers, `s3://<bucket>/<prefix>`, without a slash at its end: each run has a folder of its own there. */
  readonly outputUri: string;
  /** Input of CreateTransformJob without `TransformJobName` and `TransformOutput.S3OutputPath`. */
  request(): Readonly<Record<string, JsonValue>>;
  /**
   * Allows starting and following runs: `sagemaker:CreateTransformJob`, `sagemaker:DescribeTransformJob` on jobs whose name begins
   * with `<jobName>-`, and `kms:CreateGrant`, `kms:DescribeKey` for the volume.
   *
   * A job is created only as the request has it: of this model, on the instance type, with its keys.
   */
  grantStart(grantee: IGrantable): void;
}
