import { join } from 'node:path';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { judgeAlarmTopics } from '../../aws/alarm-topics';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import type { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import { Source } from '../../scheduler/trigger/source';
import { Target } from '../../scheduler/trigger/target';
import { Trigger } from '../../scheduler/trigger/trigger';
import type { TriggerTable } from '../../scheduler/trigger/trigger-table';
import type { IBucket } from '../../storage/bucket-base';
import { DATA_PREFIX } from '../../training/data/data-limits';
import { programIn } from '../../training/evaluation/program-files';
import type { Framework } from '../../training/framework/framework';
import { DEFAULT_PROGRAM_MINUTES, PROGRAM_PATH } from '../../training/processing/processing-limits';
import { ProgramJob } from '../../training/processing/program-job';
import type { ITrainingWorkspace } from '../../training/sagemaker/workspace';
import { captureModule } from '../captured/capture-program';
import type { CaptureSource } from '../captured/capture-source';
import { EXPERIMENT_NAMESPACE } from './experiment-limits';
import { checkPlan, type ExperimentPlan, planText } from './experiment-plan';

const [PROGRAM, PLAN] = ['experiment.py', 'plan.json'] as const;
/** Daily, after the outcomes of the night are there. */
const DEFAULT_SCHEDULE = 'cron(0 7 * * ? *)';
const HOUR = 3600;
/** Minutes in which SageMaker finds an instance and pulls the image. */
const START_MINUTES = 30;

/** Where the outcomes are; their columns are in the plan. */
export interface OutcomeData {
  readonly bucket: IBucket;
  /** Folder of the objects, e.g. `outcomes/orders`. */
  readonly prefix: string;
}

export interface ExperimentReportProps {
  /** What is declared before. */
  readonly plan: ExperimentPlan;
  /** Where the job runs, and whose bucket holds program and reports. */
  readonly workspace: ITrainingWorkspace;
  /** An image with numpy and scipy, e.g. `Framework.scikitLearn('1.9-0')`. */
  readonly framework: Framework;
  /** One of the workspace's types, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  /** What the endpoint captures. Of its variants, those of the plan are read; requests must all be captured. */
  readonly captured: CaptureSource;
  readonly outcomes: OutcomeData;
  /** Locks of the triggers of the environment. */
  readonly locks: TriggerTable;
  /** When it is read. Nothing is lost by reading often. @default - daily at 07:00 UTC */
  readonly on?: Source;
  /** ARNs of at most five topics that hear of harm, and of an experiment that is invalid. @default - none: the alarms are only shown */
  readonly alarmTopicArns?: readonly string[];
  /** Minutes until a run is stopped. @default 60 */
  readonly maxRuntimeMinutes?: number;
}

/**
 * Reads an experiment of two variants on a schedule, as far as its plan allows now: see `docs/experiments.md`.
 *
 * A `fixed` design shows no difference before its end. A `sequential` one may be read at any time: its level holds over all looks
 * together. Guards are read sequentially in both, and harm ends the experiment early. Before anything else the program checks that
 * the variants get their shares of the units (sample ratio mismatch), and that no unit has seen both.
 *
 * Each run writes `report.json` and `report.md` to `reportsUri`, and metrics to `MLOps/Experiment`. The first run writes the plan as a
 * declaration; with another plan every later one fails. Nothing is rolled back by it: its alarms tell people, or an endpoint's rollout.
 *
 * Makes a job with its role and program, a trigger, and two alarms beside the trigger's. Costs at rest three alarms and five metrics by
 * month; a run costs its instance by the second. Reports cost S3 storage. Destroying it removes all but the reports.
 */
export class ExperimentReport extends Construct {
  /** `s3://` URI of the folder with the declaration, and a folder for each run. */
  public readonly reportsUri: string;
  public readonly job: ProgramJob;
  public readonly trigger: Trigger;
  /** Role of the job. */
  public readonly role: Role;
  /** Goes off when a guard is worse than its plan allows. */
  public readonly harmAlarm: CloudwatchMetricAlarm;
  /** Goes off when the experiment says nothing, since its groups differ in more than the model. */
  public readonly invalidAlarm: CloudwatchMetricAlarm;
  private readonly props: ExperimentReportProps;

  constructor(scope: Construct, id: string, props: ExperimentReportProps) {
    super(scope, id);
    Properties.need(this, props, 'plan', 'workspace', 'framework', 'instanceType', 'captured', 'outcomes', 'locks');
    this.validate(props);
    this.props = props;
    this.reportsUri = `${props.workspace.uriOf('experiments', props.plan.name)}/`;
    this.job = this.makeJob();
    this.role = this.job.role;
    this.allow();
    this.trigger = new Trigger(this, 'Trigger', {
      name: `experiment-${props.plan.name}`,
      on: props.on ?? Source.cron(DEFAULT_SCHEDULE),
      start: Target.processingJob(this.job),
      locks: props.locks,
      maxRunMinutes: (props.maxRuntimeMinutes ?? DEFAULT_PROGRAM_MINUTES) + START_MINUTES,
      alarmTopicArns: props.alarmTopicArns,
    });
    this.harmAlarm = new CloudwatchMetricAlarm(this, 'HarmAlarm', {
      ...this.alarm('harm', 'a guard is worse than its plan allows: end the experiment'),
      metricName: 'Harm',
    });
    this.invalidAlarm = new CloudwatchMetricAlarm(this, 'InvalidAlarm', {
      ...this.alarm('invalid', 'the variants differ in more than the model: it says nothing'),
      metricName: 'Invalid',
    });
  }

  /**
   * Allows starting a run by hand, and seeing what it does: `states:StartExecution`, `states:ListExecutions`,
   * `states:DescribeStateMachine` on the state machine of the trigger, and `states:DescribeExecution`,
   * `states:GetExecutionHistory` on its executions.
   */
  public grantStart(grantee: IGrantable): void {
    this.trigger.grantStart(grantee);
  }

  /** Allows reading the reports, as `IBucket.grantRead` does. */
  public grantReadReports(grantee: IGrantable): void {
    this.props.workspace.bucket.grantRead(grantee, this.reportObjects);
  }

  private get reportObjects(): string {
    return `experiments/${this.props.plan.name}/*`;
  }

  private makeJob(): ProgramJob {
    const { workspace, framework, instanceType, captured, outcomes, plan, maxRuntimeMinutes } = this.props;
    const program = { ...captureModule(), ...programIn('experiment', join(__dirname, 'program')) };
    return new ProgramJob(this, 'Job', {
      workspace,
      framework,
      instanceType,
      maxRuntimeMinutes,
      files: { ...program, [PLAN]: planText(plan) },
      entryPoint: PROGRAM,
      arguments: [
        ...['read', '--plan', `${PROGRAM_PATH}/${PLAN}`, '--captured', captured.uri],
        ...['--outcomes', `s3://${outcomes.bucket.bucketName}/${outcomes.prefix}/`],
        ...['--report', `${workspace.uriOf('experiments')}/`],
      ],
    });
  }

  private allow(): void {
    const { captured, outcomes, workspace, plan } = this.props;
    captured.grantRead(this.role, [plan.control, plan.treatment]);
    outcomes.bucket.grantRead(this.role, `${outcomes.prefix}/*`);
    workspace.bucket.grantRead(this.role, `experiments/${plan.name}/declaration.json`);
    workspace.bucket.grantWrite(this.role, this.reportObjects);
    this.role.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // CloudWatch names no resource of a metric, only its namespace
      conditions: { StringEquals: { 'cloudwatch:namespace': EXPERIMENT_NAMESPACE } },
    });
  }

  private alarm(kind: 'harm' | 'invalid', meaning: string) {
    const { plan, alarmTopicArns = [] } = this.props;
    return {
      alarmName: physicalName(this, ALARM, `experiment-${plan.name}-${kind}`),
      alarmDescription: `Experiment ${plan.name}: ${meaning}; see report.md of the newest run in ${this.reportsUri}`,
      namespace: EXPERIMENT_NAMESPACE,
      dimensions: { Experiment: plan.name },
      statistic: 'Maximum',
      period: HOUR,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'ignore', // between two runs there is no value: the verdict of the last one holds
      alarmActions: [...alarmTopicArns],
    };
  }

  private validate(props: ExperimentReportProps): void {
    const { plan, captured, outcomes } = props;
    Properties.of(this)
      .known(props, 'plan', 'maxRuntimeMinutes')
      .known(plan, 'name', 'control', 'treatment', 'shares', 'start', 'end', 'outcomes', 'primary', 'guards')
      .known(plan, 'maturityHours', 'unitAttribute', 'level', 'power', 'minUnits', 'balanceLevel')
      .throwIfInvalid();
    const properties = Properties.of(this)
      .matches('outcomes.prefix', outcomes.prefix, DATA_PREFIX)
      .oneOf('plan.control', plan.control, captured.variants)
      .oneOf('plan.treatment', plan.treatment, captured.variants);
    checkPlan(properties, plan);
    judgeAlarmTopics(properties, props.alarmTopicArns).throwIfInvalid();
  }
}
