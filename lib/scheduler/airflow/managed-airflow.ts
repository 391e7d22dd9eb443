import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { MwaaEnvironment } from '@cdktf/provider-aws/lib/mwaa-environment';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { TerraformResource, Token } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { FixedChoice } from '../../core/fixed-choice';
import { published } from '../../core/published';
import { keepData, mayDestroy } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Connections } from '../../network/connections';
import { Port } from '../../network/port';
import { SecurityGroup } from '../../network/security-group';
import { Bucket } from '../../storage/bucket';
import { AirflowBase } from './airflow-base';
import {
  AIRFLOW,
  AIRFLOW_LOGS,
  AIRFLOW_SUBNETS,
  airflowLogGroup,
  DEFAULT_AIRFLOW_LOG_DAYS,
  DEFAULT_AIRFLOW_LOG_LEVEL,
  DEFAULT_MAINTENANCE_WINDOW,
  PLATFORM_SECTION,
} from './airflow-limits';
import { type ManagedAirflowProps, validateAirflow } from './airflow-props';
import { AIRFLOW_CLASSES, DEFAULT_AIRFLOW_CLASS, DEFAULT_MAX_WORKERS } from './class-limits';
import { dagQueueName } from './dag-queue-limits';
import { AIRFLOW_SERVICES, allowExecution } from './execution-role';
import { DEFAULT_AIRFLOW_VERSION, hasWatchers, majorOf } from './version-limits';

export type { IManagedAirflow } from './airflow-base';

/** Folder of the DAGs in the bucket. */
export const DAGS_FOLDER = 'dags';
const REQUIREMENTS = 'requirements.txt';
const PLUGINS = 'plugins.zip';
/** Where MWAA unpacks {@link PLUGINS}. */
const PLUGINS_PATH = '/usr/local/airflow/plugins';
/**
 * Days that old versions of files are kept: an environment uses the version of {@link PLUGINS} that is set, also long after a newer
 * one was uploaded, and reads it each time that a worker starts.
 */
const OLD_VERSIONS_DAYS = 3650;
/** The module that DAGs import to be started by triggers. */
const TRIGGERS_MODULE = 'platform_triggers.py';

type LogKind = keyof typeof AIRFLOW_LOGS;

/**
 * Apache Airflow, managed (MWAA), in two private subnets, with a web server that answers only inside the VPC.
 *
 * Makes the environment, a private and versioned bucket for its DAGs, the execution role, a security group whose members
 * reach one another, and the five log groups with their retention and key. Connections and variables come from Secrets
 * Manager, below `secretsPrefix`; Airflow looks there first. `connections.allowFrom(client, HTTPS)` lets a client reach the
 * web server. Who has `grantDeploy` uploads DAGs to `dags/` and `plugins.zip`; neither is a part of a deployment of Terraform,
 * except `dags/platform_triggers.py`, which DAGs import to be started by triggers (with Airflow 3).
 *
 * Costs for each hour of the environment by its class, also if no DAG runs, for each hour of each further worker, scheduler and
 * web server, for each gigabyte-month of its database, and for logs and metrics. Creating it takes about half an hour, an
 * update about as long; `docs/airflow.md` says what each change does.
 *
 * Destroyed with its history of runs if both keys say destroy. Its log groups and its bucket are then destroyed too; secrets stay.
 */
export class ManagedAirflow extends AirflowBase {
  public readonly airflowName: string;
  public readonly airflowArn: string;
  public readonly version: string;
  public readonly role: Role;
  public readonly encryptionKey: IKey;
  public readonly connections: Connections;
  /** Bucket of the DAGs. */
  public readonly bucket: Bucket;
  /** Beginning of the names of the secrets with connections and variables. */
  public readonly secretsPrefix: string;
  /** The underlying environment. */
  public readonly resource: MwaaEnvironment;
  private readonly physicalName: string;

