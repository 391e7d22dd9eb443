import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Connections, IConnectable } from '../../network/connections';
import type { INetwork } from '../../network/network';
import { Port } from '../../network/port';
import { SecurityGroup } from '../../network/security-group';
import { Bucket, type IBucket } from '../../storage/bucket';
import type { Framework } from '../framework/framework';
import { DEFAULT_RUNTIME_MINUTES, hasInstanceStore, ML_INSTANCE, RUNTIME_LIMITS_MINUTES } from '../training-limits';
import { Guardrails } from './guardrails';
import { allowJob } from './job-access';
import { JobLogs } from './job-logs';

/** Subnets and security groups of a job, as requests of SageMaker name them. */
export interface VpcConfig {
  readonly SecurityGroupIds: readonly string[];
  readonly Subnets: readonly string[];
}

/** A role of jobs. */
export interface JobRoleProps {
  /** Frameworks whose images its jobs pull. @default - none */
  readonly frameworks?: readonly Framework[];
  /** @default - none */
  readonly description?: string;
}

/** Where the jobs of an environment run, as other modules see it. */
export interface ITrainingWorkspace extends IConstruct, IConnectable {
  /** Code, output, checkpoints and reports of jobs, by `uriOf`. */
  readonly bucket: IBucket;
  /** Key of the bucket, and of the volumes of jobs. */
  readonly encryptionKey: IKey;
  readonly network: INetwork;
  /** Types on which jobs may run. */
  readonly instanceTypes: readonly string[];
  readonly maxRuntimeMinutes: number;
  /** Of every job. */
  readonly vpcConfig: VpcConfig;
  /** What no job may do: in the policy of every role that may start one. */
  readonly guardrails: Guardrails;
  /** `s3://<bucket>/<part>/<part>`; each part is a folder, or the name of an object. */
  uriOf(...path: readonly string[]): string;
  /**
   * The key for the volume of a job on an instance type; `undefined` for a type with an instance store, which takes none.
   *
   * @throws InputError if jobs may not run on the type
   */
  volumeKeyFor(instanceType: string): string | undefined;
  /**
   * A role for jobs: SageMaker assumes it, for this account only. It may attach jobs to the network, write their logs and
   * metrics, use the key, and pull the images; what a job reads and writes is granted to it. The guardrails bind it, so
   * that a later grant does not let it start what no job may.
   */
  newJobRole(scope: Construct, id: string, props?: JobRoleProps): Role;
  /**
   * Binds a role that may start jobs, e.g. that of a pipeline or a notebook, by the guardrails. They deny; what it may
   * start is granted elsewhere. A role can be bound by one workspace only: two would deny each other's subnets.
   */
  limit(starter: IGrantable): void;
}

export interface TrainingWorkspaceProps {
  readonly network: INetwork;
  /** Key of the bucket, the logs and the volumes of jobs. */
  readonly encryptionKey: IKey;
  /** Types on which jobs may run, e.g. `ml.m5.xlarge`. */
  readonly instanceTypes: readonly string[];
  /** Maximal run time of a job, 1 to 40320 (28 days). @default 1440 */
  readonly maxRuntimeMinutes?: number;
  /** An existing bucket with the same key, in place of a new one. @default - a new bucket */
  readonly bucket?: IBucket;
  /** Bucket in the same region for the access logs of the new bucket. @default - no access logs */
  readonly accessLogs?: IBucket;
  /**
   * Whether the log groups of SageMaker's jobs belong to this workspace, which gives them a retention and a key. Their
   * names are fixed: an account has one set in each region. Where several environments share an account, set it in one of
   * them only. Where jobs have run before, import the groups once
   * (`terraform import <address> /aws/sagemaker/TrainingJobs`), or set it to false.
   * @default true
   */
  readonly ownsLogGroups?: boolean;
  /** Retention of the logs in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly logRetentionDays?: number;
  /** Whether the bucket and the logs may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * Where the jobs of an environment run: a bucket, a security group, an allow-list of instance types, a maximal run time
 * and the logs. Jobs reach AWS services and one another, and nothing else.
 *
 * Costs at rest what the bucket and the logs hold, for each gigabyte-month. It is destroyed with what it holds if both
 * keys say destroy; the network interfaces of a job are gone some minutes after it, and until then EC2 does not delete
 * the security group: Terraform waits for it.
 */
export class TrainingWorkspace extends Construct implements ITrainingWorkspace {
  public readonly bucket: IBucket;
  public readonly encryptionKey: IKey;
  public readonly network: INetwork;
  public readonly instanceTypes: readonly string[];
  public readonly maxRuntimeMinutes: number;
  public readonly vpcConfig: VpcConfig;
  public readonly guardrails: Guardrails;
  public readonly connections: Connections;
  /** The group of every job. */
  public readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: TrainingWorkspaceProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'encryptionKey', 'instanceTypes');
    this.validate(props);

