import { S3Object, type S3ObjectConfig } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import type { IKey } from '../../encryption/key';
import type { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Connections, IConnectable } from '../../network/connections';
import type { IBucket } from '../../storage/bucket';
import { DATA_PREFIX } from '../data/data-limits';
import type { Channel, DataSource } from '../data/data-source';
import { DataVersion } from '../data/data-version';
import type { Framework } from '../framework/framework';
import { Execution, Reference, textsOf, type Value } from '../pipeline/value';
import { TENSORBOARD_FOLDER, TRAINING } from '../training-limits';
import { allowVolumes } from './job-access';
import { allowStart } from './start-access';
import type { SageMakerTrainingProps } from './training-props';
import {
  CHECKPOINT_PATH,
  codeChannel,
  encoded,
  environmentOf,
  filled,
  limitsOf,
  type NamedTrainingRequest,
  RUN_PLACEHOLDER,
  resourcesOf,
  scriptMode,
  TENSORBOARD_PATH,
  type TrainingChanges,
  type TrainingRequest,
} from './training-request';
import { checkHyperparameters, validateTraining } from './training-rules';
import type { ITrainingWorkspace } from './workspace';

/**
 * A training job of SageMaker, defined once and run many times: its role, its code, and the request that starts it.
 *
 * Each run is a new job with a name of its own, `<trainingName>-<run>`. It is started
 *
 * - by a pipeline: a step takes {@link request};
 * - by a schedule: the universal target `aws-sdk:sagemaker:createTrainingJob` of EventBridge Scheduler takes
 *   `JSON.stringify(training.job('<aws.scheduler.execution-id>'))` as its input;
 * - by an event: a rule starts a state machine whose task `aws-sdk:sagemaker:createTrainingJob` takes the same;
 * - by Airflow and by hand: {@link requestUri} names the request as JSON, in which `<run>` is replaced by a text of letters,
 *   digits and hyphens, at most 20. In a DAG:
 *   `SageMakerTrainingOperator(config=json.loads(S3Hook().read_key(uri).replace("<run>", ts_nodash)), print_log=False)`;
 *   in a shell: `aws s3 cp <uri> - | sed "s/<run>/$(date +%s)/g" > job.json`, then
 *   `aws sagemaker create-training-job --cli-input-json file://job.json`.
 *
 * Who starts it is granted it by {@link grantStart}; SageMaker refuses a request in which `<run>` is left.
 *
 * The role can read the code and the inputs, and write below the training's folder of the bucket; it can read no other
 * data. Volumes, output and checkpoints are encrypted with the workspace's key.
 *
 * Costs at rest two small objects of S3. A run costs instance seconds, volume gigabytes, and what it writes. Destroying it
 * removes role, code and request; jobs that run go on to their end, and their history and output stay.
 */
export class SageMakerTraining extends Construct implements IConnectable {
  /** Begin of the name of every job, and folder of the training in the workspace's bucket. */
  public readonly trainingName: string;
  public readonly workspace: ITrainingWorkspace;
  public readonly framework: Framework;
  /** Role of the job. */
  public readonly role: Role;
  public readonly connections: Connections;
  /** `s3://` folder to which jobs write their models, as `<folder>/<job>/output/model.tar.gz`. */
  public readonly outputUri: string;
  /** URI of the image. */
  public readonly image: string;
  /** `s3://` URI of the code archive; `undefined` without code. */
  public readonly codeUri: string | undefined;
  /** How to compute the version of the code's folder; `undefined` without code in a folder. */
  public readonly codeVersion: DataVersion | undefined;
  /** Training data by channel. */
  public readonly inputs: Readonly<Record<string, DataSource>>;
  public readonly instanceType: string;
  public readonly team: string;
  /** `s3://` URI of the request as JSON, with `<run>` in the place of what each run replaces. */
  public readonly requestUri: string;
  private codePlace?: { readonly bucket: IBucket; readonly objects: string };
  private readonly props: SageMakerTrainingProps;

