import { lengthOf } from '../../../core/cdktf/token-values';
import { Properties } from '../../../core/properties';
import type { IRole } from '../../../iam/role';
import type { DataSource } from '../../data/data-source';
import { allowVolumes } from '../../sagemaker/job-access';
import type { ITrainingWorkspace } from '../../sagemaker/workspace';
import {
  DEFAULT_VOLUME_GB,
  INSTANCE_COUNT_LIMITS,
  MAX_PROCESSING_MINUTES,
  RUNTIME_LIMITS_MINUTES,
  VOLUME_LIMITS_GB,
} from '../../training-limits';
import { PART_NAME, PROCESSING_LIMITS, PROCESSING_PATH } from '../pipeline-limits';
import { FileValue, Reference, textOf, textsOf, type Value } from '../value';
import { allowJobs } from './job-permissions';
import { JobStep, type JobStepProps, type PipelineBinding, type Request, type RunFacts } from './step';

/** What a processing job reads: a folder of its container with the objects below an `s3://` prefix, or an object. */
export class ProcessingInput {
  /** Objects at a URI, e.g. the result of an earlier step. Whoever makes the role lets it read them. */
  public static uri(uri: Value, localPath: string): ProcessingInput {
    const S3Input = {
      S3Uri: uri,
      LocalPath: localPath,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
      S3DataDistributionType: 'FullyReplicated',
    };
    return new ProcessingInput(localPath, { S3Input });
  }

  /** A data source; the step lets its role read it. @param location other data of the same kind */
  public static data(source: DataSource, localPath: string, location?: Value): ProcessingInput {
    return new ProcessingInput(localPath, source.processingInput(localPath, location), source);
  }

  private constructor(
    /** Folder of the container below `/opt/ml/processing`. */
    public readonly localPath: string,
    /** Entry of `ProcessingInputs`, without its name. */
    public readonly request: object,
    public readonly source?: DataSource,
  ) {}
}

/** What a processing job writes. */
export interface ProcessingOutput {
  /** Folder of the container below `/opt/ml/processing`. */
  readonly localPath: string;
  /** `s3://` prefix to which the folder is copied at the end of the job. Whoever makes the role lets it write there. */
  readonly uri: Value;
}

/** A JSON file of an output whose values other steps read: see {@link ProcessingStep.value}. At most 2 MB. */
export interface PropertyFile {
  /** Name of the output. */
  readonly output: string;
  /** File in the output, e.g. `gate.json`. */
  readonly path: string;
}

export interface ProcessingStepProps extends JobStepProps {
  /** Where the job runs. */
  readonly workspace: ITrainingWorkspace;
  /** Role of the job, e.g. `workspace.newJobRole(...)`. */
  readonly role: IRole;
  /** Container image that the role may pull. */
  readonly image: Value;
  /** Program and its first words, e.g. `['python3', '/opt/ml/processing/input/code/prepare.py']`. @default - the image's */
  readonly entrypoint?: readonly string[];
  /** Words after the entry point, at most 100, of at most 256 characters each. @default - none */
  readonly arguments?: readonly Value[];
  /** Environment variables, beside those of the run. Values of at most 256 characters. @default - none */
  readonly environment?: Readonly<Record<string, Value>>;
  /** One of the workspace's types, e.g. `ml.m5.xlarge`. */
  readonly instanceType: string;
  /** Instances that share the work. @default 1 */
  readonly instanceCount?: number;
  /** Size of the volume of each instance. @default 30 */
  readonly volumeSizeGb?: number;
  /** Minutes until the job is stopped, at most 12960 (9 days). @default - the workspace's, or 12960 if that is less */
  readonly maxRuntimeMinutes?: number;
  /**
   * Whether the container has no network. SageMaker copies inputs and outputs for it. A program that calls AWS itself
   * needs the network: false.
   * @default true
   */
  readonly networkIsolation?: boolean;
  /** Inputs by name. @default - none */
  readonly inputs?: Readonly<Record<string, ProcessingInput>>;
  /** Outputs by name. @default - none */
  readonly outputs?: Readonly<Record<string, ProcessingOutput>>;
  /** Tags of the job, e.g. of the team that pays for it. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Files by name whose values other steps read. @default - none */
  readonly propertyFiles?: Readonly<Record<string, PropertyFile>>;
}

/**
 * Runs a program in a processing job: in the workspace's network, on encrypted volumes, with encrypted outputs. A program
 * that ends with another code than 0 fails the step, and the first KB of `/opt/ml/output/message` is the reason.
 *
 * Makes nothing by itself. A run costs instance seconds and volume gigabytes.
 */
export class ProcessingStep extends JobStep {
  public readonly type: string = 'Processing';

  constructor(
    name: string,
    private readonly props: ProcessingStepProps,
  ) {
    super(name, props);
    Properties.need(this.place, props, 'workspace', 'role', 'image', 'instanceType');
    this.validate();
    const { role, workspace, inputs = {} } = props;
    for (const { source } of Object.values(inputs)) source?.bindTo({ role, connections: workspace.connections });
  }

  public override get propertyFiles(): readonly string[] {
    return Object.keys(this.props.propertyFiles ?? {});
  }

  /** Where the output is, once the step has run. @throws InputError if the step has no such output */
  public outputUri(name: string): Reference {
    this.needs('outputs', name);
    return this.property(`ProcessingOutputConfig.Outputs['${name}'].S3Output.S3Uri`);
  }

  /** A value of a property file, e.g. a metric: see {@link FileValue}. @throws InputError if the step has no such file */
  public value(file: string, path: string): FileValue {
    this.needs('propertyFiles', file);
    return new FileValue(this, file, path);
  }

