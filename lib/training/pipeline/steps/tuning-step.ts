import { Properties } from '../../../core/properties';
import { allowVolumes } from '../../sagemaker/job-access';
import type { SageMakerTraining } from '../../sagemaker/sagemaker-training';
import { HYPERPARAMETER_WORD } from '../../training-limits';
import {
  DEFAULT_PARALLEL_JOBS,
  DEFAULT_TUNING_JOBS,
  TUNING_LIMITS,
  TUNING_STRATEGIES,
  type TuningStrategy,
} from '../pipeline-limits';
import { Execution, Reference, type Value } from '../value';
import { allowJobs } from './job-permissions';
import type { ParameterRange } from './parameter-range';
import { JobStep, type PipelineBinding, type Request, type RunFacts } from './step';
import type { TrainingStepProps } from './training-step';

/** What a tuning makes best: a metric that the training reads from its log. */
export interface TuningObjective {
  /** One of the training's `metrics`. */
  readonly metric: string;
  readonly goal: 'Maximize' | 'Minimize';
}

/** How a tuning searches. */
export interface TuningSearch {
  /** @default Bayesian */
  readonly strategy?: TuningStrategy;
  readonly objective: TuningObjective;
  /** Hyperparameters that are tried, by name; at most 30. None of them may be fixed by the training or the step. */
  readonly ranges: Readonly<Record<string, ParameterRange>>;
  /** Most jobs that are started, 1 to 750, and at least `parallelJobs`. Not with `Grid`, which starts one for each combination. @default 20 */
  readonly maxJobs?: number;
  /** Jobs at the same time, 1 to 100. A Bayesian search learns from finished jobs only: fewer at a time find better values. @default 2 */
  readonly parallelJobs?: number;
  /** Whether a job that will not be better than the others is stopped. Not with `Hyperband`, which does so by itself. @default true */
  readonly earlyStopping?: boolean;
  /**
   * Most hours of instances that one run of the tuning may cost; times the price of an hour it is the most money. SageMaker
   * stops the tuning, and the jobs that run then, after `maxInstanceHours / (parallelJobs * instanceCount)` hours: its
   * parallel jobs cannot have used more. So it may end before `maxJobs` have run; the best of those that ended is taken.
   * For all of them to fit, it is at least `maxJobs * instanceCount` times the hours of one job.
   */
  readonly maxInstanceHours: number;
  /** Hyperband: the fewest and the most rounds of a job, in the unit in which it reports the metric. Required with it. @default - none */
  readonly rounds?: { readonly min: number; readonly max: number };
}

/** The job that is tuned, what its jobs share, and how to search. */
export interface TuningStepProps extends TrainingStepProps, TuningSearch {}

/**
 * Runs a training many times with other hyperparameters, and keeps the best model.
 *
 * Its jobs have no checkpoints: the request of a tuning names one folder for all of them, and a job that found those of
 * another one would go on from a model with other hyperparameters. An interrupted job on spot capacity begins anew.
 *
 * Makes nothing by itself. A run costs instance seconds, at most `maxInstanceHours`.
 */
export class TuningStep extends JobStep {
  public readonly type: string = 'Tuning';

  constructor(
    name: string,
    private readonly props: TuningStepProps,
  ) {
    super(name, props);
    Properties.need(this.place, props, 'training', 'objective', 'ranges', 'maxInstanceHours');
    this.validate();
  }

  /** `s3://` URI of the best job's model, once the step has run. */
  public get modelUri(): Reference {
    const best = this.property('BestTrainingJob.TrainingJobName');
    return Reference.join('/', [this.props.training.outputUri, best, 'output/model.tar.gz']);
  }

