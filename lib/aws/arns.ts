import type { TextPattern } from '../core/text-pattern';

/** Id of an AWS account. */
export const ACCOUNT_ID: TextPattern = { pattern: /^\d{12}$/, meaning: 'an account id of 12 digits' };
/** Name of a region. */
export const REGION: TextPattern = {
  pattern: /^[a-z]{2,}(-[a-z]+)+-\d+$/,
  meaning: 'an AWS region such as eu-north-1',
};
/** Name of a partition. */
export const PARTITION: TextPattern = {
  pattern: /^aws(-[a-z]+)*$/,
  meaning: 'a partition such as aws, aws-cn or aws-us-gov',
};

/** ARNs by what they name. A bare name in the place of an ARN matches nothing. */
export const ARN = {
  alarm: arn(
    'cloudwatch',
    '[^:]+:\\d{12}',
    'alarm:.{1,250}', // its name is a part of the cause of a run
    'an alarm with a name of at most 250 characters',
    'arn:aws:cloudwatch:eu-north-1:111122223333:alarm:drift',
  ),
  bucket: arn('s3', ':', '[a-z0-9][a-z0-9.-]+', 'a bucket', 'arn:aws:s3:::acme-raw'),
  eventBus: arn(
    'events',
    '[^:]+:\\d{12}',
    'event-bus/[\\w.\\/-]+',
    'an event bus',
    'arn:aws:events:eu-north-1:111122223333:event-bus/acme-approvals',
  ),
  featureGroup: arn(
    'sagemaker',
    '[^:]+:\\d{12}',
    'feature-group/.+',
    'a feature group',
    'arn:aws:sagemaker:eu-north-1:111122223333:feature-group/name',
  ),
  modelPackageGroup: arn(
    'sagemaker',
    '[^:]+:\\d{12}',
    'model-package-group/.+',
    'a model package group',
    'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/name',
  ),
  key: arn('kms', '[^:]+:\\d{12}', '(key|alias)/.+', 'a KMS key', 'arn:aws:kms:eu-north-1:111122223333:key/...'),
  oidcProvider: arn(
    'iam',
    ':\\d{12}',
    'oidc-provider/.+',
    'an OpenID Connect provider',
    'arn:aws:iam::111122223333:oidc-provider/...',
  ),
  pipeline: arn(
    'sagemaker',
    '[^:]+:\\d{12}',
    'pipeline/[^/]+',
    'a pipeline',
    'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/name',
  ),
  policy: arn(
    'iam',
    ':(\\d{12}|aws)',
    'policy/[\\w+=,.@/-]+',
    'a managed policy',
    'arn:aws:iam::111122223333:policy/name',
  ),
  repository: arn(
    'ecr',
    '[^:]+:\\d{12}',
    'repository/.+',
    'a repository',
    'arn:aws:ecr:eu-north-1:111122223333:repository/name',
  ),
  role: arn('iam', ':\\d{12}', 'role/.+', 'a role', 'arn:aws:iam::111122223333:role/name'),
  secret: arn(
    'secretsmanager',
    '[^:]+:\\d{12}',
    'secret:.+',
    'a secret',
    'arn:aws:secretsmanager:eu-north-1:111122223333:secret:...',
  ),
  stateMachine: arn(
    'states',
    '[^:]+:\\d{12}',
    'stateMachine:[\\w-]{1,80}',
    'a state machine',
    'arn:aws:states:eu-north-1:111122223333:stateMachine:name',
  ),
  topic: arn('sns', '[^:]+:\\d{12}', '[\\w-]{1,256}', 'a topic', 'arn:aws:sns:eu-north-1:111122223333:alerts'),
  trackingServer: arn(
    'sagemaker',
    '[^:]+:\\d{12}',
    'mlflow-tracking-server/.+',
    'a tracking server',
    'arn:aws:sagemaker:eu-north-1:111122223333:mlflow-tracking-server/name',
  ),
} as const;

function arn(service: string, place: string, resource: string, what: string, example: string): TextPattern {
  return {
    pattern: new RegExp(`^arn:aws[a-z-]*:${service}:${place}:${resource}$`),
    meaning: `the ARN of ${what} such as ${example}`,
  };
}

/** The partition of a region, from its name. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

/** The domain of a partition's service endpoints. */
export function urlSuffixOf(partition: string): string {
  if (partition === 'aws-cn') return 'amazonaws.com.cn';
  if (partition === 'aws-eusc') return 'amazonaws.eu';
  return 'amazonaws.com';
}
