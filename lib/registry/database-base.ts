import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { ARN } from '../aws/arns';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { digitsOf } from '../core/cdktf/token-values';
import { Properties } from '../core/properties';
import { keepData, mayDestroy } from '../core/removal';
import type { TextPattern } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import type { IGrantable } from '../iam/statement';
import type { Connections, IConnectable } from '../network/connections';
import { PORT_LIMITS, Port } from '../network/port';
import { type ISecurityGroup, SecurityGroup } from '../network/security-group';
import { DATABASE_DEFAULTS, POSTGRESQL_PORT, type PostgresqlProps } from './database-props';
import { DB_SUBNET_GROUP } from './registry-limits';

/** Certificate authority of the server's certificate: valid until 2061, rotates its certificates without a restart. */
export const CA_CERTIFICATE = 'rds-ca-rsa2048-g1';
/** Why a scanner's finding about enhanced monitoring is accepted. */
export const MONITORING_OFF = "metrics of the operating system are off: 'monitoringIntervalSeconds' is 0";
/**
 * Lifecycle of every parameter group: the next major version needs a new group before the old one is deleted. Another
 * description would replace the group by one of the same name, which fails: it stays as it was created.
 */
export const PARAMETER_GROUP_LIFECYCLE = { createBeforeDestroy: true, ignoreChanges: ['description'] };
const HOST: TextPattern = { pattern: /^[\w.-]+$/, meaning: 'a host name, without a scheme or port' };
const RESOURCE_ID: TextPattern = {
  pattern: /^(db|cluster)-[A-Z0-9]+$/,
  meaning: 'the resource id of an instance (db-...) or a cluster (cluster-...), not its name',
};
const USER: TextPattern = { pattern: /^[A-Za-z_][\w.-]*$/, meaning: 'the name of one user, without wildcards' };

/** By what CloudWatch knows a database, and what its alarms depend on. */
export interface DatabaseIdentity {
  /** What `identifier` names: an instance of RDS or a cluster of Aurora. */
  readonly owner: 'instance' | 'cluster';
  readonly identifier: string;
  /** GiB of memory of the instance, or of its largest capacity. @default - unknown */
  readonly memoryGib?: number;
  /** Whether it may pause, and then reports nothing. @default false */
  readonly pauses?: boolean;
  /** Whether it has readers. @default false */
  readonly readers?: boolean;
}

/** A PostgreSQL database as other modules see it. */
export interface IDatabase extends IConnectable {
  /** Host name. */
  readonly address: string;
  /** Host name that spreads connections over the readers; `undefined` if there is none, or if it is not known. */
  readonly readerAddress?: string | undefined;
  readonly port: number;
  /** `<address>:<port>`. */
  readonly endpoint: string;
  readonly databaseName: string;
  /** ARN of the secret with the master user's `username` and `password`; `undefined` if it is not known. */
  readonly secretArn?: string;
  /** By what CloudWatch knows it; `undefined` if it is not known. */
  readonly identity?: DatabaseIdentity;
  /** Allows `peer` to connect to the database's port. */
  allowConnectionsFrom(peer: IConnectable): void;
  /**
   * Allows `rds-db:connect` as `user`, with a token instead of a password. The user must exist in the database and have
   * the role `rds_iam`: `CREATE USER trainer; GRANT rds_iam TO trainer;`.
   *
   * @throws InputError if IAM authentication is off, the database's resource id is not known, or `user` is a wildcard
   */
  grantConnect(grantee: IGrantable, user: string): void;
  /**
   * Allows `secretsmanager:GetSecretValue`, `secretsmanager:DescribeSecret` on the master user's secret, and decryption
   * with its key as `IKey.grantDecrypt` does.
   *
   * @throws InputError if the secret is not known
   */
  grantReadSecret(grantee: IGrantable): void;
}

/** Attributes of an existing database: an RDS instance or an Aurora cluster. */
export interface DatabaseAttributes {
  readonly address: string;
  /** @default - none */
  readonly readerAddress?: string;
  readonly databaseName: string;
  /** Security group of the database; {@link IDatabase.connections} adds its rules to it. */
  readonly securityGroup: ISecurityGroup;
  /** @default 5432 */
  readonly port?: number;
  /** `db-...` or `cluster-...`, which IAM authentication requires. @default - unknown: `grantConnect` throws */
  readonly resourceId?: string;
  /** @default - unknown: `grantReadSecret` throws */
  readonly secretArn?: string;
  /** Key of the secret. @default - none: `grantReadSecret` does not include a key */
  readonly encryptionKey?: IKey;
  /** By what CloudWatch knows it, for its alarms. @default - unknown: it cannot be monitored */
  readonly identity?: DatabaseIdentity;
}

