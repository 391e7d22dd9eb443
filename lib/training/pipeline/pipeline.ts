import { SagemakerPipeline } from '@cdktf/provider-aws/lib/sagemaker-pipeline';
import { Lazy } from 'cdktf';
import type { Construct } from 'constructs';
import { lastPartOfArn } from '../../aws/arn-parts';
import { ARN } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { knownPartOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import { DEFAULT_CAUSE, RUN_VARIABLES } from '../run-variables';
import type { ITrainingWorkspace } from '../sagemaker/workspace';
import { jsonText, LANGUAGE_VERSION } from './definition';
import { Graph } from './graph';
import { Parameter } from './parameter';
import { type IPipeline, PipelineBase } from './pipeline-base';
import { MAX_DEFINITION_CHARACTERS, PARALLEL_STEPS, PIPELINE, PIPELINE_DESCRIPTION } from './pipeline-limits';
import type { PipelineBinding, RunFacts, Step } from './steps/step';

export type { IPipeline, PipelineMetric } from './pipeline-base';

export interface PipelineProps {
  /** Where the jobs run. */
  readonly workspace: ITrainingWorkspace;
  /** The steps in any order: they run as they wait for one another. */
  readonly steps: readonly Step[];
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. Another name replaces the pipeline. @default - from the construct's path */
  readonly name?: string;
  /** @default - none */
  readonly description?: string;
  /** Parameters that no step refers to, or only some starter knows. Those that a step refers to join by themselves. @default - none */
  readonly parameters?: readonly Parameter[];
  /** Steps that run at the same time, 1 to 50. @default - as SageMaker has it: 50 */
  readonly maxParallelSteps?: number;
}

/**
 * A pipeline of SageMaker: steps as objects, checked before anything is deployed, and the role that runs them.
 *
 * Each run is started with a cause (parameter `Cause`, at most 256 characters; `StartedBy` beside it, at most 200), which every job has
 * in its environment, and every run that a training records in MLflow has as tags (`RUN_TAGS`): letters, digits, spaces and `_.:/=+-@`. Steps are computed anew in each run unless they say otherwise; see `JobStepProps.cacheFor`.
 * SageMaker allows any number of runs at once: who starts them sees to it that one is enough.
 *
 * The role may start the jobs of its steps and nothing else: it passes to each its own role, and the guardrails of the
 * workspace bind it.
 *
 * Costs nothing at rest; a run costs its jobs. Destroying it removes pipeline and role. SageMaker refuses that while a run
 * is active: `aws sagemaker stop-pipeline-execution` ends it. The history of runs is gone with the pipeline; registered
 * models, reports and logs stay.
 */
export class Pipeline extends PipelineBase {
  /**
   * An existing pipeline.
   *
   * @throws InputError if `pipelineArn` is not the ARN of a pipeline
   */
  public static fromPipelineArn(scope: Construct, id: string, pipelineArn: string): IPipeline {
    Properties.of(`${scope.node.path}/${id}`)
      .present({ pipelineArn }, 'pipelineArn')
      .matches('pipelineArn', pipelineArn, ARN.pipeline)
      .throwIfInvalid();
    class Import extends PipelineBase {
      public readonly pipelineArn = pipelineArn;
      public readonly pipelineName = lastPartOfArn(pipelineArn);
    }
    return new Import(scope, id);
  }

  public readonly pipelineName: string;
  public readonly pipelineArn: string;
  /** Runs the steps. */
  public readonly role: Role;
  /** Why a run was started: `drift`, `schedule`, the id of an alarm. */
  public readonly cause: Parameter;
  /** Who or what started a run. */
  public readonly startedBy: Parameter;
  /** The underlying pipeline. */
  public readonly resource: SagemakerPipeline;
  private readonly steps: Step[];
  private readonly declared: readonly Parameter[];
  private readonly binding: PipelineBinding;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    this.validate(props);

    const { workspace, steps, parameters = [], maxParallelSteps } = props;
    this.steps = [...steps];
    const isCached = steps.some(cached);
    this.cause = Parameter.string('Cause', isCached ? {} : { defaultValue: DEFAULT_CAUSE });
    this.startedBy = Parameter.string('StartedBy', { defaultValue: 'unknown' });
    this.declared = [this.cause, this.startedBy, ...parameters];
    this.check();

    const name = physicalName(this, PIPELINE, props.name);
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('sagemaker.amazonaws.com', Aws.of(this).account),
      description: 'Starts the jobs of a pipeline',
    });
    workspace.limit(this.role);
    this.binding = this.bindingFor(name);
    for (const step of steps) step.bindTo(this.binding);
    this.resource = new SagemakerPipeline(this, 'Resource', {
      pipelineName: name,
      pipelineDisplayName: name,
      pipelineDescription: props.description,
      roleArn: this.role.roleArn,
      pipelineDefinition: Lazy.stringValue({ produce: () => this.definition }),
      parallelismConfiguration:
        maxParallelSteps === undefined ? undefined : { maxParallelExecutionSteps: maxParallelSteps },
    });
    this.pipelineName = published(this, this.resource.pipelineName, name);
    this.pipelineArn = published(this, this.resource.arn, Aws.of(this).arn('sagemaker', `pipeline/${name}`));
    this.node.addValidation({ validate: () => [...this.graph.faults, ...this.excess()] });
  }

  /**
   * Adds steps, e.g. to a `TrainingPipeline`.
   *
   * @throws InputError with all that is wrong with the pipeline then
   */
  public addSteps(...steps: readonly Step[]): void {
    this.steps.push(...steps);
    this.check();
    for (const step of steps) step.bindTo(this.binding);
  }

  /** What a run may be started with: declared here, and what a step refers to. */
  public get parameters(): readonly Parameter[] {
    return this.graph.parameters;
  }

  /** The definition as JSON, in which Terraform fills in what is known only at deploy time. */
  public get definition(): string {
    return jsonText({
      Version: LANGUAGE_VERSION,
      Metadata: {},
      Parameters: this.parameters.map(({ declaration }) => declaration),
      PipelineExperimentConfig: null, // every run would make an experiment, which stays
      Steps: this.steps.map((step) => step.definition(this.run)),
    });
  }

  private get run(): RunFacts {
    return { environment: { [RUN_VARIABLES.cause]: this.cause, [RUN_VARIABLES.startedBy]: this.startedBy } };
  }

  private get graph(): Graph {
    return new Graph(this.steps, this.run, this.declared);
  }

  private bindingFor(folder: string): PipelineBinding {
    const aws = Aws.of(this);
    return { role: this.role, folder, jobArn: (kind, name) => aws.arn('sagemaker', `${kind}/${name}`) };
  }

  private check(): void {
    const properties = Properties.of(this);
    for (const fault of this.graph.faults) properties.require(false, fault);
    const late = this.cause.defaultValue !== undefined && this.steps.some(cached);
    properties
      .require(!late, "a cached step must be one of 'steps': the cause of a run has no default then")
      .throwIfInvalid();
  }

  /** SageMaker counts the characters of the definition that it gets; references count nothing. */
  private excess(): readonly string[] {
    const { length } = knownPartOf(this, this.definition);
    return length <= MAX_DEFINITION_CHARACTERS
      ? []
      : [`the definition has ${length} characters, the limit is ${MAX_DEFINITION_CHARACTERS}; split the pipeline`];
  }

  private validate(props: PipelineProps): void {
    Properties.of(this)
      .present(props, 'workspace', 'steps')
      .known(props, 'steps', 'parameters')
      .matches('name', props?.name, NAME)
      .matches('description', props?.description, PIPELINE_DESCRIPTION)
      .integer('maxParallelSteps', props?.maxParallelSteps, PARALLEL_STEPS)
      .require(props?.steps?.length !== 0, "'steps' must have at least one step, got none")
      .throwIfInvalid();
  }
}

function cached(step: Step): boolean {
  return step.isCached || step.branches.flat().some(cached);
}
