import type { AwsNameKind } from '../../aws/name-kind';
import type { TextPattern } from '../../core/text-pattern';

/** Names of monitors: alarms, whose names end in what they are about, a folder and a dimension have it. */
export const MONITOR: AwsNameKind = { kind: 'drift monitor', maxLength: 128, uniqueIn: 'region', property: 'id' };

/** Namespace of the metrics of drift. */
export const DRIFT_NAMESPACE = 'MLOps/Drift';
/** Metrics of a monitor, with the dimension `Monitor`. */
export const DRIFT_METRICS = ['DriftedFeatures', 'Judged', 'Rows', 'UnreadableRate'] as const;
/** Metrics that can be published for each feature, with the dimensions `Monitor` and `Feature`. */
export const FEATURE_METRICS = [
  'PSI',
  'KolmogorovSmirnov',
  'JensenShannon',
  'MissingRate',
  'NewCategories',
  'Drifted',
] as const;
export type FeatureMetric = (typeof FEATURE_METRICS)[number];
/** Two numbers of each feature say most; CloudWatch bills every metric by month. */
export const DEFAULT_FEATURE_METRICS: readonly FeatureMetric[] = ['PSI', 'MissingRate'];

/** Chance of a false alarm in a run without drift, over all features. */
export const DRIFT_LEVEL = { min: 0.000_001, max: 0.2 } as const;
/** One false alarm in a hundred runs at most; the thresholds leave far fewer. */
export const DEFAULT_DRIFT_LEVEL = 0.01;
/** Hours of a window: up to 31 days. */
export const WINDOW_HOURS = { min: 1, max: 744 } as const;
/** A day: hours of the day differ from one another without any drift. */
export const DEFAULT_WINDOW_HOURS = 24;
/** Minutes that captured data may take until it is in the bucket. */
export const DELAY_MINUTES = { min: 0, max: 1440 } as const;
/** Default of {@link DELAY_MINUTES}. */
export const DEFAULT_DELAY_MINUTES = 15;
/** Fewest rows that are judged. */
export const MIN_ROWS = { min: 50, max: 1_000_000 } as const;
/** With ten bins and so many rows, PSI without drift is about 0.02, far from its threshold. */
export const DEFAULT_MIN_ROWS = 500;
/** Rows of a window, and of a data set as baseline, of which more are drawn at random. */
export const MAX_ROWS = { min: 1000, max: 5_000_000 } as const;
/** Enough to find a change of a hundredth, in a few GB of memory. */
export const DEFAULT_MAX_ROWS = 200_000;
/** Changes that matter. */
export const DEFAULT_THRESHOLDS = {
  /** The rule of thumb of credit scoring: below it a population counts as stable. */
  psi: 0.1,
  missing: 0.05,
  newCategories: 0.01,
} as const;
/** Part of the records of a window that may be unreadable. */
export const MAX_UNREADABLE = 0.05;
/** Names of features, of columns that are none, and of categories together. */
export const MAX_DRIFT_NAMES = 1000;
/** Days without a judgement after which the monitor counts as silent. */
export const SILENT_DAYS = { min: 1, max: 7 } as const;
/** Default of {@link SILENT_DAYS}: one run may be missed. */
export const DEFAULT_SILENT_DAYS = 2;

/** Formats of a data set as the baseline. */
export const BASELINE_FORMATS = ['parquet', 'csv', 'json'] as const;
export type BaselineFormat = (typeof BASELINE_FORMATS)[number];

/** Name of a column. */
export const COLUMN_NAME: TextPattern = {
  pattern: /^[^\p{Cc}]{1,256}$/u,
  meaning: '1 to 256 characters on one line',
};
