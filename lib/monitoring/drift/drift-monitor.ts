import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { judgeAlarmTopics } from '../../aws/alarm-topics';
import { Aws } from '../../aws/aws';
import { ALARM } from '../../aws/name-kind';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import type { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import { Source } from '../../scheduler/trigger/source';
import { Target } from '../../scheduler/trigger/target';
import { Trigger } from '../../scheduler/trigger/trigger';
import { captureModule } from '../../serving/captured/capture-program';
import { programOf } from '../../training/evaluation/program-files';
import { DEFAULT_PROGRAM_MINUTES, PROGRAM_PATH } from '../../training/processing/processing-limits';
import { ProgramJob } from '../../training/processing/program-job';
import type { Graph } from '../dashboards/graph';
import { driftGraphs } from './drift-graphs';
import {
  DEFAULT_FEATURE_METRICS,
  DEFAULT_SILENT_DAYS,
  DEFAULT_THRESHOLDS,
  DELAY_MINUTES,
  DRIFT_LEVEL,
  DRIFT_NAMESPACE,
  FEATURE_METRICS,
  MAX_ROWS,
  MIN_ROWS,
  MONITOR,
  SILENT_DAYS,
  WINDOW_HOURS,
} from './drift-limits';
import type { DriftMonitorProps } from './drift-props';
import { checkColumns, DRIFT_PROGRAM, DRIFT_SETTINGS, driftProgram, driftSettings } from './drift-settings';

/** Daily, when the capture of the night is there and people come to work in Europe. */
const DEFAULT_SCHEDULE = 'cron(0 6 * * ? *)';
const [HOUR, DAY] = [3600, 86_400] as const;
/** Minutes in which SageMaker finds an instance and pulls the image. */
const START_MINUTES = 30;

/**
 * Compares what an endpoint captures with a baseline, on a schedule: by feature and prediction the population stability index,
 * Kolmogorov-Smirnov and Jensen-Shannon distance, missing values and new categories.
 *
 * A feature has drifted if its change is surely none of chance and large enough to matter: see `docs/drift.md` for the tests, their
 * correction over all features, and the measured rate of false alarms. A window with too few rows is not judged.
 *
 * Each run writes `report.json` and `report.md` to `reportsUri`, and metrics to `MLOps/Drift`. The first alarm goes off when
 * a feature has drifted, and stays until a run finds none: `Source.alarm(monitor.driftAlarmArn)` starts a retraining once for each
 * drift. The second goes off when nothing was judged for days, because of failed runs or too few rows.
 *
 * Started by a `Trigger` and not by the schedule's own call of CreateProcessingJob: one run at a time, a late or repeated call starts
 * none beside it, and a call that fails is kept and raises an alarm. The container has the network of the workspace, without a way
 * to the internet: it reads only the hours of its window, and publishes metrics. Its role may do just that.
 *
 * Makes a job with its role and program, a trigger, and two alarms beside the trigger's. Costs at rest three alarms, and each metric
 * by month: four, and `featureMetrics` for each feature; a run costs its instance by the second. Reports cost S3 storage. Destroying it
 * removes all but the reports.
 */
export class DriftMonitor extends Construct {
  /** Value of the dimension `Monitor` of its metrics, and folder in the workspace's bucket. */
  public readonly monitorName: string;
  /** `s3://` URI of the folder with a folder for each run. */
  public readonly reportsUri: string;
  public readonly job: ProgramJob;
  public readonly trigger: Trigger;
  /** Role of the job. */
  public readonly role: Role;
  /** The alarm of drift. */
  public readonly driftAlarm: CloudwatchMetricAlarm;
  public readonly driftAlarmArn: string;
  /** The alarm of a monitor that judges nothing. */
  public readonly silenceAlarm: CloudwatchMetricAlarm;
  private readonly props: DriftMonitorProps;

  constructor(scope: Construct, id: string, props: DriftMonitorProps) {
    super(scope, id);
    Properties.need(this, props, 'workspace', 'framework', 'instanceType', 'captured', 'baseline', 'locks');
    this.validate(props);
    this.props = props;
    this.monitorName = physicalName(this, MONITOR, props.name);
    this.reportsUri = `${props.workspace.uriOf('drift', this.monitorName)}/`;
    this.job = this.makeJob();
    this.role = this.job.role;
    this.allow();
    this.trigger = new Trigger(this, 'Trigger', {
      name: props.name,
      on: props.on ?? Source.cron(DEFAULT_SCHEDULE),
      start: Target.processingJob(this.job),
      locks: props.locks,
      maxRunMinutes: (props.maxRuntimeMinutes ?? DEFAULT_PROGRAM_MINUTES) + START_MINUTES,
      alarmTopicArns: props.alarmTopicArns,
    });
    this.driftAlarm = this.makeDriftAlarm();
    this.driftAlarmArn = published(
      this,
      this.driftAlarm.arn,
      Aws.of(this).arn('cloudwatch', `alarm:${this.alarmName('drift')}`),
    );
    this.silenceAlarm = this.makeSilenceAlarm();
  }

  /** All its alarms: of drift, of silence, and of runs that could not be started. */
  public get alarms(): readonly CloudwatchMetricAlarm[] {
    return [this.driftAlarm, this.silenceAlarm, this.trigger.alarm];
  }

  /** What it finds, for a dashboard: how many features have drifted, and the worst of them by each metric that it publishes. */
  public get graphs(): readonly Graph[] {
    const { featureMetrics = DEFAULT_FEATURE_METRICS, thresholds } = this.props;
    const { psi, newCategories } = { ...DEFAULT_THRESHOLDS, ...thresholds };
    return driftGraphs(this.monitorName, featureMetrics, { PSI: psi, NewCategories: newCategories });
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

  private makeJob(): ProgramJob {
    const { props } = this;
    const { workspace, framework, instanceType, captured, baseline, maxRuntimeMinutes } = props;
    const own = props.program && programOf(this.node.path, props.program, 'program');
    const files = own ? { ...captureModule(), ...own } : driftProgram();
    return new ProgramJob(this, 'Job', {
      workspace,
      framework,
      instanceType,
      maxRuntimeMinutes,
      files: { ...files, [DRIFT_SETTINGS]: driftSettings(props) },
      entryPoint: props.program?.entryPoint ?? DRIFT_PROGRAM,
      arguments: [
        ...['judge', '--monitor', this.monitorName, '--settings', `${PROGRAM_PATH}/${DRIFT_SETTINGS}`],
        ...['--captured', captured.uri, '--baseline', baseline.uri, '--report', this.reportsUri],
      ],
    });
  }

  private allow(): void {
    const { captured, baseline, workspace } = this.props;
    captured.grantRead(this.role);
    baseline.grantRead(this.role);
    workspace.bucket.grantWrite(this.role, this.reportObjects);
    this.role.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // CloudWatch names no resource of a metric, only its namespace
      conditions: { StringEquals: { 'cloudwatch:namespace': DRIFT_NAMESPACE } },
    });
  }

  private get reportObjects(): string {
    return `drift/${this.monitorName}/*`;
  }

  private makeDriftAlarm(): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, 'DriftAlarm', {
      ...this.alarm('drift', 'DriftedFeatures'),
      alarmDescription: `Features have drifted: see report.md of the newest run in ${this.reportsUri}`,
      period: HOUR,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'ignore', // between two runs there is no value: the verdict of the last one holds
    });
  }

  private makeSilenceAlarm(): CloudwatchMetricAlarm {
    const days = this.props.silentDays ?? DEFAULT_SILENT_DAYS;
    return new CloudwatchMetricAlarm(this, 'SilenceAlarm', {
      ...this.alarm('silent', 'Judged'),
      alarmDescription: 'Nothing was judged for days: see the runs of the trigger, and the rows of the last report',
      period: DAY,
      evaluationPeriods: days,
      datapointsToAlarm: days,
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      treatMissingData: 'breaching', // a run that fails publishes nothing
    });
  }

  private alarm(kind: 'drift' | 'silent', metricName: string) {
    return {
      alarmName: claimPhysicalName(this, ALARM, this.alarmName(kind)),
      namespace: DRIFT_NAMESPACE,
      metricName,
      dimensions: { Monitor: this.monitorName },
      statistic: 'Maximum',
      alarmActions: [...(this.props.alarmTopicArns ?? [])],
    };
  }

  private alarmName(kind: 'drift' | 'silent'): string {
    return `${this.monitorName}-${kind}`;
  }

  private validate(props: DriftMonitorProps): void {
    const { thresholds = {}, featureMetrics = [] } = props;
    Properties.of(this)
      .known(props, 'features', 'predictions', 'ignored', 'categories', 'featureMetrics', 'thresholds', 'windowHours')
      .known(props, 'delayMinutes', 'level', 'minRows', 'maxRows', 'maxRuntimeMinutes', 'program')
      .throwIfInvalid();
    const properties = Properties.of(this)
      .known(thresholds, 'psi', 'missing', 'newCategories')
      .matches('name', props.name, NAME)
      .number('windowHours', props.windowHours, WINDOW_HOURS)
      .number('delayMinutes', props.delayMinutes, DELAY_MINUTES)
      .number('level', props.level, DRIFT_LEVEL)
      .integer('minRows', props.minRows, MIN_ROWS)
      .integer('maxRows', props.maxRows, MAX_ROWS)
      .require(
        (props.minRows ?? 0) <= (props.maxRows ?? Infinity),
        `'minRows' must be at most 'maxRows', got ${props.minRows} and ${props.maxRows}`,
      )
      .number('thresholds.psi', thresholds.psi, { min: 0, max: 10 })
      .number('thresholds.missing', thresholds.missing, { min: 0, max: 1 })
      .number('thresholds.newCategories', thresholds.newCategories, { min: 0, max: 1 })
      .integer('silentDays', props.silentDays, SILENT_DAYS);
    for (const name of featureMetrics) properties.oneOf('featureMetrics', name, FEATURE_METRICS);
    judgeAlarmTopics(properties, props.alarmTopicArns);
    checkColumns(properties, props);
    properties.throwIfInvalid();
  }
}
