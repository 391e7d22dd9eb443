import type { AwsNameKind } from '../../aws/name-kind';

/** Names of definitions of jobs. */
export const JOB_DEFINITION: AwsNameKind = { kind: 'job definition', maxLength: 63, uniqueIn: 'region' };
/** Names of schedules of Model Monitor. */
export const MONITORING_SCHEDULE: AwsNameKind = { kind: 'monitoring schedule', maxLength: 63, uniqueIn: 'region' };

/** The day since which AWS takes no new customers of Model Monitor. */
export const MODEL_MONITOR_CLOSED = '2026-07-30';
/** Hours between two runs: a day at most, on the hour; SageMaker knows no other schedules. */
export const EVERY_HOURS = { min: 1, max: 24 } as const;
/** SageMaker stops a run of a monitor within the hour if the monitor runs hourly, else within a day. */
export const MONITOR_MINUTES = { hourly: 60, daily: 1440 } as const;

/** Repository of the analyzer in the registries of {@link ANALYZER_ACCOUNTS}. */
export const ANALYZER = 'sagemaker-model-monitor-analyzer';
/** Accounts of AWS with the analyzer, by region: the table `model-monitor` of the SageMaker Python SDK 2.257.7. */
export const ANALYZER_ACCOUNTS: Readonly<Record<string, string>> = {
  'af-south-1': '875698925577',
  'ap-east-1': '001633400207',
  'ap-northeast-1': '574779866223',
  'ap-northeast-2': '709848358524',
  'ap-northeast-3': '990339680094',
  'ap-south-1': '126357580389',
  'ap-southeast-1': '245545462676',
  'ap-southeast-2': '563025443158',
  'ap-southeast-3': '669540362728',
  'ca-central-1': '536280801234',
  'cn-north-1': '453000072557',
  'cn-northwest-1': '453252182341',
  'eu-central-1': '048819808253',
  'eu-central-2': '590183933784',
  'eu-north-1': '895015795356',
  'eu-south-1': '933208885752',
  'eu-south-2': '437450045455',
  'eu-west-1': '468650794304',
  'eu-west-2': '749857270468',
  'eu-west-3': '680080141114',
  'il-central-1': '843974653677',
  'me-central-1': '588750061953',
  'me-south-1': '607024016150',
  'sa-east-1': '539772159869',
  'us-east-1': '156813124566',
  'us-east-2': '777275614652',
  'us-west-1': '890145073186',
  'us-west-2': '159807026194',
};
