import { lengthOf } from '../../../core/cdktf/token-values';
import { Properties } from '../../../core/properties';
import type { Condition } from '../condition';
import { MAX_BRANCH_STEPS, MAX_CONDITIONS, MAX_FAIL_MESSAGE } from '../pipeline-limits';
import { type Reference, referencesIn, textOf, type Value } from '../value';
import { type PipelineBinding, type Request, type RunFacts, Step, type StepProps } from './step';

export interface ConditionStepProps extends StepProps {
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
  /** Steps to run if all conditions hold. @default - none */
  readonly onTrue?: readonly Step[];
  /** Steps to run if a condition does not hold. @default - none */
  readonly onFalse?: readonly Step[];
}

/**
 * Runs one of two branches. If a value that it compares is missing or has another type, the step fails and runs neither.
 *
 * SageMaker takes no condition step in a branch, and no reference into a branch from outside. Costs nothing.
 */
export class ConditionStep extends Step {
  public readonly type: string = 'Condition';
  public readonly conditions: readonly Condition[];
  private readonly ifSteps: Step[];
  private readonly elseSteps: Step[];
  private pipeline?: PipelineBinding;

  constructor(name: string, props: ConditionStepProps) {
    super(name, props);
    const { conditions, onTrue = [], onFalse = [] } = props ?? {};
    const count = conditions?.reduce((sum, { size }) => sum + size, 0) ?? 0;
    Properties.of(this.place)
      .present(props, 'conditions')
      .require(conditions?.length !== 0, "'conditions' must have at least one condition, got none")
      .require(count <= MAX_CONDITIONS, `'conditions' must have at most ${MAX_CONDITIONS} comparisons, got ${count}`)
      .throwIfInvalid();
    this.conditions = conditions;
    this.ifSteps = [...onTrue];
    this.elseSteps = [...onFalse];
  }

  public override get branches(): readonly (readonly Step[])[] {
    return [this.ifSteps, this.elseSteps];
  }

  public override references(): readonly Reference[] {
    return this.conditions.flatMap(({ values }) => referencesIn(values));
  }

  /** Adds steps to run if all conditions hold, e.g. after what a `TrainingPipeline` does then. */
  public whenTrue(...steps: readonly Step[]): void {
    this.grow(this.ifSteps, steps);
  }

  /** Adds steps to run if a condition does not hold. */
  public whenFalse(...steps: readonly Step[]): void {
    this.grow(this.elseSteps, steps);
  }

  public bindTo(pipeline: PipelineBinding): void {
    this.pipeline = pipeline;
    for (const step of this.branches.flat()) step.bindTo(pipeline);
  }

  /** What is wrong with its branches, which may grow until the pipeline is made. */
  public get faults(): readonly string[] {
    return this.branches.flatMap((steps, index) => {
      const branch = `${this.name}, branch ${index === 0 ? 'onTrue' : 'onFalse'}:`;
      const nested = steps.filter((step) => step instanceof ConditionStep);
      return [
        ...(steps.length > MAX_BRANCH_STEPS
          ? [`${branch} ${steps.length} steps, the limit is ${MAX_BRANCH_STEPS}; split the branch`]
          : []),
        ...nested.map(
          ({ name }) =>
            `${branch} condition step ${name} in a branch, which SageMaker refuses; put its conditions into one step, or both beside each other`,
        ),
      ];
    });
  }

  private grow(branch: Step[], steps: readonly Step[]): void {
    branch.push(...steps);
    if (this.pipeline) for (const step of steps) step.bindTo(this.pipeline);
  }

  protected arguments(run: RunFacts): Request {
    return {
      Conditions: this.conditions.map((condition) => condition.toJSON()),
      IfSteps: this.ifSteps.map((step) => step.definition(run)),
      ElseSteps: this.elseSteps.map((step) => step.definition(run)),
    };
  }
}

export interface FailStepProps extends StepProps {
  /** Why the execution fails: its reason in the console and in events. At most 1,024 characters are shown. */
  readonly message: Value;
}

/** Ends the execution as failed, with words that say why. Costs nothing. */
export class FailStep extends Step {
  public readonly type: string = 'Fail';
  private readonly message: Value;

  constructor(name: string, props: FailStepProps) {
    super(name, props);
    const { message } = props ?? {};
    const length = typeof message === 'string' ? (lengthOf(message) ?? 0) : 0;
    Properties.of(this.place)
      .present(props, 'message')
      .require(length <= MAX_FAIL_MESSAGE, `'message' must have at most ${MAX_FAIL_MESSAGE} characters, got ${length}`)
      .throwIfInvalid();
    this.message = message;
  }

  public bindTo(): void {} // ends the execution by itself

  protected arguments(): Request {
    return { ErrorMessage: textOf(this.message) };
  }
}
