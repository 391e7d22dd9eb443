import { Properties } from '../../../core/properties';
import type { JsonValue } from '../json';
import { RETRY_ATTEMPTS, RETRY_MINUTES } from '../pipeline-limits';

/** Errors of the request that starts a step. */
export const STEP_ERRORS = ['Step.SERVICE_FAULT', 'Step.THROTTLING'] as const;
/** Errors of the job that a step has started. */
export const JOB_ERRORS = [
  'SageMaker.JOB_INTERNAL_ERROR',
  'SageMaker.CAPACITY_ERROR',
  'SageMaker.RESOURCE_LIMIT',
] as const;
export type StepError = (typeof STEP_ERRORS)[number] | (typeof JOB_ERRORS)[number];

/** What is tried again, and how the intervals between attempts grow. */
export interface RetryOptions {
  /** What is tried again; errors of a step and of its job take a policy each. */
  readonly errors: readonly StepError[];
  /** Seconds before the first retry, 1 or more. @default 60 */
  readonly intervalSeconds?: number;
  /** Each further interval is this many times the last, 1 or more. @default 2 */
  readonly backoffRate?: number;
}

/** Seconds before the first retry: an instance that was not there a second ago is not there now. */
export const DEFAULT_RETRY_INTERVAL_SECONDS = 60;
/** Doubles each interval. */
export const DEFAULT_BACKOFF_RATE = 2;

/** When a step is tried again. An error of the program itself is never retried. */
export class RetryPolicy {
  /** Up to `attempts` attempts, 1 to 20, the first included. */
  public static attempts(attempts: number, options: RetryOptions): RetryPolicy {
    return new RetryPolicy(options, { MaxAttempts: attempts });
  }

  /** For `minutes` minutes, 1 to 14,400 (ten days): for capacity that comes some time. */
  public static forMinutes(minutes: number, options: RetryOptions): RetryPolicy {
    return new RetryPolicy(options, { ExpireAfterMin: minutes });
  }

  private constructor(
    private readonly options: RetryOptions,
    private readonly end: { readonly MaxAttempts?: number; readonly ExpireAfterMin?: number },
  ) {
    const { errors } = options ?? {};
    const properties = Properties.of('RetryPolicy')
      .present(options, 'errors')
      .require(errors?.length !== 0, "'errors' must have at least one error, got none")
      .integer('attempts', end.MaxAttempts, RETRY_ATTEMPTS)
      .integer('minutes', end.ExpireAfterMin, RETRY_MINUTES)
      .number('intervalSeconds', options?.intervalSeconds, { min: 1 })
      .number('backoffRate', options?.backoffRate, { min: 1 });
    for (const error of errors ?? []) properties.oneOf<StepError>('errors', error, [...STEP_ERRORS, ...JOB_ERRORS]);
    const ofSteps = errors?.filter((error) => (STEP_ERRORS as readonly string[]).includes(error)) ?? [];
    properties
      .require(
        ofSteps.length === 0 || ofSteps.length === errors?.length,
        "'errors' must be of the step or of the job, got both; make a policy of each",
      )
      .throwIfInvalid();
  }

  public toJSON(): JsonValue {
    return {
      BackoffRate: this.options.backoffRate ?? DEFAULT_BACKOFF_RATE,
      IntervalSeconds: this.options.intervalSeconds ?? DEFAULT_RETRY_INTERVAL_SECONDS,
      ...this.end,
      ExceptionType: this.options.errors,
    };
  }
}

/** Policies of a job step: what AWS may mend within a quarter of an hour is tried five times. */
export const DEFAULT_RETRIES: readonly RetryPolicy[] = [
  RetryPolicy.attempts(5, { errors: STEP_ERRORS }),
  RetryPolicy.attempts(5, { errors: ['SageMaker.JOB_INTERNAL_ERROR', 'SageMaker.CAPACITY_ERROR'] }),
];