/** Grants of every database, new or existing. */
abstract class DatabaseBase extends Construct implements IDatabase {
  /** An existing database. */
  public static fromAttributes(scope: Construct, id: string, attributes: DatabaseAttributes): IDatabase {
    Properties.of(`${scope.node.path}/${id}`)
      .present(attributes, 'address', 'databaseName', 'securityGroup')
      .matches('address', attributes?.address, HOST)
      .matches('readerAddress', attributes?.readerAddress, HOST)
      .integer('port', attributes?.port, PORT_LIMITS)
      .matches('resourceId', attributes?.resourceId, RESOURCE_ID)
      .matches('secretArn', attributes?.secretArn, ARN.secret)
      .throwIfInvalid();
    class Import extends DatabaseBase {
      public readonly address = attributes.address;
      public readonly readerAddress = attributes.readerAddress;
      public readonly port = attributes.port ?? POSTGRESQL_PORT;
      public readonly databaseName = attributes.databaseName;
      public readonly secretArn = attributes.secretArn;
      public readonly identity = attributes.identity;
      public readonly connections = attributes.securityGroup.connections;
      protected readonly encryptionKey = attributes.encryptionKey;
      protected readonly resourceId = attributes.resourceId;
      protected readonly whyNotConnect =
        "'grantConnect' requires 'resourceId'; add it to the attributes of this import";
    }
    return new Import(scope, id);
  }

  public abstract readonly address: string;
  public abstract readonly readerAddress?: string | undefined;
  public abstract readonly port: number;
  public abstract readonly databaseName: string;
  public abstract readonly secretArn?: string;
  public abstract readonly identity?: DatabaseIdentity;
  public abstract readonly connections: Connections;
  protected abstract readonly encryptionKey?: IKey;
  /** `undefined` if users cannot connect with IAM; the reason is {@link whyNotConnect}. */
  protected abstract readonly resourceId?: string;
  protected abstract readonly whyNotConnect: string;

  public get endpoint(): string {
    return `${this.address}:${digitsOf(this.port)}`;
  }

  public allowConnectionsFrom(peer: IConnectable): void {
    peer.connections.allowTo(this, Port.tcp(this.port)); // the rules belong to the peer, whose stack is deployed later
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
      .require(
        secretArn !== undefined,
        "'grantReadSecret' requires 'secretArn'; add it to the attributes of this import",
      )
      .throwIfInvalid();
    grantee.addToPolicy({
      actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
      resources: [secretArn!],
    });
    this.encryptionKey?.grantDecrypt(grantee);
  }
}

/** What a new RDS instance and a new Aurora cluster have in common. */
export abstract class PostgresqlDatabase extends DatabaseBase {
  public readonly port = POSTGRESQL_PORT;
  protected abstract override readonly encryptionKey: IKey;
  protected readonly whyNotConnect =
    "'grantConnect' requires IAM authentication: set 'iamAuthentication: true', or use 'grantReadSecret'";
  /** Name of the instance or cluster. */
  protected abstract readonly identifier: string;

  /** A security group without rules; `connections` adds them. */
  protected makeSecurityGroup({ network }: PostgresqlProps): SecurityGroup {
    return new SecurityGroup(this, 'SecurityGroup', {
      network,
      description: `PostgreSQL database ${this.identifier}`,
    });
  }

  /** @returns the name of a subnet group with the private subnets */
  protected makeSubnetGroup({ name, network }: PostgresqlProps): string {
    return new DbSubnetGroup(this, 'Subnets', {
      name: physicalName(this, DB_SUBNET_GROUP, name),
      description: `private subnets of ${this.identifier}`,
      subnetIds: [...network.privateSubnetIds],
    }).name;
  }

  /** The interval of enhanced monitoring, and the role that it requires. */
  protected monitoring({
    monitoringIntervalSeconds: monitoringInterval = DATABASE_DEFAULTS.monitoringIntervalSeconds,
  }: PostgresqlProps) {
    return { monitoringInterval, monitoringRoleArn: monitoringInterval === 0 ? undefined : this.makeMonitoringRole() };
  }

  /** Whether the engine is kept beyond the standard support of its major version; fixed when the database is created. */
  protected lifecycleSupport({ extendedSupport = DATABASE_DEFAULTS.extendedSupport }: PostgresqlProps): string {
    return `open-source-rds-extended-support${extendedSupport ? '' : '-disabled'}`;
  }

  /**
   * Keeps the data, unless construct and stack both allow its destruction. The name of the final snapshot has the id of
   * the security group, which EC2 makes up: a database that is created again must not find its name taken.
   */
  protected removalOf({ removal }: PostgresqlProps, { securityGroupId }: ISecurityGroup) {
    const destroyable = mayDestroy(this, removal);
    return {
      deletionProtection: !destroyable,
      skipFinalSnapshot: destroyable,
      finalSnapshotIdentifier: destroyable
        ? undefined
        : `${this.identifier}-final-${Fn.replace(securityGroupId, 'sg-', '')}`,
      deleteAutomatedBackups: destroyable,
      // RDS takes this choice at creation only: a later change would show in every plan
      lifecycle: { ...keepData(this, removal), ignoreChanges: ['engine_lifecycle_support'] },
    };
  }

  private makeMonitoringRole(): string {
    const { account, partition } = Aws.of(this);
    return new Role(this, 'Monitoring', {
      assumedBy: Principal.service('monitoring.rds.amazonaws.com', account),
      managedPolicyArns: [`arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`],
    }).roleArn;
  }
}
