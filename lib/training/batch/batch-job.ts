import { BatchJobDefinition } from '@cdktf/provider-aws/lib/batch-job-definition';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { ARN } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { IImageRepository } from '../../registry/image-repository';
import type { DataSource } from '../data/data-source';
import { DEFAULT_CAUSE, RUN_TAGS, trackedVariables } from '../run-variables';
import {
  ATTEMPTS,
  brokenSize,
  DEFAULT_SPOT_ATTEMPTS,
  DEFAULT_TIMEOUT_MINUTES,
  FARGATE_DISK_GB,
  folderOf,
  INPUT_NAME,
  isSpot,
  JOB_DEFINITION,
  shareOf,
  TIMEOUT_MINUTES,
  VARIABLE,
  variableOf,
} from './batch-limits';
import type { BatchTraining } from './batch-training';
import { type ContainerProperties, resourceRequirements } from './container-properties';
import { brokenPlace } from './instance-limits';

/** Fargate's newest platform when this was written; `LATEST` would change it under a job. */
const FARGATE_PLATFORM = '1.4.0';
/** What AWS Batch says of a job whose instance was taken back (user guide, automated job retries). */
const TAKEN_BACK = 'Host EC2*';
/** What Fargate says of it. */
const FARGATE_TAKEN_BACK = 'Your Spot Task was interrupted*';
const MINUTE = 60;
/** The middle of nothing: a queue with shares refuses jobs without a priority, and the provider drops a zero. */
const SCHEDULING_PRIORITY = 1;

export interface BatchJobProps {
  readonly training: BatchTraining;
  /** Team whose job it is: one of the pool's `shares`. */
  readonly team: string;
  readonly repository: IImageRepository;
  /** Tag or digest (`sha256:...`) of the image; a digest always means the same image. */
  readonly image: string;
  /** Program and arguments; `Ref::name` takes a parameter of the submission. @default - those of the image */
  readonly command?: readonly string[];
  /** vCPUs: a whole number on instances; on Fargate 0.25, 0.5, 1, 2, 4, 8 or 16. */
  readonly vcpus: number;
  /** Memory in MiB; a container that needs more is ended. On Fargate the steps depend on `vcpus`. */
  readonly memoryMib: number;
  /** Graphics processors. @default 0 */
  readonly gpus?: number;
  /** MiB of `/dev/shm`, through which data loaders of PyTorch pass batches. Not on Fargate. @default - 64, as in Docker */
  readonly sharedMemoryMib?: number;
  /** Gigabytes of disk on Fargate: 21 to 200. Instances have the volume of their pool. @default - 20, as Fargate gives */
  readonly diskGb?: number;
  /** What the job reads: `train` is the URI in variable `DATA_TRAIN`. @default - none */
  readonly inputs?: Readonly<Record<string, DataSource>>;
  /** Variables of the container. @default - none but those of `inputs` */
  readonly environment?: Readonly<Record<string, string>>;
  /** ARNs of secrets by the variable that has the value. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Key of the secrets. @default - the key that Secrets Manager has for the account */
  readonly secretsKey?: IKey;
  /** Minutes that one attempt may run: 1 to 20160. @default 1440 */
  readonly timeoutMinutes?: number;
  /**
   * Attempts, 1 to 10: a further one follows only when AWS takes the capacity back. A program that failed fails again.
   * @default - 3 where the pool has spot capacity, else 1
   */
  readonly attempts?: number;
  /** Whether the container can write only to its mounts. Most frameworks write caches. @default false */
  readonly readOnlyRoot?: boolean;
  /** User of the container, e.g. `1000:1000`. @default - that of the image */
  readonly user?: string;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * What runs on AWS Batch: a job definition, the role of its program, and a role that pulls its image and reads its secrets.
 *
 * It costs nothing until a job is submitted. A change makes a new revision in place, and the old one is deregistered: jobs that
 * were submitted with it still run. Destroying it deregisters the last one.
 */
export class BatchJob extends Construct {
  /** Role of the program: it has only what is granted to it. */
  public readonly role: Role;
  public readonly jobDefinitionName: string;
  /** ARN without revision: a submission takes the newest. */
  public readonly jobDefinitionArn: string;
  /** Names the team in a submission. */
  public readonly shareIdentifier: string;
  /** The underlying definition. */
  public readonly resource: BatchJobDefinition;
  /** Pool that has its queues. */
  public readonly training: BatchTraining;
  private readonly inputs: Readonly<Record<string, DataSource>>;
  /** Its own variables, and those that a tracked job has by itself: see `MLFLOW_VARIABLES`. */
  public readonly environment: Readonly<Record<string, string>>;
  private readonly secrets: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: BatchJobProps) {
    super(scope, id);
    Properties.need(this, props, 'training', 'team', 'repository', 'image', 'vcpus', 'memoryMib');
    this.validate(props);
    this.training = props.training;
    this.shareIdentifier = shareOf(props.team);
    this.inputs = props.inputs ?? {};
    this.secrets = props.secrets ?? {};

    const { training, team, timeoutMinutes = DEFAULT_TIMEOUT_MINUTES } = props;
    const name = physicalName(this, JOB_DEFINITION, props.name);
    const tags = JSON.stringify({ [RUN_TAGS.cause]: DEFAULT_CAUSE });
    this.environment = trackedVariables(props.environment ?? {}, { experiment: name, tags });
    const assumedBy = Principal.service('ecs-tasks.amazonaws.com', Aws.of(this).account);
    this.role = new Role(this, 'Role', { assumedBy, description: `Batch job of team ${team}` });
    const executor = new Role(this, 'Execution', { assumedBy, description: 'Pulls the image and reads the secrets' });
    this.allow(props, executor);
    this.resource = new BatchJobDefinition(this, 'Resource', {
      name,
      type: 'container',
      platformCapabilities: [training.isFargate ? 'FARGATE' : 'EC2'],
      propagateTags: true,
      schedulingPriority: SCHEDULING_PRIORITY,
      retryStrategy: this.retries(props),
      timeout: { attemptDurationSeconds: timeoutMinutes * MINUTE },
      containerProperties: JSON.stringify(this.container(props, executor), undefined, 2),
    });
    this.jobDefinitionName = published(this, this.resource.name, name);
    const arn = Aws.of(this).arn('batch', `job-definition/${name}`);
    this.jobDefinitionArn = published(this, this.resource.arnPrefix, arn);
  }

