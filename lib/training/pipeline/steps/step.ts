import { Properties } from '../../../core/properties';
import type { IGrantable } from '../../../iam/statement';
import { DURATION, STEP_NAME } from '../pipeline-limits';
import { type Reference, type ReferredStep, referencesIn, StepProperty, type Value } from '../value';
import { DEFAULT_RETRIES, type RetryPolicy } from './retry-policy';

/** A request to SageMaker, or a part of it: plain JSON with references in it. */
export type Request = { readonly [key: string]: unknown };

/** What a step gets of its pipeline, to grant what it calls to the role of the pipeline. */
export interface PipelineBinding {
  /** The role that starts the steps. */
  readonly role: IGrantable;
  /** Folder of the pipeline in the bucket of its workspace. */
  readonly folder: string;
  /** ARN of jobs of a kind: `training-job`, `processing-job`. @param name pattern of their names */
  jobArn(kind: string, name: string): string;
}

/** What a run tells each of its jobs. */
export interface RunFacts {
  /** Environment variables of every job, beside its own. */
  readonly environment: Readonly<Record<string, Value>>;
}

export interface StepProps {
  /** Shown in the console. @default - the name */
  readonly displayName?: string;
  /** @default - none */
  readonly description?: string;
  /** Steps that must have succeeded before, beside those whose results it refers to. @default - none */
  readonly dependsOn?: readonly Step[];
}

/** A step of a pipeline. A subclass of a user's own says its type and the request that it makes. */
export abstract class Step implements ReferredStep {
  /** As the definition names it: `Training`. */
  public abstract readonly type: string;
  private readonly before: Step[];

  /** @param name letters, digits and hyphens, at most 64, unique in the pipeline */
  constructor(
    public readonly name: string,
    private readonly common: StepProps = {},
  ) {
    Properties.of(this.place).present({ name }, 'name').matches('name', name, STEP_NAME).throwIfInvalid();
    this.before = [...(common.dependsOn ?? [])];
  }

  /** Steps that must have succeeded before, beside those whose results it refers to. */
  public get dependsOn(): readonly Step[] {
    return this.before;
  }

  /** Lets the step wait for others. */
  public runAfter(...steps: readonly Step[]): void {
    this.before.push(...steps);
  }

  /** Steps of which only some are run: of each branch of a condition. */
  public get branches(): readonly (readonly Step[])[] {
    return [];
  }

  /** Property files, by name, that {@link FileValue} may read. */
  public get propertyFiles(): readonly string[] {
    return [];
  }

  /** Whether an earlier result may stand for a run of the step. */
  public get isCached(): boolean {
    return false;
  }

  /**
   * A property of its result, as the Describe call of its job names it: `ModelArtifacts.S3ModelArtifacts`. A number in the
   * place of a text is written as `Reference.text(step.property(...))`.
   */
  public property(path: string): StepProperty {
    return new StepProperty(this, path);
  }

  /** All that it refers to, but not what the steps of its branches do. */
  public references(run: RunFacts): readonly Reference[] {
    return referencesIn([this.arguments(run), this.settings()]);
  }

  /** The entry in the definition's `Steps`. */
  public definition(run: RunFacts): Request {
    const { displayName, description } = this.common;
    const dependsOn = [...new Set(this.before.map(({ name }) => name))];
    return {
      Name: this.name,
      Type: this.type,
      Arguments: this.arguments(run),
      ...(dependsOn.length > 0 && { DependsOn: dependsOn }),
      ...(displayName !== undefined && { DisplayName: displayName }),
      ...(description !== undefined && { Description: description }),
      ...this.settings(),
    };
  }

  /** Grants the role of the pipeline what it needs to run the step. */
  public abstract bindTo(pipeline: PipelineBinding): void;

  /** What the step requests: the input of the call that creates its job, without the job's name. */
  protected abstract arguments(run: RunFacts): Request;

  /** What the definition says of the step beside its arguments. */
  protected settings(): Request {
    return {};
  }

  /** As error messages name the step. */
  protected get place(): string {
    return `step ${this.name}`;
  }
}

export interface JobStepProps extends StepProps {
  /**
   * When a failed job is tried again.
   * @default - five attempts within a quarter of an hour, for errors of SageMaker and missing capacity
   */
  readonly retries?: readonly RetryPolicy[];
  /**
   * How old a result with the same arguments may be to be taken in place of a new run, e.g. `P1D`. The cause of a run is
   * one of the arguments, and a pipeline with a cached step has no default for it, so that no retraining is skipped
   * unless someone starts it twice for the same cause.
   * @default - never: every run computes anew
   */
  readonly cacheFor?: string;
}

/** A step that runs a job of SageMaker. */
export abstract class JobStep extends Step {
  constructor(
    name: string,
    private readonly job: JobStepProps,
  ) {
    super(name, job);
    Properties.of(this.place).matches('cacheFor', job.cacheFor, DURATION).throwIfInvalid();
  }

  public override get isCached(): boolean {
    return this.job.cacheFor !== undefined;
  }

  protected override settings(): Request {
    const { retries = DEFAULT_RETRIES, cacheFor } = this.job;
    return {
      ...(retries.length > 0 && { RetryPolicies: retries.map((policy) => policy.toJSON()) }),
      ...(cacheFor !== undefined && { CacheConfig: { Enabled: true, ExpireAfter: cacheFor } }),
    };
  }
}
