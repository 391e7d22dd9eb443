import { BatchComputeEnvironment } from '@cdktf/provider-aws/lib/batch-compute-environment';
import { BatchSchedulingPolicy } from '@cdktf/provider-aws/lib/batch-scheduling-policy';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { deployedName } from '../../core/kept/deployed-name';
import { nameOf } from '../../core/names';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Connections, type IConnectable } from '../../network/connections';
import type { INetwork } from '../../network/network';
import { SecurityGroup } from '../../network/security-group';
import {
  BATCH_VOLUME_GB,
  brokenShares,
  DEFAULT_BATCH_VOLUME_GB,
  DEFAULT_LOG_DAYS,
  QUEUE_PRIORITY,
  SCHEDULING_POLICY,
  SHARE_WEIGHT,
  shareOf,
  WAIT_MINUTES,
  weightFactors,
} from './batch-limits';
import type { Capacity } from './capacity';
import { Instances } from './instances';
import { JobQueue } from './job-queue';

/** The queue of a pool that names none. */
export const DEFAULT_QUEUES: Readonly<Record<string, number>> = { normal: 1 };
const GROUP_PREFIX = '/aws/batch/';
const LOG_YEAR = 365;
/** What a team used an hour ago hardly counts. */
const SHARE_DECAY_SECONDS = 3600;
/** Minutes that running jobs get to end before their instances are replaced, when a pool changes. */
const UPDATE_MINUTES = 30;

export interface BatchTrainingProps {
  /** Jobs run in its private subnets and have no public address. */
  readonly network: INetwork;
  /** Key of the volumes and of the output of jobs. */
  readonly encryptionKey: IKey;
  /**
   * Where jobs run: the first with room takes a job, so list spot capacity before on-demand. Either instances or Fargate: a
   * queue cannot have both.
   */
  readonly capacity: readonly Capacity[];
  /**
   * Share of each team in the capacity that teams compete for, e.g. `{ fraud: 2, ads: 1 }`: a whole number from 1 to 100.
   * Only these teams have jobs here. A team whose name has hyphens submits with its share identifier, `shareOf(team)`.
   */
  readonly shares: Readonly<Record<string, number>>;
  /**
   * Priority of each queue, 0 to 1000: a job of a higher one starts first, whatever the shares. Removing a queue cancels its jobs.
   * @default { normal: 1 }
   */
  readonly queues?: Readonly<Record<string, number>>;
  /** Gigabytes of the volume of each instance, for images and what containers write: 30 to 16384. @default 100 */
  readonly volumeGb?: number;
  /**
   * Minutes after which a job that waits for capacity is cancelled, 10 to 1440. One that can never start, as it asks for more than
   * the pool has, is cancelled after ten.
   * @default 1440
   */
  readonly maxWaitMinutes?: number;
  /** Days until the output of a job is deleted: one of `LOG_RETENTION_DAYS`. @default 90 */
  readonly logRetentionDays?: number;
  /** Name after the stack's prefix: begins the names of the queues. @default - from the construct's path */
  readonly name?: string;
  /** Whether the output of jobs may be destroyed with the pool: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * A pool of capacity for training in containers on AWS Batch, with queues that teams share fairly. `BatchJob` defines what runs.
 *
 * It makes compute environments, queues, a scheduling policy, a security group and a log group; for instances also a launch
 * template (encrypted volume, IMDSv2) and their role. At rest it has no instances and costs nothing but stored output; running jobs
 * are billed as EC2 instances or Fargate vCPU and memory by the second. Destroying it ends its jobs; the output remains
 * unless it may be destroyed.
 *
 * Compute environments have no name of ours, and a new one is made before the old one goes: a name would block its own
 * replacement, because a queue keeps the old one in use.
 */
export class BatchTraining extends Construct implements IConnectable {
  /** The connections of every job. */
  public readonly connections: Connections;
  public readonly logGroupName: string;
  public readonly logGroupArn: string;
  public readonly capacity: readonly Capacity[];
  public readonly shares: Readonly<Record<string, number>>;
  public readonly removal: Removal | undefined;
  /** The underlying compute environments, in the order of `capacity`. */
  public readonly environments: readonly BatchComputeEnvironment[];
  /** Priority of each queue. */
  public readonly queues: Readonly<Record<string, number>>;
  /** Its queues by name, without the stack's prefix. */
  public readonly jobQueues: ReadonlyMap<string, JobQueue>;
  private readonly group: SecurityGroup;

  constructor(scope: Construct, id: string, props: BatchTrainingProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'encryptionKey', 'capacity', 'shares');
    this.validate(props);
    this.capacity = props.capacity;
    this.shares = props.shares;
    this.removal = props.removal;
    this.queues = props.queues ?? DEFAULT_QUEUES;

    this.group = new SecurityGroup(this, 'Jobs', { network: props.network, description: 'Training jobs of AWS Batch' });
    this.connections = new Connections(this.group);
    props.network.allowAwsServices(this.group);
    const log = this.keepOutput(props);
    this.logGroupName = log.name;
    this.logGroupArn = log.arn;
    this.environments = this.makeEnvironments(props);
    this.jobQueues = new Map(this.makeQueues(props).map((queue) => [queue.node.id, queue]));
  }

  /** Whether it runs on Fargate. */
  public get isFargate(): boolean {
    return this.capacity.some(({ isFargate }) => isFargate);
  }

  /**
   * A queue by its name, without the stack's prefix.
   *
   * @throws InputError if the pool has no such queue
   */
  public queue(name: string): JobQueue {
    Properties.of(this).oneOf('queue', name, Object.keys(this.queues)).throwIfInvalid();
    return this.jobQueues.get(name)!;
  }