  /**
   * Allows `batch:SubmitJob` of this definition to the queues of its pool, and `batch:DescribeJobs`, which has no narrower resource than
   * all jobs. Who submits names the share identifier of the team, `training.shareOf(team)`. Jobs have no ARN by which IAM could tell
   * one team's from another's, so that ending a job is not part of it.
   *
   * @param queue one queue, by its name in the pool. @default - every queue of the pool
   */
  public grantSubmit(grantee: IGrantable, queue?: string): void {
    const queues = queue === undefined ? [...this.training.jobQueues.values()] : [this.training.queue(queue)];
    grantee.addToPolicy({
      actions: ['batch:SubmitJob'],
      resources: [
        this.jobDefinitionArn,
        `${this.jobDefinitionArn}:*`, // a revision
        ...queues.map(({ queueArn }) => queueArn),
      ],
    });
    grantee.addToPolicy({ actions: ['batch:DescribeJobs'], resources: ['*'] });
  }

  private validate(props: BatchJobProps): void {
    const { training, team, inputs = {}, environment = {}, secrets = {}, gpus } = props;
    const properties = Properties.of(this)
      .known({ inputs, environment, secrets, gpus }, 'inputs', 'environment', 'secrets', 'gpus')
      .known(props, 'command')
      .known(props, 'timeoutMinutes', 'sharedMemoryMib', 'diskGb') // computed with, or written as numbers into a text
      .oneOf('team', team, Object.keys(training.shares))
      .matches('name', props.name, NAME)
      .integer('memoryMib', props.memoryMib, { min: 4 })
      .number('vcpus', props.vcpus, { min: 0.25 })
      .integer('gpus', gpus, { min: 0 })
      .integer('sharedMemoryMib', props.sharedMemoryMib, { min: 1 })
      .integer('diskGb', props.diskGb, FARGATE_DISK_GB)
      .integer('timeoutMinutes', props.timeoutMinutes, TIMEOUT_MINUTES)
      .integer('attempts', props.attempts, ATTEMPTS);
    for (const name of Object.keys(Token.isUnresolved(inputs) ? {} : inputs))
      properties.matches('inputs', name, INPUT_NAME);
    for (const name of Object.keys(Token.isUnresolved(environment) ? {} : environment)) {
      properties.matches('environment', name, VARIABLE);
    }
    for (const [name, arn] of Object.entries(Token.isUnresolved(secrets) ? {} : secrets)) {
      properties.matches('secrets', name, VARIABLE).matches(`secrets.${name}`, arn, ARN.secret);
    }
    properties.throwIfInvalid();
    this.validateSize(props);
  }

