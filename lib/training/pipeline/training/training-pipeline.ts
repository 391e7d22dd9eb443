import type { Construct } from 'constructs';
import { Aws } from '../../../aws/aws';
import { pathName } from '../../../core/names';
import { Properties } from '../../../core/properties';
import type { Role } from '../../../iam/role';
import { ModelPackageGroup } from '../../../registry/packages/model-package-group';
import { REQUIRED_METADATA } from '../../../registry/packages/package-limits';
import type { DataVersion } from '../../data/data-version';
import { EVALUATION_FILES } from '../../evaluation/metric-limits';
import { SERVING_PROGRAM, servingEnvironment } from '../../framework/serving';
import { DEFAULT_CAUSE } from '../../run-variables';
import type { SageMakerTraining } from '../../sagemaker/sagemaker-training';
import { filled } from '../../sagemaker/training-request';
import { CODE_CHANNEL } from '../../training-limits';
import { Parameter } from '../parameter';
import { Pipeline } from '../pipeline';
import { PipelineBase } from '../pipeline-base';
import { PYTHON_FILE, SERVING_FRAMEWORKS } from '../pipeline-limits';
import { ConditionStep, FailStep } from '../steps/flow-steps';
import type { ProcessingStep } from '../steps/processing-step';
import { RegisterModelStep } from '../steps/register-model-step';
import type { Step } from '../steps/step';
import { TrainingStep } from '../steps/training-step';
import { TuningStep } from '../steps/tuning-step';
import { Execution, Reference, type Value } from '../value';
import { Gate } from './gate';
import { after, Jobs } from './jobs';
import { brokenMetric, MAX_GATE_METRICS } from './metric-limits';
import { RegisteredModels } from './registered-models';
import type { TrainingPipelineProps } from './training-pipeline-props';

/** Metadata of a package without a base model. */
const NO_BASE_MODEL = 'none';

/**
 * Data to registered model: checks the data, records its version, prepares it, trains or tunes, judges the model on held-out
 * data, compares it with the champion, and registers it as pending if it keeps every limit that was declared. Otherwise the
 * run fails with each metric, its value and its limit. A metric that could not be computed fails the run too.
 *
 * Steps: `DataQuality`, `Versions`, `Prepare`, `Train` or `Tune`, `Evaluate`, `Gate`, and after it `Register` or `Reject`.
 * A run is started with a `Cause`, and if it likes with a `CodeUri`: another `sourcedir.tar.gz` in the folder of the code.
 * Further steps are added by {@link addSteps}, or after the registration by {@link whenRegistered}.
 *
 * Each job has its own role: who trains cannot read the test data, who evaluates cannot read the training data, and none
 * of them can register; the pipeline registers, and cannot approve.
 *
 * Makes the pipeline with its role, a role for each of its processing jobs, and the objects of their programs; the training and the group
 * are made before. Costs at rest some small objects of S3; a run costs its jobs. Destroyed as `Pipeline` is; reports, models and packages
 * stay in the bucket of the workspace and in the group.
 */
export class TrainingPipeline extends PipelineBase {
  public readonly pipelineName: string;
  public readonly pipelineArn: string;
  /** The job that trains. */
  public readonly training: SageMakerTraining;
  /** Role that judges the model, e.g. to read a champion that another training made. */
  public readonly evaluationRole: Role;
  /** The pipeline that runs the steps. */
  public readonly pipeline: Pipeline;
  /** `s3://` URI of the model, once it was trained. */
  public readonly modelUri: Reference;
  /** Judges the model: its output `evaluation` has the report, the metrics and the contract. */
  public readonly evaluate: ProcessingStep;
  /** Decides, and registers or fails. */
  public readonly gate: ConditionStep;
  /** Registers the model. */
  public readonly register: RegisterModelStep;
  /** What it registers, for who serves it. */
  public readonly registered: RegisteredModels;
  private readonly props: TrainingPipelineProps;
  private readonly jobs: Jobs;
  private readonly cause: Parameter;

  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    this.validate(props);

    const { training, packages, champion, metrics } = props;
    this.props = props;
    this.jobs = new Jobs(this, 'Jobs', props);
    this.training = training;
    this.registered = new RegisteredModels(this.jobs.folder, props);
    this.evaluationRole = this.jobs.evaluationRole;
    this.cause = Parameter.string('Cause', props.preparation?.cacheFor ? {} : { defaultValue: DEFAULT_CAUSE });
    const { codeUri: defaultValue } = training;
    const codeUri = defaultValue === undefined ? undefined : Parameter.string('CodeUri', { defaultValue });

