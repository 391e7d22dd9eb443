import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { IGrantable } from '../../iam/statement';
import type { IModelPackageGroup } from '../../registry/packages/model-package-group-base';
import { Source } from '../../scheduler/trigger/source';
import { Target } from '../../scheduler/trigger/target';
import { Trigger } from '../../scheduler/trigger/trigger';
import type { TriggerHistory } from '../../scheduler/trigger/trigger-history';
import type { TriggerTable } from '../../scheduler/trigger/trigger-table';
import type { IBucket } from '../../storage/bucket-base';
import { DATA_PREFIX } from '../../training/data/data-limits';
import type { Framework } from '../../training/framework/framework';
import { PROGRAM_PATH } from '../../training/processing/processing-limits';
import { ProgramJob } from '../../training/processing/program-job';
import type { ITrainingWorkspace } from '../../training/sagemaker/workspace';
import { Baseline } from './baseline';
import { BASELINE_FILE } from './drift-baseline';
import { DEFAULT_MAX_ROWS, DEFAULT_MIN_ROWS, MAX_ROWS, MIN_ROWS } from './drift-limits';
import type { DriftColumns } from './drift-props';
import { checkColumns, columnSettings, DRIFT_PROGRAM, DRIFT_SETTINGS, driftProgram } from './drift-settings';

export interface ApprovedBaselineProps extends DriftColumns {
  /** Where the job runs, and whose bucket holds the program. */
  readonly workspace: ITrainingWorkspace;
  /** An image with numpy and scipy, e.g. `Framework.scikitLearn('1.9-0')`. */
  readonly framework: Framework;
  /** One of the workspace's types, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  /** Group of the model: the approval of one of its versions starts the job. */
  readonly packages: IModelPackageGroup;
  /** The data set, e.g. held-out data: `Baseline.dataSet(bucket, 'card-fraud/test', 'parquet')`. */
  readonly data: Baseline;
  /** Bucket of the profile, e.g. that of a model store. */
  readonly bucket: IBucket;
  /** Folder of the profile, without slashes at its ends: `baselines/card-fraud`. */
  readonly folder: string;
  /** Locks of the triggers of the environment. */
  readonly locks: TriggerTable;
  /** Where what the trigger does is kept. @default - Step Functions keeps it for 90 days */
  readonly history?: TriggerHistory;
  /** Fewest rows of which a profile is made, 50 to 1000000. @default 500 */
  readonly minRows?: number;
  /** Rows of which more are drawn at random, 1000 to 5000000. @default 200000 */
  readonly maxRows?: number;
  /** ARNs of at most five topics that hear of an approval that has started no job. @default - none: the alarm is only shown */
  readonly alarmTopicArns?: readonly string[];
  /** Name of the trigger after the stack's prefix and `trigger-`. @default - from the construct's path */
  readonly name?: string;
}

/**
 * Makes the profile of a data set anew when a person has approved a version of the model, for a `DriftMonitor`.
 *
 * Not while a pipeline runs: a version that is rejected later would already have changed what the present model is compared with, and
 * with it have silenced the alarm that asked for another one. The job reads the data as it is when the version is approved. Until the first
 * approval there is no profile, and the runs of the monitor fail, which its second alarm tells after two days; `grantStart` lets people start the job.
 *
 * Makes a job with its role and program, and a trigger. Costs at rest the alarm of the trigger; a run costs its instance by the second.
 * Destroying it removes all but the profile.
 */
export class ApprovedBaseline extends Construct {
  /** Key of the profile. */
  public readonly key: string;
  /** The profile, for a monitor. */
  public readonly baseline: Baseline;
  public readonly job: ProgramJob;
  public readonly trigger: Trigger;

  constructor(scope: Construct, id: string, props: ApprovedBaselineProps) {
    super(scope, id);
    const needed = ['workspace', 'framework', 'instanceType', 'packages', 'data', 'bucket', 'folder', 'locks'] as const;
    Properties.need(this, props, ...needed);
    this.validate(props);
    const { bucket, folder, data } = props;
    this.key = `${folder}/${BASELINE_FILE}`;
    this.baseline = Baseline.profile(bucket, this.key);
    this.job = this.makeJob(props);
    data.grantRead(this.job.role);
    bucket.grantWrite(this.job.role, this.key);
    this.trigger = new Trigger(this, 'Trigger', {
      name: props.name,
      on: Source.approvedPackage(props.packages),
      start: Target.processingJob(this.job),
      locks: props.locks,
      history: props.history,
      alarmTopicArns: props.alarmTopicArns,
    });
  }

  /** Its alarm: of approvals that have started no job because of an error. */
  public get alarms(): readonly CloudwatchMetricAlarm[] {
    return [this.trigger.alarm];
  }

  /**
   * Allows making the profile by hand, and seeing what the trigger does: `states:StartExecution`, `states:ListExecutions`,
   * `states:DescribeStateMachine` on the state machine of the trigger, and `states:DescribeExecution`,
   * `states:GetExecutionHistory` on its executions.
   */
  public grantStart(grantee: IGrantable): void {
    this.trigger.grantStart(grantee);
  }

  private makeJob(props: ApprovedBaselineProps): ProgramJob {
    const { workspace, framework, instanceType, data, minRows = DEFAULT_MIN_ROWS, maxRows = DEFAULT_MAX_ROWS } = props;
    const settings = `${JSON.stringify({ ...columnSettings(props), minRows, maxRows }, undefined, 2)}\n`;
    return new ProgramJob(this, 'Job', {
      ...{ workspace, framework, instanceType },
      files: { ...driftProgram(), [DRIFT_SETTINGS]: settings },
      entryPoint: DRIFT_PROGRAM,
      arguments: [
        ...['baseline', '--settings', `${PROGRAM_PATH}/${DRIFT_SETTINGS}`],
        ...['--data', data.uri, '--format', data.format!, '--profile', this.baseline.uri],
      ],
    });
  }

  private validate(props: ApprovedBaselineProps): void {
    Properties.of(this)
      .known(props, 'features', 'predictions', 'ignored', 'categories', 'minRows', 'maxRows', 'folder')
      .throwIfInvalid();
    const properties = Properties.of(this)
      .matches('folder', props.folder, DATA_PREFIX)
      .integer('minRows', props.minRows, MIN_ROWS)
      .integer('maxRows', props.maxRows, MAX_ROWS)
      .require(props.data.format !== undefined, "'data' must be a data set, got a profile; use Baseline.dataSet");
    checkColumns(properties, props);
    properties.throwIfInvalid();
  }
}
