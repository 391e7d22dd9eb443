import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { InputError } from '../core/input-error';
import type { IGrantable } from '../iam/statement';
import type { IBucket } from '../storage/bucket';
import { MANAGE_ACTIONS, READ_ACTIONS, TRACK_ACTIONS } from './tracking-actions';

/** Where a tracking server keeps artifacts: models, plots, files of runs. */
export interface ArtifactStore {
  readonly bucket: IBucket;
  /** Folder in the bucket, without a slash at its end. */
  readonly folder: string;
}

/** A tracking server as other modules see it. */
export interface IMlflowTracking extends IConstruct {
  readonly trackingServerName: string;
  /** `arn:<partition>:sagemaker:<region>:<account>:mlflow-tracking-server/<name>`. */
  readonly trackingServerArn: string;
  /** Where artifacts are; `undefined` if it is not known: clients read and write them themselves. */
  readonly artifacts: ArtifactStore | undefined;
  /**
   * Variables of a job or a shell whose program tracks: `MLFLOW_TRACKING_URI`, the ARN of the server. The program needs the
   * packages `mlflow` and `TRACKING_CLIENT`, and the network: a training with `networkIsolation` reaches no server. Trainings and jobs
   * that have it tell the client their experiment and tags by themselves: see `MLFLOW_VARIABLES`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Command with which whoever has {@link grantOpen} gets the address of the user interface, valid for five minutes. */
  readonly openCommand: string;
  /**
   * Allows recording runs, metrics, parameters, models and traces, and registering versions of models:
   * `sagemaker-mlflow:CreateExperiment`, `sagemaker-mlflow:SetExperimentTag`, `sagemaker-mlflow:CreateRun`,
   * `sagemaker-mlflow:UpdateRun`, `sagemaker-mlflow:LogBatch`, `sagemaker-mlflow:LogMetric`, `sagemaker-mlflow:LogParam`,
   * `sagemaker-mlflow:LogInputs`, `sagemaker-mlflow:LogOutputs`, `sagemaker-mlflow:LogModel`, `sagemaker-mlflow:SetTag`,
   * `sagemaker-mlflow:DeleteTag`, `sagemaker-mlflow:FinalizeLoggedModel`, `sagemaker-mlflow:LogLoggedModelParams`,
   * `sagemaker-mlflow:SetLoggedModelTags`, `sagemaker-mlflow:CreateRegisteredModel`, `sagemaker-mlflow:CreateModelVersion`,
   * `sagemaker-mlflow:SetModelVersionTag`, `sagemaker-mlflow:StartTrace`, `sagemaker-mlflow:EndTrace`,
   * `sagemaker-mlflow:SetTraceTag`; what {@link grantRead} does; and writing the artifacts, as `IBucket.grantWrite` does below
   * the folder of the server. It deletes nothing, and does not decide which version others use.
   *
   * @throws InputError if it is not known where the artifacts are
   */
  grantTrack(grantee: IGrantable): void;
  /**
   * Allows looking at everything that is recorded: `sagemaker-mlflow:GetExperiment`, `sagemaker-mlflow:GetExperimentByName`,
   * `sagemaker-mlflow:SearchExperiments`, `sagemaker-mlflow:GetRun`, `sagemaker-mlflow:SearchRuns`,
   * `sagemaker-mlflow:GetMetricHistory`, `sagemaker-mlflow:ListArtifacts`, `sagemaker-mlflow:GetLoggedModel`,
   * `sagemaker-mlflow:SearchLoggedModels`, `sagemaker-mlflow:ListLoggedModelArtifacts`, `sagemaker-mlflow:GetRegisteredModel`,
   * `sagemaker-mlflow:SearchRegisteredModels`, `sagemaker-mlflow:GetLatestModelVersions`, `sagemaker-mlflow:GetModelVersion`,
   * `sagemaker-mlflow:GetModelVersionByAlias`, `sagemaker-mlflow:SearchModelVersions`,
   * `sagemaker-mlflow:GetDownloadURIForModelVersionArtifacts`, `sagemaker-mlflow:GetTraceInfo`, `sagemaker-mlflow:SearchTraces`;
   * and reading the artifacts, as `IBucket.grantRead` does below the folder of the server.
   *
   * @throws InputError if it is not known where the artifacts are
   */
  grantRead(grantee: IGrantable): void;
  /**
   * Allows deciding which version of a model others use, and renaming, deleting and restoring:
   * `sagemaker-mlflow:UpdateExperiment`, `sagemaker-mlflow:DeleteExperiment`, `sagemaker-mlflow:RestoreExperiment`,
   * `sagemaker-mlflow:DeleteRun`, `sagemaker-mlflow:RestoreRun`, `sagemaker-mlflow:DeleteLoggedModel`,
   * `sagemaker-mlflow:DeleteLoggedModelTag`, `sagemaker-mlflow:UpdateRegisteredModel`, `sagemaker-mlflow:RenameRegisteredModel`,
   * `sagemaker-mlflow:DeleteRegisteredModel`, `sagemaker-mlflow:SetRegisteredModelTag`,
   * `sagemaker-mlflow:DeleteRegisteredModelTag`, `sagemaker-mlflow:SetRegisteredModelAlias`,
   * `sagemaker-mlflow:DeleteRegisteredModelAlias`, `sagemaker-mlflow:UpdateModelVersion`, `sagemaker-mlflow:DeleteModelVersion`,
   * `sagemaker-mlflow:DeleteModelVersionTag`, `sagemaker-mlflow:TransitionModelVersionStage`, `sagemaker-mlflow:DeleteTraces`,
   * `sagemaker-mlflow:DeleteTraceTag`; and what {@link grantRead} does. Deleted artifacts stay in the bucket.
   *
   * @throws InputError if it is not known where the artifacts are
   */
  grantManage(grantee: IGrantable): void;
  /**
   * Allows opening the user interface of the server in a browser: `sagemaker:CreatePresignedMlflowTrackingServerUrl` on the server,
   * `sagemaker-mlflow:AccessUI` on every server, because that action knows no resource. What a person sees and does there is
   * what {@link grantRead}, {@link grantTrack} and {@link grantManage} allow.
   */
  grantOpen(grantee: IGrantable): void;
}

