import { SagemakerDomain } from '@cdktf/provider-aws/lib/sagemaker-domain';
import { SagemakerSpace } from '@cdktf/provider-aws/lib/sagemaker-space';
import { SagemakerUserProfile } from '@cdktf/provider-aws/lib/sagemaker-user-profile';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { FixedChoice } from '../../core/fixed-choice';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy } from '../../core/removal';
import { waive } from '../../core/waivers';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Connections, IConnectable } from '../../network/connections';
import { Port } from '../../network/port';
import { SecurityGroup } from '../../network/security-group';
import { JobLogs } from '../sagemaker/job-logs';
import type { ITrainingWorkspace } from '../sagemaker/workspace';
import { type AppSettings, userSettings } from './app-settings';
import {
  DEFAULT_IDLE_MINUTES,
  DEFAULT_MAX_SPACE_GB,
  DEFAULT_NOTEBOOK_AUTH,
  DEFAULT_NOTEBOOK_INSTANCES,
  DEFAULT_SPACE_GB,
  DOMAIN,
  type NotebookAuth,
  profileName,
} from './notebooks-limits';
import { type NotebooksProps, type NotebookTeamProps, validateNotebooks } from './notebooks-props';
import { allowApps, allowStudio } from './team-access';

/** Folder of the teams in the bucket of the workspace. */
export const NOTEBOOKS_FOLDER = 'notebooks';
const NFS = Port.tcp(2049);
/** Between JupyterLab and its kernels (SageMaker guide, "Connect Studio in a VPC to external resources"). */
const KERNELS = Port.tcpRange(8192, 65_535);

/** From where notebooks may be opened. */
export interface OpenOptions {
  /**
   * Whether only from the network of the notebooks, through its endpoints `sagemaker.api` and `sagemaker.studio`: a browser
   * elsewhere is refused, and so is the console. SageMaker checks it for each request of the browser. Without it, whoever has
   * the address within its minutes opens it from anywhere, also notebooks of a network without internet access.
   * @default false
   */
  readonly fromNetworkOnly?: boolean;
}

/** Notebooks as other modules see them. */
export interface INotebooks extends IConstruct, IConnectable {
  readonly domainId: string;
  /**
   * Role of the notebooks of a team, for grants of data and of starting jobs.
   *
   * @throws InputError if there is no such team
   */
  roleOf(team: string): Role;
  /**
   * Allows opening the notebooks of a team, or of one of its members: `sagemaker:CreatePresignedDomainUrl` on the profile.
   * Whoever opens a profile acts with the role of the team.
   *
   * @throws InputError if there is no such team or member
   */
  grantOpen(grantee: IGrantable, team: string, member?: string, options?: OpenOptions): void;
}

/**
 * Notebooks: a SageMaker domain with JupyterLab and Code Editor, whose apps run in the private subnets only. Each team has an
 * execution role, and each of its people a profile and a private space, which no one else opens or changes. Idle apps stop
 * (those of SageMaker Distribution 2.0 and newer), outputs are not shared, and there are no shared spaces: they would run
 * with one role for all teams. CloudTrail shows the profile behind each call. Spaces are kept with their files; their apps
 * are no part of the configuration, and the settings of a space belong to its user once it is made.
 *
 * Costs at rest the gigabyte-months of the home file system, of the volume of each space and of the logs; an app costs its
 * instance by the second while it runs, and the idle time before it stops.
 *
 * Destroyed cleanly once its apps are deleted, with the spaces that users have made; `docs/notebooks.md` has the commands.
 * If both keys say destroy, the home file system goes too, otherwise it stays with its mount targets. Two security groups
 * of the service (`security-group-for-inbound-nfs-<domain>`, `security-group-for-outbound-nfs-<domain>`) stay in any case, and
 * keep the VPC from being deleted.
 */
export class Notebooks extends Construct implements INotebooks {
  public readonly connections: Connections;
  /** The underlying domain. */
  public readonly resource: SagemakerDomain;
  /** The group of every app. */
  public readonly securityGroup: SecurityGroup;
  private readonly vpcId: string;
  private readonly roles = new Map<string, Role>();
  private readonly profiles: ReadonlyMap<string, readonly string[]>;

