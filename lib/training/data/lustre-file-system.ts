import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FsxDataRepositoryAssociation } from '@cdktf/provider-aws/lib/fsx-data-repository-association';
import { FsxLustreFileSystem } from '@cdktf/provider-aws/lib/fsx-lustre-file-system';
import { TerraformResource, Token } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName } from '../../aws/physical-name';
import { deployedName } from '../../core/kept/deployed-name';
import { nameOf } from '../../core/names';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Connections, type IConnectable } from '../../network/connections';
import type { INetwork } from '../../network/network';
import { SUBNET_ID } from '../../network/network-limits';
import { Port } from '../../network/port';
import { SecurityGroup } from '../../network/security-group';
import type { IBucket } from '../../storage/bucket';
import { DATA_PREFIX } from './data-limits';
import {
  brokenCapacity,
  brokenThroughput,
  DEFAULT_LUSTRE_CAPACITY_GIB,
  DEFAULT_LUSTRE_THROUGHPUT,
  LUSTRE_DEPLOYMENTS,
  LUSTRE_THROUGHPUTS,
  type LustreDeployment,
  type LustreThroughput,
} from './file-system-limits';

/** Ports of Lustre (FSx for Lustre user guide, file system access control with Amazon VPC). */
const PORTS = [Port.tcp(988), Port.tcpRange(1018, 1023)];
const GROUP_PREFIX = '/aws/fsx/'; // FSx writes to no other
/** As FSx recommends; its default for `scratch` is 2.10, which it links to no bucket (FSx API, CreateDataRepositoryAssociation). */
const LUSTRE_VERSION = '2.15';
const LOG_DAYS = 90;
const MAX_NAME_LENGTH = 255;
/** More capacity takes FSx more than the half hour that the provider waits. */
const FILE_SYSTEM_TIMEOUTS = { create: '1h', update: '3h', delete: '1h' };
/** A link lists every object of its folder first, and releases every file when it goes: the provider waits ten minutes. */
const LINK_TIMEOUTS = { create: '2h', update: '1h', delete: '2h' };
/** Folder of the file system that has the objects. */
const DATA_FOLDER = '/data';

export interface LustreFileSystemProps {
  readonly network: INetwork;
  /** Key of the file system and its log. A scratch file system has a key of FSx's own. */
  readonly encryptionKey: IKey;
  /** Bucket of the data, in the same region. Its objects are files as soon as they are there. */
  readonly bucket: IBucket;
  /** Folder of the data in the bucket, e.g. `churn/train`. No other file system may be linked to it, or to a part of it. */
  readonly prefix: string;
  /**
   * `persistent` is replicated within its zone; `scratch` is cheaper and lost with a server: for days, not for weeks.
   * @default persistent
   */
  readonly deployment?: LustreDeployment;
  /** GiB: 1200, 2400, or a multiple of 2400. Jobs read a file from the bucket once, so it must hold what they read. @default 1200 */
  readonly capacityGib?: number;
  /** MB/s for each TiB of a persistent file system: 125, 250, 500 or 1000. @default 125 */
  readonly throughput?: LustreThroughput;
  /** Private subnet of the file system: it is in one zone, and its jobs should be in the same. @default - the network's first */
  readonly subnetId?: string;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/** A file system of FSx for Lustre as a data source needs it. */
export interface ILustreFileSystem extends IConnectable {
  readonly fileSystemId: string;
  /** Path under which SageMaker finds the data: `/<mount name>/data`. */
  readonly dataPath: string;
  /** Subnet of the file system: a job in another zone pays for each gigabyte that it reads, and waits longer. */
  readonly subnetId: string;
  readonly bucket: IBucket;
  /** Folder of the data in the bucket. */
  readonly prefix: string;
  /** Lets a client mount it. */
  allowClient(client: Connections): void;
}

/**
 * A file system of FSx for Lustre linked to a folder of a bucket: hundreds of jobs read the same data at gigabytes a second, and
 * each object is loaded from S3 once. Files follow the bucket: new, changed and deleted objects are imported. Nothing is
 * exported: it is a cache, which jobs mount read-only.
 *
 * It makes the file system, its link, a security group and a log group. It costs the same at rest as in use: GiB-months of its capacity,
 * which depend on `throughput`; turn it off by removing it. Destroying it loses nothing that the bucket does not
 * have; FSx removes its notification from the bucket and the role with which it read it.
 *
 * FSx makes that role itself: whoever deploys needs `iam:CreateServiceLinkedRole`, `iam:AttachRolePolicy` and `iam:PutRolePolicy` for
 * `s3.data-source.lustre.fsx.amazonaws.com`. FSx also adds a notification of its own to the bucket.
 */
export class LustreFileSystem extends Construct implements ILustreFileSystem {
  public readonly connections: Connections;
  public readonly fileSystemId: string;
  public readonly dataPath: string;
  public readonly subnetId: string;
  public readonly bucket: IBucket;
  public readonly prefix: string;
  /** The underlying file system. */
  public readonly resource: FsxLustreFileSystem;

