import type { SagemakerEndpointDeploymentConfig } from '@cdktf/provider-aws/lib/sagemaker-endpoint';
import { Properties } from '../../core/properties';
import {
  brokenErrorPercent,
  brokenWaits,
  DEFAULT_BAKE_MINUTES,
  DEFAULT_ERROR_PERCENT,
  DEFAULT_FINAL_BAKE_MINUTES,
  DEFAULT_MIN_REQUESTS,
  ERROR_PERCENT,
  EXECUTION_TIMEOUT_SECONDS,
  LATENCY_MS,
  type RolloutKind,
  STEP_PERCENT,
  stepPercentOf,
  WAIT_MINUTES,
} from './rollout-limits';

/** When a deployment is rolled back. */
export interface RollbackOptions {
  /** Requests that fail on the server's side, in percent of those of a variant of the new fleet, in two of three minutes. @default 1 */
  readonly errorPercent?: number;
  /** Requests to the new fleet in a minute below which the share of errors says nothing. @default 5 */
  readonly minRequests?: number;
  /** Latency of the model that one request of a hundred exceeds, in milliseconds, in two of three minutes. @default - not watched */
  readonly latencyMs?: number;
  /** Names of further metric alarms of CloudWatch, e.g. on a metric of the business; a composite one the role cannot see. @default - none */
  readonly alarmNames?: readonly string[];
}

/** A rollout in one step. */
export interface AllAtOnceOptions {
  /** Minutes in which the old fleet is kept, watched by the alarms. @default 5 */
  readonly finalBakeMinutes?: number;
  /** @default - the defaults of {@link RollbackOptions} */
  readonly rollback?: RollbackOptions;
}

/** A rollout in two steps. */
export interface CanaryOptions extends AllAtOnceOptions {
  /** Share of the capacity that takes requests first: 1 to 50. @default 10 */
  readonly percent?: number;
  /** Minutes that the first share is watched. @default 10 */
  readonly bakeMinutes?: number;
}

/** A rollout in equal steps. */
export interface LinearOptions extends AllAtOnceOptions {
  /** Share of the capacity in each step: 10 to 50. @default 25 */
  readonly percent?: number;
  /** Minutes that each step is watched. @default 10 */
  readonly bakeMinutes?: number;
}

/** A rollout that replaces instances. */
export interface RollingOptions extends Pick<AllAtOnceOptions, 'rollback'> {
  /** Share of the instances that are replaced at a time: 5 to 50. @default 25 */
  readonly percent?: number;
  /** Minutes that each step is watched. @default 10 */
  readonly bakeMinutes?: number;
}

type Options = CanaryOptions;

const SECONDS_PER_MINUTE = 60;

/**
 * How an endpoint takes on a change, and when it goes back by itself. Every rollout has alarms from the first deployment on:
 * SageMaker cannot add them to an endpoint later, and Terraform would replace it.
 *
 * All waits take at most 45 minutes together: the Terraform provider waits 60 for an endpoint.
 */
export class Rollout {
  /** A new fleet takes all requests at once, and the old one is kept for some minutes: cheap, for a model without much use. */
  public static allAtOnce(options: AllAtOnceOptions = {}): Rollout {
    return new Rollout('Rollout.allAtOnce', 'allAtOnce', options);
  }

  /** A share of a new fleet takes requests first, then all of it. Needs the capacity twice while it lasts. */
  public static canary(options: CanaryOptions = {}): Rollout {
    return new Rollout('Rollout.canary', 'canary', options);
  }

  /** A new fleet takes requests in equal steps. Needs the capacity twice while it lasts. */
  public static linear(options: LinearOptions = {}): Rollout {
    return new Rollout('Rollout.linear', 'linear', options);
  }

  /** Instances are replaced batch by batch: for large ones that are hard to get. Not with several variants, nor serverless. */
  public static rolling(options: RollingOptions = {}): Rollout {
    return new Rollout('Rollout.rolling', 'rolling', options);
  }

  /** When it is rolled back. */
  public readonly rollback: Required<Pick<RollbackOptions, 'errorPercent' | 'minRequests' | 'alarmNames'>> &
    Pick<RollbackOptions, 'latencyMs'>;