    const { network, encryptionKey, accessLogs, removal } = props;
    this.network = network;
    this.encryptionKey = encryptionKey;
    this.instanceTypes = props.instanceTypes;
    this.maxRuntimeMinutes = props.maxRuntimeMinutes ?? DEFAULT_RUNTIME_MINUTES;
    this.bucket = props.bucket ?? new Bucket(this, 'Bucket', { encryptionKey, accessLogs, removal });
    this.securityGroup = new SecurityGroup(this, 'Jobs', { network, description: 'Training and processing jobs' });
    waive(this.securityGroup.resource, 'jobs name it in their requests, which are not in a stack', 'CKV2_AWS_5');
    this.connections = this.securityGroup.connections;
    network.allowAwsServices(this);
    this.connections.allowWithin(Port.all()); // nodes of one job choose their ports, and encrypt their traffic with IPsec
    this.vpcConfig = {
      SecurityGroupIds: [this.securityGroup.securityGroupId],
      Subnets: network.privateSubnetIds,
    };
    this.guardrails = new Guardrails(this, {
      subnetIds: network.privateSubnetIds,
      instanceTypes: this.instanceTypes,
      maxRuntimeMinutes: this.maxRuntimeMinutes,
    });
    if (props.ownsLogGroups ?? true) {
      new JobLogs(this, 'Logs', { encryptionKey, retentionDays: props.logRetentionDays, removal });
    }
  }

  public uriOf(...path: readonly string[]): string {
    return ['s3:/', this.bucket.bucketName, ...path].join('/');
  }

  public volumeKeyFor(instanceType: string): string | undefined {
    Properties.of(this)
      .known({ instanceType }, 'instanceType')
      .oneOf('instanceType', instanceType, this.instanceTypes)
      .throwIfInvalid();
    return hasInstanceStore(instanceType) ? undefined : this.encryptionKey.keyArn;
  }

  public newJobRole(scope: Construct, id: string, { frameworks = [], description }: JobRoleProps = {}): Role {
    const { account } = Aws.of(scope);
    const assumedBy = Principal.service('sagemaker.amazonaws.com', account);
    const role = new Role(scope, id, { assumedBy, description });
    allowJob(role, this);
    for (const framework of frameworks) framework.grantPull(role);
    this.limit(role);
    return role;
  }

  public limit(starter: IGrantable): void {
    for (const statement of this.guardrails.statements) starter.addToPolicy(statement);
  }

  private validate(props: TrainingWorkspaceProps): void {
    const { instanceTypes, bucket, encryptionKey } = props;
    const properties = Properties.of(this).known(props, 'instanceTypes', 'maxRuntimeMinutes');
    properties.throwIfInvalid();
    properties
      .integer('maxRuntimeMinutes', props.maxRuntimeMinutes, RUNTIME_LIMITS_MINUTES)
      .require(
        bucket?.encryptionKey === undefined || bucket.encryptionKey === encryptionKey,
        "'bucket' must be a bucket with the key 'encryptionKey': jobs encrypt their output with that key",
      )
      .require(
        (props.ownsLogGroups ?? true) || props.logRetentionDays === undefined,
        "'logRetentionDays' has no effect without 'ownsLogGroups'; remove it",
      )
      .require(instanceTypes.length > 0, "'instanceTypes' must name at least one type, got none")
      .require(
        new Set(instanceTypes).size === instanceTypes.length,
        `'instanceTypes' must name each type once, got ${instanceTypes.join(', ')}`,
      );
    instanceTypes.forEach((type, index) => {
      const name = `instanceTypes[${index}]`;
      properties.known({ [name]: type }, name).matches(name, type, ML_INSTANCE);
    });
    properties.throwIfInvalid();
  }
}
