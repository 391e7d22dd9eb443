import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { lengthOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import type { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Connections, IConnectable } from '../../network/connections';
import { missingEntry, type ProgramFiles } from '../evaluation/program-files';
import { UploadedProgram } from '../evaluation/uploaded-program';
import type { Framework } from '../framework/framework';
import type { JsonValue } from '../pipeline/json';
import { PROCESSING_LIMITS } from '../pipeline/pipeline-limits';
import { allowVolumes } from '../sagemaker/job-access';
import type { ITrainingWorkspace } from '../sagemaker/workspace';
import { DEFAULT_VOLUME_GB, MAX_PROCESSING_MINUTES, VOLUME_LIMITS_GB } from '../training-limits';
import { DEFAULT_PROGRAM_MINUTES, PROGRAM_JOB, PROGRAM_PATH } from './processing-limits';

/** A processing job that can be started, as other modules see it. */
export interface IProgramJob extends IConstruct {
  /** Begin of the name of every run, at most 30 characters: a hyphen and what makes the name its own follow. */
  readonly jobName: string;
  /** Input of CreateProcessingJob without `ProcessingJobName`. */
  request(): Readonly<Record<string, JsonValue>>;
  /**
   * Allows starting and following runs: `sagemaker:CreateProcessingJob`, `sagemaker:DescribeProcessingJob` on jobs whose name begins
   * with `<jobName>-`; `iam:PassRole` of the job's role to SageMaker; and `kms:CreateGrant`, `kms:DescribeKey` for the volume.
   *
   * A job is created only as the request has it: in the workspace's subnets, on the instance type, with its keys, within its
   * run time.
   */
  grantStart(grantee: IGrantable): void;
}

export interface ProgramJobProps {
  /** Where it runs, and whose bucket holds the program. */
  readonly workspace: ITrainingWorkspace;
  /** What the program needs is in its image. */
  readonly framework: Framework;
  /** One of the workspace's types, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  /** Texts of the program by their path. */
  readonly files: ProgramFiles;
  /** Python file of the program that is run. */
  readonly entryPoint: string;
  /** Words after the entry point, at most 100, of at most 256 characters each. @default - none */
  readonly arguments?: readonly string[];
  /** Environment variables; values of at most 256 characters. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Size of the instance's volume. @default 30 */
  readonly volumeSizeGb?: number;
  /** Minutes until a run is stopped, at most those of the workspace and 12960 (9 days). @default 60 */
  readonly maxRuntimeMinutes?: number;
}

/**
 * A Python program in a processing job, defined once and run many times: its role, its files, and the request that starts it.
 *
 * The program reads and writes AWS by itself, as its role may: its container has the network of the workspace, which reaches AWS
 * services through endpoints and nothing else. Where SageMaker can copy inputs and outputs, take a `ProcessingStep`, whose
 * container has no network at all.
 *
 * A run is started by a `Trigger` (`Target.processingJob`), which lets one at a time run. Its program fails the run by an exit code
 * other than 0, and says why in `/opt/ml/output/message`.
 *
 * Makes a role and the objects of the program; costs at rest what S3 bills for these few KB. A run costs instance seconds and
 * volume gigabytes. Destroying it removes role and program; a job that runs goes on to its end.
 */
export class ProgramJob extends Construct implements IProgramJob, IConnectable {
  public readonly jobName: string;
  /** Role of the job: what the program reads and writes is granted to it. */
  public readonly role: Role;
  public readonly connections: Connections;
  private readonly codeUri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ProgramJobProps,
  ) {
    super(scope, id);
    Properties.need(this, props, 'workspace', 'framework', 'instanceType', 'files', 'entryPoint');
    this.validate();
    const { workspace, framework, files } = props;
    this.jobName = physicalName(this, PROGRAM_JOB);
    this.connections = workspace.connections;
    framework.warnOn(this);
    this.role = workspace.newJobRole(this, 'Role', { frameworks: [framework] });
    const folder = `${this.jobName}/program`;
    this.codeUri = UploadedProgram.to(this, 'Program', {
      bucket: workspace.bucket,
      folder,
      files,
      role: this.role,
    }).uri;
  }

  public request(): Readonly<Record<string, JsonValue>> {
    const { workspace, framework, instanceType, entryPoint, volumeSizeGb = DEFAULT_VOLUME_GB, ...props } = this.props;
    const words = props.arguments ?? [];
    const volumeKey = workspace.volumeKeyFor(instanceType);
    return {
      RoleArn: this.role.roleArn,
      AppSpecification: {
        ImageUri: framework.imageFor(this, instanceType),
        ContainerEntrypoint: ['python3', `${PROGRAM_PATH}/${entryPoint}`],
        ...(words.length > 0 && { ContainerArguments: [...words] }), // SageMaker refuses an empty list
      },
      Environment: { ...props.environment },
      ProcessingInputs: [
        {
          InputName: 'code',
          S3Input: {
            S3Uri: this.codeUri,
            LocalPath: PROGRAM_PATH,
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
            S3DataDistributionType: 'FullyReplicated',
          },
        },
      ],
      ProcessingOutputConfig: { Outputs: [], KmsKeyId: workspace.encryptionKey.keyArn },
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: instanceType,
          InstanceCount: 1,
          VolumeSizeInGB: volumeSizeGb,
          ...(volumeKey !== undefined && { VolumeKmsKeyId: volumeKey }),
        },
      },
      NetworkConfig: {
        EnableNetworkIsolation: false,
        EnableInterContainerTrafficEncryption: false,
        VpcConfig: {
          SecurityGroupIds: [...workspace.vpcConfig.SecurityGroupIds],
          Subnets: workspace.vpcConfig.Subnets as unknown as JsonValue, // a list of a network may be one token
        },
      },
      StoppingCondition: { MaxRuntimeInSeconds: this.runtimeMinutes * 60 },
    };
  }

  public grantStart(grantee: IGrantable): void {
    const { workspace } = this.props;
    const jobs = Aws.of(this).arn('sagemaker', `processing-job/${this.jobName}-*`);
    grantee.addToPolicy({
      actions: ['sagemaker:CreateProcessingJob'],
      resources: [jobs],
      conditions: this.conditions,
    });
    grantee.addToPolicy({ actions: ['sagemaker:DescribeProcessingJob'], resources: [jobs] });
    grantee.addToPolicy({
      actions: ['iam:PassRole'],
      resources: [this.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
    allowVolumes(grantee, workspace.encryptionKey);
  }

  /** Each list condition needs `Null` beside it: for a missing key `ForAllValues` is true. */
  private get conditions() {
    const { workspace, instanceType } = this.props;
    const key = workspace.encryptionKey.keyArn;
    const lists = ['sagemaker:VpcSubnets', 'sagemaker:VpcSecurityGroupIds', 'sagemaker:InstanceTypes'];
    return {
      'ForAllValues:StringEquals': {
        'sagemaker:VpcSubnets': workspace.vpcConfig.Subnets,
        'sagemaker:VpcSecurityGroupIds': workspace.vpcConfig.SecurityGroupIds,
        'sagemaker:InstanceTypes': [instanceType],
      },
      Null: Object.fromEntries(lists.map((name) => [name, 'false'])),
      ArnEquals: {
        'sagemaker:OutputKmsKeyArn': key,
        ...(workspace.volumeKeyFor(instanceType) !== undefined && { 'sagemaker:VolumeKmsKeyArn': key }),
      },
      NumericLessThanEquals: { 'sagemaker:MaxRuntimeInSeconds': `${this.runtimeMinutes * 60}` },
    };
  }

  private get runtimeMinutes(): number {
    const { maxRuntimeMinutes, workspace } = this.props;
    return maxRuntimeMinutes ?? Math.min(DEFAULT_PROGRAM_MINUTES, workspace.maxRuntimeMinutes);
  }

  private validate(): void {
    const { props } = this;
    const { workspace, files, environment = {} } = props;
    const words = props.arguments ?? [];
    const { count, characters } = PROCESSING_LIMITS;
    Properties.of(this)
      .known(props, 'instanceType', 'files', 'entryPoint', 'maxRuntimeMinutes', 'environment', 'arguments')
      .throwIfInvalid();
    const properties = Properties.of(this)
      .oneOf('instanceType', props.instanceType, workspace.instanceTypes)
      .integer('volumeSizeGb', props.volumeSizeGb, VOLUME_LIMITS_GB)
      .integer('maxRuntimeMinutes', props.maxRuntimeMinutes, {
        min: 1,
        max: Math.min(workspace.maxRuntimeMinutes, MAX_PROCESSING_MINUTES),
      })
      .require(Object.hasOwn(files, props.entryPoint), missingEntry('entryPoint', props.entryPoint, files))
      .require(words.length <= count, `'arguments' must have at most ${count} words, got ${words.length}`);
    const texts = [...words.map((word) => ['arguments', word] as const), ...Object.entries(environment)];
    for (const [name, text] of texts) {
      const length = lengthOf(text) ?? 0;
      properties.require(length <= characters, `'${name}' must have at most ${characters} characters, got ${length}`);
    }
    properties.throwIfInvalid();
  }
}
