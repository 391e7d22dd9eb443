import { isObject } from './api-shapes';
import { isReference, type Json, list, placed } from './json-parts';

/** What a run knows when it reaches a condition. */
export interface RunState {
  /** Contents of property files, as JSON, by `<step>.<file>`. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Values that the run was started with, in place of the defaults. */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What a condition step does: it runs a branch, or it fails with a reason. */
export type Decision = { readonly runs: readonly string[]; readonly message?: string } | { readonly fails: string };

class StepFailure extends Error {}

/**
 * Decides as SageMaker does, after the executor of local pipelines in the Python SDK (`sagemaker.mlops.local.pipeline`):
 * every value is looked up first, and a missing file or path, or two values of different types, fail the step. Then no
 * branch runs. If a step of the branch is a `Fail`, its message is what the execution says.
 */
export function decide(definition: string, name: string, state: RunState): Decision {
  const { Steps, Parameters } = JSON.parse(definition) as Json;
  const steps = placed(list(Steps), []).map(({ step }) => step);
  const step = steps.find(({ Name }) => Name === name);
  const look = new Values(list(Parameters), state);
  try {
    const { Conditions, IfSteps, ElseSteps } = step!.Arguments as Json;
    const resolved = list(Conditions).map((condition) => look.all(condition) as Json);
    const branch = list(resolved.every(holds) ? IfSteps : ElseSteps);
    const fail = branch.find(({ Type }) => Type === 'Fail');
    const message = fail && String(look.all((fail.Arguments as Json).ErrorMessage));
    return { runs: branch.map(({ Name }) => String(Name)), ...(message !== undefined && { message }) };
  } catch (error) {
    if (error instanceof StepFailure) return { fails: error.message };
    throw error;
  }
}

class Values {
  constructor(
    private readonly parameters: readonly Json[],
    private readonly state: RunState,
  ) {}

  /** A value with all references in it resolved. */
  public all(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.all(one));
    if (!isObject(value)) return value;
    if (isReference(value)) return this.resolve(value);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.all(one)]));
  }

  private resolve(value: Json): unknown {
    const join = value['Std:Join'] as Json | undefined;
    if (join) return (this.all(join.Values) as unknown[]).map(String).join(String(join.On));
    const get = value['Std:JsonGet'] as Json | undefined;
    if (get) return this.jsonGet(get);
    const name = /^Parameters\.(.+)$/.exec(String(value.Get))?.[1];
    const given =
      this.state.parameters?.[name ?? ''] ?? this.parameters.find(({ Name }) => Name === name)?.DefaultValue;
    if (given === undefined) throw new StepFailure(`${value.Get} is undefined`);
    return given;
  }

  private jsonGet({ PropertyFile, Path }: Json): unknown {
    const [, step, file] = /^Steps\.([^.]+)\.PropertyFiles\.(.+)$/.exec(String((PropertyFile as Json).Get)) ?? [];
    const content = this.state.files[`${step}.${file}`];
    if (content === undefined) throw new StepFailure(`there is no property file ${step}.${file}`);
    const parts = [...String(Path).matchAll(/([^.[\]']+)/g)].map(([, part]) => part!);
    const found = parts.reduce<unknown>(
      (at, part) => (isObject(at) && Object.hasOwn(at, part) ? at[part] : undefined),
      content,
    );
    if (found === undefined) throw new StepFailure(`invalid json path '${Path}' of ${step}.${file}`);
    return found;
  }
}

function holds(condition: Json): boolean {
  const { Type, LeftValue: left, RightValue: right } = condition;
  switch (Type) {
    case 'Not':
      return !holds(condition.Condition as Json);
    case 'Or':
      return list(condition.Conditions).some(holds);
    case 'In':
      return (condition.Values as unknown[]).includes(condition.QueryValue);
    case 'Equals':
      if (typeof left !== typeof right) throw mismatch(condition);
      return left === right;
    default:
      return ordered(condition);
  }
}

function ordered(condition: Json): boolean {
  const { Type, LeftValue: left, RightValue: right } = condition;
  if (typeof left !== 'number' || typeof right !== 'number') throw mismatch(condition);
  switch (Type) {
    case 'GreaterThan':
      return left > right;
    case 'GreaterThanOrEqualTo':
      return left >= right;
    case 'LessThan':
      return left < right;
    case 'LessThanOrEqualTo':
      return left <= right;
    default:
      throw new Error(`no condition ${Type}`);
  }
}

function mismatch({ Type, LeftValue, RightValue }: Json): StepFailure {
  return new StepFailure(`${Type} does not compare ${JSON.stringify(LeftValue)} with ${JSON.stringify(RightValue)}`);
}