  /**
   * Grants `sagemaker:CreateProcessingJob`, `sagemaker:AddTags`, `sagemaker:DescribeProcessingJob`,
   * `sagemaker:StopProcessingJob` on the jobs of pipelines, `iam:PassRole` of the job's role to SageMaker, and the use of
   * the key of volumes. With property files, the pipeline may read them in its folder of the workspace's bucket.
   */
  public bindTo(pipeline: PipelineBinding): void {
    const { role, workspace } = this.props;
    allowJobs(pipeline, 'ProcessingJob', role);
    allowVolumes(pipeline.role, workspace.encryptionKey);
    if (this.propertyFiles.length > 0) workspace.bucket.grantRead(pipeline.role, `${pipeline.folder}/*`);
  }

  protected arguments(run: RunFacts): Request {
    const { props } = this;
    const { workspace, inputs = {}, outputs = {}, instanceCount = 1 } = props;
    const volumeKey = workspace.volumeKeyFor(props.instanceType);
    const ProcessingInputs = Object.entries(inputs).map(([InputName, { request }]) => ({
      InputName,
      AppManaged: false,
      ...request,
    }));
    const { maxRuntimeMinutes = longest(workspace) } = props;
    const tags = Object.entries(props.tags ?? {});
    return {
      ...(ProcessingInputs.length > 0 && { ProcessingInputs }),
      ProcessingOutputConfig: {
        Outputs: Object.entries(outputs).map(([OutputName, { uri, localPath }]) => ({
          OutputName,
          AppManaged: false,
          S3Output: { S3Uri: uri, LocalPath: localPath, S3UploadMode: 'EndOfJob' },
        })),
        KmsKeyId: workspace.encryptionKey.keyArn,
      },
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: props.instanceType,
          InstanceCount: instanceCount,
          VolumeSizeInGB: props.volumeSizeGb ?? DEFAULT_VOLUME_GB,
          ...(volumeKey !== undefined && { VolumeKmsKeyId: volumeKey }),
        },
      },
      AppSpecification: {
        ImageUri: props.image,
        ...(props.entrypoint && { ContainerEntrypoint: props.entrypoint }),
        ...(props.arguments?.length && { ContainerArguments: props.arguments.map(textOf) }), // SageMaker refuses an empty list
      },
      Environment: textsOf({ ...run.environment, ...props.environment }),
      StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeMinutes * 60 },
      NetworkConfig: {
        EnableNetworkIsolation: props.networkIsolation ?? true,
        EnableInterContainerTrafficEncryption: instanceCount > 1,
        VpcConfig: workspace.vpcConfig,
      },
      RoleArn: props.role.roleArn,
      ...(tags.length > 0 && { Tags: tags.map(([Key, Value]) => ({ Key, Value })) }),
    };
  }

  protected override settings(): Request {
    const files = Object.entries(this.props.propertyFiles ?? {}).map(([PropertyFileName, { output, path }]) => ({
      PropertyFileName,
      OutputName: output,
      FilePath: path,
    }));
    return { ...super.settings(), ...(files.length > 0 && { PropertyFiles: files }) };
  }

  private needs(property: 'outputs' | 'propertyFiles', name: string): void {
    Properties.of(this.place)
      .oneOf(property, name, Object.keys(this.props[property] ?? {}))
      .throwIfInvalid();
  }

  private validate(): void {
    const { props } = this;
    const { inputs = {}, outputs = {}, propertyFiles = {}, workspace } = props;
    const properties = Properties.of(this.place)
      .known({ inputs, outputs, propertyFiles }, 'inputs', 'outputs', 'propertyFiles')
      .known(props, 'instanceType', 'maxRuntimeMinutes')
      .oneOf('instanceType', props.instanceType, workspace.instanceTypes)
      .integer('instanceCount', props.instanceCount, INSTANCE_COUNT_LIMITS)
      .integer('volumeSizeGb', props.volumeSizeGb, VOLUME_LIMITS_GB)
      .integer('maxRuntimeMinutes', props.maxRuntimeMinutes, {
        ...RUNTIME_LIMITS_MINUTES,
        max: longest(workspace),
      });
    for (const name of [...Object.keys(inputs), ...Object.keys(outputs), ...Object.keys(propertyFiles)]) {
      properties.matches('inputs, outputs, propertyFiles', name, PART_NAME);
    }
    const folders = Object.entries({ ...inputs, ...outputs }).map(([name, { localPath }]) => ({ name, localPath }));
    for (const { name, localPath } of folders) properties.matches(`${name}.localPath`, localPath, PROCESSING_PATH);
    for (const [name, { output }] of Object.entries(propertyFiles)) {
      properties.oneOf(`propertyFiles.${name}.output`, output, Object.keys(outputs));
    }
    this.validateTexts(properties);
    properties.throwIfInvalid();
  }

  private validateTexts(properties: Properties): void {
    const { arguments: words = [], environment = {}, tags = {}, entrypoint } = this.props;
    const { count, characters } = PROCESSING_LIMITS;
    properties
      .known({ environment, tags }, 'environment', 'tags')
      .require(words.length <= count, `'arguments' must have at most ${count} words, got ${words.length}`)
      .require(entrypoint?.length !== 0, "'entrypoint' must have at least one word, got none; remove it");
    const texts = [...words.map((word) => ['arguments', word] as const), ...Object.entries(environment)];
    for (const [name, text] of texts) {
      const length = text instanceof Reference ? 0 : (lengthOf(text) ?? 0);
      properties.require(length <= characters, `'${name}' must have at most ${characters} characters, got ${length}`);
    }
  }
}

/** Minutes that a job may run. */
function longest({ maxRuntimeMinutes }: ITrainingWorkspace): number {
  return Math.min(maxRuntimeMinutes, MAX_PROCESSING_MINUTES);
}