  constructor(scope: Construct, id: string, props: SageMakerTrainingProps) {
    super(scope, id);
    Properties.need(this, props, 'workspace', 'team', 'framework', 'instanceType', 'inputs');
    validateTraining(this, props);

    const { workspace, framework } = props;
    this.props = props;
    this.workspace = workspace;
    this.framework = framework;
    this.connections = workspace.connections;
    this.trainingName = physicalName(this, TRAINING);
    this.image = framework.imageFor(this, props.instanceType);
    framework.warnOn(this);
    this.role = workspace.newJobRole(this, 'Role', { frameworks: [framework] });
    this.inputs = props.inputs;
    this.instanceType = props.instanceType;
    this.team = props.team;
    [this.codeUri, this.codeVersion] = this.bindCode();
    for (const source of Object.values(props.inputs)) source.bindTo(this);
    this.allowOutput();
    this.outputUri = workspace.uriOf(this.trainingName, 'output');
    this.requestUri = this.publishRequest();
  }

  /**
   * The input of CreateTrainingJob without `TrainingJobName`, for a step of a pipeline, which names its jobs.
   *
   * @param changes what one run does differently
   * @throws InputError if `changes` names a channel that the training does not have
   */
  public request(changes: TrainingChanges = {}): TrainingRequest {
    const { props, workspace } = this;
    const { instanceCount = 1, spot = false, tensorBoard = false, retries, metrics = {} } = props;
    const { run = Execution.id } = changes;
    const within = (...path: readonly string[]): Value => {
      const parent = `${workspace.uriOf(...path)}/`;
      return typeof run === 'string' ? parent + run : Reference.text(parent, run);
    };
    const definitions = Object.entries(metrics).map(([Name, Regex]) => ({ Name, Regex }));
    return {
      AlgorithmSpecification: {
        TrainingImage: this.image,
        TrainingInputMode: 'File',
        MetricDefinitions: definitions.length > 0 ? definitions : undefined,
      },
      RoleArn: this.role.roleArn,
      HyperParameters: this.parameters(changes),
      InputDataConfig: this.channels(changes),
      OutputDataConfig: { S3OutputPath: this.outputUri, KmsKeyId: workspace.encryptionKey.keyArn },
      ResourceConfig: resourcesOf(props, this.volumeKey()?.keyArn),
      VpcConfig: this.vpcConfig,
      StoppingCondition: limitsOf(props, this.runtimeMinutes),
      EnableNetworkIsolation: props.networkIsolation ?? true,
      EnableInterContainerTrafficEncryption: instanceCount > 1,
      EnableManagedSpotTraining: spot,
      CheckpointConfig: spot
        ? { S3Uri: within(this.trainingName, 'checkpoints'), LocalPath: CHECKPOINT_PATH }
        : undefined,
      TensorBoardOutputConfig: tensorBoard
        ? { S3OutputPath: within(TENSORBOARD_FOLDER, this.trainingName), LocalPath: TENSORBOARD_PATH }
        : undefined,
      ProfilerConfig: { DisableProfiler: true },
      Environment: environmentOf(props, changes, this.trainingName),
      RetryStrategy: retries === undefined ? undefined : { MaximumRetryAttempts: retries },
      Tags: Object.entries({ team: props.team, ...props.tags }).map(([Key, Value]) => ({ Key, Value })),
    };
  }

  /**
   * The input of CreateTrainingJob for a run outside a pipeline.
   *
   * @param run what tells the run from others, at most 20 letters, digits and hyphens, or a placeholder for them
   */
  public job(run: string, changes: TrainingChanges = {}): NamedTrainingRequest {
    return { TrainingJobName: `${this.trainingName}-${run}`, ...this.request({ ...changes, run }) };
  }

  /**
   * Allows starting, reading and stopping jobs of this training: `sagemaker:CreateTrainingJob`, `sagemaker:AddTags`,
   * `sagemaker:DescribeTrainingJob`, `sagemaker:StopTrainingJob` on jobs whose name begins with `<trainingName>-`;
   * `iam:PassRole` of the training's role to SageMaker; `kms:CreateGrant`, `kms:DescribeKey` for the volumes; and
   * `s3:GetObject`, `kms:Decrypt` to read the request.
   *
   * A job is created only as the request has it: in the workspace's subnets, as isolated as it says, on the training's
   * instance type, with its keys, within its run time.
   */
  public grantStart(grantee: IGrantable): void {
    const { networkIsolation: isIsolated = true } = this.props;
    allowStart(grantee, this, { volumeKey: this.volumeKey(), runtimeMinutes: this.runtimeMinutes, isIsolated });
  }

  /** Allows reading the code, with every archive beside it, as `IBucket.grantRead` does. Nothing without code. */
  public grantReadCode(grantee: IGrantable): void {
    this.codePlace?.bucket.grantRead(grantee, this.codePlace.objects);
  }

