import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../aws/log-group';
import { Properties } from '../core/properties';
import type { Removal } from '../core/removal';
import { NAME, type TextPattern } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import type { INetwork } from '../network/network';
import { type DatabaseParameters, validateParameters } from './database-parameters';
import { DEFAULT_BACKUP_WINDOW, DEFAULT_MAINTENANCE_WINDOW, validateWindows } from './database-windows';
import {
  BACKUP_RETENTION_DAYS,
  INSTANCE_CLASS,
  leastMaxStorageGb,
  POSTGRESQL_VERSION,
  STORAGE_LIMITS_GB,
} from './registry-limits';

/** Where PostgreSQL listens. */
export const POSTGRESQL_PORT = 5432;
/** Seconds between two samples of the operating system; 0 takes none. */
export const MONITORING_INTERVALS = [0, 1, 5, 10, 15, 30, 60] as const;
/** Days that statistics of statements are kept: without a charge, and what the advanced mode of Database Insights demands. */
export const INSIGHTS_DAYS = { standard: 7, advanced: 465 } as const;

/** What a database is like unless told otherwise. */
export const DATABASE_DEFAULTS = {
  /** Major version; RDS supports it until February 2030. */
  version: '17',
  databaseName: 'registry',
  masterUsername: 'postgres',
  /** Costs nothing and admits nobody until a user of the database is given the role `rds_iam`. */
  iamAuthentication: true,
  /** A zone's failure, a patch or a larger instance then means a minute of silence, not an hour. */
  multiAz: true,
  storageGb: STORAGE_LIMITS_GB.min,
  /** Room for a registry's first years, without a limit that a runaway query meets too late. */
  maxStorageGb: (storageGb: number): number | undefined =>
    Token.isUnresolved(storageGb) ? undefined : Math.min(storageGb * 5, STORAGE_LIMITS_GB.max),
  /** Damage done before a holiday can still be undone after it. */
  backupRetentionDays: 14,
  backupWindow: DEFAULT_BACKUP_WINDOW,
  maintenanceWindow: DEFAULT_MAINTENANCE_WINDOW,
  insights: 'standard',
  monitoringIntervalSeconds: 60,
} as const;

const DATABASE_NAME: TextPattern = {
  pattern: /^[A-Za-z]\w{0,62}$/,
  meaning: '1 to 63 letters, digits and underscores, beginning with a letter',
};
const MASTER_USERNAME: TextPattern = {
  pattern: /^[A-Za-z]\w{0,15}$/,
  meaning: '1 to 16 letters, digits and underscores, beginning with a letter',
};

/** What a PostgreSQL database is asked to be, on RDS as on Aurora. */
export interface PostgresqlProps extends DatabaseParameters {
  /** Where it runs: in the private subnets, of at least two zones. */
  readonly network: INetwork;
  /**
   * Key of the data, its backups, the master password, the statistics and the logs. A key that exists already must itself
   * let CloudWatch Logs use it, as `Key.allowLogs` does.
   */
  readonly encryptionKey: IKey;
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. @default - from the construct's path */
  readonly name?: string;
  /** Name of the database that is made at first. Another one replaces the instance or cluster. @default registry */
  readonly databaseName?: string;
  /** Another name replaces the instance or cluster. @default postgres */
  readonly masterUsername?: string;
  /**
   * Major version; minor ones are RDS's to choose. A new major version is taken in the maintenance window. Until then every
   * plan shows it, and the deployment that asks for it fails to delete the old parameter group, which is in use: deploy again
   * after the window.
   * @default 17
   */
  readonly version?: string;
  /** Lets users of the database log in with a token of IAM: see `grantConnect`. Passwords work all the same. @default true */
  readonly iamAuthentication?: boolean;
  /** Days whose every second can be restored: 1 to 35. @default 14 */
  readonly backupRetentionDays?: number;
  /** Daily hours in UTC for the snapshot. @default 02:00-03:00 */
  readonly backupWindow?: string;
  /** Weekly hours in UTC for patches and restarts, apart from the backup's. @default sun:03:30-sun:04:30 */
  readonly maintenanceWindow?: string;
  /**
   * How much CloudWatch Database Insights (once Performance Insights) shows: `standard` keeps a week, without a charge;
   * `advanced` keeps 15 months, with lock trees and execution plans, at a price per vCPU or ACU.
   * @default standard
   */
  readonly insights?: 'standard' | 'advanced';
  /** Seconds between two samples of the operating system: 1, 5, 10, 15, 30 or 60; 0 takes none. @default 60 */
  readonly monitoringIntervalSeconds?: (typeof MONITORING_INTERVALS)[number];
  /** Days that the logs are kept, as CloudWatch Logs allows. @default 365 */
  readonly logRetentionDays?: number;
  /**
   * Whether the database may be destroyed with its backups and logs: see `mayDestroy`. One that may not is protected from
   * deletion; if somebody lifts the protection and deletes it, its backups and a last snapshot `<name>-final` remain.
   * @default retain
   */
  readonly removal?: Removal;
}