  constructor(scope: Construct, id: string, props: NotebooksProps) {
    super(scope, id);
    Properties.need(this, props, 'workspace', 'teams');
    Properties.of(this).known(props, 'teams', 'instanceTypes', 'auth').throwIfInvalid();
    const teams = Object.entries(props.teams);
    validateNotebooks(this, props, teams);

    const { instanceTypes = DEFAULT_NOTEBOOK_INSTANCES, auth = DEFAULT_NOTEBOOK_AUTH, removal } = props;
    this.vpcId = props.workspace.network.vpcId;
    this.keepLogs(props);
    this.securityGroup = this.makeGroup(props.workspace);
    this.connections = this.securityGroup.connections;
    const settings = this.settingsOf(props, instanceTypes[0]!);
    this.resource = this.makeDomain(props, auth, settings);
    new FixedChoice(this, 'Auth', {
      name: 'auth of notebooks',
      value: auth,
      instead: 'Make other notebooks, and move the files of the users',
      removal,
    });
    const names = ([team, { members = [] }]: (typeof teams)[number]) =>
      members.length === 0 ? [profileName(team)] : members.map((member) => profileName(team, member));
    this.profiles = new Map(teams.map((entry) => [entry[0], names(entry)]));
    for (const [team, own] of teams) {
      const types = own.instanceTypes ?? instanceTypes;
      const role = this.makeRole(team, types, props.workspace);
      this.roles.set(team, role);
      this.makeProfiles(team, own, role, { ...settings, instanceType: types[0]! }, props);
    }
  }

  public get domainId(): string {
    return this.resource.id;
  }

  public roleOf(team: string): Role {
    this.requireTeam(team);
    return this.roles.get(team)!;
  }

  public grantOpen(grantee: IGrantable, team: string, member?: string, options: OpenOptions = {}): void {
    this.requireTeam(team);
    const profiles = this.profiles.get(team)!;
    const wanted = member === undefined ? profiles : [profileName(team, member)];
    Properties.of(this)
      .require(
        wanted.every((profile) => profiles.includes(profile)),
        `'member' must be a member of team '${team}', got '${member}'; add it to its members`,
      )
      .throwIfInvalid();
    grantee.addToPolicy({
      actions: ['sagemaker:CreatePresignedDomainUrl'],
      resources: wanted.map((name) => Aws.of(this).arn('sagemaker', `user-profile/${this.domainId}/${name}`)),
      conditions: options.fromNetworkOnly ? { StringEquals: { 'aws:SourceVpc': this.vpcId } } : undefined,
    });
  }

  private requireTeam(team: string): void {
    Properties.of(this)
      .require(
        this.roles.has(team),
        `'team' must be one of ${[...this.roles.keys()].join(', ') || 'none'}, got '${team}'; add it to the teams`,
      )
      .throwIfInvalid();
  }

  private keepLogs({ workspace, ownsLogGroups = true, logRetentionDays, removal }: NotebooksProps): void {
    if (!ownsLogGroups) return;
    const { encryptionKey } = workspace;
    new JobLogs(this, 'Logs', { encryptionKey, kinds: ['studio'], retentionDays: logRetentionDays, removal });
  }

  private makeGroup({ network }: ITrainingWorkspace): SecurityGroup {
    const group = new SecurityGroup(this, 'Apps', { network, description: 'Notebooks' });
    waive(group.resource, 'the apps of the domain have it, which are not in a stack', 'CKV2_AWS_5');
    network.allowAwsServices(group);
    group.connections.allowWithin(KERNELS);
    group.connections.allowToCidr(network.vpcCidr, NFS); // the mount targets of the home file system
    return group;
  }