  private validate(props: BatchTrainingProps): void {
    const { capacity, queues = DEFAULT_QUEUES, shares } = props;
    const properties = Properties.of(this)
      .known({ capacity, queues, shares }, 'capacity', 'queues', 'shares')
      .matches('name', props.name, NAME)
      .integer('volumeGb', props.volumeGb, BATCH_VOLUME_GB)
      .integer('maxWaitMinutes', props.maxWaitMinutes, WAIT_MINUTES)
      .oneOf('logRetentionDays', props.logRetentionDays, LOG_RETENTION_DAYS);
    properties.throwIfInvalid();
    properties
      .require(capacity.length > 0, "'capacity' must have at least one element, got none")
      .require(capacity.length <= 3, `'capacity' must have at most 3 elements, got ${capacity.length}`) // of a job queue
      .require(
        new Set(capacity.map(({ isFargate }) => isFargate)).size < 2,
        "'capacity' must be either instances or Fargate, got both; make a pool of each",
      )
      .require(Object.keys(queues).length > 0, "'queues' must have at least one queue, got none")
      .require(Object.keys(shares).length > 0, "'shares' must have at least one team, got none");
    for (const [queue, priority] of Object.entries(queues)) {
      properties.matches('queues', queue, NAME).integer(`queues.${queue}`, priority, QUEUE_PRIORITY);
    }
    for (const [team, weight] of Object.entries(shares)) {
      properties
        .matches('shares', team, NAME)
        .known({ [`shares.${team}`]: weight }, `shares.${team}`)
        .integer(`shares.${team}`, weight, SHARE_WEIGHT);
    }
    properties.throwIfInvalid();
    properties.keeps('shares', Object.keys(shares).join(', '), brokenShares(shares)).throwIfInvalid();
  }

  private keepOutput({ encryptionKey, logRetentionDays = DEFAULT_LOG_DAYS, name, removal }: BatchTrainingProps) {
    encryptionKey.allowLogs();
    const limits = { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - GROUP_PREFIX.length };
    const own = deployedName(this, LOG_GROUP.kind, () => nameOf(this, limits, name));
    const groupName = claimPhysicalName(this, LOG_GROUP, `${GROUP_PREFIX}${own}`);
    const group = new CloudwatchLogGroup(this, 'Output', {
      name: groupName,
      retentionInDays: logRetentionDays,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal), // also when the log group leaves the configuration, and its `lifecycle` with it
      lifecycle: keepData(this, removal),
    });
    if (!Token.isUnresolved(logRetentionDays) && logRetentionDays < LOG_YEAR)
      waive(group, 'the output of a job is of use for weeks; its model is what is kept', 'CKV_AWS_338');
    return {
      name: published(this, group.name, groupName),
      arn: published(this, group.arn, Aws.of(this).arn('logs', `log-group:${groupName}`)),
    };
  }

  private makeEnvironments(props: BatchTrainingProps): BatchComputeEnvironment[] {
    const { capacity, encryptionKey, volumeGb = DEFAULT_BATCH_VOLUME_GB } = props;
    const instances = this.isFargate
      ? undefined
      : new Instances(this, 'Instances', { encryptionKey, volumeGb, logGroupArn: this.logGroupArn });
    return capacity.map((one, index) => {
      const id = `Capacity${index}`;
      return new BatchComputeEnvironment(this, id, {
        type: 'MANAGED',
        state: 'ENABLED',
        computeResources: {
          maxVcpus: one.maxVcpus,
          subnets: [...props.network.privateSubnetIds],
          securityGroupIds: [this.group.securityGroupId],
          ...(instances ? this.onInstances(one, instances) : { type: TYPES[one.kind] }),
        },
        updatePolicy: instances && { jobExecutionTimeoutMinutes: UPDATE_MINUTES, terminateJobsOnUpdate: false },
        lifecycle: { createBeforeDestroy: true },
      });
    });
  }

  private onInstances({ kind, instanceTypes, imageTypes }: Capacity, instances: Instances) {
    return {
      type: TYPES[kind],
      // with these two, and the role of AWS Batch itself, other types, subnets and templates are changes in place
      allocationStrategy: kind === 'spot' ? 'SPOT_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
      minVcpus: 0,
      instanceType: [...instanceTypes],
      instanceRole: instances.instanceProfileArn,
      ec2Configuration: imageTypes.map((imageType) => ({ imageType })),
      launchTemplate: {
        launchTemplateId: instances.launchTemplateId,
        version: instances.launchTemplateVersion,
      },
    };
  }

  private makeQueues({ name, maxWaitMinutes }: BatchTrainingProps): JobQueue[] {
    const policy = new BatchSchedulingPolicy(this, 'Shares', {
      name: physicalName(this, SCHEDULING_POLICY, name),
      fairSharePolicy: {
        computeReservation: 0,
        shareDecaySeconds: SHARE_DECAY_SECONDS,
        shareDistribution: Object.entries(weightFactors(this.shares)).map(([shareIdentifier, weightFactor]) => ({
          shareIdentifier,
          weightFactor,
        })),
      },
    });
    return Object.entries(this.queues).map(
      ([queue, priority]) =>
        new JobQueue(this, queue, {
          priority,
          environmentArns: this.environments.map(({ arn }) => arn),
          schedulingPolicyArn: policy.arn,
          maxWaitMinutes,
          name: name && `${name}-${queue}`,
        }),
    );
  }

  /** The share identifier with which jobs of a team are submitted. */
  public shareOf(team: string): string {
    Properties.of(this).oneOf('team', team, Object.keys(this.shares)).throwIfInvalid();
    return shareOf(team);
  }
}

/** Types of compute environments by kind of capacity. */
const TYPES = { spot: 'SPOT', 'on-demand': 'EC2', fargate: 'FARGATE', 'fargate-spot': 'FARGATE_SPOT' } as const;