  constructor(scope: Construct, id: string, props: LustreFileSystemProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'encryptionKey', 'bucket', 'prefix');
    this.validate(props);
    this.bucket = props.bucket;
    this.prefix = props.prefix;
    this.subnetId = props.subnetId ?? props.network.privateSubnetIds[0]!;

    const group = new SecurityGroup(this, 'Group', { network: props.network, description: 'FSx for Lustre' });
    this.connections = new Connections(group);
    for (const port of PORTS) this.connections.allowWithin(port);
    this.resource = this.makeFileSystem(props, group, this.keepLog(props));
    this.fileSystemId = this.resource.id;
    this.dataPath = `/${this.resource.mountName}${DATA_FOLDER}`;
    this.link();
  }

  /** Servers of Lustre call their clients, too: both directions, on the ports of Lustre. */
  public allowClient(client: Connections): void {
    for (const port of PORTS) {
      client.allowTo(this, port);
      client.allowFrom(this, port);
    }
  }

  private validate({
    prefix,
    deployment = 'persistent',
    capacityGib,
    throughput,
    subnetId,
    name,
  }: LustreFileSystemProps) {
    Properties.of(this)
      .matches('prefix', prefix, DATA_PREFIX)
      .oneOf('deployment', deployment, LUSTRE_DEPLOYMENTS)
      .oneOf('throughput', throughput, LUSTRE_THROUGHPUTS)
      .keeps('throughput', throughput ?? 0, brokenThroughput(deployment, throughput))
      .keeps(
        'capacityGib',
        capacityGib ?? 0,
        capacityGib === undefined || Token.isUnresolved(capacityGib) ? [] : brokenCapacity(capacityGib),
      )
      .matches('subnetId', subnetId, SUBNET_ID)
      .matches('name', name, NAME)
      .throwIfInvalid();
  }

  private makeFileSystem(props: LustreFileSystemProps, group: SecurityGroup, logGroupArn: string) {
    const { encryptionKey, deployment = 'persistent', throughput = DEFAULT_LUSTRE_THROUGHPUT } = props;
    const persistent = {
      deploymentType: 'PERSISTENT_2',
      perUnitStorageThroughput: throughput,
      kmsKeyId: encryptionKey.keyArn,
      automaticBackupRetentionDays: 0, // FSx backs up no file system that is linked to a bucket
    };
    const resource = new FsxLustreFileSystem(this, 'Resource', {
      fileSystemTypeVersion: LUSTRE_VERSION,
      storageType: 'SSD',
      storageCapacity: props.capacityGib ?? DEFAULT_LUSTRE_CAPACITY_GIB,
      subnetIds: [this.subnetId],
      securityGroupIds: [group.securityGroupId],
      dataCompressionType: 'LZ4',
      skipFinalBackup: true,
      logConfiguration: { level: 'WARN_ERROR', destination: logGroupArn },
      ...(deployment === 'persistent' ? persistent : { deploymentType: 'SCRATCH_2' }),
      tags: { Name: nameOf(this, { maxLength: MAX_NAME_LENGTH }, props.name) },
      timeouts: FILE_SYSTEM_TIMEOUTS,
      // FSx makes no file system whose group does not let its servers reach one another
      dependsOn: group.node.children
        .filter(TerraformResource.isTerraformResource)
        .filter((it) => it !== group.resource),
    });
    if (deployment === 'scratch') waive(resource, 'a scratch file system has a key of FSx only', 'CKV_AWS_190');
    return resource;
  }

  private link(): void {
    this.bucket.encryptionKey?.allowLustre();
    new FsxDataRepositoryAssociation(this, 'Link', {
      fileSystemId: this.fileSystemId,
      fileSystemPath: DATA_FOLDER,
      dataRepositoryPath: `s3://${this.bucket.bucketName}/${this.prefix}/`,
      batchImportMetaDataOnCreate: true,
      deleteDataInFilesystem: true,
      s3: { autoImportPolicy: { events: ['NEW', 'CHANGED', 'DELETED'] } },
      timeouts: LINK_TIMEOUTS,
    });
  }

  private keepLog({ encryptionKey, name }: LustreFileSystemProps): string {
    encryptionKey.allowLogs();
    const limits = { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - GROUP_PREFIX.length };
    const own = deployedName(this, LOG_GROUP.kind, () => nameOf(this, limits, name));
    const groupName = claimPhysicalName(this, LOG_GROUP, `${GROUP_PREFIX}${own}`);
    const group = new CloudwatchLogGroup(this, 'Log', {
      name: groupName,
      retentionInDays: LOG_DAYS,
      kmsKeyId: encryptionKey.keyArn,
    });
    waive(group, 'warnings of imports are of use for weeks', 'CKV_AWS_338');
    return published(this, group.arn, Aws.of(this).arn('logs', `log-group:${groupName}`));
  }
}
