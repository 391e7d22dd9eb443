import { RdsCluster, type RdsClusterConfig } from '@cdktf/provider-aws/lib/rds-cluster';
import { RdsClusterInstance } from '@cdktf/provider-aws/lib/rds-cluster-instance';
import { RdsClusterParameterGroup } from '@cdktf/provider-aws/lib/rds-cluster-parameter-group';
import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { published } from '../../core/published';
import { mayDestroy } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import type { Connections } from '../../network/connections';
import {
  CA_CERTIFICATE,
  type DatabaseIdentity,
  MONITORING_OFF,
  PARAMETER_GROUP_LIFECYCLE,
  PostgresqlDatabase,
} from '../database-base';
import { DatabaseLogs } from '../database-logs';
import { parameterBlocks } from '../database-parameters';
import { DATABASE_DEFAULTS, INSIGHTS_DAYS, majorVersionOf } from '../database-props';
import { DB_CLUSTER, DB_CLUSTER_PARAMETER_GROUP, DB_INSTANCE } from '../registry-limits';
import {
  AURORA_DEFAULTS,
  AURORA_STORAGE,
  type AuroraDatabaseProps,
  capacityOf,
  mayPause,
  validateAuroraDatabase,
} from './aurora-props';

/**
 * Logs that RDS can export from an Aurora PostgreSQL cluster: of the server, of pauses that did not happen, of failed
 * IAM logins. Every log always has a group, so that turning a log off destroys nothing.
 */
export const AURORA_LOGS = ['postgresql', 'instance', 'iam-db-auth-error'] as const;
const ENGINE = 'aurora-postgresql';
/** Memory of a capacity unit. */
const GIB_PER_ACU = 2;

/**
 * An Aurora PostgreSQL database for models, runs and schedules, whose capacity follows the load (Serverless v2).
 *
 * It is encrypted and accepts only TLS connections, in private subnets. RDS creates and rotates the master password. It
 * can be restored to any second within the backup retention. The data is in three zones, for any number of instances.
 * Changes that require a restart wait for the maintenance window.
 *
 * Costs for each capacity unit and second of each instance, for each gigabyte-month, and for backups beyond its size; a
 * paused instance costs its storage only. Destroying it deletes data and automatic backups if both keys say destroy;
 * otherwise Terraform refuses.
 */
export class AuroraDatabase extends PostgresqlDatabase {
  public readonly address: string;
  /** Host name that spreads connections over the readers, or the writer if there are no readers. */
  public readonly readerAddress: string;
  public readonly databaseName: string;
  public readonly secretArn: string;
  public readonly identity: DatabaseIdentity;
  public readonly connections: Connections;
  /** The underlying cluster. */
  public readonly resource: RdsCluster;
  /** The underlying instances: the writer, then the readers, as they are created. */
  public readonly instances: readonly RdsClusterInstance[];
  protected readonly encryptionKey: IKey;
  protected readonly resourceId?: string;
  protected readonly identifier: string;

  constructor(scope: Construct, id: string, props: AuroraDatabaseProps) {
    super(scope, id);
    validateAuroraDatabase(this, props);

    this.identifier = physicalName(this, DB_CLUSTER, props.name);
    this.encryptionKey = props.encryptionKey;
    this.databaseName = props.databaseName ?? DATABASE_DEFAULTS.databaseName;
    const securityGroup = this.makeSecurityGroup(props);
    this.connections = securityGroup.connections;
    const iamAuthentication = props.iamAuthentication ?? DATABASE_DEFAULTS.iamAuthentication;

    const logs = this.makeLogs(props);
    this.resource = new RdsCluster(this, 'Resource', {
      ...this.engine(props),
      ...this.capacity(props),
      ...this.storage(props),
      ...this.removalOf(props, securityGroup),
      ...this.observation(props, iamAuthentication),
      dbSubnetGroupName: this.makeSubnetGroup(props),
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
      iamDatabaseAuthenticationEnabled: iamAuthentication,
      preferredMaintenanceWindow: this.maintenanceWindow(props),
      applyImmediately: false,
      dependsOn: logs.groups,
    });
    this.instances = this.makeInstances(props);
    this.address = this.resource.endpoint;
    this.readerAddress = this.resource.readerEndpoint;
    this.secretArn = this.resource.masterUserSecret.get(0).secretArn;
    this.identity = this.identityOf(props);
    this.resourceId = iamAuthentication ? this.resource.clusterResourceId : undefined;
    this.waiveChoices(props);
  }

  private identityOf(props: AuroraDatabaseProps): DatabaseIdentity {
    const { maxCapacityAcu } = capacityOf(props);
    return {
      owner: 'cluster',
      identifier: published(this, this.resource.clusterIdentifier, this.identifier),
      ...(!Token.isUnresolved(maxCapacityAcu) && { memoryGib: maxCapacityAcu * GIB_PER_ACU }),
      pauses: mayPause(props),
      readers: this.instances.length > 1,
    };
  }

  private makeLogs({ encryptionKey, logRetentionDays, removal }: AuroraDatabaseProps): DatabaseLogs {
    return new DatabaseLogs(this, 'Logs', {
      identifier: this.identifier,
      owner: 'cluster',
      logs: AURORA_LOGS,
      encryptionKey,
      retentionDays: logRetentionDays,
      removal,
    });
  }

