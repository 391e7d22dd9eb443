import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { LOG_GROUP } from '../aws/log-group';
import { claimPhysicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';

/** Logs that RDS can export from a PostgreSQL instance. */
export const DATABASE_LOGS = ['postgresql', 'upgrade'] as const;
/** Default days to keep connections and changes of tables: the year that audits require. */
export const DEFAULT_LOG_RETENTION_DAYS = 365;

/** Properties of the log groups of one database. */
export interface DatabaseLogsProps {
  /** Identifier of the instance or cluster. */
  readonly identifier: string;
  /** What `identifier` names: RDS uses different log groups for instances and clusters. @default instance */
  readonly owner?: 'instance' | 'cluster';
  /** Logs that get a group, by their RDS names. @default - `postgresql` and `upgrade` */
  readonly logs?: readonly string[];
  readonly encryptionKey: IKey;
  /** @default 365 */
  readonly retentionDays?: number;
  /** @default retain */
  readonly removal?: Removal;
}

/**
 * The log groups that RDS writes to. Without them, RDS creates its own, which have no key and never expire.
 *
 * Costs for each gigabyte written and for each gigabyte-month kept. Destroying them deletes the logs if both keys say
 * destroy; otherwise Terraform refuses.
 */
export class DatabaseLogs extends Construct {
  public readonly groups: CloudwatchLogGroup[];

  constructor(scope: Construct, id: string, props: DatabaseLogsProps) {
    super(scope, id);
    Properties.need(this, props, 'identifier', 'encryptionKey');
    Properties.of(this)
      .known(props, 'logs')
      .known({ logs: Object.fromEntries((props.logs ?? []).map((log) => [log, log])) }, 'logs') // each is an id
      .oneOf('owner', props.owner, ['instance', 'cluster'])
      .throwIfInvalid();
    const { identifier, owner = 'instance', logs = DATABASE_LOGS, encryptionKey, removal } = props;
    const { retentionDays = DEFAULT_LOG_RETENTION_DAYS } = props;
    encryptionKey.allowLogs();
    this.groups = logs.map(
      (log) =>
        new CloudwatchLogGroup(this, log, {
          name: claimPhysicalName(this, LOG_GROUP, `/aws/rds/${owner}/${identifier}/${log}`),
          retentionInDays: retentionDays,
          kmsKeyId: encryptionKey.keyArn,
          skipDestroy: !mayDestroy(this, removal), // also when the log group leaves the configuration, and its `lifecycle` with it
          lifecycle: keepData(this, removal),
        }),
    );
    if (Token.isUnresolved(retentionDays) || retentionDays >= DEFAULT_LOG_RETENTION_DAYS) return;
    for (const group of this.groups) waive(group, "'logRetentionDays' is less than a year", 'CKV_AWS_338');
  }
}