    const quality = this.jobs.dataQuality();
    const versions = this.versions(codeUri, quality);
    const prepare = this.prepare(codeUri, quality);
    const train = this.train(codeUri, prepare, after(quality, versions, prepare));
    this.modelUri = train.modelUri;
    this.evaluate = this.jobs.evaluation(train.modelUri);
    const gate = new Gate(this.evaluate, metrics, champion);
    this.register = this.registration(versions);
    this.gate = new ConditionStep('Gate', {
      conditions: gate.conditions,
      onTrue: [this.register],
      onFalse: [new FailStep('Reject', { message: gate.message })],
    });
    this.pipeline = new Pipeline(this, 'Pipeline', {
      workspace: training.workspace,
      name: props.name ?? pathName(this),
      description: props.description,
      steps: [...after(quality, versions, prepare), train, this.evaluate, this.gate],
    });
    this.pipelineName = this.pipeline.pipelineName;
    this.pipelineArn = this.pipeline.pipelineArn;
    this.allowRole();
    if (packages instanceof ModelPackageGroup) this.share(packages);
  }

  /** What a run may be started with. */
  public get parameters(): readonly Parameter[] {
    return this.pipeline.parameters;
  }

  /** Adds steps. @throws InputError with all that is wrong with the pipeline then */
  public addSteps(...steps: readonly Step[]): void {
    this.pipeline.addSteps(...steps);
  }

  /** Adds steps that run beside the registration, if the model is good enough; to run after it, let them wait for `register`. */
  public whenRegistered(...steps: readonly Step[]): void {
    this.gate.whenTrue(...steps);
  }

  private versions(codeUri: Parameter | undefined, quality: Step | undefined): ProcessingStep | undefined {
    const { training, dataVersion } = this.props;
    const sources = dataVersion === undefined ? this.sources() : {};
    const code = training.codeVersion && codeUri;
    if (Object.keys(sources).length === 0 && !code) return undefined;
    const step = this.jobs.versions(sources, code);
    step.runAfter(...after(quality));
    return step;
  }

  /** Versions of what the run reads: of the raw data if a preparation makes the training data. */
  private sources(): Readonly<Record<string, DataVersion>> {
    const { training, preparation, baseModel } = this.props;
    const inputs = Object.entries(training.inputs).filter(
      ([name]) => name !== baseModel?.channel && !preparation?.channels.includes(name),
    );
    const all = [...inputs, ...Object.entries(preparation?.inputs ?? {})];
    return Object.fromEntries(all.flatMap(([name, { version }]) => (version ? [[name, version]] : [])));
  }

  private prepare(codeUri: Parameter | undefined, quality: Step | undefined): ProcessingStep | undefined {
    const { preparation } = this.props;
    if (!preparation) return undefined;
    const step = this.jobs.preparation(preparation, codeUri);
    step.runAfter(...after(quality));
    return step;
  }

  private train(
    codeUri: Parameter | undefined,
    prepare: ProcessingStep | undefined,
    dependsOn: readonly Step[],
  ): TrainingStep | TuningStep {
    const { training, tuning, preparation, baseModel, hyperparameters } = this.props;
    const prepared = preparation?.channels.map((channel) => [channel, prepare!.outputUri(channel)] as const) ?? [];
    const inputs = { ...Object.fromEntries(prepared), ...(baseModel && { [baseModel.channel]: baseModel.uri }) };
    const common = { training, inputs, codeUri, hyperparameters, dependsOn };
    return tuning ? new TuningStep('Tune', { ...common, ...tuning }) : new TrainingStep('Train', common);
  }

  private registration(versions: ProcessingStep | undefined): RegisterModelStep {
    const { props } = this;
    const { training, dataVersion, baseModel, owner } = props;
    const { serving } = training.framework;
    const folder = this.evaluate.outputUri('evaluation');
    const file = (name: string) => Reference.join('/', [folder, name]);
    return new RegisterModelStep('Register', {
      packages: props.packages,
      image: props.servingImage ?? training.image,
      modelUri: this.modelUri,
      environment: filled({
        ...servingEnvironment(this.jobs.servingProgram, Aws.of(this).region),
        ...props.servingEnvironment,
      }),
      contentTypes: props.contentTypes ?? serving.contentTypes,
      responseTypes: props.responseTypes ?? serving.responseTypes,
      quality: { uri: file(EVALUATION_FILES.report) },
      packageDescription: Reference.text('execution ', Execution.id, ', cause: ', this.cause),
      metadata: {
        ...this.furtherMetadata(),
        owner,
        dataVersion: dataVersion ?? this.jobs.recorded(versions!, 'data'),
        codeVersion: training.codeVersion
          ? this.jobs.recorded(versions!, 'code')
          : (training.codeUri ?? training.image),
        metrics: file(EVALUATION_FILES.report),
        baseModelLicence: baseModel?.licence ?? NO_BASE_MODEL,
        contract: file(EVALUATION_FILES.contract),
      },
    });
  }

  /** What the group requires beyond what the pipeline knows. */
  private furtherMetadata(): Readonly<Record<string, Value>> {
    const { metadata = {}, packages } = this.props;
    const own: readonly string[] = REQUIRED_METADATA;
    const asked = packages.requiredMetadata.filter((key) => !own.includes(key) && !Object.hasOwn(metadata, key));
    return { ...Object.fromEntries(asked.map((key) => [key, Parameter.string(key)])), ...metadata };
  }

  /** The role of the pipeline reads metrics and versions, and registers the model: SageMaker asks whether it may read that. */
  private allowRole(): void {
    const { bucket } = this.props.training.workspace;
    const { role } = this.pipeline;
    for (const part of ['reports', 'output']) bucket.grantRead(role, `${this.jobs.folder}/${part}/*`);
  }

  private share(packages: ModelPackageGroup): void {
    const { bucket } = this.props.training.workspace;
    for (const part of ['reports', 'output']) packages.shareArtifacts(bucket, `${this.jobs.folder}/${part}/*`);
  }

  private validate(props: TrainingPipelineProps): void {
    const required = ['training', 'owner', 'testData', 'evaluation', 'metrics', 'packages'] as const;
    const properties = Properties.of(this)
      .present(props, ...required)
      .known(
        props,
        'metrics',
        'evaluationInstanceType',
        'hyperparameters',
        'servingEnvironment',
        'servingProgram',
        'metadata',
        'contentTypes',
        'responseTypes',
      );
    properties.throwIfInvalid();
    const { training, evaluation, metrics, champion, servingImage, testData, preparation, baseModel } = props;
    const names = Object.keys(metrics);
    properties
      .require(
        names.length >= 1 && names.length <= MAX_GATE_METRICS,
        `'metrics' must have 1 to ${MAX_GATE_METRICS} metrics, got ${names.length}`,
      )
      .matches('servingProgram', props.servingProgram, SERVING_PROGRAM)
      .number('champion.maxLoss', champion?.maxLoss, { min: 0 })
      .oneOf('champion.metric', champion?.metric, evaluation.metrics)
      .require(
        servingImage !== undefined || SERVING_FRAMEWORKS.includes(training.framework.name),
        `'servingImage' must be set for ${training.framework.name}, whose training image does not serve`,
      )
      .oneOf('baseModel.channel', baseModel?.channel, Object.keys(training.inputs))
      .require(
        !Object.values(training.inputs).some(({ uri }) => uri !== undefined && overlaps(uri, testData.uri)),
        "'testData' must not be among the inputs of the training: it would judge what it has seen",
      );
    for (const name of names) {
      for (const { part, ...rule } of brokenMetric(name, metrics[name]!, evaluation.metrics)) {
        properties.keeps(['metrics', name, ...(part ? [part] : [])].join('.'), name, [rule]);
      }
    }
    properties
      .require(
        preparation === undefined || preparation.folder !== undefined || training.codeUri !== undefined,
        "'preparation.folder' must be set: the training has no code that it could run",
      )
      .matches('preparation.entryPoint', preparation?.entryPoint, PYTHON_FILE)
      .require(
        !Object.hasOwn(preparation?.inputs ?? {}, CODE_CHANNEL),
        `'preparation.inputs' must not have '${CODE_CHANNEL}', which has the program; rename it`,
      )
      .require(
        !Object.values(preparation?.inputs ?? {}).some(({ uri }) => uri !== undefined && overlaps(uri, testData.uri)),
        "'testData' must not be among the inputs of the preparation: the training would see it",
      );
    for (const channel of preparation?.channels ?? []) {
      properties.oneOf('preparation.channels', channel, Object.keys(training.inputs));
    }
    this.validateVersions(properties, props);
    properties.throwIfInvalid();
  }

  /** A file system has no version that a job can compute. */
  private validateVersions(
    properties: Properties,
    { training, preparation, dataVersion }: TrainingPipelineProps,
  ): void {
    const all = { ...training.inputs, ...preparation?.inputs };
    const without = Object.keys(all).filter((name) => all[name]!.version === undefined);
    properties.require(
      dataVersion !== undefined || without.length === 0,
      `'dataVersion' must be set: no job can compute the version of ${without.join(', ')}`,
    );
  }
}

/** Whether one of two folders is in the other. */
function overlaps(one: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  return one.slice(0, other.length) === other || other.slice(0, one.length) === one;
}
