import type { BrokenRule } from '../../core/properties';

/** How a new configuration takes over the requests. */
export const ROLLOUT_KINDS = ['allAtOnce', 'canary', 'linear', 'rolling'] as const;
export type RolloutKind = (typeof ROLLOUT_KINDS)[number];

/** Share of the capacity that takes requests in a first step, or in each (`DeploymentConfig` of the SageMaker API). */
export const STEP_PERCENT = {
  canary: { min: 1, max: 50 },
  linear: { min: 10, max: 50 },
  rolling: { min: 5, max: 50 },
} as const;
/** Default of that share. */
export const DEFAULT_STEP_PERCENT = { canary: 10, linear: 25, rolling: 25 } as const;
/** Minutes of one wait. */
export const WAIT_MINUTES = { min: 0, max: 60 } as const;
/** Default of the wait after a step: alarms of minutes have time to go off. */
export const DEFAULT_BAKE_MINUTES = 10;
/** Default of the wait after the last step, in which the old fleet is still there. */
export const DEFAULT_FINAL_BAKE_MINUTES = 5;
/** Seconds after which SageMaker gives a deployment up. */
export const EXECUTION_TIMEOUT_SECONDS = { min: 600, max: 14_400 } as const;
/**
 * Minutes that all waits may take together. The Terraform provider waits 60 minutes for an endpoint, which cannot be set
 * (hashicorp/aws 5.100, `waitEndpointInService`), and new instances take some of them to start.
 */
export const MAX_WAITS_MINUTES = 45;

/** Alarms that roll a deployment back. */
export const MAX_ROLLBACK_ALARMS = 10;
/** Requests that fail, in percent, above which a deployment is rolled back. */
export const ERROR_PERCENT = { min: 0.01, max: 100 } as const;
/** Default of that share. */
export const DEFAULT_ERROR_PERCENT = 1;
/** Requests in a minute below which a share of errors says nothing: those of a new fleet, which gets a small share at first. */
export const DEFAULT_MIN_REQUESTS = 5;
/** Latency of a model in milliseconds: real-time invocation ends after 60 seconds. */
export const LATENCY_MS = { min: 1, max: 60_000 } as const;

/** A rollout, as far as it is known. */
export interface RolloutTimes {
  readonly kind: RolloutKind;
  /** @default - that of the kind */
  readonly percent?: number;
  /** @default DEFAULT_BAKE_MINUTES */
  readonly bakeMinutes?: number;
  /** Not of `rolling`, which keeps no old fleet. @default DEFAULT_FINAL_BAKE_MINUTES */
  readonly finalBakeMinutes?: number;
}

/** The share of a step; `undefined` if there are no steps. */
export function stepPercentOf({ kind, percent }: Pick<RolloutTimes, 'kind' | 'percent'>): number | undefined {
  return kind === 'allAtOnce' ? undefined : (percent ?? DEFAULT_STEP_PERCENT[kind]);
}

/** Minutes of all waits of a rollout together. */
export function waitsOf({ kind, percent, ...times }: RolloutTimes): number {
  const { bakeMinutes = DEFAULT_BAKE_MINUTES, finalBakeMinutes = DEFAULT_FINAL_BAKE_MINUTES } = times;
  const share = stepPercentOf({ kind, percent });
  if (share === undefined) return finalBakeMinutes;
  const steps = kind === 'canary' ? 1 : Math.ceil(100 / share);
  return steps * bakeMinutes + (kind === 'rolling' ? 0 : finalBakeMinutes);
}

/** The rules that the waits of a rollout break together. */
export function brokenWaits(times: RolloutTimes): BrokenRule[] {
  const waits = waitsOf(times);
  if (waits <= MAX_WAITS_MINUTES) return [];
  const must = `must wait at most ${MAX_WAITS_MINUTES} minutes in all, because Terraform gives up on an endpoint after 60`;
  return [{ must, got: `${waits} minutes`, fix: 'shorten the waits, or take fewer steps' }];
}

/**
 * The rules that an alarm on errors breaks. While a share of the requests goes to the new fleet, its errors are at most that share
 * of all: an alarm above it would stay silent if every one of them failed.
 */
export function brokenErrorPercent(errorPercent: number, share: number | undefined): BrokenRule[] {
  if (share === undefined || errorPercent < share) return [];
  return [
    {
      must: `must be less than the ${share} % of the requests that a step takes: more never fail while it is watched`,
      got: `${errorPercent} %`,
      fix: 'lower it, or take a larger step',
    },
  ];
}
