import type { Call, CatchRule, RetryRule, Task } from './state';

const ALL = 'States.ALL';
const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 300;
/** State that reports a failed call. */
export const REPORT = 'Report';

/** An error that is an answer, and the state that takes it. */
export interface Answer {
  readonly error: string;
  readonly next: string;
}

/** What follows a call. */
export interface CallOptions {
  readonly next: string;
  /** Path at which the answer is kept. @default - it is dropped */
  readonly at?: string;
  /** Errors that are answers. @default - none */
  readonly answers?: readonly Answer[];
  /** State after any other error, once no repetition has helped. @default - the error is reported */
  readonly failed?: string;
  /** Whether the input has an error already, which is the one to report. @default false */
  readonly keepsError?: boolean;
}

/** Calls services from a state machine: each is repeated a bounded number of times, and its failure has a place to go. */
export class Calls {
  constructor(private readonly retries: number) {}

  /** A call whose failure is caught. */
  public task(call: Call, options: CallOptions): Task {
    const { next, at, answers = [], failed = REPORT, keepsError = false } = options;
    const expected = answers.map(
      ({ error, next: Next }): CatchRule => ({ ErrorEquals: [error], Next, ResultPath: null }),
    );
    return {
      ...this.repeated(
        call,
        answers.map(({ error }) => error),
      ),
      ResultPath: at ?? null,
      Catch: [...expected, { ErrorEquals: [ALL], Next: failed, ResultPath: keepsError ? null : '$.error' }],
      Next: next,
    };
  }

  /** A call whose failure fails what it is a part of. */
  public repeated(
    call: Call,
    answers: readonly string[] = [],
  ): Call & { readonly Type: 'Task'; readonly Retry: RetryRule[] } {
    const never: RetryRule[] = answers.length > 0 ? [{ ErrorEquals: answers, MaxAttempts: 0 }] : [];
    const again: RetryRule = {
      ErrorEquals: [ALL],
      IntervalSeconds: FIRST_WAIT_SECONDS,
      MaxAttempts: this.retries,
      BackoffRate: 2,
      MaxDelaySeconds: LONGEST_WAIT_SECONDS,
      JitterStrategy: 'FULL',
    };
    return { Type: 'Task', ...call, Retry: [...never, again] };
  }
}
