import type { AwsNameKind } from '../../aws/name-kind';

/** Names of processing jobs, before what makes each run's name its own: SageMaker allows 63 characters, and a hash takes 33. */
export const PROGRAM_JOB: AwsNameKind = {
  kind: 'SageMaker processing job',
  maxLength: 30,
  uniqueIn: 'region',
  property: 'id',
};

/** Folder of a container in which a processing job finds its program. */
export const PROGRAM_PATH = '/opt/ml/processing/input/code';
/** Default of the longest run of a program in minutes. */
export const DEFAULT_PROGRAM_MINUTES = 60;
