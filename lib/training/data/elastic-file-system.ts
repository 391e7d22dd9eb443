import { EfsAccessPoint } from '@cdktf/provider-aws/lib/efs-access-point';
import { EfsBackupPolicy } from '@cdktf/provider-aws/lib/efs-backup-policy';
import { EfsFileSystem } from '@cdktf/provider-aws/lib/efs-file-system';
import { EfsFileSystemPolicy } from '@cdktf/provider-aws/lib/efs-file-system-policy';
import { EfsMountTarget } from '@cdktf/provider-aws/lib/efs-mount-target';
import { Fn, Op, Token } from 'cdktf';
import { Construct } from 'constructs';
import { physicalName } from '../../aws/physical-name';
import { digitsOf } from '../../core/cdktf/token-values';
import { InputError } from '../../core/input-error';
import { Properties } from '../../core/properties';
import { keepData, type Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import type { IKey } from '../../encryption/key';
import { EFS_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import type { IGrantable, PolicyStatement } from '../../iam/statement';
import { Connections, type IConnectable } from '../../network/connections';
import type { INetwork } from '../../network/network';
import { Port } from '../../network/port';
import { SecurityGroup } from '../../network/security-group';
import { DEFAULT_INFREQUENT_DAYS, EFS, INFREQUENT_DAYS, type InfrequentDays } from './file-system-limits';

const NFS = Port.tcp(2049);
/** User of every access point: what separates teams is the access point, not the user. */
const POSIX_ID = 1000;

export interface ElasticFileSystemProps {
  readonly network: INetwork;
  /** Key of the files. Another key replaces the file system. */
  readonly encryptionKey: IKey;
  /** Teams, each with a folder that only its access point shows. */
  readonly teams: readonly string[];
  /**
   * Allows reading without TLS and without a role, to whoever the network lets through. SageMaker needs it: a training job mounts EFS
   * by NFS, and its API asks for neither. Writing always needs both.
   * @default false
   */
  readonly plainReads?: boolean;
  /** Days without access after which a file moves to the cheaper class; it comes back when it is read. @default 30 */
  readonly infrequentAfterDays?: InfrequentDays;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
  /** Whether the files may be destroyed with the file system: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** An EFS file system as a data source needs it. */
export interface IElasticFileSystem extends IConnectable {
  readonly fileSystemId: string;
  readonly fileSystemArn: string;
  /** Whether it can be read without TLS and a role, as SageMaker does. */
  readonly plainReads: boolean;
  /** Id of the access point of a team. @throws InputError if the team has none */
  accessPointId(team: string): string;
  /** Lets a client mount it. */
  allowClient(client: Connections): void;
  /** Allows `elasticfilesystem:ClientMount` through the access point of a team: reading its folder. */
  grantRead(grantee: IGrantable, team: string): void;
  /** Allows `elasticfilesystem:ClientMount`, `elasticfilesystem:ClientWrite` through the access point of a team. */
  grantWrite(grantee: IGrantable, team: string): void;
}

/**
 * A file system of EFS for data that jobs read and write as files: encrypted, in each private subnet, with an access point and a folder
 * for each team, backed up every day, TLS only.
 *
 * It makes the file system, its mount targets, access points, policy and a security group. Costs GB-months of what is stored,
 * of the backups, and GB read and written (elastic throughput); an empty one costs nothing. Destroying it loses its files, so it
 * is kept unless both keys say otherwise; backups in the vault of AWS Backup stay behind until they expire.
 */
export class ElasticFileSystem extends Construct implements IElasticFileSystem {
  public readonly connections: Connections;
  public readonly fileSystemId: string;
  public readonly fileSystemArn: string;
  public readonly plainReads: boolean;
  /** The underlying file system. */
  public readonly resource: EfsFileSystem;
  private readonly accessPoints = new Map<string, EfsAccessPoint>();

  constructor(scope: Construct, id: string, props: ElasticFileSystemProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'encryptionKey', 'teams');
    this.validate(props);
    this.plainReads = props.plainReads ?? false;

    const name = physicalName(this, EFS, props.name);
    this.resource = new EfsFileSystem(this, 'Resource', {
      creationToken: name,
      encrypted: true,
      kmsKeyId: props.encryptionKey.keyArn,
      performanceMode: 'generalPurpose',
      throughputMode: 'elastic',
      lifecyclePolicy: [
        { transitionToIa: `AFTER_${daysOf(props.infrequentAfterDays ?? DEFAULT_INFREQUENT_DAYS)}` },
        { transitionToPrimaryStorageClass: 'AFTER_1_ACCESS' },
      ],
      protection: { replicationOverwrite: 'ENABLED' },
      tags: { Name: name },
      lifecycle: { ...keepData(this, props.removal), precondition: this.zonesOf(props.network) },
    });
    this.fileSystemId = this.resource.id;
    this.fileSystemArn = this.resource.arn;
    this.connections = this.open(props.network);
    for (const team of props.teams) this.accessPoints.set(team, this.folderOf(team));
    this.protect();
  }

  public accessPointId(team: string): string {
    return this.accessPoint(team).id;
  }

  public allowClient(client: Connections): void {
    client.allowTo(this, NFS);
  }

  public grantRead(grantee: IGrantable, team: string): void {
    this.grant(grantee, team, ['elasticfilesystem:ClientMount']);
  }

  public grantWrite(grantee: IGrantable, team: string): void {
    this.grant(grantee, team, ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite']);
  }

  private grant(grantee: IGrantable, team: string, actions: readonly string[]): void {
    grantee.addToPolicy({
      actions,
      resources: [this.fileSystemArn],
      conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': this.accessPoint(team).arn } },
    });
  }

  private accessPoint(team: string): EfsAccessPoint {
    Properties.of(this)
      .oneOf('team', team, [...this.accessPoints.keys()])
      .throwIfInvalid();
    return this.accessPoints.get(team)!;
  }

  private validate({ teams, infrequentAfterDays, name }: ElasticFileSystemProps): void {
    const properties = Properties.of(this)
      .known({ teams, infrequentAfterDays }, 'teams', 'infrequentAfterDays')
      .oneOf('infrequentAfterDays', infrequentAfterDays, INFREQUENT_DAYS)
      .matches('name', name, NAME);
    for (const [index, team] of (Token.isUnresolved(teams) ? [] : teams).entries()) {
      properties.known({ [`teams[${index}]`]: team }, `teams[${index}]`).matches(`teams[${index}]`, team, NAME);
    }
    properties
      .require(Token.isUnresolved(teams) || teams.length > 0, "'teams' must have at least one team, got none")
      .require(
        Token.isUnresolved(teams) || new Set(teams).size === teams.length,
        `'teams' must be different teams, got ${teams.join(', ')}`,
      )
      .throwIfInvalid();
  }

  /** The zones of existing subnets, which the plan may have to read, are different. A new network has a subnet in each. */
  private zonesOf({ privateSubnetIds, availabilityZones }: INetwork) {
    if (privateSubnetIds.some((subnetId) => Token.isUnresolved(subnetId))) return undefined;
    const zones = [...availabilityZones];
    const errorMessage = `${this.node.path}: the private subnets must be in different zones, because EFS has one mount target in a zone; list one subnet of each zone`;
    if (zones.some((zone) => Token.isUnresolved(zone))) {
      return [{ condition: Op.eq(Fn.lengthOf(Fn.distinct(zones)), zones.length), errorMessage }];
    }
    if (new Set(zones).size < zones.length) throw new InputError(`${errorMessage}, got ${zones.join(', ')}`);
    return undefined;
  }

  /** A mount target in each private subnet, behind a group that nobody may pass yet. */
  private open(network: INetwork): Connections {
    const group = new SecurityGroup(this, 'Group', { network, description: 'EFS' });
    network.privateSubnetIds.forEach((subnetId, index) => {
      // by its id if it is known: in a list that lost a subnet, the next would take its place, and EFS refuses a second
      // target in a zone while the old one goes
      const which = Token.isUnresolved(subnetId) ? index : `-${subnetId}`;
      new EfsMountTarget(this, `Target${which}`, {
        fileSystemId: this.fileSystemId,
        subnetId,
        securityGroups: [group.securityGroupId],
      });
    });
    return new Connections(group);
  }

  private folderOf(team: string): EfsAccessPoint {
    const id = `Team-${team}`;
    return new EfsAccessPoint(this, id, {
      fileSystemId: this.fileSystemId,
      posixUser: { uid: POSIX_ID, gid: POSIX_ID },
      rootDirectory: {
        path: `/${team}`,
        // EFS makes the folder once, and keeps its permissions: with others, `plainReads` could not be turned on later.
        // Who mounts without an access point is another user, and reads what everyone may read
        creationInfo: { ownerUid: POSIX_ID, ownerGid: POSIX_ID, permissions: '0755' },
      },
      tags: { Name: team },
    });
  }

  private protect(): void {
    new EfsBackupPolicy(this, 'Backup', { fileSystemId: this.fileSystemId, backupPolicy: { status: 'ENABLED' } });
    const { statements } = this;
    new EfsFileSystemPolicy(this, 'Policy', {
      fileSystemId: this.fileSystemId,
      policy: renderedPolicy(this, EFS_POLICY, () => statements),
    });
  }

  /** With a policy, EFS no longer lets everyone in whom the network does; roles come in by their own policies. */
  private get statements(): PolicyStatement[] {
    const resources = [this.fileSystemArn];
    const writes = ['elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'];
    const everything = ['elasticfilesystem:ClientMount', ...writes];
    const denied: PolicyStatement = {
      sid: 'TlsOnly',
      effect: 'Deny',
      principal: Principal.anyone(),
      actions: this.plainReads ? writes : everything,
      resources,
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    if (!this.plainReads) return [denied];
    const reads: PolicyStatement = {
      sid: 'PlainReads',
      principal: Principal.anyone(),
      actions: ['elasticfilesystem:ClientMount'],
      resources,
      conditions: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } },
    };
    return [denied, reads];
  }
}

/** `1_DAY`, `30_DAYS`. */
function daysOf(days: InfrequentDays): string {
  return days === 1 ? '1_DAY' : `${digitsOf(days)}_DAYS`;
}
