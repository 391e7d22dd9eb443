import type { Override } from '../cloud';

/**
 * Every AWS resource type that a rehearsal overrides, with the reason: a limit of the emulators. Constructs are not
 * weakened for them. A type that fails and is not listed fails the rehearsal. If a service only forgets or confuses a
 * value, correct it in `patches.ts` instead: the resource is then applied.
 */
export const OVERRIDES: Readonly<Record<string, Override>> = {
  aws_ecr_pull_through_cache_rule: { reason: 'the emulator has no pull-through cache' },
  aws_ecr_repository_creation_template: { reason: 'the emulator has no repository creation templates' },
  aws_fsx_data_repository_association: { reason: 'the emulator has no file systems of FSx' },
  aws_fsx_lustre_file_system: {
    reason: 'the emulator has no file systems of FSx',
    values: { id: 'fs-0123456789abcdef0', mount_name: 'abcdefgh' }, // the form of the id is checked
  },
  aws_glue_catalog_table_optimizer: { reason: 'the emulator has no table optimizers' },
  aws_glue_job: {
    reason: 'the emulator reports an execution class that was never set',
    when: ({ execution_class }) => execution_class === undefined,
  },
  aws_kinesis_firehose_delivery_stream: { reason: 'the emulator has no delivery to OpenSearch' },
  aws_lambda_invocation: { reason: 'the emulator runs functions in Docker only', values: { result: '{}' } },
  aws_glue_registry: { reason: 'the emulator forgets tags of schema registries' },
  aws_opensearch_domain: {
    reason: 'the emulator makes no domain in a VPC, and cannot update one',
    values: { endpoint: 'vpc-logs-stand-in.eu-north-1.es.amazonaws.com' },
  },
  aws_opensearch_domain_saml_options: { reason: 'the emulator has no sign-in of domains' },
  aws_sagemaker_mlflow_tracking_server: { reason: 'the emulator has no tracking servers' },
  aws_s3_bucket_policy: {
    reason: 'the emulator has no directory buckets',
    when: ({ bucket }) => `${bucket}`.includes('aws_s3_directory_bucket.'),
  },
  aws_s3_directory_bucket: {
    reason: 'the emulator has no directory buckets',
    values: { arn: 'arn:aws:s3express:eu-north-1:111122223333:bucket/stand-in--eun1-az1--x-s3' }, // IAM checks its form
  },
  aws_s3_bucket_request_payment_configuration: { reason: 'the emulator always lets the owner pay' },
  aws_s3_bucket_intelligent_tiering_configuration: { reason: 'the emulator has no archive tiers' },
};
