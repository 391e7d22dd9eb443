import type { IGrantable } from '../../../iam/statement';
import type { JsonValue } from '../../../training/pipeline/json';
import type { Call, Test } from '../../states/state';

/** Error of SageMaker when a job has the name of another: names are not free again once a job has ended. */
export const NAME_TAKEN = 'SageMaker.ResourceInUseException';

/** How a run is followed to its end. */
export interface Follow {
  /** Reads the state of a run. @param run path of what `Target.run` names */
  look(run: string): Call;
  /** Whether the run goes on, from the answer at a path. */
  isActive(answer: string): Test;
  /** Whether the run has ended well. */
  hasSucceeded(answer: string): Test;
  /** Error of `look` when there is no such run any more. @default - `look` answers then too */
  readonly gone?: string;
}

/** A run that its own execution has started, because no other can give it its name. */
export interface Started {
  /** Error of `start` when there is such a run. */
  readonly error: string;
  /** What `start` would have answered. */
  readonly answer: Readonly<Record<string, JsonValue>>;
}

/** What a target adds to the state machine of its trigger. */
export interface TargetParts {
  /**
   * What must not run twice at a time, in the lock table: `pipeline/acme-churn`.
   * @default - each event starts a run, also beside others; it is not followed
   */
  readonly lock?: string;
  /** Starts a run; the same execution starts it once, however often it calls. */
  readonly start: Call;
  /** What a repeated call of `start` finds when the answer of the first was lost. @default - `start` answers as the first time */
  readonly started?: Started;
  /** What `start` finds as an object at `$.tags`. @default - nothing */
  readonly tags?: Readonly<Record<string, JsonValue>>;
  /** Path of the run's name in the answer of `start`. */
  readonly run: string;
  /** @default - the run is not followed: what was started keeps count itself */
  readonly follow?: Follow;
  /** Permissions of the state machine. */
  grant(grantee: IGrantable): void;
}
