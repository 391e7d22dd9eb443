import { stringify } from 'yaml';
import { Template, testApp } from '../../lib/testing';
import { loadEnvironment, Platform, parseEnvironment } from '../../stacks';

/*
 * What the AWS provider does with values of the resources that the platform has (5.100). A new type of resource fails
 * here until both tables have a decision for it.
 */

const FAST = stringify({
  project: 'acme',
  environment: 'fast',
  account: '111122223333',
  region: 'eu-north-1',
  owner: 'ml@acme.example',
  profile: 'kubernetes',
  network: { cidr: '10.0.0.0/16', nat: 'single' },
  registry: { database: { engine: 'rds', storageGb: 500 } },
});
const AURORA = FAST.replace('environment: fast', 'environment: aurora').replace(
  /database:\n[\s\S]*$/,
  'database: { engine: aurora, readers: 1 }\n',
);

const environments = [
  loadEnvironment('environments/dev.yaml'),
  loadEnvironment('environments/prod.yaml'),
  parseEnvironment(FAST, 'fast.yaml'),
  parseEnvironment(AURORA, 'aurora.yaml'),
];

/** Every resource by its type. */
const resources = new Map<string, Record<string, any>[]>();
for (const environment of environments) {
  const app = testApp();
  new Platform(app, environment);
  for (const template of Object.values(Template.all(app))) {
    for (const [type, all] of Object.entries((template.json as any).resource ?? {})) {
      resources.set(type, [...(resources.get(type) ?? []), ...Object.values(all as object)]);
    }
  }
}

/**
 * Values that the provider reads back if they are not written, and sends again with other changes: the service then gets
 * a value that no longer fits. They are written, where the service accepts it.
 */
const SENT_AGAIN: Record<string, readonly string[]> = {
  // the version is read back too, and is part of no update; written, it would replace the server when the default moves
  aws_sagemaker_mlflow_tracking_server: ['tracking_server_size', 'weekly_maintenance_window_start'],
  aws_db_instance: [
    'backup_retention_period',
    'backup_window',
    'ca_cert_identifier',
    'database_insights_mode',
    'engine_lifecycle_support',
    'engine_version',
    'maintenance_window',
    'multi_az',
    'parameter_group_name', // of the old major version at an upgrade
    'performance_insights_retention_period',
    'storage_type',
  ],
  aws_rds_cluster: [
    'backup_retention_period',
    'database_insights_mode',
    'db_cluster_parameter_group_name', // as above
    'engine_lifecycle_support',
    'engine_version',
    'performance_insights_retention_period',
    'preferred_maintenance_window',
    'storage_type',
  ],
  aws_rds_cluster_instance: ['ca_cert_identifier', 'publicly_accessible'],
  aws_mwaa_environment: [
    'airflow_version', // unset is the newest
    'endpoint_management',
    'environment_class',
    'max_webservers',
    'max_workers',
    'min_webservers',
    'min_workers',
    'schedulers',
    'webserver_access_mode',
    'weekly_maintenance_window_start',
  ],
  aws_glue_job: ['glue_version', 'number_of_workers', 'timeout', 'worker_type'], // UpdateJob replaces the whole job
  aws_vpc_endpoint: ['policy'],
  aws_api_gateway_rest_api: ['policy', 'binary_media_types'],
  aws_vpc: ['enable_dns_hostnames'],
  aws_efs_file_system: ['encrypted', 'kms_key_id', 'performance_mode', 'throughput_mode', 'protection'],
  aws_fsx_lustre_file_system: ['deployment_type', 'storage_type', 'data_compression_type', 'log_configuration'],
  aws_fsx_data_repository_association: ['s3'],
  aws_opensearch_domain: ['access_policies', 'engine_version', 'off_peak_window_options', 'software_update_options'],
};

/** What becomes of a resource when its text changes. Replacing one in use is an outage, or fails. */
const TEXTS: Record<string, 'updated' | 'replaced'> = {
  aws_api_gateway_rest_api: 'updated',
  aws_athena_workgroup: 'updated',
  aws_cloudwatch_composite_alarm: 'updated',
  aws_cloudwatch_event_rule: 'updated',
  aws_cloudwatch_metric_alarm: 'updated',
  aws_db_parameter_group: 'replaced',
  aws_db_subnet_group: 'updated',
  aws_ecr_repository_creation_template: 'updated',
  aws_glue_catalog_database: 'updated',
  aws_glue_catalog_table: 'updated',
  aws_glue_data_quality_ruleset: 'updated',
  aws_glue_job: 'updated',
  aws_iam_role: 'updated',
  aws_kms_key: 'updated',
  aws_lambda_function: 'updated',
  aws_rds_cluster_parameter_group: 'replaced',
  aws_sagemaker_feature_group: 'replaced',
  aws_scheduler_schedule: 'updated',
  aws_security_group: 'replaced',
  aws_vpc_security_group_egress_rule: 'updated',
  aws_vpc_security_group_ingress_rule: 'updated',
};