  /**
   * Grants `sagemaker:CreateHyperParameterTuningJob`, `sagemaker:AddTags`, `sagemaker:DescribeHyperParameterTuningJob`,
   * `sagemaker:StopHyperParameterTuningJob` and `sagemaker:ListTrainingJobsForHyperParameterTuningJob` on tunings, `iam:PassRole` of the training's role to SageMaker, and the use of the key of volumes.
   */
  public bindTo(pipeline: PipelineBinding): void {
    const { training } = this.props;
    allowJobs(pipeline, 'HyperParameterTuningJob', training.role);
    pipeline.role.addToPolicy({
      actions: ['sagemaker:ListTrainingJobsForHyperParameterTuningJob'],
      resources: [pipeline.jobArn('hyper-parameter-tuning-job', '*')],
    });
    allowVolumes(pipeline.role, training.workspace.encryptionKey);
  }

  protected arguments(run: RunFacts): Request {
    const { strategy = 'Bayesian', objective, rounds, earlyStopping = true } = this.props;
    return {
      HyperParameterTuningJobConfig: {
        Strategy: strategy,
        ...(rounds && {
          StrategyConfig: { HyperbandStrategyConfig: { MinResource: rounds.min, MaxResource: rounds.max } },
        }),
        HyperParameterTuningJobObjective: { Type: objective.goal, MetricName: objective.metric },
        ResourceLimits: this.limits(),
        ParameterRanges: this.ranges(),
        TrainingJobEarlyStoppingType: earlyStopping && strategy !== 'Hyperband' ? 'Auto' : 'Off',
      },
      ...this.trainingJobs(run),
    };
  }

  /** The training's request, in the fields that a tuning takes. */
  private trainingJobs({ environment }: RunFacts): Request {
    const { training, inputs, codeUri, hyperparameters } = this.props;
    const variables = { ...environment, ...this.props.environment };
    const request = training.request({
      ...{ inputs, codeUri, hyperparameters, environment: variables },
      execution: this.isCached ? undefined : Execution.id,
      isOneOfMany: true,
    });
    const {
      HyperParameters = {},
      ProfilerConfig: _1,
      TensorBoardOutputConfig: _2,
      CheckpointConfig: _3,
      Tags,
      ...job
    } = request;
    return { TrainingJobDefinition: { ...job, StaticHyperParameters: HyperParameters }, Tags };
  }

  private ranges(): Request {
    const kinds = { IntegerParameterRanges: [], ContinuousParameterRanges: [], CategoricalParameterRanges: [] };
    const found: Record<string, object[]> = kinds;
    for (const [name, range] of Object.entries(this.props.ranges)) {
      found[range.kind]!.push(range.request(name, this.isScriptMode));
    }
    return found;
  }

  private limits(): Request {
    const { strategy, maxJobs = DEFAULT_TUNING_JOBS, parallelJobs = DEFAULT_PARALLEL_JOBS } = this.props;
    return {
      ...(strategy !== 'Grid' && { MaxNumberOfTrainingJobs: maxJobs }),
      MaxParallelTrainingJobs: parallelJobs,
      MaxRuntimeInSeconds: this.seconds,
    };
  }

  private get isScriptMode(): boolean {
    return this.props.training.codeUri !== undefined;
  }

  /** Seconds in which the parallel jobs use up the hours. */
  private get seconds(): number {
    const { maxInstanceHours, parallelJobs = DEFAULT_PARALLEL_JOBS, training } = this.props;
    const seconds = Math.floor((maxInstanceHours * 3600) / (parallelJobs * factsOf(training).instanceCount));
    return Math.min(seconds, TUNING_LIMITS.seconds.max);
  }

  /** What is tried reaches the program as what is fixed does. */
  private validateWords(properties: Properties): void {
    for (const [name, { words = [] }] of Object.entries(this.props.ranges)) {
      properties.matches('ranges', name, HYPERPARAMETER_WORD);
      for (const word of words) properties.matches(`ranges.${name}`, word, HYPERPARAMETER_WORD);
    }
  }