  /** In the zone of data that is in one: elsewhere a job pays for what it reads. */
  private get vpcConfig() {
    const near = Object.values(this.inputs).flatMap(({ subnetIds = [] }) => subnetIds);
    return { ...this.workspace.vpcConfig, ...(near.length > 0 && { Subnets: [...new Set(near)] }) };
  }

  private get runtimeMinutes(): number {
    return this.props.maxRuntimeMinutes ?? this.workspace.maxRuntimeMinutes;
  }

  private volumeKey(): IKey | undefined {
    const isKept = this.workspace.volumeKeyFor(this.props.instanceType) !== undefined;
    return isKept ? (this.props.volumeEncryptionKey ?? this.workspace.encryptionKey) : undefined;
  }

  /** @returns the URI of the archive, and the version of its folder */
  private bindCode(): [string?, DataVersion?] {
    const { code, entryPoint } = this.props;
    if (!code) return [];
    const { bucket } = this.workspace;
    const { folder, file, archive, ...elsewhere } = code.bind(this, `${this.trainingName}/code`, entryPoint!);
    const home = elsewhere.bucket ?? bucket;
    this.codePlace = { bucket: home, objects: folder === '' ? file : `${folder}/*` };
    this.grantReadCode(this.role);
    const key = folder === '' ? file : `${folder}/${file}`;
    if (archive) this.upload('Code', key, { contentBase64: archive, contentType: 'application/gzip' });
    return [
      `s3://${home.bucketName}/${key}`,
      DATA_PREFIX.pattern.test(folder) ? DataVersion.objects(home, folder) : undefined,
    ];
  }

  private upload(id: 'Code' | 'Request', key: string, content: Partial<S3ObjectConfig>): void {
    const { bucket } = this.workspace;
    new S3Object(this, id, {
      bucket: bucket.bucketName,
      key,
      ...content,
      kmsKeyId: bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
    });
  }

  private allowOutput(): void {
    const { bucket } = this.workspace;
    const { spot, tensorBoard } = this.props;
    bucket.grantWrite(this.role, `${this.trainingName}/output/*`);
    if (tensorBoard) bucket.grantWrite(this.role, `${TENSORBOARD_FOLDER}/${this.trainingName}/*`);
    const { volumeEncryptionKey } = this.props;
    if (volumeEncryptionKey) allowVolumes(this.role, volumeEncryptionKey);
    if (!spot) return;
    bucket.grantRead(this.role, `${this.trainingName}/checkpoints/*`);
    bucket.grantWrite(this.role, `${this.trainingName}/checkpoints/*`);
    bucket.grantDelete(this.role, `${this.trainingName}/checkpoints/*`); // SageMaker mirrors what the program deletes
  }

  private parameters({ hyperparameters, codeUri = this.codeUri }: TrainingChanges) {
    const { entryPoint, networkIsolation = true } = this.props;
    const all = { ...this.props.hyperparameters, ...hyperparameters };
    if (codeUri === undefined || entryPoint === undefined) return filled(textsOf(all));
    const properties = Properties.of(this);
    checkHyperparameters(properties, hyperparameters ?? {});
    properties.throwIfInvalid();
    const own = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, encoded(value)]));
    return { ...own, ...scriptMode(entryPoint, codeUri, networkIsolation, Aws.of(this).region) };
  }

  private channels({ inputs: changed = {}, codeUri = this.codeUri }: TrainingChanges): readonly Channel[] | undefined {
    const { inputs, networkIsolation = true } = this.props;
    const unknown = Object.keys(changed).filter((name) => !Object.hasOwn(inputs, name));
    Properties.of(this)
      .require(
        unknown.length === 0,
        `'inputs' must name channels of the training (${Object.keys(inputs).join(', ')}), got ${unknown.join(', ')}`,
      )
      .throwIfInvalid();
    const channels = Object.entries(inputs).map(([name, source]) => source.channel(name, changed[name]));
    if (codeUri !== undefined && networkIsolation) channels.push(codeChannel(codeUri));
    return channels.length > 0 ? channels : undefined;
  }

  /** @returns its URI */
  private publishRequest(): string {
    const key = `${this.trainingName}/request.json`;
    const content = JSON.stringify(this.job(RUN_PLACEHOLDER), undefined, 2);
    this.upload('Request', key, { content, contentType: 'application/json' });
    return this.workspace.uriOf(key);
  }
}