  constructor(scope: Construct, id: string, props: ManagedAirflowProps) {
    super(scope, id);
    validateAirflow(this, props);

    const name = physicalName(this, AIRFLOW, props.name);
    const airflowArn = Aws.of(this).arn('airflow', `environment/${name}`);
    const { encryptionKey, accessLogs, removal } = props;
    this.physicalName = name;
    this.version = props.version ?? DEFAULT_AIRFLOW_VERSION;
    this.encryptionKey = encryptionKey;
    this.secretsPrefix = props.secretsPrefix ?? name;
    const bucket = { encryptionKey, accessLogs, noncurrentVersionDays: OLD_VERSIONS_DAYS, removal };
    this.bucket = new Bucket(this, 'Bucket', bucket);
    const group = this.makeGroup(props);
    this.connections = group.connections;
    this.role = this.makeRole(airflowArn, props);
    this.resource = this.makeEnvironment(group, props);
    new FixedChoice(this, 'Major', {
      name: 'major version of Airflow',
      value: `${majorOf(this.version)}`,
      instead: 'The provider would replace the environment; MWAA upgrades it in place, as docs/airflow.md shows',
      removal,
    });
    this.airflowName = published(this, this.resource.name, name);
    this.airflowArn = published(this, this.resource.arn, airflowArn);
  }

  /**
   * Allows uploading and removing DAGs and `plugins.zip`: `s3:PutObject`, `s3:PutObjectTagging`, `s3:AbortMultipartUpload` and
   * `s3:DeleteObject` below `dags/`, the same without `s3:DeleteObject` for `plugins.zip`, what `IBucket.grantRead` does, and
   * encryption with the key as `IKey.grantEncrypt` does.
   */
  public grantDeploy(grantee: IGrantable): void {
    this.bucket.grantRead(grantee);
    this.bucket.grantWrite(grantee, `${DAGS_FOLDER}/*`);
    this.bucket.grantDelete(grantee, `${DAGS_FOLDER}/*`);
    this.bucket.grantWrite(grantee, PLUGINS);
  }

  /** Name of the queue in which one of its DAGs looks for messages: see `DagQueue`. */
  public queueNameOf(dagId: string): string {
    return dagQueueName(this.physicalName, dagId);
  }

