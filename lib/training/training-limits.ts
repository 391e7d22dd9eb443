import type { AwsNameKind } from '../aws/name-kind';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/**
 * Names of training jobs, before what makes each run's name its own: SageMaker allows 63 characters, and 21 are left
 * for a hyphen and a time or an execution id.
 */
export const TRAINING: AwsNameKind = { kind: 'SageMaker training', maxLength: 42, uniqueIn: 'region', property: 'id' };

/** Type of a SageMaker instance. */
export const ML_INSTANCE: TextPattern = {
  pattern: /^ml\.[a-z]+\d+[a-z]*(-[a-z0-9]+)?\.(nano|micro|small|medium|large|\d*xlarge|metal)(-\w+)?$/,
  meaning: 'a SageMaker instance type such as ml.m5.xlarge',
};

/** Processor that a container computes on. */
export type Processor = 'cpu' | 'gpu' | 'neuron';

/** Family of an instance type: `g5` of `ml.g5.xlarge`. */
export function familyOf(instanceType: string): string {
  return instanceType.split('.')[1] ?? '';
}

/** The processor of an instance type, from its family: `g…` and `p…` have GPUs, `trn…` and `inf…` AWS's own chips. */
export function processorOf(instanceType: string): Processor {
  const family = familyOf(instanceType);
  if (/^[gp]\d/.test(family)) return 'gpu';
  return /^(trn|inf)\d/.test(family) ? 'neuron' : 'cpu';
}

/**
 * Families with an instance store whose name does not say so with a `d` (EC2 user guide, instance store volumes, read
 * 27 November 2026; families that SageMaker offers, botocore 1.44.8).
 */
const STORE_FAMILIES: readonly string[] = [
  'g5',
  'g6',
  'g6e',
  'g7',
  'g7e',
  'p5',
  'p5e',
  'p5en',
  'p6-b200',
  'p6-b300',
  'p6e-gb200',
  'trn1',
  'trn1n',
  'trn2',
];

/**
 * Whether an instance type has an instance store, e.g. `ml.g5.xlarge`, `ml.m5d.large`, `ml.p4d.24xlarge`. Jobs on it take
 * no key for their volume: the hardware encrypts it with a key of its own, which is gone with the instance.
 */
export function hasInstanceStore(instanceType: string): boolean {
  const family = familyOf(instanceType);
  return STORE_FAMILIES.includes(family) || /^[a-z]+\d+[a-z]*d/.test(family);
}

/** Maximal run time of a job in minutes: SageMaker ends it after 28 days. */
export const RUNTIME_LIMITS_MINUTES = { min: 1, max: 40_320 } as const;

/** Maximal run time of a processing job: 9 days, less than that of a training job. */
export const MAX_PROCESSING_MINUTES = 12_960;
/** Default of the maximal run time of jobs: a day, as SageMaker's own. */
export const DEFAULT_RUNTIME_MINUTES = 1440;
/** Kinds of jobs with a log group of their own. */
export const JOB_KINDS = ['TrainingJobs', 'ProcessingJobs', 'TransformJobs'] as const;
export type JobKind = (typeof JOB_KINDS)[number];
/** What writes to a log group of SageMaker: a kind of job, or the apps of notebooks. */
export const LOG_KINDS = [...JOB_KINDS, 'studio'] as const;
export type LogKind = (typeof LOG_KINDS)[number];

/** Default retention of the logs of jobs in days: what scanners and auditors require. */
export const DEFAULT_JOB_LOG_DAYS = 365;

/** The log group, and the namespace of metrics, to which SageMaker writes for a kind of job. */
export function jobLogGroup(kind: JobKind): string {
  return sageMakerLogGroup(kind);
}

/** A log group whose name SageMaker fixes: of a kind of job, or of the apps of notebooks. An account has one in each region. */
export function sageMakerLogGroup(kind: LogKind): string {
  return `/aws/sagemaker/${kind}`;
}

