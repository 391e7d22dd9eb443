import type { Guards } from '../cloud';

/** Guards of AWS resources. */
export const GUARDS: Guards = {
  lifted: {
    deletion_protection: false,
    deletion_protection_enabled: false,
    enable_deletion_protection: false,
    skip_destroy: false,
    force_destroy: true,
    force_delete: true,
    skip_final_snapshot: true,
  },
  implied: {
    aws_s3_bucket: 'force_destroy',
    aws_ecr_repository: 'force_delete',
    aws_athena_workgroup: 'force_destroy',
    aws_db_instance: 'skip_final_snapshot',
    aws_rds_cluster: 'skip_final_snapshot',
  },
};