/** Types without a value of either kind, or whose values the service does not relate to one another. */
const PLAIN = `aws_api_gateway_api_key aws_api_gateway_deployment aws_api_gateway_method_settings aws_api_gateway_stage
  aws_api_gateway_usage_plan aws_api_gateway_usage_plan_key
  aws_cloudwatch_log_stream aws_cloudwatch_log_subscription_filter aws_kinesis_firehose_delivery_stream
  aws_lambda_function_event_invoke_config
  aws_cloudwatch_dashboard aws_cloudwatch_log_metric_filter aws_cloudwatch_log_resource_policy aws_lambda_permission
  aws_sns_topic aws_sns_topic_policy aws_sns_topic_subscription
  aws_cloudwatch_event_bus aws_cloudwatch_event_bus_policy aws_cloudwatch_event_target
  aws_sagemaker_model_package_group aws_sagemaker_model_package_group_policy aws_sagemaker_pipeline aws_sqs_queue
  aws_sqs_queue_policy aws_dynamodb_table aws_sfn_state_machine aws_s3_bucket_notification
  aws_cloudwatch_log_group aws_default_security_group aws_ecr_lifecycle_policy aws_ecr_pull_through_cache_rule
  aws_ecr_repository aws_eip aws_flow_log aws_glue_security_configuration aws_iam_role_policy
  aws_iam_role_policy_attachment aws_internet_gateway aws_kms_alias aws_nat_gateway aws_route aws_route_table
  aws_route_table_association aws_s3_bucket aws_s3_bucket_lifecycle_configuration aws_s3_bucket_logging
  aws_s3_bucket_object_lock_configuration aws_s3_bucket_ownership_controls aws_s3_bucket_policy
  aws_s3_bucket_public_access_block aws_s3_bucket_server_side_encryption_configuration aws_s3_bucket_versioning
  aws_batch_compute_environment aws_batch_job_definition aws_batch_job_queue aws_batch_scheduling_policy
  aws_efs_access_point aws_efs_backup_policy aws_efs_file_system_policy aws_efs_mount_target
  aws_iam_instance_profile aws_launch_template
  aws_lambda_invocation aws_sagemaker_model aws_sagemaker_endpoint_configuration aws_sagemaker_endpoint
  aws_appautoscaling_target aws_appautoscaling_policy aws_appautoscaling_scheduled_action
  aws_s3_directory_bucket aws_s3_object aws_sagemaker_domain aws_sagemaker_space aws_sagemaker_user_profile aws_subnet`.split(
  /\s+/,
);

test('every type of resource is in one of the tables', () => {
  const decided = [...Object.keys(SENT_AGAIN), ...Object.keys(TEXTS), ...PLAIN];
  expect([...resources.keys()].filter((type) => type.startsWith('aws_') && !decided.includes(type))).toEqual([]);
});

test.each(Object.entries(SENT_AGAIN))('%s writes what the provider would send again', (type, names) => {
  expect(resources.get(type)).toBeDefined();
  for (const resource of resources.get(type)!) {
    expect(names.filter((name) => resource[name] === undefined)).toEqual([]);
  }
});

test('an instance writes its IOPS and throughput from 400 GiB on, and below it neither, which RDS refuses', () => {
  const written = resources
    .get('aws_db_instance')!
    .map(({ allocated_storage, iops, storage_throughput }) => [allocated_storage, iops, storage_throughput]);
  expect(written).toContainEqual([500, 12_000, 500]);
  expect(written).toContainEqual([100, undefined, undefined]);
});

test('a node of a domain writes IOPS and throughput, of which a larger volume has more', () => {
  const [{ ebs_options: volume }] = resources.get('aws_opensearch_domain')! as [any];
  expect(volume).toMatchObject({ volume_size: 300, iops: 3000, throughput: 250 });
});

test('every resource with a description is in the table of texts', () => {
  const described = [...resources].filter(([, all]) => all.some(({ description }) => description !== undefined));
  expect(described.map(([type]) => type).filter((type) => !(type in TEXTS))).toEqual([]);
});

test.each(Object.entries(TEXTS).filter(([, change]) => change === 'replaced'))(
  '%s keeps the text with which it was created: another one would replace it',
  (type) => {
    expect(resources.get(type)).toBeDefined();
    for (const { lifecycle } of resources.get(type)!) expect(lifecycle?.ignore_changes).toContain('description');
  },
);
