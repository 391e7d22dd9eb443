import { Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../aws/log-group';
import { type BrokenRule, Properties } from '../core/properties';
import type { Removal } from '../core/removal';
import { NAME, type TextPattern } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import type { INetwork } from '../network/network';
import { type DatabaseParameters, validateParameters } from './database-parameters';
import { DEFAULT_BACKUP_WINDOW, DEFAULT_MAINTENANCE_WINDOW, validateWindows } from './database-windows';
import { brokenInstanceClassRules } from './postgresql/instance-class-limits';
import { brokenDatabaseNameRules, brokenMasterUsernameRules } from './postgresql/reserved-name-limits';
import { brokenVersionRules } from './postgresql/version-limits';
import { BACKUP_RETENTION_DAYS, leastMaxStorageGb, POSTGRESQL_VERSION, STORAGE_LIMITS_GB } from './registry-limits';

/** Port of PostgreSQL. */
export const POSTGRESQL_PORT = 5432;
/** Seconds between two samples of the operating system; 0 turns them off. */
export const MONITORING_INTERVALS = [0, 1, 5, 10, 15, 30, 60] as const;
/** Days that statement statistics are kept: what is free, and what the advanced mode of Database Insights requires. */
export const INSIGHTS_DAYS = { standard: 7, advanced: 465 } as const;

/** Defaults of every PostgreSQL database. */
export const DATABASE_DEFAULTS = {
  /** Major version; RDS supports it until February 2030. */
  version: '17',
  /** An upgrade at a time of RDS's choosing is an outage; a plan with the old version would then fail. */
  extendedSupport: true,
  databaseName: 'registry',
  masterUsername: 'postgres',
  /** Free of charge; a database user can log in with IAM only after it is granted the role `rds_iam`. */
  iamAuthentication: true,
  /** A zone's failure, a patch or a larger instance then means a minute of downtime, not an hour. */
  multiAz: true,
  storageGb: STORAGE_LIMITS_GB.min,
  /** Enough for years; a limit, so that a runaway query cannot grow the storage without end. */
  maxStorageGb: (storageGb: number): number | undefined => {
    if (Token.isUnresolved(storageGb)) return undefined;
    const most = Math.min(storageGb * 5, STORAGE_LIMITS_GB.max);
    return most < leastMaxStorageGb(storageGb) ? 0 : most; // RDS refuses a limit that is too near
  },
  /** Damage done before a holiday can be undone after it. */
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

/** Properties of every PostgreSQL database, on RDS or Aurora. */
export interface PostgresqlProps extends DatabaseParameters {
  /** The database runs in its private subnets, in at least two zones. */
  readonly network: INetwork;
  /**
   * Key of the data, backups, master password, statistics and logs. The policy of an existing key must allow CloudWatch
   * Logs, as `Key.allowLogs` does.
   */
  readonly encryptionKey: IKey;
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. @default - from the path */
  readonly name?: string;
  /** Name of the initial database. Another name replaces the instance or cluster. @default registry */
  readonly databaseName?: string;
  /** Another name replaces the instance or cluster. @default postgres */
  readonly masterUsername?: string;
  /**
   * Major version; RDS chooses the minor version. A new major version is installed in the maintenance window. Until
   * then, every plan shows it, and the deployment fails to delete the old parameter group, which is in use: deploy
   * again after the window.
   * @default 17
   */
  readonly version?: string;
  /**
   * Keeps the major version running after its standard support, with security patches: for about 0.10 US dollars per vCPU
   * or 0.085 per ACU and hour (us-east-1), of a standby too, and twice that in the third year. Without it, RDS upgrades
   * the major version by itself when the support ends. RDS takes the choice only when it creates the database.
   * @default true
   */
  readonly extendedSupport?: boolean;
  /** Allows users to log in with IAM tokens: see `grantConnect`. Passwords work too. @default true */
  readonly iamAuthentication?: boolean;
  /** Days within which the database can be restored to any second: 1 to 35. @default 14 */
  readonly backupRetentionDays?: number;
  /** Daily hours in UTC for the snapshot. @default 02:00-03:00 */
  readonly backupWindow?: string;
  /** Weekly hours in UTC for patches and restarts; not during the backup. @default sun:03:30-sun:04:30 */
  readonly maintenanceWindow?: string;
  /**
   * Mode of CloudWatch Database Insights (formerly Performance Insights). `standard` keeps statistics for a week, free
   * of charge; `advanced` keeps 15 months, with lock trees and execution plans, at a price per vCPU or ACU.
   * @default standard
   */
  readonly insights?: 'standard' | 'advanced';
  /** Seconds between two samples of the operating system: 1, 5, 10, 15, 30 or 60; 0 turns them off. @default 60 */
  readonly monitoringIntervalSeconds?: (typeof MONITORING_INTERVALS)[number];
  /** Days that the logs are kept; a value that CloudWatch Logs allows. @default 365 */
  readonly logRetentionDays?: number;
  /**
   * Whether the database may be destroyed with its backups and logs: see `mayDestroy`. With `retain` it has deletion
   * protection. If it is deleted without the protection, its backups and a final snapshot `<name>-final-<id>` remain.
   * @default retain
   */
  readonly removal?: Removal;
}

/** Properties of an RDS database. */
export interface DatabaseProps extends PostgresqlProps {
  /** E.g. `db.t4g.small`. */
  readonly instanceClass: string;
  /** Keeps a standby in another zone, which takes over automatically; doubles the cost. @default true */
  readonly multiAz?: boolean;
  /**
   * Initial storage in GiB: 20 to 65536. It can grow later, never shrink. From 400 GiB on it has 12,000 IOPS and 500 MiB/s,
   * below that 3,000 and 125, at no charge.
   * @default 20
   */
  readonly storageGb?: number;
  /**
   * GiB to which RDS may grow the storage automatically when it is nearly full: at least a tenth above `storageGb`, or
   * 0 for no growth.
   * @default - five times `storageGb`, at most 65536; no growth if that is too near, or if `storageGb` is a token
   */
  readonly maxStorageGb?: number;
}

/** @throws InputError with every error. */
export function validateDatabase(scope: IConstruct, props: DatabaseProps): void {
  Properties.need(scope, props, 'network', 'encryptionKey', 'instanceClass');
  const properties = Properties.of(scope);
  if (!Token.isUnresolved(props.instanceClass)) {
    properties.keeps('instanceClass', props.instanceClass, brokenInstanceClassRules(props.instanceClass));
  }
  validateStorage(properties, props);
  validatePostgresql(properties, props, 'rds');
  properties.throwIfInvalid();
}

/**
 * Checks the properties that every PostgreSQL database has.
 *
 * @param mayPause whether instances of Aurora are to pause
 */
export function validatePostgresql(
  properties: Properties,
  props: PostgresqlProps,
  engine: 'rds' | 'aurora',
  mayPause = false,
): void {
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
  const { version } = props;
  if (version !== undefined && !Token.isUnresolved(version)) {
    properties.keeps('version', version, brokenVersionRules(engine, version, mayPause));
  }
  validateNames(properties, props);
  validateParameters(properties, props, majorVersionOf(props.version ?? DATABASE_DEFAULTS.version));
}

function validateNames(properties: Properties, { databaseName, masterUsername }: PostgresqlProps): void {
  const check = (name: string, value: string | undefined, rules: (text: string) => readonly BrokenRule[]) => {
    if (value !== undefined && !Token.isUnresolved(value)) properties.keeps(name, value, rules(value));
  };
  check('databaseName', databaseName, brokenDatabaseNameRules);
  check('masterUsername', masterUsername, brokenMasterUsernameRules);
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

/** Whether RDS chooses the minor version. */
export function isMajorVersion(version: string): boolean {
  return Token.isUnresolved(version) || !version.includes('.');
}
/** Major version of a version of PostgreSQL. */
export function majorVersionOf(version: string): string {
  return Token.isUnresolved(version) ? version : version.split('.')[0]!;
}