  /** Tasks, schedulers and web server reach one another; the last by an endpoint with this group. */
  private makeGroup({ network }: ManagedAirflowProps): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', { network, description: 'Airflow' });
    group.connections.allowWithin(Port.all());
    network.allowAwsServices(group);
    return group;
  }

  private makeRole(airflowArn: string, { encryptionKey, secretsKey = encryptionKey }: ManagedAirflowProps): Role {
    const { bucket, secretsPrefix, physicalName: airflowName } = this;
    const role = new Role(this, 'Role', {
      assumedBy: Principal.services(AIRFLOW_SERVICES, Aws.of(this).account),
      description: `Airflow ${airflowName}: its tasks, schedulers and web servers`,
    });
    allowExecution(role, { airflowName, airflowArn, bucket, encryptionKey, secretsPrefix, secretsKey });
    return role;
  }

  private makeEnvironment(group: SecurityGroup, props: ManagedAirflowProps): MwaaEnvironment {
    return new MwaaEnvironment(this, 'Resource', {
      name: this.physicalName,
      airflowVersion: this.version,
      executionRoleArn: this.role.roleArn,
      kmsKey: props.encryptionKey.keyArn,
      webserverAccessMode: 'PRIVATE_ONLY',
      endpointManagement: 'SERVICE',
      weeklyMaintenanceWindowStart: props.maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
      networkConfiguration: {
        // those of later zones have no effect: other subnets would replace the environment
        subnetIds: props.network.privateSubnetIds.slice(0, AIRFLOW_SUBNETS),
        securityGroupIds: [group.securityGroupId],
      },
      ...sizeOf(props),
      ...this.filesOf(props),
      airflowConfigurationOptions: this.optionsOf(props),
      loggingConfiguration: loggingOf(props),
      lifecycle: keepData(this, props.removal), // a replacement loses the history of runs
      dependsOn: [
        ...this.keepLogs(props), // MWAA would create the groups without retention
        ...[this.bucket, this.role, group].flatMap(resourcesBelow), // it checks what each of them allows
      ],
    });
  }

  /** Log groups under the names that MWAA uses. Created here, they have a retention and a key. */
  private keepLogs({ encryptionKey, removal, logRetentionDays }: ManagedAirflowProps): CloudwatchLogGroup[] {
    const retentionInDays = logRetentionDays ?? DEFAULT_AIRFLOW_LOG_DAYS;
    encryptionKey.allowLogs();
    return Object.entries(AIRFLOW_LOGS).map(([kind, id]) => {
      const group = new CloudwatchLogGroup(this, id, {
        name: claimPhysicalName(this, LOG_GROUP, airflowLogGroup(this.physicalName, kind as LogKind)),
        retentionInDays,
        kmsKeyId: encryptionKey.keyArn,
        skipDestroy: !mayDestroy(this, removal),
        lifecycle: keepData(this, removal),
      });
      if (!Token.isUnresolved(retentionInDays) && retentionInDays < DEFAULT_AIRFLOW_LOG_DAYS) {
        waive(group, 'a retention below one year is set explicitly', 'CKV_AWS_338');
      }
      return group;
    });
  }

  private filesOf(props: ManagedAirflowProps) {
    const { requirements = [], pluginsVersion, wheels = false } = props;
    if (hasWatchers(this.version)) {
      const program = readFileSync(join(__dirname, 'dags', TRIGGERS_MODULE), 'utf8');
      this.upload('Triggers', `${DAGS_FOLDER}/${TRIGGERS_MODULE}`, program, 'text/x-python');
    }
    // also without packages: if the last one went with the file, Terraform would destroy the file while the environment reads it
    const uploaded = this.upload('Requirements', REQUIREMENTS, requirementsFile(requirements, wheels), 'text/plain');
    return {
      sourceBucketArn: this.bucket.bucketArn,
      dagS3Path: `${DAGS_FOLDER}/`,
      ...(pluginsVersion && { pluginsS3Path: PLUGINS, pluginsS3ObjectVersion: pluginsVersion }),
      requirementsS3Path: uploaded.key,
      requirementsS3ObjectVersion: uploaded.versionId,
    };
  }

  private upload(id: string, key: string, content: string, contentType: string): S3Object {
    return new S3Object(this, id, {
      bucket: this.bucket.bucketName,
      ...{ key, content, contentType },
      kmsKeyId: this.encryptionKey.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
      dependsOn: resourcesBelow(this.bucket), // without versioning an object has no version, which MWAA asks for
    });
  }

  private optionsOf({ configuration = {} }: ManagedAirflowProps): Record<string, string> {
    const { account, region, urlSuffix } = Aws.of(this);
    return {
      ...configuration,
      'secrets.backend': 'airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend',
      'secrets.backend_kwargs': JSON.stringify({
        connections_prefix: `${this.secretsPrefix}/connections`,
        // MWAA's own default, which its options replace: hooks without a connection act with the role of the environment
        connections_lookup_pattern: '^(?!aws_default$).*$',
        variables_prefix: `${this.secretsPrefix}/variables`,
        config_prefix: null,
      }),
      [`${PLATFORM_SECTION}.dag_queues`]: `https://sqs.${region}.${urlSuffix}/${account}/${this.physicalName}-`,
    };
  }
}

/** Content of `requirements.txt`: only a comment without packages. */
export function requirementsFile(requirements: readonly string[], wheels: boolean): string {
  if (requirements.length === 0) return '# no packages beside those of the image\n';
  const source = wheels ? [`--find-links ${PLUGINS_PATH}`, '--no-index'] : [];
  return `${[...source, ...requirements].join('\n')}\n`;
}

/** The resources of a construct that are there by now. */
function resourcesBelow(construct: IConstruct): TerraformResource[] {
  return construct.node.findAll().filter((one): one is TerraformResource => TerraformResource.isTerraformResource(one));
}

function sizeOf({ class: airflowClass = DEFAULT_AIRFLOW_CLASS, maxWorkers }: ManagedAirflowProps) {
  const { schedulers, webServers, workers } = AIRFLOW_CLASSES[airflowClass];
  return {
    environmentClass: `mw1.${airflowClass}`,
    schedulers: schedulers.min,
    minWebservers: webServers.min,
    maxWebservers: webServers.min,
    minWorkers: workers.min,
    maxWorkers: maxWorkers ?? Math.min(DEFAULT_MAX_WORKERS, workers.max),
  };
}

function loggingOf({ logLevel = DEFAULT_AIRFLOW_LOG_LEVEL }: ManagedAirflowProps) {
  const kinds = Object.keys(AIRFLOW_LOGS) as LogKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, { enabled: true, logLevel }]));
}