  /** @throws InputError if a share or a wait is out of its limits, or the waits are too long together */
  private constructor(
    place: string,
    public readonly kind: RolloutKind,
    private readonly options: Options,
  ) {
    const { percent, bakeMinutes, finalBakeMinutes, rollback = {} } = options;
    const properties = Properties.of(place)
      .known(options, 'percent', 'bakeMinutes', 'finalBakeMinutes')
      .known(rollback, 'errorPercent', 'minRequests', 'latencyMs', 'alarmNames');
    properties.throwIfInvalid();
    const { errorPercent = DEFAULT_ERROR_PERCENT, minRequests = DEFAULT_MIN_REQUESTS, alarmNames = [] } = rollback;
    this.rollback = { errorPercent, minRequests, latencyMs: rollback.latencyMs, alarmNames };
    const share = stepPercentOf({ kind, percent });
    if (kind !== 'allAtOnce') properties.integer('percent', percent, STEP_PERCENT[kind]);
    properties
      .integer('bakeMinutes', bakeMinutes, WAIT_MINUTES)
      .integer('finalBakeMinutes', finalBakeMinutes, WAIT_MINUTES)
      .number('rollback.errorPercent', errorPercent, ERROR_PERCENT)
      .integer('rollback.minRequests', minRequests, { min: 1 })
      .integer('rollback.latencyMs', rollback.latencyMs, LATENCY_MS);
    properties.throwIfInvalid();
    properties
      .keeps('bakeMinutes', '', brokenWaits({ kind, percent, bakeMinutes, finalBakeMinutes }))
      .keeps('rollback.errorPercent', errorPercent, brokenErrorPercent(errorPercent, share))
      .throwIfInvalid();
  }

  /** The share of the requests that a new fleet gets first, more than 0 and at most 1, and the minutes in which that is watched. */
  public get firstStep(): { readonly share: number; readonly minutes: number } {
    const { percent, bakeMinutes = DEFAULT_BAKE_MINUTES, finalBakeMinutes = DEFAULT_FINAL_BAKE_MINUTES } = this.options;
    const minutes = this.kind === 'allAtOnce' ? finalBakeMinutes : bakeMinutes;
    return { share: (stepPercentOf({ kind: this.kind, percent }) ?? 100) / 100, minutes };
  }

  /**
   * The deployment configuration of an endpoint.
   *
   * @param alarmNames alarms of the endpoint itself; those of `rollback` are added
   */
  public render(alarmNames: readonly string[]): SagemakerEndpointDeploymentConfig {
    const alarms = [...alarmNames, ...this.rollback.alarmNames];
    return {
      ...this.policy(),
      autoRollbackConfiguration: { alarms: alarms.map((alarmName) => ({ alarmName })) },
    };
  }

  private policy(): SagemakerEndpointDeploymentConfig {
    const { kind } = this;
    const { bakeMinutes = DEFAULT_BAKE_MINUTES, finalBakeMinutes = DEFAULT_FINAL_BAKE_MINUTES } = this.options;
    const waitIntervalInSeconds = bakeMinutes * SECONDS_PER_MINUTE;
    const maximumExecutionTimeoutInSeconds = EXECUTION_TIMEOUT_SECONDS.max;
    const size = { type: 'CAPACITY_PERCENT', value: stepPercentOf({ kind, percent: this.options.percent }) ?? 0 };
    if (kind === 'rolling') {
      const rollingUpdatePolicy = { maximumBatchSize: size, waitIntervalInSeconds, maximumExecutionTimeoutInSeconds };
      return { rollingUpdatePolicy };
    }
    return {
      blueGreenUpdatePolicy: {
        maximumExecutionTimeoutInSeconds,
        terminationWaitInSeconds: finalBakeMinutes * SECONDS_PER_MINUTE,
        trafficRoutingConfiguration: {
          allAtOnce: { type: 'ALL_AT_ONCE', waitIntervalInSeconds: 0 },
          canary: { type: 'CANARY', waitIntervalInSeconds, canarySize: size },
          linear: { type: 'LINEAR', waitIntervalInSeconds, linearStepSize: size },
        }[kind],
      },
    };
  }
}
