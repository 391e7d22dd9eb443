import type { AwsNameKind } from '../../aws/name-kind';
import type { TextPattern } from '../../core/text-pattern';

/** Names of SageMaker pipelines. */
export const PIPELINE: AwsNameKind = {
  kind: 'SageMaker pipeline',
  maxLength: 256,
  uniqueIn: 'region',
  ignoresCase: true,
};

/** Most characters of a definition that is sent with the request (CreatePipeline). The SDK uploads from 100 kB on; nothing requires it. */
export const MAX_DEFINITION_CHARACTERS = 1_048_576;
/** Most steps of a pipeline, those in branches included (quota, 2022). */
export const MAX_STEPS = 50;
/** Most steps of one branch of a condition (quota, 2022). */
export const MAX_BRANCH_STEPS = 20;
/** Most conditions of one condition step (quota, 2022). */
export const MAX_CONDITIONS = 200;
/** Most property files of a pipeline (quota, 2022). Each may have 2 MB. */
export const MAX_PROPERTY_FILES = 10;
/** Most values that a pipeline reads from property files (quota, 2022). */
export const MAX_FILE_VALUES = 200;
/** Most parameters of a pipeline (StartPipelineExecution). */
export const MAX_PARAMETERS = 200;
/** Most characters of a parameter's value (StartPipelineExecution). */
export const MAX_PARAMETER_VALUE = 1024;
/** Most characters of the reason of a failed step that SageMaker shows (PipelineExecutionStep). */
export const MAX_FAIL_MESSAGE = 1024;
/** Most steps that run at once (ParallelismConfiguration). */
export const PARALLEL_STEPS = { min: 1, max: 50 } as const;
/** Attempts of a retry policy, the first included. */
export const RETRY_ATTEMPTS = { min: 1, max: 20 } as const;
/** Minutes after which a retry policy gives up: ten days. */
export const RETRY_MINUTES = { min: 1, max: 14_400 } as const;

/** Name of a step: it becomes a part of the name of its job, which takes no underscore. */
export const STEP_NAME: TextPattern = {
  pattern: /^(?=.{1,64}$)[A-Za-z0-9]+(-+[A-Za-z0-9]+)*$/,
  meaning: '1 to 64 letters, digits and hyphens, with a letter or digit at both ends',
};
/** Name of a parameter: rules of EventBridge, which start a pipeline, take no underscore. */
export const PARAMETER_NAME: TextPattern = {
  pattern: /^(?=.{1,256}$)[A-Za-z0-9]+(-+[A-Za-z0-9]+)*$/,
  meaning: '1 to 256 letters, digits and hyphens, with a letter or digit at both ends',
};
/** Python file of a code folder, relative to it. */
export const PYTHON_FILE: TextPattern = {
  pattern: /^(?![/-])(?!.*(^|\/)\.\.?(\/|$))[\w./-]{1,200}\.py$/,
  meaning: 'the path of a .py file inside the code folder, such as prepare.py',
};
/** Name of a property file, of an output, of a channel. */
export const PART_NAME: TextPattern = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
  meaning: '1 to 64 letters, digits, hyphens and underscores, beginning with a letter or digit',
};
/** A duration of ISO 8601, as the cache of a step takes it. */
export const DURATION: TextPattern = {
  pattern: /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/,
  meaning: 'a duration such as P30D or PT12H',
};
/** Folder of a processing job's container. */
export const PROCESSING_PATH: TextPattern = {
  pattern: /^\/opt\/ml\/processing(\/[\w.-]+)+$/,
  meaning: 'a folder below /opt/ml/processing',
};
/** Arguments of a processing job, and characters of each and of the value of an environment variable (CreateProcessingJob). */
export const PROCESSING_LIMITS = { count: 100, characters: 256 } as const;
/** Limits of a tuning: jobs, those at once, hyperparameters that are tried (quotas), and its run time (CreateHyperParameterTuningJob). */
export const TUNING_LIMITS = {
  jobs: { min: 1, max: 750 },
  parallel: { min: 1, max: 100 },
  ranges: 30,
  seconds: { min: 120, max: 15_768_000 },
} as const;
/** Description of a pipeline. */
export const PIPELINE_DESCRIPTION: TextPattern = { pattern: /^[\s\S]{0,3072}$/, meaning: 'at most 3072 characters' };

/**
 * How the values of the next job are chosen: by a model of the results so far (`Bayesian`), at random, all combinations
 * of words (`Grid`), or at random with the unpromising stopped early (`Hyperband`).
 */
export const TUNING_STRATEGIES = ['Bayesian', 'Random', 'Grid', 'Hyperband'] as const;
export type TuningStrategy = (typeof TUNING_STRATEGIES)[number];
/** Default of the jobs of a tuning. */
export const DEFAULT_TUNING_JOBS = 20;
/** Default of the jobs of a tuning that run at the same time. */
export const DEFAULT_PARALLEL_JOBS = 2;

/** Frameworks whose training images serve too. */
export const SERVING_FRAMEWORKS: readonly string[] = ['scikit-learn', 'xgboost'];
