import { DbInstance, type DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { Fn, Op, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { physicalName } from '../aws/physical-name';
import { published } from '../core/published';
import { mayDestroy } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import type { Connections } from '../network/connections';
import {
  CA_CERTIFICATE,
  type DatabaseIdentity,
  MONITORING_OFF,
  PARAMETER_GROUP_LIFECYCLE,
  PostgresqlDatabase,
} from './database-base';
import { DATABASE_LOGS, DatabaseLogs } from './database-logs';
import { parameterBlocks } from './database-parameters';
import {
  DATABASE_DEFAULTS,
  type DatabaseProps,
  INSIGHTS_DAYS,
  isMajorVersion,
  majorVersionOf,
  validateDatabase,
} from './database-props';
import { memoryGibOf } from './postgresql/instance-class-limits';
import { DB_INSTANCE, DB_PARAMETER_GROUP, STRIPED_STORAGE } from './registry-limits';

export type { DatabaseAttributes, DatabaseIdentity, IDatabase } from './database-base';

/**
 * An RDS PostgreSQL database for models, runs and schedules.
 *
 * It is encrypted and accepts only TLS connections, in private subnets. RDS creates and rotates the master password. It
 * can be restored to any second within the backup retention. Changes that require a restart wait for the maintenance
 * window. Multi-AZ keeps it available meanwhile: RDS supports no blue/green deployment with a managed password.
 *
 * Costs for each hour of its instances, twice with Multi-AZ, for each gigabyte-month allocated, and for backups beyond
 * its size. Destroying it deletes data and automatic backups if both keys say destroy; otherwise Terraform refuses.
 */
export class Database extends PostgresqlDatabase {
  public readonly address: string;
  public readonly readerAddress = undefined;
  public readonly databaseName: string;
  public readonly secretArn: string;
  public readonly identity: DatabaseIdentity;
  public readonly connections: Connections;
  /** The underlying instance. */
  public readonly resource: DbInstance;
  protected readonly encryptionKey: IKey;
  protected readonly resourceId?: string;
  protected readonly identifier: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    validateDatabase(this, props);

    this.identifier = physicalName(this, DB_INSTANCE, props.name);
    this.encryptionKey = props.encryptionKey;
    this.databaseName = props.databaseName ?? DATABASE_DEFAULTS.databaseName;
    const securityGroup = this.makeSecurityGroup(props);
    this.connections = securityGroup.connections;
    const iamAuthentication = props.iamAuthentication ?? DATABASE_DEFAULTS.iamAuthentication;

    const logs = new DatabaseLogs(this, 'Logs', {
      identifier: this.identifier,
      encryptionKey: props.encryptionKey,
      retentionDays: props.logRetentionDays,
      removal: props.removal,
    });
    this.resource = new DbInstance(this, 'Resource', {
      ...this.engine(props),
      ...this.place(props),
      ...this.storage(props),
      ...this.removalOf(props, securityGroup),
      ...this.observation(props),
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
      iamDatabaseAuthenticationEnabled: iamAuthentication,
      applyImmediately: false,
      dependsOn: logs.groups,
    });
    this.address = this.resource.address;
    this.secretArn = this.resource.masterUserSecret.get(0).secretArn;
    const identifier = published(this, this.resource.identifier, this.identifier);
    this.identity = { owner: 'instance', identifier, memoryGib: memoryGibOf(props.instanceClass) };
    this.resourceId = iamAuthentication ? this.resource.resourceId : undefined;
    this.waiveChoices(props);
  }

  private engine(props: DatabaseProps) {
    const version = props.version ?? DATABASE_DEFAULTS.version;
    const family = `postgres${majorVersionOf(version)}`;
    const parameterGroup = new DbParameterGroup(this, 'Parameters', {
      name: physicalName(this, DB_PARAMETER_GROUP, props.name, family),
      family,
      description: `PostgreSQL ${majorVersionOf(version)} of ${this.identifier}`,
      parameter: parameterBlocks(props),
      lifecycle: PARAMETER_GROUP_LIFECYCLE,
    });
    return {
      identifier: this.identifier,
      engine: 'postgres',
      engineVersion: version,
      engineLifecycleSupport: this.lifecycleSupport(props),
      autoMinorVersionUpgrade: isMajorVersion(version), // else every plan would undo the upgrade
      allowMajorVersionUpgrade: true, // only a change of `version` causes an upgrade
      instanceClass: props.instanceClass,
      parameterGroupName: parameterGroup.name,
      dbName: this.databaseName,
      username: props.masterUsername ?? DATABASE_DEFAULTS.masterUsername,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: props.encryptionKey.keyArn,
      caCertIdentifier: CA_CERTIFICATE,
      port: this.port,
    } satisfies DbInstanceConfig;
  }

  private place(props: DatabaseProps) {
    return {
      dbSubnetGroupName: this.makeSubnetGroup(props),
      publiclyAccessible: false,
      multiAz: props.multiAz ?? DATABASE_DEFAULTS.multiAz,
      maintenanceWindow: props.maintenanceWindow ?? DATABASE_DEFAULTS.maintenanceWindow,
    } satisfies Partial<DbInstanceConfig>;
  }

  private storage({ storageGb = DATABASE_DEFAULTS.storageGb, maxStorageGb, ...props }: DatabaseProps) {
    return {
      storageType: 'gp3',
      allocatedStorage: storageGb,
      ...stripes(storageGb),
      maxAllocatedStorage: maxStorageGb ?? DATABASE_DEFAULTS.maxStorageGb(storageGb),
      storageEncrypted: true,
      kmsKeyId: props.encryptionKey.keyArn,
      backupRetentionPeriod: props.backupRetentionDays ?? DATABASE_DEFAULTS.backupRetentionDays,
      backupWindow: props.backupWindow ?? DATABASE_DEFAULTS.backupWindow,
      copyTagsToSnapshot: true,
    } satisfies Partial<DbInstanceConfig>;
  }

  private observation(props: DatabaseProps) {
    const insights = props.insights ?? DATABASE_DEFAULTS.insights;
    return {
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: props.encryptionKey.keyArn,
      performanceInsightsRetentionPeriod: INSIGHTS_DAYS[insights],
      databaseInsightsMode: insights,
      ...this.monitoring(props),
      enabledCloudwatchLogsExports: [...DATABASE_LOGS],
    } satisfies Partial<DbInstanceConfig>;
  }

  private waiveChoices({ removal, ...props }: DatabaseProps): void {
    const accept = (chosen: boolean, reason: string, ...checks: string[]) => {
      if (chosen) waive(this.resource, reason, ...checks);
    };
    accept(props.multiAz === false, "one zone is enough here: 'multiAz' is false", 'CKV_AWS_157');
    accept(
      props.iamAuthentication === false,
      "users log in by password: 'iamAuthentication' is false",
      'CKV_AWS_161',
      'AWS-0176',
    );
    accept(props.monitoringIntervalSeconds === 0, MONITORING_OFF, 'CKV_AWS_118');
    accept(mayDestroy(this, removal), 'construct and stack both allow its destruction', 'CKV_AWS_293', 'AWS-0177');
  }
}

/**
 * The IOPS and throughput of a volume. They are written, because the provider would otherwise send what it has read back:
 * RDS refuses the IOPS of a small volume when it grows past the limit.
 */
function stripes(storageGb: number): Pick<DbInstanceConfig, 'iops' | 'storageThroughput'> {
  const { fromGb, iops, throughputMib } = STRIPED_STORAGE;
  if (Token.isUnresolved(storageGb)) {
    const ifStriped = (value: number) =>
      Token.asNumber(Fn.conditional(Op.gte(storageGb, fromGb), value, Token.nullValue()));
    return { iops: ifStriped(iops), storageThroughput: ifStriped(throughputMib) };
  }
  return storageGb < fromGb ? {} : { iops, storageThroughput: throughputMib };
}
