import { Aws } from '../../aws/aws';
import type { IKey } from '../../encryption/key';
import type { Role } from '../../iam/role';
import type { IBucket } from '../../storage/bucket';

/** What the execution role is limited to. */
export interface ExecutionRoleProps {
  readonly airflowName: string;
  readonly airflowArn: string;
  readonly bucket: IBucket;
  readonly encryptionKey: IKey;
  readonly secretsPrefix: string;
  readonly secretsKey: IKey;
}

/** Services that assume the role of schedulers, workers and web servers. */
export const AIRFLOW_SERVICES = ['airflow.amazonaws.com', 'airflow-env.amazonaws.com'] as const;

/**
 * Allows the role of schedulers, workers and web servers what MWAA requires (MWAA guide, "Amazon MWAA execution role"), each
 * action by its name, and to read the secrets below the prefix.
 */
export function allowExecution(role: Role, props: ExecutionRoleProps): void {
  const { airflowName, airflowArn } = props;
  const aws = Aws.of(role);
  role.addToPolicy({ actions: ['airflow:PublishMetrics'], resources: [airflowArn] });
  allowFiles(role, props.bucket);
  role.addToPolicy({
    actions: [
      'logs:CreateLogStream',
      'logs:CreateLogGroup',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:GetLogRecord',
      'logs:GetLogGroupFields',
      'logs:GetQueryResults',
      'logs:DescribeLogStreams', // not in the guide: the web server finds the logs of deferred tasks with it, and leaves them out without
    ],
    resources: [aws.arn('logs', `log-group:airflow-${airflowName}-*`)],
  });
  // neither names a resource: CloudWatch and Logs authorize these two for the whole account
  role.addToPolicy({ actions: ['logs:DescribeLogGroups', 'cloudwatch:PutMetricData'], resources: ['*'] });
  role.addToPolicy({
    actions: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    resources: [aws.arn('sqs', 'airflow-celery-*', { account: '*' })], // MWAA keeps the queue of the workers in an account of its own
  });
  allowKey(role, props);
  const { secretsPrefix } = props;
  role.addToPolicy({
    actions: ['secretsmanager:GetSecretValue'],
    resources: ['connections', 'variables'].map((kind) =>
      aws.arn('secretsmanager', `secret:${secretsPrefix}/${kind}/*`),
    ),
  });
}

/** MWAA checks with the role that the bucket is versioned and private, and reads files in the versions that are set. */
function allowFiles(role: Role, { bucketArn }: IBucket): void {
  role.addToPolicy({
    actions: [
      's3:ListBucket',
      's3:ListBucketVersions',
      's3:GetBucketLocation',
      's3:GetBucketVersioning',
      's3:GetBucketPublicAccessBlock',
      's3:GetBucketPolicyStatus',
      's3:GetEncryptionConfiguration',
    ],
    resources: [bucketArn],
  });
  role.addToPolicy({ actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: [`${bucketArn}/*`] });
  // it names no resource: the block is the account's own
  role.addToPolicy({ actions: ['s3:GetAccountPublicAccessBlock'], resources: ['*'] });
}

/** Through the services that MWAA names, and Secrets Manager for the secrets. */
function allowKey(role: Role, { encryptionKey, secretsKey }: ExecutionRoleProps): void {
  const { region, urlSuffix } = Aws.of(role);
  const via = (...services: string[]) => ({
    StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${region}.${urlSuffix}`) },
  });
  const isShared = secretsKey === encryptionKey;
  role.addToPolicy({
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:Encrypt',
    ],
    resources: [encryptionKey.keyArn],
    conditions: via('sqs', 's3', ...(isShared ? ['secretsmanager'] : [])),
  });
  if (isShared) return;
  role.addToPolicy({ actions: ['kms:Decrypt'], resources: [secretsKey.keyArn], conditions: via('secretsmanager') });
}