/** Instances of one job; quotas of an account are lower. */
export const INSTANCE_COUNT_LIMITS = { min: 1, max: 256 } as const;
/** Size of the volume of each instance. */
export const VOLUME_LIMITS_GB = { min: 1, max: 16_384 } as const;
/** Default size of the volume of each instance. */
export const DEFAULT_VOLUME_GB = 30;
/** Times that SageMaker starts a job again after an internal error. */
export const RETRY_LIMITS = { min: 1, max: 30 } as const;
/** Minutes that instances stay warm for the next job. */
export const KEEP_ALIVE_LIMITS_MINUTES = { min: 1, max: 360 } as const;

/** Hyperparameters of a job: most of them, most characters of a name and of a value (CreateTrainingJob). */
export const HYPERPARAMETER_LIMITS = { count: 100, nameLength: 256, valueLength: 2500 } as const;
const SHELL_SAFE =
  'letters, digits and @%+=:,./_- only, because the images pass it to the program through a shell; put another text into a file of the code';
/** Name of a hyperparameter in script mode, or a word that a tuning tries; see {@link HYPERPARAMETER_VALUE}. */
export const HYPERPARAMETER_WORD: TextPattern = { pattern: /^[\w@%+=:,./-]{1,256}$/, meaning: SHELL_SAFE };
/**
 * Value of a hyperparameter in script mode. The training toolkit of the images (4.8) quotes nothing: whether a shell reads
 * the command line depends on the image, so that no way of quoting is right in all of them. These characters mean
 * themselves in every shell, as `shlex` of Python has them.
 */
export const HYPERPARAMETER_VALUE: TextPattern = { pattern: /^[\w@%+=:,./-]{1,2500}$/, meaning: SHELL_SAFE };
/** Environment variables of a job: most of them, most characters of a name and of a value (CreateTrainingJob). */
export const ENVIRONMENT_LIMITS = { count: 100, nameLength: 512, valueLength: 512 } as const;
/** Name of an environment variable of a job. */
export const VARIABLE_NAME: TextPattern = {
  pattern: /^[a-zA-Z_][a-zA-Z0-9_]{0,511}$/,
  meaning: 'letters, digits and _, not beginning with a digit',
};
/** Channel in which a container without a network finds its code. */
export const CODE_CHANNEL = 'code';
/** Folder of the workspace's bucket with the TensorBoard logs of every training, each in a folder of its name. */
export const TENSORBOARD_FOLDER = 'tensorboard';
/** Input channels of a job: most of them. */
export const MAX_CHANNELS = 20;
/** Metrics that SageMaker reads from the log: most of them, most characters of a name and of an expression. */
export const METRIC_LIMITS = { count: 40, nameLength: 255, valueLength: 500 } as const;
/** The rules that the expression of a metric breaks, for a construct and for a file: SageMaker takes the number from its group. */
export function brokenExpression(expression: string): readonly BrokenRule[] {
  if (hasOneGroup(expression)) return [];
  return [
    {
      must: "must be a regular expression with one group around the number, such as 'loss=([0-9.]+)'",
      fix: 'put the number into ( ), and what else is grouped into (?: )',
    },
  ];
}

/** Whether a text is a regular expression with exactly one capturing group, by what it matches against nothing. */
function hasOneGroup(expression: string): boolean {
  try {
    return new RegExp(`${expression}|`).exec('')!.length === 2;
  } catch {
    return false;
  }
}

/** File of a code folder, relative to it. */
export const ENTRY_POINT: TextPattern = {
  pattern: /^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./-]{1,255}\.(py|sh)$/,
  meaning: 'the path of a .py or .sh file inside the code folder, such as train.py',
};
/** Name of a team: a part of names and a value of tags. */
export const TEAM: TextPattern = {
  pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  meaning: 'lower-case letters, digits and single hyphens, beginning with a letter',
};