  /** What the pool must have. */
  private validateSize({ training, vcpus, memoryMib, gpus = 0, ...props }: BatchJobProps): void {
    const properties = Properties.of(this);
    const most = Math.max(
      ...training.capacity.map(({ maxVcpus }) => (Token.isUnresolved(maxVcpus) ? Infinity : maxVcpus)),
    );
    const [first] = training.capacity;
    if (!Token.isUnresolved(vcpus) && !Token.isUnresolved(memoryMib)) {
      for (const { key, rule } of brokenSize(first!.kind, { vcpus, memoryMib, gpus })) {
        properties.keeps(key, { vcpus, memoryMib, gpus }[key], [rule]);
      }
      properties.require(vcpus <= most, `'vcpus' must be at most ${most}, all that the pool has, got ${vcpus}`);
      for (const { key, rule } of brokenPlace(typesOf(training), { vcpus, memoryMib, gpus })) {
        properties.keeps(key, { vcpus, memoryMib, gpus }[key], [rule]);
      }
    }
    properties
      .require(
        gpus === 0 || training.isFargate || training.capacity.every(({ hasGpu }) => hasGpu),
        "'gpus' must be 0 unless each capacity of the pool has a type with graphics processors; add one, such as g5.xlarge",
      )
      .require(
        props.sharedMemoryMib === undefined || !training.isFargate,
        "'sharedMemoryMib' must not be set on Fargate, which has none; remove it",
      )
      .require(
        props.diskGb === undefined || training.isFargate,
        "'diskGb' has no effect on instances; set 'volumeGb' of the pool",
      )
      .throwIfInvalid();
  }

  private allow({ repository, secretsKey, training }: BatchJobProps, executor: Role): void {
    for (const source of Object.values(this.inputs))
      source.bindTo({ role: this.role, connections: training.connections });
    repository.grantPull(executor);
    executor.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${training.logGroupArn}:*`],
    });
    const arns = Object.values(this.secrets);
    if (arns.length === 0) return;
    executor.addToPolicy({ actions: ['secretsmanager:GetSecretValue'], resources: arns });
    secretsKey?.grantDecrypt(executor);
  }

  private retries({ training, attempts }: BatchJobProps) {
    const mayBeTakenBack = training.capacity.some(({ kind }) => isSpot(kind));
    return {
      attempts: attempts ?? (mayBeTakenBack ? DEFAULT_SPOT_ATTEMPTS : 1),
      evaluateOnExit: [
        { onStatusReason: training.isFargate ? FARGATE_TAKEN_BACK : TAKEN_BACK, action: 'RETRY' },
        { onReason: '*', action: 'EXIT' },
      ],
    };
  }

  private container(props: BatchJobProps, executor: Role): ContainerProperties {
    const { training, command = [], gpus = 0 } = props;
    const { isFargate } = training;
    const volumes = Object.entries(this.inputs).flatMap(([name, source]) => source.containerVolume(name) ?? []);
    const places = Object.entries(this.inputs).map(([name, source]): [string, string] => [
      variableOf(name),
      source.uri ?? source.containerPath(folderOf(name)),
    ]);
    return {
      image: props.repository.imageUri(props.image),
      command,
      jobRoleArn: this.role.roleArn,
      executionRoleArn: executor.roleArn,
      resourceRequirements: resourceRequirements(props.vcpus, props.memoryMib, gpus),
      environment: [...places.filter(([name]) => !(name in this.environment)), ...Object.entries(this.environment)]
        .sort(byName)
        .map(([name, value]) => ({ name, value })),
      secrets: Object.entries(this.secrets)
        .sort(byName)
        .map(([name, valueFrom]) => ({ name, valueFrom })),
      volumes,
      mountPoints: volumes.map(({ name }) => ({ containerPath: folderOf(name), readOnly: true, sourceVolume: name })),
      readonlyRootFilesystem: props.readOnlyRoot ?? false,
      user: props.user,
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': training.logGroupName,
          'awslogs-region': Aws.of(this).region,
          'awslogs-stream-prefix': props.team,
        },
      },
      privileged: isFargate ? undefined : false,
      networkConfiguration: isFargate ? { assignPublicIp: 'DISABLED' } : undefined,
      fargatePlatformConfiguration: isFargate ? { platformVersion: FARGATE_PLATFORM } : undefined,
      linuxParameters: props.sharedMemoryMib === undefined ? undefined : { sharedMemorySize: props.sharedMemoryMib },
      ephemeralStorage: props.diskGb === undefined ? undefined : { sizeInGiB: props.diskGb },
    };
  }
}

/** Types of the instances on which a job of the pool may run. */
function typesOf({ capacity }: BatchTraining): readonly string[] {
  return [...new Set(capacity.flatMap(({ instanceTypes }) => instanceTypes))];
}

/** The service lists variables by name. */
function byName([one]: [string, string], [other]: [string, string]): number {
  return one < other ? -1 : 1;
}