  private settingsOf(props: NotebooksProps, instanceType: string): AppSettings {
    const { idleMinutes = DEFAULT_IDLE_MINUTES, spaceGb = DEFAULT_SPACE_GB } = props;
    const maxSpaceGb = props.maxSpaceGb ?? Math.max(spaceGb, DEFAULT_MAX_SPACE_GB);
    return { securityGroup: this.securityGroup, instanceType, idleMinutes, spaceGb, maxSpaceGb };
  }

  /** A profile that someone makes by hand has the role of the domain, which may do nothing. */
  private makeDomain(props: NotebooksProps, authMode: NotebookAuth, settings: AppSettings): SagemakerDomain {
    const { workspace, name, removal } = props;
    const nobody = new Role(this, 'Nobody', {
      assumedBy: sageMaker(this),
      description: 'Notebooks of profiles without a team: no permissions',
    });
    return new SagemakerDomain(this, 'Resource', {
      domainName: physicalName(this, DOMAIN, name),
      authMode,
      appNetworkAccessType: 'VpcOnly',
      vpcId: workspace.network.vpcId,
      subnetIds: [...workspace.network.privateSubnetIds],
      kmsKeyId: workspace.encryptionKey.keyArn,
      tagPropagation: 'ENABLED',
      defaultUserSettings: { ...userSettings(nobody, settings), executionRole: nobody.roleArn },
      domainSettings: {
        executionRoleIdentityConfig: 'USER_PROFILE_NAME',
        dockerSettings: { enableDockerAccess: 'DISABLED' },
      },
      retentionPolicy: { homeEfsFileSystem: mayDestroy(this, removal) ? 'Delete' : 'Retain' },
      // another list of subnets, as with a third zone, would replace the domain: it keeps those with which it was made.
      // SageMaker refuses every update of a VpcOnly domain by this provider, which does not repeat the VPC; profiles have
      // the same settings, and theirs count
      lifecycle: { ...keepData(this, removal), ignoreChanges: ['subnet_ids', 'default_user_settings'] },
    });
  }

  private makeRole(team: string, instanceTypes: readonly string[], workspace: ITrainingWorkspace): Role {
    const role = new Role(this, `Role${team}`, {
      assumedBy: sageMaker(this),
      description: `Notebooks of team ${team}`,
    });
    const profiles = this.profiles.get(team)!;
    allowStudio(role, { domainId: this.domainId, profiles, instanceTypes });
    allowApps(role, workspace, `${NOTEBOOKS_FOLDER}/${team}`);
    workspace.limit(role);
    return role;
  }

  private makeProfiles(
    team: string,
    { members = [] }: NotebookTeamProps,
    role: Role,
    settings: AppSettings,
    { auth, removal }: NotebooksProps,
  ): void {
    const { domainId } = this;
    this.profiles.get(team)!.forEach((userProfileName, index) => {
      const sso = { singleSignOnUserIdentifier: 'UserName', singleSignOnUserValue: members[index] };
      const profile = new SagemakerUserProfile(this, `Profile${userProfileName}`, {
        domainId,
        userProfileName,
        ...(auth === 'SSO' && sso),
        userSettings: userSettings(role, settings),
      });
      new SagemakerSpace(this, `Space${userProfileName}`, {
        domainId,
        spaceName: userProfileName,
        ownershipSettings: { ownerUserProfileName: profile.userProfileName },
        spaceSharingSettings: { sharingType: 'Private' },
        spaceSettings: {
          appType: 'JupyterLab',
          jupyterLabAppSettings: { defaultResourceSpec: { instanceType: settings.instanceType } },
          spaceStorageSettings: { ebsStorageSettings: { ebsVolumeSizeInGb: settings.spaceGb } },
        },
        // its user may take another image, another type or a larger volume, and SageMaker refuses to put them back
        lifecycle: { ...keepData(this, removal), ignoreChanges: ['space_settings'] },
      });
    });
  }
}

/** SageMaker, for this account only; its sessions name the profile behind them. */
function sageMaker(scope: IConstruct): Principal {
  return Principal.service('sagemaker.amazonaws.com', Aws.of(scope).account).withSourceIdentity();
}
