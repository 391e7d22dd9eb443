import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Construct } from 'constructs';
import { LOG_GROUP } from '../aws/log-group';
import { claimPhysicalName } from '../aws/physical-name';
import { keepData, type Removal } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';

/** Logs that RDS can send of a PostgreSQL instance. */
export const DATABASE_LOGS = ['postgresql', 'upgrade'] as const;
/** Who connected and who changed tables: days to keep it, unless told otherwise; the year that audits ask for. */
export const DEFAULT_LOG_RETENTION_DAYS = 365;

/** What the log groups of one database need to know. */
export interface DatabaseLogsProps {
  /** Identifier of the instance or cluster. */
  readonly identifier: string;
  /** Whether `identifier` is that of an instance or of a cluster: RDS keeps their logs in different places. @default instance */
  readonly owner?: 'instance' | 'cluster';
  /** Logs that get a group, as RDS names them. @default - `postgresql` and `upgrade` */
  readonly logs?: readonly string[];
  readonly encryptionKey: IKey;
  /** @default 365 */
  readonly retentionDays?: number;
  /** @default retain */
  readonly removal?: Removal;
}

/** The log groups that RDS writes to, made before RDS would make them itself: without a key, and for ever. */
export class DatabaseLogs extends Construct {
  public readonly groups: CloudwatchLogGroup[];

  constructor(scope: Construct, id: string, props: DatabaseLogsProps) {
    super(scope, id);
    const { identifier, owner = 'instance', logs = DATABASE_LOGS, encryptionKey, removal } = props;
    const { retentionDays = DEFAULT_LOG_RETENTION_DAYS } = props;
    encryptionKey.allowLogs();
    this.groups = logs.map(
      (log) =>
        new CloudwatchLogGroup(this, log, {
          name: claimPhysicalName(this, LOG_GROUP, `/aws/rds/${owner}/${identifier}/${log}`),
          retentionInDays: retentionDays,
          kmsKeyId: encryptionKey.keyArn,
          lifecycle: keepData(this, removal),
        }),
    );
    if (retentionDays >= DEFAULT_LOG_RETENTION_DAYS) return;
    for (const group of this.groups) waive(group, 'a retention below a year was asked for', 'CKV_AWS_338');
  }
}
