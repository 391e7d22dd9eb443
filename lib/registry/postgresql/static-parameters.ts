/**
 * Parameters that apply only at a restart, of PostgreSQL 14 to 18 (`postgres --describe-config`, context `postmaster`)
 * and of the extensions and features of RDS. RDS refuses them with the apply method `immediate`.
 */
const STATIC_PARAMETERS = new Set(
  `archive_mode autovacuum_freeze_max_age autovacuum_multixact_freeze_max_age autovacuum_worker_slots
  bonjour bonjour_name cluster_name commit_timestamp_buffers data_directory data_sync_retry dynamic_shared_memory_type
  event_source external_pid_file hba_file hot_standby huge_page_size huge_pages ident_file io_max_combine_limit
  io_max_concurrency io_method jit_provider listen_addresses logging_collector max_active_replication_origins
  max_connections max_files_per_process max_locks_per_transaction max_logical_replication_workers max_notify_queue_pages
  max_pred_locks_per_transaction max_prepared_transactions max_replication_slots max_wal_senders max_worker_processes
  min_dynamic_shared_memory multixact_member_buffers multixact_offset_buffers notify_buffers old_snapshot_threshold port
  recovery_target recovery_target_action recovery_target_inclusive recovery_target_lsn recovery_target_name
  recovery_target_time recovery_target_timeline recovery_target_xid reserved_connections serializable_buffers
  shared_buffers shared_memory_type shared_preload_libraries subtransaction_buffers superuser_reserved_connections
  track_activity_query_size track_commit_timestamp transaction_buffers unix_socket_directories unix_socket_group
  unix_socket_permissions wal_buffers wal_decode_buffer_size wal_level wal_log_hints
  apg_plan_mgmt.max_databases apg_plan_mgmt.max_plans cron.database_name cron.host cron.log_run cron.log_statement
  cron.max_running_jobs cron.use_background_workers pg_stat_statements.max
  rds.custom_dns_resolution rds.enable_plan_management rds.logical_replication rds.restrict_password_commands`.split(
    /\s+/,
  ),
);

/** Static until PostgreSQL 17, dynamic since 18. */
const STATIC_UNTIL_17 = 'autovacuum_max_workers';

/** Whether a parameter applies only at a restart, for a version of PostgreSQL. */
export function isStaticParameter(name: string, majorVersion: string): boolean {
  if (name === STATIC_UNTIL_17) return Number(majorVersion) <= 17;
  return STATIC_PARAMETERS.has(name);
}
