import type { Guards } from '../cloud';

/** Guards of AWS resources: all of the provider's schema that keep a resource, or what it holds, at its destruction. */
export const GUARDS: Guards = {
  lifted: {
    delete_protection: false,
    deletion_protection: false,
    deletion_protection_enabled: false,
    disable_api_termination: false,
    enable_deletion_protection: false,
    firewall_policy_change_protection: false,
    force_delete: true,
    force_destroy: true,
    preserve: false,
    retain_on_delete: false,
    retain_physical_resources: false,
    retain_stack: false,
    retain_stacks: false,
    skip_destroy: false,
    skip_final_backup: true,
    skip_final_snapshot: true,
    subnet_change_protection: false,
    termination_protection: false,
    termination_protection_enabled: false,
  },
  // words of their own where others have true and false, or a setting of what they make and not of themselves
  typed: {
    aws_elasticache_cluster: { final_snapshot_identifier: null }, // has no skip_final_snapshot
    aws_elasticache_replication_group: { final_snapshot_identifier: null },
    aws_memorydb_cluster: { final_snapshot_name: null },
    aws_cognito_user_pool: { deletion_protection: 'INACTIVE' },
    aws_launch_template: { disable_api_termination: undefined },
    aws_route53_resolver_firewall_rule_group_association: { mutation_protection: 'DISABLED' },
  },
  implied: {
    aws_athena_workgroup: 'force_destroy',
    aws_backup_vault: 'force_destroy',
    aws_cloudtrail_event_data_store: 'termination_protection_enabled',
    aws_db_instance: 'skip_final_snapshot',
    aws_docdb_cluster: 'skip_final_snapshot',
    aws_ecr_repository: 'force_delete',
    aws_iam_user: 'force_destroy',
    aws_lightsail_database: 'skip_final_snapshot',
    aws_neptune_cluster: 'skip_final_snapshot',
    aws_neptunegraph_graph: 'deletion_protection',
    aws_qldb_ledger: 'deletion_protection',
    aws_rds_cluster: 'skip_final_snapshot',
    aws_redshift_cluster: 'skip_final_snapshot',
    aws_route53_zone: 'force_destroy',
    aws_s3_bucket: 'force_destroy',
    aws_s3_directory_bucket: 'force_destroy',
  },
};