  private engine(props: AuroraDatabaseProps) {
    const version = props.version ?? DATABASE_DEFAULTS.version;
    const family = `${ENGINE}${majorVersionOf(version)}`;
    const parameterGroup = new RdsClusterParameterGroup(this, 'Parameters', {
      name: physicalName(this, DB_CLUSTER_PARAMETER_GROUP, props.name, family),
      family,
      description: `PostgreSQL ${majorVersionOf(version)} of ${this.identifier}`,
      parameter: parameterBlocks(props),
      lifecycle: PARAMETER_GROUP_LIFECYCLE,
    });
    return {
      clusterIdentifier: this.identifier,
      engine: ENGINE,
      engineMode: 'provisioned', // the mode of Serverless v2; 'serverless' is v1
      engineVersion: version,
      engineLifecycleSupport: this.lifecycleSupport(props),
      allowMajorVersionUpgrade: true, // only a change of `version` causes an upgrade
      dbClusterParameterGroupName: parameterGroup.name,
      databaseName: this.databaseName,
      masterUsername: props.masterUsername ?? DATABASE_DEFAULTS.masterUsername,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: props.encryptionKey.keyArn,
      port: this.port,
    } satisfies RdsClusterConfig;
  }

  private capacity(props: AuroraDatabaseProps) {
    const { minCapacityAcu, maxCapacityAcu } = capacityOf(props);
    const defaultPause = mayPause(props) ? AURORA_DEFAULTS.pauseAfterSeconds : undefined;
    return {
      serverlessv2ScalingConfiguration: {
        minCapacity: minCapacityAcu,
        maxCapacity: maxCapacityAcu,
        secondsUntilAutoPause: props.pauseAfterSeconds ?? defaultPause,
      },
    } satisfies Partial<RdsClusterConfig>;
  }

  private storage(props: AuroraDatabaseProps) {
    return {
      storageType: AURORA_STORAGE[props.storage ?? AURORA_DEFAULTS.storage],
      storageEncrypted: true,
      kmsKeyId: props.encryptionKey.keyArn,
      backupRetentionPeriod: props.backupRetentionDays ?? DATABASE_DEFAULTS.backupRetentionDays,
      preferredBackupWindow: props.backupWindow ?? DATABASE_DEFAULTS.backupWindow,
      copyTagsToSnapshot: true,
    } satisfies Partial<RdsClusterConfig>;
  }

  /** Statistics of statements are set on the cluster, which passes them to its instances. */
  private observation(props: AuroraDatabaseProps, iamAuthentication: boolean) {
    const insights = props.insights ?? DATABASE_DEFAULTS.insights;
    const isWritten = { postgresql: true, instance: mayPause(props), 'iam-db-auth-error': iamAuthentication };
    return {
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: props.encryptionKey.keyArn,
      performanceInsightsRetentionPeriod: INSIGHTS_DAYS[insights],
      databaseInsightsMode: insights,
      enabledCloudwatchLogsExports: AURORA_LOGS.filter((log) => isWritten[log]),
    } satisfies Partial<RdsClusterConfig>;
  }

  /**
   * The instances hold no data, so they may be replaced. The first one is created alone and so becomes the writer.
   * Enhanced monitoring is set on the instances only: RDS refuses it on both, and if only the cluster has it, the
   * provider resets the instances to 0.
   */
  private makeInstances(props: AuroraDatabaseProps): RdsClusterInstance[] {
    const { readers = AURORA_DEFAULTS.readers } = props;
    const monitoring = this.monitoring(props);
    const instances: RdsClusterInstance[] = [];
    for (let tier = 0; tier <= readers; tier++) {
      instances.push(
        new RdsClusterInstance(this, `Instance${tier + 1}`, {
          identifier: claimPhysicalName(this, DB_INSTANCE, `${this.identifier}-${tier + 1}`),
          clusterIdentifier: this.resource.id,
          engine: ENGINE,
          instanceClass: 'db.serverless',
          promotionTier: tier,
          autoMinorVersionUpgrade: false, // ahead of the default minor version, RDS refuses every change of the cluster
          caCertIdentifier: CA_CERTIFICATE,
          dbSubnetGroupName: this.resource.dbSubnetGroupName,
          publiclyAccessible: false,
          ...monitoring,
          preferredMaintenanceWindow: this.maintenanceWindow(props),
          applyImmediately: false,
          dependsOn: instances.slice(0, 1),
        }),
      );
    }
    return instances;
  }

  private maintenanceWindow({ maintenanceWindow }: AuroraDatabaseProps): string {
    return maintenanceWindow ?? DATABASE_DEFAULTS.maintenanceWindow;
  }

  private waiveChoices(props: AuroraDatabaseProps): void {
    const accept = (chosen: boolean, reason: string, ...checks: string[]) => {
      if (chosen) waive(this.resource, reason, ...checks);
    };
    waive(this.resource, 'Aurora keeps its own backups, which can be restored to any second', 'CKV2_AWS_8');
    accept(props.iamAuthentication === false, "users log in by password: 'iamAuthentication' is false", 'CKV_AWS_162');
    accept(
      props.backupRetentionDays === 1,
      "one day of backups is enough here: 'backupRetentionDays' is 1",
      'AWS-0077',
    );
    accept(
      mayDestroy(this, props.removal),
      'construct and stack both allow its destruction',
      'CKV_AWS_139',
      'AWS-0343',
    );
    for (const instance of this.instances) {
      waive(instance, 'Performance Insights is on for the whole cluster', 'CKV_AWS_353', 'AWS-0133');
      if (props.monitoringIntervalSeconds === 0) waive(instance, MONITORING_OFF, 'CKV_AWS_118');
    }
  }
}