  private validate(): void {
    const { ranges, objective, strategy, rounds, parallelJobs = DEFAULT_PARALLEL_JOBS, maxInstanceHours } = this.props;
    const properties = Properties.of(this.place)
      .known(this.props, 'ranges', 'maxJobs', 'parallelJobs', 'maxInstanceHours')
      .oneOf('strategy', strategy, TUNING_STRATEGIES)
      .oneOf('objective.goal', objective.goal, ['Maximize', 'Minimize'])
      .oneOf('objective.metric', objective.metric, factsOf(this.props.training).metrics)
      .integer('parallelJobs', parallelJobs, TUNING_LIMITS.parallel)
      .integer('maxJobs', this.props.maxJobs, TUNING_LIMITS.jobs)
      .require(maxInstanceHours > 0, `'maxInstanceHours' must be more than 0, got ${maxInstanceHours}`);
    const names = Object.keys(ranges);
    const numbers = names.filter((name) => ranges[name]?.words === undefined);
    const isGrid = strategy === 'Grid';
    const { maxJobs = DEFAULT_TUNING_JOBS, hyperparameters = {}, training } = this.props;
    const fixed = { ...factsOf(training).hyperparameters, ...hyperparameters };
    const twice = names.filter((name) => Object.hasOwn(fixed, name));
    if (this.isScriptMode) this.validateWords(properties);
    properties
      .require(
        twice.length === 0,
        `'ranges' must not have what 'hyperparameters' fix, got ${twice.join(', ')}; remove it from one of the two`,
      )
      .require(
        isGrid || parallelJobs <= maxJobs,
        `'parallelJobs' must be at most 'maxJobs' ${maxJobs}, got ${parallelJobs}; the others would never run, and take their part of 'maxInstanceHours'`,
      )
      .require(
        names.length >= 1 && names.length <= TUNING_LIMITS.ranges,
        `'ranges' must have 1 to ${TUNING_LIMITS.ranges} hyperparameters, got ${names.length}`,
      )
      .require(
        !isGrid || numbers.length === 0,
        `'ranges' must be categorical with strategy Grid, got a range of numbers for ${numbers.join(', ')}; list the values, or use another strategy`,
      )
      .require(
        !isGrid || this.props.maxJobs === undefined,
        "'maxJobs' must not be set with strategy Grid, which starts a job for each combination; remove it",
      )
      .require(
        (strategy === 'Hyperband') === (rounds !== undefined),
        `'rounds' must be set with strategy Hyperband and with no other, got strategy ${strategy ?? 'Bayesian'}`,
      )
      .require(rounds === undefined || rounds.min < rounds.max, "'rounds.min' must be less than 'rounds.max'")
      .require(
        strategy !== 'Hyperband' || this.props.earlyStopping !== true,
        "'earlyStopping' must not be set with strategy Hyperband, which stops jobs by itself; remove it",
      )
      .throwIfInvalid();
    const { min } = TUNING_LIMITS.seconds;
    properties
      .require(
        this.seconds >= min,
        `'maxInstanceHours' must leave the parallel jobs ${min} seconds at least, got ${this.seconds}; raise it, or lower 'parallelJobs'`,
      )
      .throwIfInvalid();
  }
}

interface TrainingFacts {
  readonly instanceCount: number;
  readonly metrics: readonly string[];
  readonly hyperparameters: Readonly<Record<string, Value>>;
}

/** What a tuning must know of a training. */
function factsOf(training: SageMakerTraining): TrainingFacts {
  const request = training.request();
  const { InstanceCount } = request.ResourceConfig as { readonly InstanceCount: number };
  const { MetricDefinitions = [] } = request.AlgorithmSpecification as {
    readonly MetricDefinitions?: readonly { readonly Name: string }[];
  };
  return {
    instanceCount: InstanceCount,
    metrics: MetricDefinitions.map(({ Name }) => Name),
    hyperparameters: request.HyperParameters ?? {},
  };
}
