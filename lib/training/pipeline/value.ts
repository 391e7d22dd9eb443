import type { JsonValue } from './json';

/** What a step of a pipeline gets: a literal, or a reference that SageMaker resolves while the pipeline runs. */
export type Value<T = string> = T | Reference;

/** A step as references know it. */
export interface ReferredStep {
  readonly name: string;
}

/**
 * A value that exists only while a pipeline runs: a parameter, a result of a step, a number of a report, a fact of the
 * execution. It may stand in any text, number or flag of a step's request.
 */
export abstract class Reference {
  /** `<on>`-separated text of literals and references. */
  public static join(on: string, values: readonly Value<string | number>[]): Reference {
    return new Join(on, values);
  }

  /** One text of literals and references: `Reference.text('s3://acme/', Execution.id, '/model')`. */
  public static text(...values: readonly Value<string | number>[]): Reference {
    return new Join('', values);
  }

  /** The steps that must have run before the value exists. */
  public readonly steps: readonly ReferredStep[] = [];
  /** The parameters and property files that it reads, for the checks of the pipeline. */
  public readonly parts: readonly Reference[] = [];

  /** Whether it surely is a text. SageMaker refuses a pipeline with a number in the place of a text: see {@link textOf}. */
  public readonly isText: boolean = true;

  /** `{ Get: ... }`, `{ 'Std:Join': ... }` or `{ 'Std:JsonGet': ... }`. */
  public abstract toJSON(): JsonValue;
}

/** A property of a step's result, as the Describe call of its job names it: `ModelArtifacts.S3ModelArtifacts`. */
export class StepProperty extends Reference {
  public override readonly steps: readonly ReferredStep[];

  /**
   * @param path the property after the step's name, e.g. `ProcessingOutputConfig.Outputs['report'].S3Output.S3Uri`
   * @param isText `false` for a number or a flag
   */
  constructor(
    step: ReferredStep,
    public readonly path: string,
    public override readonly isText: boolean = true,
  ) {
    super();
    this.steps = [step];
  }

  public toJSON(): JsonValue {
    return { Get: `Steps.${this.steps[0]?.name}.${this.path}` };
  }
}

/**
 * A value in a JSON file that a processing step wrote, e.g. a metric of a report. The step that reads it fails if the file
 * or the path is not there: a missing metric never counts as good or bad.
 */
export class FileValue extends Reference {
  public override readonly steps: readonly ReferredStep[];
  public override readonly isText: boolean = false; // it may be a number

  /**
   * @param step a processing step
   * @param file name of the step's property file
   * @param path JSONPath in the file: `auc`, `metrics.auc`, `metrics['auc@noise']`
   */
  constructor(
    step: ReferredStep,
    public readonly file: string,
    public readonly path: string,
  ) {
    super();
    this.steps = [step];
  }

  public toJSON(): JsonValue {
    const file = { Get: `Steps.${this.steps[0]?.name}.PropertyFiles.${this.file}` };
    return { 'Std:JsonGet': { PropertyFile: file, Path: this.path } };
  }
}

/** A fact of the execution: see {@link Execution}. */
class ExecutionFact extends Reference {
  constructor(private readonly name: string) {
    super();
  }

  public toJSON(): JsonValue {
    return { Get: `Execution.${this.name}` };
  }
}

/** What a step can know of the execution of its pipeline. */
export const Execution = {
  /** Id of the execution, twelve letters and digits: a folder of its own for what a run writes. */
  id: new ExecutionFact('PipelineExecutionId') as Reference,
  /** ARN of the execution. */
  arn: new ExecutionFact('PipelineExecutionArn') as Reference,
  /** Name of the pipeline. */
  pipelineName: new ExecutionFact('PipelineName') as Reference,
  /** ARN of the pipeline. */
  pipelineArn: new ExecutionFact('PipelineArn') as Reference,
  /** When the execution was started, in ISO 8601. */
  startTime: new ExecutionFact('StartDateTime') as Reference,
} as const;

class Join extends Reference {
  public override readonly steps: readonly ReferredStep[];
  public override readonly parts: readonly Reference[];

  constructor(
    private readonly on: string,
    private readonly values: readonly Value<string | number>[],
  ) {
    super();
    this.parts = values.filter((value) => value instanceof Reference);
    this.steps = this.parts.flatMap(({ steps }) => steps);
  }

  public toJSON(): JsonValue {
    const values = this.values.map((value) => (value instanceof Reference ? value.toJSON() : value));
    return { 'Std:Join': { On: this.on, Values: values } };
  }
}

/** A value in the place of a text of a request: what may be a number while the pipeline runs is made a text. */
export function textOf(value: Value): Value {
  return value instanceof Reference && !value.isText ? Reference.text(value) : value;
}

/** The values of a map in the place of texts: see {@link textOf}. */
export function textsOf(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
}

/** All references in a request, those inside others included. */
export function referencesIn(value: unknown): readonly Reference[] {
  if (value instanceof Reference) return [value, ...value.parts.flatMap(referencesIn)];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return isPlain(value) ? Object.values(value).flatMap(referencesIn) : [];
}

/** Whether a value is an object of a literal, as requests are; a reference or a construct is none. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
