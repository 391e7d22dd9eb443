import type { Source } from '../../scheduler/trigger/source';
import type { TriggerTable } from '../../scheduler/trigger/trigger-table';
import type { CaptureSource } from '../../serving/captured/capture-source';
import type { Program } from '../../training/evaluation/program-files';
import type { Framework } from '../../training/framework/framework';
import type { ITrainingWorkspace } from '../../training/sagemaker/workspace';
import type { Baseline } from './baseline';
import type { FeatureMetric } from './drift-limits';

/** Columns of captured data. */
export interface DriftColumns {
  /** Names of the features in the order of CSV; of JSON those that are read. @default - as JSON names them */
  readonly features?: readonly string[];
  /**
   * Names of the values of an answer.
   * @default - `prediction` for one value, `prediction[0]` for several, `prediction.score` for the keys of an object
   */
  readonly predictions?: readonly string[];
  /** Columns that are no features, such as ids, times and the target of a data set. @default - none */
  readonly ignored?: readonly string[];
  /** Columns whose numbers are names, such as postcodes. @default - texts and flags only */
  readonly categories?: readonly string[];
}

/** Changes that matter. A smaller one is no drift, however sure it is. */
export interface DriftThresholds {
  /** Population stability index. @default 0.1 */
  readonly psi?: number;
  /** Change of the part of values that are missing or no numbers. @default 0.05 */
  readonly missing?: number;
  /** Part of the rows with a category that the baseline does not have, or with a number beyond all of it. @default 0.01 */
  readonly newCategories?: number;
}

/** What is compared with what, when, and what counts as drift. */
export interface DriftMonitorProps extends DriftColumns {
  /** Where the job runs, and whose bucket holds program and reports. */
  readonly workspace: ITrainingWorkspace;
  /** An image with numpy and scipy, e.g. `Framework.scikitLearn('1.9-0')`. */
  readonly framework: Framework;
  /** One of the workspace's types, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  /** What the endpoint captures. */
  readonly captured: CaptureSource;
  readonly baseline: Baseline;
  /** Locks of the triggers of the environment. */
  readonly locks: TriggerTable;
  /** When it runs. The window of a run ends at the time of the schedule. @default - daily at 06:00 UTC */
  readonly on?: Source;
  /** Hours of captured data that a run judges, 1 to 744. @default 24 */
  readonly windowHours?: number;
  /** Minutes that captured data may take until it is in the bucket, 0 to 1440: the window ends so long before the run. @default 15 */
  readonly delayMinutes?: number;
  /** Chance of a false alarm in a run without drift, over all features together: up to 0.2. @default 0.01 */
  readonly level?: number;
  /** Fewest rows of window and baseline that are judged, 50 to 1000000. @default 500 */
  readonly minRows?: number;
  /** Rows of window and baseline of which more are drawn at random, 1000 to 5000000. @default 200000 */
  readonly maxRows?: number;
  /** @default - each with its default */
  readonly thresholds?: DriftThresholds;
  /** Metrics of each feature in CloudWatch, each of them billed by month. The report has all. @default - PSI and MissingRate */
  readonly featureMetrics?: readonly FeatureMetric[];
  /** Days without a judgement after which the second alarm goes off, 1 to 7. @default 2 */
  readonly silentDays?: number;
  /** ARNs of at most five topics that hear of the alarms. @default - none: they are only shown */
  readonly alarmTopicArns?: readonly string[];
  /** Minutes until a run is stopped. @default 60 */
  readonly maxRuntimeMinutes?: number;
  /** Name after the stack's prefix. Another name replaces its parts, and begins new metrics. @default - from the construct's path */
  readonly name?: string;
  /**
   * A program of your own in place of the shipped one: texts in UTF-8. It is run with the words of the shipped one,
   * `judge --settings <file> --captured <uri> --baseline <uri> --report <uri>`, has the module `captured` beside it, and publishes
   * the metrics of `DRIFT_METRICS`.
   * @default - the shipped one
   */
  readonly program?: Program;
}
