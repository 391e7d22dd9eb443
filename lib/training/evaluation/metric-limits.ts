import type { TextPattern } from '../../core/text-pattern';

/** What a model predicts: one of some classes, or a number. */
export const TASKS = ['classification', 'regression'] as const;
export type Task = (typeof TASKS)[number];

/** Frameworks whose models the default evaluation loads; of an image of one's own (`custom`) by `model_fn` only. */
export const EVALUATED_FRAMEWORKS = ['scikit-learn', 'xgboost', 'pytorch', 'tensorflow', 'keras', 'custom'] as const;

/**
 * Metrics of each task that the default evaluation computes.
 *
 * Classification: with two classes, `f1`, `precision` and `recall` are those of the positive class; with more, the mean
 * over the classes (macro). `auc` is the area under the ROC curve, with more than two classes the mean of each class
 * against the rest. `balanced_accuracy` is the mean recall of the classes. `brier` is the mean squared distance to the
 * probability, with more than two classes summed over them: 0 to 2.
 *
 * Regression: `mape` is a fraction, 0.1 for ten percent.
 */
export const TASK_METRICS = {
  classification: ['auc', 'accuracy', 'balanced_accuracy', 'f1', 'precision', 'recall', 'log_loss', 'brier'],
  regression: ['rmse', 'mae', 'r2', 'mape'],
} as const satisfies Record<Task, readonly string[]>;

/** Metrics of which less is better. */
const ERRORS: readonly string[] = ['log_loss', 'brier', 'rmse', 'mae', 'mape'];

/** Changes of the test set under which every metric is computed again, as `auc@noise`. */
export const PERTURBATIONS = ['noise', 'missing', 'shuffled'] as const;
export type Perturbation = (typeof PERTURBATIONS)[number];

/** Name of a metric, perturbed or not. */
export const METRIC: TextPattern = {
  pattern: /^[a-z][a-z0-9_]*(@[a-z][a-z0-9_]*)?$/,
  meaning: "lower-case letters, digits and '_', beginning with a letter, such as auc or auc@noise",
};

/** Every metric of a task: as it is, and under each perturbation. */
export function metricNames(task: Task, perturbations: readonly Perturbation[] = PERTURBATIONS): readonly string[] {
  return ['', ...perturbations.map((name) => `@${name}`)].flatMap((suffix) =>
    TASK_METRICS[task].map((metric) => `${metric}${suffix}`),
  );
}

/** Whether more of a metric is better. `undefined` for a metric that the default evaluation does not compute. */
export function higherIsBetter(metric: string): boolean | undefined {
  const [name = ''] = metric.split('@');
  const known = Object.values(TASK_METRICS).some((names: readonly string[]) => names.includes(name));
  return known ? !ERRORS.includes(name) : undefined;
}

/** The best value that a metric of the default evaluation can have: 1, or 0 for an error. `undefined` for another metric. */
export function bestValue(metric: string): number | undefined {
  const higher = higherIsBetter(metric);
  return higher === undefined ? undefined : Number(higher);
}

/** Key of a metric in `gate.json`: `auc_at_noise` for `auc@noise`, since a JSONPath takes no `@` in a name. */
export function gateKey(metric: string): string {
  return metric.replace('@', '_at_');
}

/**
 * Key in `gate.json` of what a model loses against the champion in a metric: `champion_auc_loss`. It is positive if the
 * model is worse, whichever direction is better in the metric, and 0 if there is no champion.
 */
export function championKey(metric: string): string {
  return `champion_${gateKey(metric)}_loss`;
}

/** Folders in which a processing job has what an evaluation reads and writes. */
export const EVALUATION_PATHS = {
  /** Input: the program. */
  code: '/opt/ml/processing/input/code',
  /** Input: the artifact of the training job, `model.tar.gz`. */
  model: '/opt/ml/processing/model',
  /** Input: the files of the held-out test set, in any folders. */
  test: '/opt/ml/processing/test',
  /** Output: `report.json`, `gate.json`, `contract.json`. */
  output: '/opt/ml/processing/evaluation',
} as const;

/** Files that an evaluation writes. They are all there, or none is. */
export const EVALUATION_FILES = { report: 'report.json', gate: 'gate.json', contract: 'contract.json' } as const;

/** Standard deviations of a column by which noise moves a number; the part of texts that becomes another row's. */
export const DEFAULT_NOISE = 0.1;
/** Part of the fields that go missing. */
export const DEFAULT_MISSING = 0.1;
/** Level of the confidence intervals. */
export const DEFAULT_CONFIDENCE = 0.95;
/** Bootstrap samples of the confidence intervals: enough for two digits of a bound. */
export const DEFAULT_RESAMPLES = 1000;
/** Most rows of a test set: more make no interval of interest narrower, and cost memory and minutes. */
export const DEFAULT_MAX_ROWS = 1_000_000;

/** Limits of a processing job on the arguments and the environment variables: characters of each, and their number. */
export const ARGUMENT_LIMITS = { length: 256, count: 100 } as const;
