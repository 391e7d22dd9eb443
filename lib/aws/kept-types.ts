type Attributes = Readonly<Record<string, unknown>>;

/** What is known of a type of resource that is kept, with attributes as Terraform spells them. */
export interface KeptType {
  /** E.g. `image repository`. */
  readonly noun: string;
  /** Attribute that tells one from another. */
  readonly label: string;
  /** Attributes whose change replaces the resource, or makes it something else; of a block as `block.attribute`. */
  readonly replacedBy: readonly string[];
  /** What to do in place of such a change. @default - nothing of its own */
  readonly instead?: string;
  /** Whether its loss loses data; otherwise it is an outage. */
  readonly holdsData: boolean | ((attributes: Attributes) => boolean);
  /** Values in the state with which the service or the provider lets Terraform destroy it. @default - it always does */
  readonly consent?: Attributes;
}

const REPLACE_DATABASE = ['db_name', 'database_name', 'engine', 'kms_key_id', 'storage_encrypted'];
const DATABASE = { noun: 'database', holdsData: true, consent: { deletion_protection: false } } as const;

/** Types of AWS resources that constructs keep. Replacing attributes: from plans of provider 5.100 and its schema. */
export const KEPT_TYPES: Readonly<Record<string, KeptType>> = {
  aws_athena_workgroup: {
    noun: 'query workgroup',
    label: 'name',
    replacedBy: ['name'],
    holdsData: true,
    consent: { force_destroy: true },
  },
  aws_cloudwatch_log_group: {
    noun: 'log group',
    label: 'name',
    replacedBy: ['log_group_class', 'name'],
    holdsData: true,
  },
  aws_db_instance: { ...DATABASE, label: 'identifier', replacedBy: [...REPLACE_DATABASE, 'username'] },
  aws_ecr_repository: {
    noun: 'image repository',
    label: 'name',
    replacedBy: ['encryption_configuration', 'name'],
    holdsData: true,
    consent: { force_delete: true },
  },
  aws_efs_file_system: {
    noun: 'EFS file system',
    label: 'creation_token',
    replacedBy: ['availability_zone_name', 'creation_token', 'encrypted', 'kms_key_id', 'performance_mode'],
    holdsData: true,
  },
  aws_eip: { noun: 'public address', label: 'tags.Name', replacedBy: ['domain'], holdsData: false },
  aws_glue_catalog_database: {
    noun: 'catalog database',
    label: 'name',
    replacedBy: ['catalog_id', 'name'],
    holdsData: true,
  },
  aws_glue_catalog_table: {
    noun: 'catalog table',
    label: 'name',
    // with another table format the provider updates the entry, in which Glue neither makes nor removes an Iceberg table
    replacedBy: ['catalog_id', 'database_name', 'name', 'open_table_format_input'],
    // an Iceberg table is its pointer in the catalog; any other can be declared again over the same files
    holdsData: ({ open_table_format_input: iceberg }) =>
      Array.isArray(iceberg) ? iceberg.length > 0 : iceberg != null,
  },
  aws_internet_gateway: { noun: 'internet gateway', label: 'tags.Name', replacedBy: [], holdsData: false },
  aws_kms_key: {
    noun: 'encryption key',
    label: 'description',
    replacedBy: ['customer_master_key_spec', 'key_usage', 'multi_region'],
    holdsData: true,
  },
  aws_mwaa_environment: {
    noun: 'Airflow environment',
    label: 'name',
    // another major version would replace it too; a `FixedChoice` keeps it
    replacedBy: ['endpoint_management', 'kms_key', 'name', 'network_configuration.subnet_ids'],
    holdsData: true, // the history of runs
  },
  aws_nat_gateway: {
    noun: 'NAT gateway',
    label: 'tags.Name',
    replacedBy: ['allocation_id', 'connectivity_type', 'subnet_id'],
    holdsData: false,
  },
  aws_opensearch_domain: {
    noun: 'OpenSearch domain',
    label: 'domain_name',
    replacedBy: [
      'advanced_security_options.enabled',
      'domain_name',
      'encrypt_at_rest.enabled',
      'encrypt_at_rest.kms_key_id',
      'node_to_node_encryption.enabled',
      'vpc_options',
    ],
    instead: 'make a domain with another name, ship there too, and release this one when its days are over',
    holdsData: true,
  },
  aws_rds_cluster: {
    ...DATABASE,
    label: 'cluster_identifier',
    replacedBy: [...REPLACE_DATABASE, 'cluster_identifier', 'db_subnet_group_name', 'engine_mode', 'master_username'],
  },
  aws_s3_bucket: {
    noun: 'bucket',
    label: 'bucket',
    replacedBy: ['bucket', 'object_lock_enabled'],
    holdsData: true,
    consent: { force_destroy: true },
  },
  aws_sagemaker_feature_group: {
    noun: 'feature group',
    label: 'feature_group_name',
    replacedBy: [
      'event_time_feature_name',
      'feature_definition',
      'feature_group_name',
      'offline_store_config',
      'online_store_config.enable_online_store',
      'online_store_config.security_config',
      'online_store_config.storage_type',
      'record_identifier_feature_name',
    ],
    instead: "raise its 'version', which makes a new group, and release this one when nobody reads it any more",
    // without an online store, its records are objects of the zone, which stay
    holdsData: ({ online_store_config: online }) => (Array.isArray(online) ? online.length > 0 : online != null),
  },
  aws_sagemaker_domain: {
    noun: 'notebook domain',
    label: 'domain_name',
    // the subnets would replace it too, and are ignored
    replacedBy: ['auth_mode', 'domain_name', 'kms_key_id', 'vpc_id'],
    holdsData: true,
  },
  aws_sagemaker_mlflow_tracking_server: {
    noun: 'tracking server',
    label: 'tracking_server_name',
    replacedBy: ['mlflow_version', 'role_arn', 'tracking_server_name'],
    instead: 'make another server, copy the runs that are needed with mlflow-export-import, and release this one',
    holdsData: true,
  },
  aws_sagemaker_model_package_group: {
    noun: 'model package group',
    label: 'model_package_group_name',
    replacedBy: ['model_package_group_name'], // the description is ignored
    holdsData: true,
  },
  aws_sagemaker_space: {
    noun: 'notebook space',
    label: 'space_name',
    replacedBy: ['domain_id', 'space_name'],
    holdsData: true,
  },
  aws_s3_directory_bucket: {
    noun: 'directory bucket',
    label: 'bucket',
    replacedBy: ['bucket', 'data_redundancy', 'location', 'type'],
    holdsData: true,
    consent: { force_destroy: true },
  },
  aws_subnet: {
    noun: 'subnet',
    label: 'tags.Name',
    replacedBy: ['cidr_block', 'vpc_id'],
    holdsData: false,
  },
  aws_vpc: { noun: 'VPC', label: 'tags.Name', replacedBy: ['cidr_block', 'instance_tenancy'], holdsData: false },
};

/** What is known of a type; of any other type, that it holds data. */
export function keptType(type: string): KeptType {
  return KEPT_TYPES[type] ?? { noun: type, label: 'name', replacedBy: [], holdsData: true };
}

/** A resource in words: `bucket 'acme-dev-raw'`. */
export function inWords(type: string, attributes: Attributes): string {
  const { noun, label } = keptType(type);
  const value = label.split('.').reduce<unknown>((part, key) => (part as Attributes | undefined)?.[key], attributes);
  return typeof value === 'string' ? `${noun} '${value}'` : noun;
}

/** Whether the loss of a resource loses data. */
export function holdsData(type: string, attributes: Attributes): boolean {
  const { holdsData: holds } = keptType(type);
  return typeof holds === 'function' ? holds(attributes) : holds;
}
