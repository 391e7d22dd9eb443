import type { IModelPackageGroup } from '../../registry/packages/model-package-group-base';
import type { TriggerHistory } from '../../scheduler/trigger/trigger-history';
import type { Budget } from '../../scheduler/trigger/trigger-limits';
import type { TriggerTable } from '../../scheduler/trigger/trigger-table';
import type { IEndpoint } from '../../serving/endpoint/endpoint-base';
import type { IPipeline } from '../../training/pipeline/pipeline-base';

/** When a model is trained again, and how a new version gets to its endpoint. */
export interface RetrainingLoopProps {
  /** Key of the model under `models` of the environment file; names all parts after the stack's prefix too. Another name replaces them. */
  readonly model: string;
  /**
   * ARN of the alarm that says that the model is no longer good: `DriftMonitor.driftAlarmArn`, one of a metric of the business, or a
   * composite alarm of both.
   */
  readonly alarmArn: string;
  /** What trains and registers a new version. */
  readonly pipeline: IPipeline;
  /** Values of further parameters of the pipeline: see `Target.pipeline`. @default - their defaults */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where the pipeline registers, and a person approves. */
  readonly packages: IModelPackageGroup;
  /** What serves the model, with a challenger. */
  readonly endpoint: IEndpoint;
  /** Variant that a version is tried in. @default challenger */
  readonly challenger?: string;
  /** Names of 1 to 100 alarms of the endpoint that must stay silent while a version is tried. */
  readonly watched: readonly string[];
  /** Share of a version that is tried, in percent: 1 to 50. @default 10 */
  readonly share?: number;
  /** Hours that a version on trial is watched, 1 to 336. @default 24 */
  readonly watchHours?: number;
  /** Days after its approval until which a version must be served, 1 to 30: then people hear of it. @default 7 */
  readonly trialDays?: number;
  /** Locks of the triggers of the environment. */
  readonly locks: TriggerTable;
  /** Where what it does is kept, for audits. @default - Step Functions keeps it for 90 days */
  readonly history?: TriggerHistory;
  /** Minutes from the start of a run in which no alarm starts another: see `TriggerProps.cooldownMinutes`. @default 1440, or `maxRunMinutes` if that is more */
  readonly cooldownMinutes?: number;
  /** Minutes that a run takes at most: see `TriggerProps.maxRunMinutes`. @default 1440 */
  readonly maxRunMinutes?: number;
  /** How many runs may start: see `TriggerProps.budget`. @default 4 a month */
  readonly budget?: Budget;
  /** ARNs of at most five topics that hear of each proposal, and of what has failed. @default - none: a rule of your own must take the events */
  readonly alarmTopicArns?: readonly string[];
}