/** Grants of every server, new or existing. */
export abstract class MlflowTrackingBase extends Construct implements IMlflowTracking {
  public abstract readonly trackingServerName: string;
  public abstract readonly trackingServerArn: string;
  public abstract readonly artifacts: ArtifactStore | undefined;

  public get environment(): Readonly<Record<string, string>> {
    return { MLFLOW_TRACKING_URI: this.trackingServerArn };
  }

  public get openCommand(): string {
    const call = 'aws sagemaker create-presigned-mlflow-tracking-server-url';
    const { region } = Aws.of(this);
    return `${call} --region ${region} --tracking-server-name ${this.trackingServerName} --query AuthorizedUrl --output text`;
  }

  public grantTrack(grantee: IGrantable): void {
    const { bucket, folder } = this.store();
    this.grantRead(grantee);
    this.allow(grantee, TRACK_ACTIONS);
    bucket.grantWrite(grantee, `${folder}/*`);
  }

  public grantRead(grantee: IGrantable): void {
    const { bucket, folder } = this.store();
    this.allow(grantee, READ_ACTIONS);
    bucket.grantRead(grantee, `${folder}/*`);
  }

  public grantManage(grantee: IGrantable): void {
    this.grantRead(grantee);
    this.allow(grantee, MANAGE_ACTIONS);
  }

  public grantOpen(grantee: IGrantable): void {
    this.allow(grantee, ['sagemaker:CreatePresignedMlflowTrackingServerUrl']);
    grantee.addToPolicy({
      actions: ['sagemaker-mlflow:AccessUI'],
      resources: ['*'], // the action has no resource; without an address of the server it opens nothing
    });
  }

  private allow(grantee: IGrantable, actions: readonly string[]): void {
    grantee.addToPolicy({ actions, resources: [this.trackingServerArn] });
  }

  /** Without its artifacts a client could record a run, and fail at its model. */
  private store(): ArtifactStore {
    if (this.artifacts) return this.artifacts;
    throw new InputError(
      `${this.node.path}: where the artifacts are is not known, and clients read and write them themselves; set 'artifacts'`,
    );
  }
}
