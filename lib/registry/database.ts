import { DbInstance, type DbInstanceConfig } from '@cdktf/provider-aws/lib/db-instance';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { keepData, mayDestroy } from '../core/removal';
import type { TextPattern } from '../core/text-pattern';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import type { IGrantable } from '../iam/statement';
import type { Connections, IConnectable } from '../network/connections';
import { Port } from '../network/port';
import { type ISecurityGroup, SecurityGroup } from '../network/security-group';
import { DATABASE_LOGS, DatabaseLogs } from './database-logs';
import { parameterBlocks } from './database-parameters';
import {
  DATABASE_DEFAULTS,
  type DatabaseProps,
  INSIGHTS_DAYS,
  POSTGRESQL_PORT,
  validateDatabase,
} from './database-props';
import { DB_INSTANCE, DB_PARAMETER_GROUP, DB_SUBNET_GROUP } from './registry-limits';

/** Certificate authority of the server's certificate: valid until 2061, its certificates renewed without a restart. */
const CA_CERTIFICATE = 'rds-ca-rsa2048-g1';
const USER: TextPattern = { pattern: /^[A-Za-z_][\w.-]*$/, meaning: 'the name of one user, without wild cards' };

/** A PostgreSQL database as other modules see it. */
export interface IDatabase extends IConnectable {
  /** Host name. */
  readonly address: string;
  readonly port: number;
  /** `<address>:<port>`. */
  readonly endpoint: string;
  readonly databaseName: string;
  /** ARN of the secret with the master user's `username` and `password`; `undefined` where it is not known. */
  readonly secretArn?: string;
  /** Lets `peer` connect to the database's port. */
  allowConnectionsFrom(peer: IConnectable): void;
  /**
   * Allows `rds-db:connect` as `user`, with a token in place of a password. The user must exist in the database and hold
   * its role: `CREATE USER trainer; GRANT rds_iam TO trainer;`.
   *
   * @throws InputError where IAM authentication is off or the database's resource id is not known, or on a wild card
   */
  grantConnect(grantee: IGrantable, user: string): void;
  /**
   * Allows `secretsmanager:GetSecretValue`, `secretsmanager:DescribeSecret` on the master user's secret, and its decryption.
   *
   * @throws InputError where the secret is not known
   */
  grantReadSecret(grantee: IGrantable): void;
}

export interface DatabaseAttributes {
  readonly address: string;
  readonly databaseName: string;
  /** What guards the database: rules that {@link IDatabase.connections} makes are added to it. */
  readonly securityGroup: ISecurityGroup;
  /** @default 5432 */
  readonly port?: number;
  /** `db-...`, as IAM authentication names the database. @default - unknown: `grantConnect` is refused */
  readonly resourceId?: string;
  /** @default - unknown: `grantReadSecret` is refused */
  readonly secretArn?: string;
  /** Key of the secret. @default - none: `grantReadSecret` does not reach the secret's key */
  readonly encryptionKey?: IKey;
}

abstract class DatabaseBase extends Construct implements IDatabase {
  public abstract readonly address: string;
  public abstract readonly port: number;
  public abstract readonly databaseName: string;
  public abstract readonly secretArn?: string;
  public abstract readonly connections: Connections;
  protected abstract readonly encryptionKey?: IKey;
  /** `undefined` where nobody can connect by IAM; the reason is {@link whyNotConnect}. */
  protected abstract readonly resourceId?: string;
  protected abstract readonly whyNotConnect: string;

  public get endpoint(): string {
    return `${this.address}:${this.port}`;
  }

  public allowConnectionsFrom(peer: IConnectable): void {
    this.connections.allowFrom(peer, Port.tcp(this.port));
  }

  public grantConnect(grantee: IGrantable, user: string): void {
    Properties.of(this)
      .matches('user', user, USER)
      .require(this.resourceId !== undefined, this.whyNotConnect)
      .throwIfInvalid();
    grantee.addToPolicy({
      actions: ['rds-db:connect'],
      resources: [Aws.of(this).arn('rds-db', `dbuser:${this.resourceId}/${user}`)],
    });
  }

  public grantReadSecret(grantee: IGrantable): void {
    const { secretArn } = this;
    Properties.of(this)
      .require(secretArn !== undefined, "'grantReadSecret' needs 'secretArn', which this import was not told")
      .throwIfInvalid();
    grantee.addToPolicy({
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [secretArn!],
    });
    this.encryptionKey?.grantDecrypt(grantee);
  }
}

/**
 * An RDS PostgreSQL database for what a platform must remember: models, runs, schedules.
 *
 * Encrypted, reached from private subnets and by TLS only, its master password made and rotated by RDS, restorable to any
 * second of the last days. Changes that restart it wait for the maintenance window. RDS cannot rehearse a change on a
 * copy ("blue/green") of a database whose password it manages, so Multi-AZ is what keeps it up.
 */
export class Database extends DatabaseBase {
  /** A database that exists already. */
  public static fromAttributes(scope: Construct, id: string, attributes: DatabaseAttributes): IDatabase {
    class Import extends DatabaseBase {
      public readonly address = attributes.address;
      public readonly port = attributes.port ?? POSTGRESQL_PORT;
      public readonly databaseName = attributes.databaseName;
      public readonly secretArn = attributes.secretArn;
      public readonly connections = attributes.securityGroup.connections;
      protected readonly encryptionKey = attributes.encryptionKey;
      protected readonly resourceId = attributes.resourceId;
      protected readonly whyNotConnect = "'grantConnect' needs 'resourceId', which this import was not told";
    }
    return new Import(scope, id);
  }

