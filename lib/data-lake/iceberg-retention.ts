import {
  GlueCatalogTableOptimizer,
  type GlueCatalogTableOptimizerConfiguration,
} from '@cdktf/provider-aws/lib/glue-catalog-table-optimizer';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { Properties } from '../core/properties';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import { SNAPSHOT_DAYS } from './lake-limits';
import type { ITable } from './table';
import { catalogStatement } from './zone';

/** Snapshots that are kept at any age. The last one is the table itself. */
export const MIN_SNAPSHOTS = 1;
/** Log groups that Glue writes to, one for each optimizer. */
const LOG_GROUPS = ['iceberg-retention', 'iceberg-orphan-file-deletion'];

export interface IcebergRetentionProps {
  /** Table in format Iceberg. */
  readonly table: ITable;
  /** Days that snapshots and unneeded files are kept. A write must not take longer. */
  readonly snapshotDays: number;
}

/**
 * Deletes the snapshots of an Iceberg table after some days, with the files that only they need, and the files that no
 * snapshot needs, e.g. of a failed write. Glue does both once a day (table optimizers).
 *
 * S3 lifecycle rules cannot do it: they see the age of a file, not whether the table needs it. Deleted files remain as
 * versions for the `noncurrentVersionDays` of the bucket.
 *
 * Costs for each hour of a data processing unit that Glue's optimizers run. Destroying it stops them; snapshots and
 * files stay.
 */
export class IcebergRetention extends Construct {
  public readonly role: Role;
  /** The underlying optimizer of snapshots. */
  public readonly resource: GlueCatalogTableOptimizer;

  constructor(scope: Construct, id: string, props: IcebergRetentionProps) {
    super(scope, id);
    Properties.need(this, props, 'table', 'snapshotDays');
    const { table, snapshotDays } = props;
    Properties.of(this).integer('snapshotDays', snapshotDays, SNAPSHOT_DAYS).throwIfInvalid();

    this.role = new Role(this, 'Role', { assumedBy: Principal.service('glue.amazonaws.com') });
    this.allow(table);
    this.resource = this.optimizer('Resource', table, 'retention', {
      retentionConfiguration: [
        {
          icebergConfiguration: [
            {
              snapshotRetentionPeriodInDays: snapshotDays,
              numberOfSnapshotsToRetain: MIN_SNAPSHOTS,
              cleanExpiredFiles: true,
            },
          ],
        },
      ],
    });
    this.optimizer('Orphans', table, 'orphan_file_deletion', {
      orphanFileDeletionConfiguration: [
        { icebergConfiguration: [{ orphanFileRetentionPeriodInDays: snapshotDays, location: table.location }] },
      ],
    });
  }

  private optimizer(
    id: string,
    table: ITable,
    type: string,
    what: Partial<GlueCatalogTableOptimizerConfiguration>,
  ): GlueCatalogTableOptimizer {
    return new GlueCatalogTableOptimizer(this, id, {
      catalogId: Aws.of(this).account,
      databaseName: table.zone.databaseName,
      tableName: table.tableName,
      type,
      configuration: [{ enabled: true, roleArn: this.role.roleArn, ...what }],
      dependsOn: [this.role.policy], // Glue checks it at once
    });
  }

  /** As Glue's guide lists it (table optimization prerequisites): for this table, and the names in its bucket. */
  private allow(table: ITable): void {
    const { bucket, databaseName } = table.zone;
    const aws = Aws.of(this);
    this.role.addToPolicy({
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: [`${bucket.bucketArn}/${table.prefix}/*`],
    });
    this.role.addToPolicy({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }); // whole: see IBucket.grantRead
    bucket.encryptionKey?.grantEncrypt(this.role);
    bucket.encryptionKey?.grantDecrypt(this.role);
    this.role.addToPolicy(catalogStatement(this, ['glue:GetTable', 'glue:UpdateTable'], databaseName, table.tableName));
    this.role.addToPolicy({
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: LOG_GROUPS.map((name) => aws.arn('logs', `log-group:/aws-glue/${name}/logs:*`)),
    });
  }
}
