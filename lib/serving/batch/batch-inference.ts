import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { NAME } from '../../core/text-pattern';
import type { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket';
import { CONTENT_TYPE } from '../../training/data/data-limits';
import type { JsonValue } from '../../training/pipeline/json';
import type { ITransformJob } from '../../training/processing/transform-job';
import { allowVolumes } from '../../training/sagemaker/job-access';
import type { ITrainingWorkspace } from '../../training/sagemaker/workspace';
import type { PackageCheck } from '../check/package-check';
import { SERVING_VARIABLE } from '../model/model-limits';
import type { ModelSource } from '../model/model-source';
import { ServedModel } from '../model/served-model';
import {
  BATCH_CONCURRENCY,
  BATCH_FILTER,
  BATCH_INSTANCES,
  BATCH_PAYLOAD_MB,
  BATCH_PREFIX,
  BATCH_REQUEST_SECONDS,
  BATCH_RETRIES,
  brokenBatch,
  DEFAULT_BATCH_PAYLOAD_MB,
  isWithin,
  LINE_TYPES,
  MAX_BATCH_VARIABLES,
  TRANSFORM_JOB,
} from './batch-limits';

/** Files below a folder of a bucket. */
export interface BatchFiles {
  readonly bucket: IBucket;
  /** Folder, without a slash at its ends: `card-fraud/requests`. */
  readonly prefix: string;
}

export interface BatchInferenceProps {
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** Where it runs: network, keys, and the instance types that jobs may have. */
  readonly workspace: ITrainingWorkspace;
  /**
   * What answers. A container of one's own is the same as for an endpoint: it is started with the word `serve`, answers `GET /ping` with
   * 200 as soon as it can work, and `POST /invocations` on port 8080; it may say its limits by `GET /execution-parameters`.
   */
  readonly model: ModelSource;
  /** What a version of the registry must pass first. @default - nothing: whoever may approve decides alone */
  readonly check?: PackageCheck;
  /** What is asked: every file below the folder. */
  readonly input: BatchFiles;
  /** Where the answers go: a run writes below `<prefix>/run=<its hash>/`, for each file one with `.out` after its name. */
  readonly output: BatchFiles;
  /** One of the workspace's types, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  /** Instances that share the files of a run: 1 to 100. A file is not divided. @default 1 */
  readonly instanceCount?: number;
  /** MIME type of the files. Those of `text/csv` and `application/jsonlines` are sent line by line, several lines a request. @default text/csv */
  readonly contentType?: string;
  /** MIME type of the answers. @default - that of the files */
  readonly accept?: string;
  /** Whether a line of the answers begins with the line that was asked, so that each has its key. Needs types that have lines. @default true */
  readonly join?: boolean;
  /**
   * Columns that the model gets, as a JSONPath: `$[1:]` leaves out a key in front, which `join` brings back.
   * @default - all
   */
  readonly inputFilter?: string;
  /** Columns that are written, as a JSONPath over those of the line that was asked, and the answer. @default - all */
  readonly outputFilter?: string;
  /** Megabytes of one request: 1 to 100. @default 6 */
  readonly payloadMb?: number;
  /** Requests that an instance gets at a time; with `payloadMb` at most 100 MB. @default 1 */
  readonly concurrency?: number;
  /** Seconds that a request may take: 1 to 3600. @default 600 */
  readonly requestSeconds?: number;
  /** Repetitions of a request that failed: 0 to 3. @default 1 */
  readonly requestRetries?: number;
  /** Environment variables of the container, at most 14. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
}

const DEFAULT_REQUEST_SECONDS = 600;

/**
 * Predictions for files: a batch transform, defined once and run many times. Its containers are isolated in the private subnets of
 * the workspace, SageMaker copies files and answers for them. Volumes and answers have the workspace's key.
 *
 * A run is started by a `Trigger` (`Target.transformJob`), at a time or for an event, which lets one at a time run. SageMaker has no limit
 * for the time of a transform: the trigger's `maxRunMinutes` reports one that takes too long.
 *
 * Makes a model and its role. Costs nothing at rest; a run costs instance seconds, and the gigabyte-months of the answers, which it does
 * not delete. Destroying it removes model and role; a job that runs goes on to its end, and the answers stay.
 */
export class BatchInference extends Construct implements ITransformJob {
  public readonly jobName: string;
  public readonly outputUri: string;
  /** What the containers are given, and SageMaker copies with. */
  public readonly role: Role;
  public readonly model: ServedModel;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BatchInferenceProps,
  ) {
    super(scope, id);
    this.validate();
    const { name, workspace, model, check, input, output } = props;
    this.jobName = physicalName(this, TRANSFORM_JOB, name);
    this.outputUri = `s3://${output.bucket.bucketName}/${output.prefix}`;
    this.role = workspace.newJobRole(this, 'Role', { description: 'Containers of a batch transform' });
    input.bucket.grantRead(this.role, `${input.prefix}/*`);
    output.bucket.grantWrite(this.role, `${output.prefix}/*`);
    const { Subnets: subnets, SecurityGroupIds: securityGroupIds } = workspace.vpcConfig;
    this.model = new ServedModel(this, 'Model', {
      name: `${name}-batch`,
      source: model,
      role: this.role,
      network: { subnets, securityGroupIds },
      isolated: true,
      check,
    });
  }

  public request(): Readonly<Record<string, JsonValue>> {
    const { props } = this;
    const { workspace, input, instanceType, instanceCount = 1, contentType = LINE_TYPES[0], join = true } = props;
    const { inputFilter, outputFilter } = props;
    const isLines = LINE_TYPES.some((type) => type === contentType);
    const volumeKey = workspace.volumeKeyFor(instanceType);
    return {
      ModelName: this.model.modelName,
      Environment: { ...props.environment },
      BatchStrategy: isLines ? 'MultiRecord' : 'SingleRecord',
      MaxPayloadInMB: props.payloadMb ?? DEFAULT_BATCH_PAYLOAD_MB,
      MaxConcurrentTransforms: props.concurrency ?? 1,
      ModelClientConfig: {
        InvocationsTimeoutInSeconds: props.requestSeconds ?? DEFAULT_REQUEST_SECONDS,
        InvocationsMaxRetries: props.requestRetries ?? 1,
      },
      TransformInput: {
        DataSource: {
          // with a slash, so that 'requests' is not also 'requests-old'
          S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${input.bucket.bucketName}/${input.prefix}/` },
        },
        ContentType: contentType,
        SplitType: isLines ? 'Line' : 'None',
      },
      TransformOutput: {
        Accept: props.accept ?? contentType,
        AssembleWith: isLines ? 'Line' : 'None',
        KmsKeyId: workspace.encryptionKey.keyArn,
      },
      TransformResources: {
        InstanceType: instanceType,
        InstanceCount: instanceCount,
        ...(volumeKey !== undefined && { VolumeKmsKeyId: volumeKey }),
      },
      DataProcessing: {
        JoinSource: join ? 'Input' : 'None',
        ...(inputFilter !== undefined && { InputFilter: inputFilter }),
        ...(outputFilter !== undefined && { OutputFilter: outputFilter }),
      },
    };
  }

  public grantStart(grantee: IGrantable): void {
    const { workspace, instanceType } = this.props;
    const aws = Aws.of(this);
    const jobs = aws.arn('sagemaker', `transform-job/${this.jobName}-*`);
    const key = workspace.encryptionKey.keyArn;
    const takesKey = workspace.volumeKeyFor(instanceType) !== undefined;
    grantee.addToPolicy({
      actions: ['sagemaker:CreateTransformJob'],
      resources: [jobs],
      // a list condition needs `Null` beside it: for a missing key `ForAllValues` is true
      conditions: {
        'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': [instanceType] },
        Null: { 'sagemaker:InstanceTypes': 'false' },
        ArnEquals: {
          'sagemaker:ModelArn': aws.arn('sagemaker', `model/${this.model.modelName}`),
          'sagemaker:OutputKmsKeyArn': key,
          ...(takesKey && { 'sagemaker:VolumeKmsKeyArn': key }),
        },
      },
    });
    grantee.addToPolicy({ actions: ['sagemaker:DescribeTransformJob'], resources: [jobs] });
    allowVolumes(grantee, workspace.encryptionKey);
  }

  private validate(): void {
    const { props } = this;
    const properties = Properties.of(this)
      .present(props, 'name', 'workspace', 'model', 'input', 'output', 'instanceType')
      .known(props, 'name', 'instanceType', 'environment', 'join', 'contentType', 'accept');
    properties.throwIfInvalid();
    const { workspace, input, output, environment = {}, contentType = LINE_TYPES[0], join = true } = props;
    const { accept = contentType, payloadMb, concurrency } = props;
    properties
      .matches('name', props.name, NAME)
      .oneOf('instanceType', props.instanceType, workspace.instanceTypes)
      .integer('instanceCount', props.instanceCount, BATCH_INSTANCES)
      .matches('input.prefix', input.prefix, BATCH_PREFIX)
      .matches('output.prefix', output.prefix, BATCH_PREFIX)
      .matches('contentType', contentType, CONTENT_TYPE)
      .matches('accept', accept, CONTENT_TYPE)
      .matches('inputFilter', props.inputFilter, BATCH_FILTER)
      .matches('outputFilter', props.outputFilter, BATCH_FILTER)
      .integer('payloadMb', payloadMb, BATCH_PAYLOAD_MB)
      .integer('concurrency', concurrency, BATCH_CONCURRENCY)
      .integer('requestSeconds', props.requestSeconds, BATCH_REQUEST_SECONDS)
      .integer('requestRetries', props.requestRetries, BATCH_RETRIES);
    const names = Object.keys(environment);
    for (const name of names) properties.matches('environment', name, SERVING_VARIABLE);
    properties
      .require(
        names.length <= MAX_BATCH_VARIABLES,
        `'environment' must have at most ${MAX_BATCH_VARIABLES} variables, got ${names.length}`,
      )
      .require(
        input.bucket !== output.bucket || !isWithin(output.prefix, input.prefix),
        `'output.prefix' must not be in the folder of the input, got '${output.prefix}': a run would be asked about the answers of another`,
      );
    for (const { part, must, got, fix } of brokenBatch({ payloadMb, concurrency, contentType, accept, join })) {
      properties.require(false, `'${part}' ${must}, got ${got}; ${fix}`);
    }
    properties.throwIfInvalid();
  }
}
