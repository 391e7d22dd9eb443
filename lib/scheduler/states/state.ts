import { Token } from 'cdktf';
import type { JsonValue } from '../../training/pipeline/json';

/** Names of the next state, or the end of the machine or branch. */
export type Flow = { readonly Next: string } | { readonly End: true };

/** How often a failed call is made again. Step Functions takes the first rule that has the error. */
export interface RetryRule {
  readonly ErrorEquals: readonly string[];
  /** Seconds before the first repetition. @default 1 */
  readonly IntervalSeconds?: number;
  /** Repetitions; with 0 the error goes to the catch rules at once. */
  readonly MaxAttempts: number;
  /** Factor of the wait from one repetition to the next. @default 2 */
  readonly BackoffRate?: number;
  /** Seconds that a wait has at most. @default - no limit */
  readonly MaxDelaySeconds?: number;
  /** Spreads repetitions that would come at the same time. @default NONE */
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

/** Where the machine goes after an error that no repetition has cured. */
export interface CatchRule {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  /** Where the error is put into the state's input; `null` drops it. */
  readonly ResultPath: string | null;
}

/** A condition of a choice. */
export type Test =
  | { readonly Variable: string; readonly IsPresent: boolean }
  | { readonly Variable: string; readonly StringEquals: string }
  | { readonly Variable: string; readonly StringEqualsPath: string }
  | { readonly Variable: string; readonly NumericGreaterThanEquals: number }
  | { readonly And: readonly Test[] }
  | { readonly Or: readonly Test[] }
  | { readonly Not: Test };

/** One case of a choice. */
export type Case = Test & { readonly Next: string };

/** A call of a service. Parameters whose name ends in `.$` are paths or intrinsic functions. */
export interface Call {
  /** `arn:<partition>:states:::<service>:<action>`. */
  readonly Resource: string;
  readonly Parameters: Readonly<Record<string, JsonValue>>;
  /** What is kept of the answer. @default - all of it */
  readonly ResultSelector?: Readonly<Record<string, JsonValue>>;
}

/** A state that calls a service. */
export type Task = Call & {
  readonly Type: 'Task';
  /** Where the answer is put into the state's input; `null` drops it. */
  readonly ResultPath: string | null;
  /** @default - none */
  readonly Retry?: readonly RetryRule[];
  /** @default - none */
  readonly Catch?: readonly CatchRule[];
} & Flow;

/** A state that makes data. */
export type Pass = {
  readonly Type: 'Pass';
  /** @default - none */
  readonly Parameters?: Readonly<Record<string, JsonValue>>;
  /** @default - replaces the input */
  readonly ResultPath?: string;
} & Flow;

/** A state that waits. */
export type Wait = { readonly Type: 'Wait'; readonly Seconds: number } & Flow;

/** A state that chooses the next. */
export interface Choice {
  readonly Type: 'Choice';
  readonly Choices: readonly Case[];
  readonly Default: string;
}

/** A state that runs several machines on its input, and ends with the last of them, or with the first that fails. */
export type Parallel = {
  readonly Type: 'Parallel';
  /** What each machine gets. @default - the input of the state */
  readonly Parameters?: Readonly<Record<string, JsonValue>>;
  readonly Branches: readonly Machine[];
  /** Where the list of the branches' outputs is put into the state's input. */
  readonly ResultPath: string;
  /** @default - none */
  readonly Catch?: readonly CatchRule[];
} & Flow;

/** A state that ends the machine well. */
export interface Succeed {
  readonly Type: 'Succeed';
}

/** A state that ends the machine or branch with an error. */
export interface Fail {
  readonly Type: 'Fail';
  readonly Error: string;
  readonly Cause: string;
}

/** A state of the Amazon States Language with JSONPath, as far as the constructs of this module use it. */
export type State = (Task | Pass | Wait | Choice | Parallel | Succeed | Fail) & {
  /** @default - none */
  readonly Comment?: string;
};

/** A state machine, or a branch of one. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  /** @default - none */
  readonly Comment?: string;
}

/** The text of a path or an intrinsic function, whose arguments are paths or quoted texts. */
export function intrinsic(
  name: 'ArrayGetItem' | 'Format' | 'Hash' | 'JsonToString' | 'MathAdd' | 'StringSplit',
  ...values: readonly string[]
): string {
  return `States.${name}(${values.join(', ')})`;
}

/** The keys of a value at every depth, as far as they are known: one that ends in `.$` would be a path. */
export function keysIn(value: JsonValue): string[] {
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap((inner: JsonValue) => keysIn(inner))];
}