  public readonly address: string;
  public readonly port = POSTGRESQL_PORT;
  public readonly databaseName: string;
  public readonly secretArn: string;
  public readonly connections: Connections;
  /** The underlying instance. */
  public readonly resource: DbInstance;
  protected readonly encryptionKey: IKey;
  protected readonly resourceId?: string;
  protected readonly whyNotConnect =
    "'grantConnect' needs IAM authentication: set 'iamAuthentication: true', or use 'grantReadSecret'";
  private readonly identifier: string;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    validateDatabase(this, props);

    this.identifier = physicalName(this, DB_INSTANCE, props.name);
    this.encryptionKey = props.encryptionKey;
    this.databaseName = props.databaseName ?? DATABASE_DEFAULTS.databaseName;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      network: props.network,
      description: `PostgreSQL database ${this.identifier}`,
    });
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
      ...this.removalOf(props),
      ...this.observation(props),
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
      iamDatabaseAuthenticationEnabled: iamAuthentication,
      applyImmediately: false,
      dependsOn: logs.groups,
    });
    this.address = this.resource.address;
    this.secretArn = this.resource.masterUserSecret.get(0).secretArn;
    this.resourceId = iamAuthentication ? this.resource.resourceId : undefined;
    this.waiveChoices(props);
  }

  private engine(props: DatabaseProps) {
    const version = props.version ?? DATABASE_DEFAULTS.version;
    const family = `postgres${version}`;
    const parameterGroup = new DbParameterGroup(this, 'Parameters', {
      name: physicalName(this, DB_PARAMETER_GROUP, props.name, family),
      family,
      description: `PostgreSQL ${version} of ${this.identifier}`,
      parameter: parameterBlocks(props),
      lifecycle: { createBeforeDestroy: true }, // the next major version needs its own before this one is let go
    });
    return {
      identifier: this.identifier,
      engine: 'postgres',
      engineVersion: version,
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: true, // only ever asked for by changing `version`
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
    const subnets = new DbSubnetGroup(this, 'Subnets', {
      name: physicalName(this, DB_SUBNET_GROUP, props.name),
      description: `private subnets of ${this.identifier}`,
      subnetIds: [...props.network.privateSubnetIds],
    });
    return {
      dbSubnetGroupName: subnets.name,
      publiclyAccessible: false,
      multiAz: props.multiAz ?? DATABASE_DEFAULTS.multiAz,
      maintenanceWindow: props.maintenanceWindow ?? DATABASE_DEFAULTS.maintenanceWindow,
    } satisfies Partial<DbInstanceConfig>;
  }

  private storage({ storageGb = DATABASE_DEFAULTS.storageGb, maxStorageGb, ...props }: DatabaseProps) {
    return {
      storageType: 'gp3',
      allocatedStorage: storageGb,
      maxAllocatedStorage: maxStorageGb ?? DATABASE_DEFAULTS.maxStorageGb(storageGb),
      storageEncrypted: true,
      kmsKeyId: props.encryptionKey.keyArn,
      backupRetentionPeriod: props.backupRetentionDays ?? DATABASE_DEFAULTS.backupRetentionDays,
      backupWindow: props.backupWindow ?? DATABASE_DEFAULTS.backupWindow,
      copyTagsToSnapshot: true,
    } satisfies Partial<DbInstanceConfig>;
  }

  private removalOf({ removal }: DatabaseProps) {
    const destroyable = mayDestroy(this, removal);
    return {
      deletionProtection: !destroyable,
      skipFinalSnapshot: destroyable,
      finalSnapshotIdentifier: destroyable ? undefined : `${this.identifier}-final`,
      deleteAutomatedBackups: destroyable,
      lifecycle: keepData(this, removal),
    } satisfies Partial<DbInstanceConfig>;
  }

  private observation(props: DatabaseProps) {
    const insights = props.insights ?? DATABASE_DEFAULTS.insights;
    const monitoringInterval = props.monitoringIntervalSeconds ?? DATABASE_DEFAULTS.monitoringIntervalSeconds;
    return {
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: props.encryptionKey.keyArn,
      performanceInsightsRetentionPeriod: INSIGHTS_DAYS[insights],
      databaseInsightsMode: insights,
      monitoringInterval,
      monitoringRoleArn: monitoringInterval === 0 ? undefined : this.makeMonitoringRole(),
      enabledCloudwatchLogsExports: [...DATABASE_LOGS],
    } satisfies Partial<DbInstanceConfig>;
  }

  private makeMonitoringRole(): string {
    const { account, partition } = Aws.of(this);
    return new Role(this, 'Monitoring', {
      assumedBy: Principal.service('monitoring.rds.amazonaws.com', account),
      managedPolicyArns: [`arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`],
    }).roleArn;
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
    accept(
      props.monitoringIntervalSeconds === 0,
      "metrics of the operating system are off: 'monitoringIntervalSeconds' is 0",
      'CKV_AWS_118',
    );
    accept(mayDestroy(this, removal), 'construct and stack both allow its destruction', 'CKV_AWS_293', 'AWS-0177');
  }
}