/** What an RDS database is asked to be. */
export interface DatabaseProps extends PostgresqlProps {
  /** E.g. `db.t4g.small`. */
  readonly instanceClass: string;
  /** Keeps a standby in another zone that takes over by itself; doubles the cost. @default true */
  readonly multiAz?: boolean;
  /** GiB at first: 20 to 65536. It can grow later, never shrink. @default 20 */
  readonly storageGb?: number;
  /**
   * GiB that RDS may let the volume grow to, by itself, when it is nearly full: at least a tenth above `storageGb`. 0 lets
   * it never grow.
   * @default - five times `storageGb`; no growth where that is known only at deploy time
   */
  readonly maxStorageGb?: number;
}

/** @throws InputError naming every fault. */
export function validateDatabase(scope: IConstruct, props: DatabaseProps): void {
  const properties = Properties.of(scope).matches('instanceClass', props.instanceClass, INSTANCE_CLASS);
  validateStorage(properties, props);
  validatePostgresql(properties, props);
  properties.throwIfInvalid();
}

/** Checks what is asked of every PostgreSQL database. */
export function validatePostgresql(properties: Properties, props: PostgresqlProps): void {
  const { backupWindow = DEFAULT_BACKUP_WINDOW, maintenanceWindow = DEFAULT_MAINTENANCE_WINDOW } = props;
  properties
    .matches('name', props.name, NAME)
    .matches('databaseName', props.databaseName, DATABASE_NAME)
    .matches('masterUsername', props.masterUsername, MASTER_USERNAME)
    .matches('version', props.version, POSTGRESQL_VERSION)
    .integer('backupRetentionDays', props.backupRetentionDays, BACKUP_RETENTION_DAYS)
    .oneOf('insights', props.insights, Object.keys(INSIGHTS_DAYS) as ('standard' | 'advanced')[])
    .oneOf('monitoringIntervalSeconds', props.monitoringIntervalSeconds, MONITORING_INTERVALS)
    .oneOf('logRetentionDays', props.logRetentionDays, LOG_RETENTION_DAYS);
  validateWindows(properties, backupWindow, maintenanceWindow);
  validateParameters(properties, props);
}

function validateStorage(properties: Properties, props: DatabaseProps): void {
  const { storageGb = DATABASE_DEFAULTS.storageGb, maxStorageGb } = props;
  properties.integer('storageGb', storageGb, STORAGE_LIMITS_GB);
  if (maxStorageGb === undefined || maxStorageGb === 0) return;
  const isKnown = !Token.isUnresolved(storageGb) && !Token.isUnresolved(maxStorageGb);
  const least = leastMaxStorageGb(storageGb);
  properties
    .integer('maxStorageGb', maxStorageGb, { min: 0, max: STORAGE_LIMITS_GB.max })
    .require(
      !isKnown || maxStorageGb >= least,
      `'maxStorageGb' must be 0 or at least ${least}, a tenth above 'storageGb' (${storageGb}), got ${maxStorageGb}`,
    );
}
