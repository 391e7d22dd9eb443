import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { InvocationKind } from '../endpoint/endpoint-limits';
import { DEFAULT_BAKE_MINUTES, DEFAULT_FINAL_BAKE_MINUTES, type RolloutTimes } from '../rollout/rollout-limits';

/** Key of the file with the samples. */
export const SAMPLES_KEY: TextPattern = {
  pattern: /^[\w.-]+(\/[\w.-]+)*\.json$/,
  meaning: 'the key of a JSON file such as card-fraud/smoke.json',
};
/** Latency of an answer in milliseconds, as its client sees it: a real-time request ends after 60 seconds. */
export const SMOKE_LATENCY_MS = { min: 1, max: 60_000 } as const;
/** Seconds that one test may ask an endpoint. */
export const SMOKE_SECONDS = 120;
/** Seconds between two looks at an endpoint whose new fleet does not answer yet. */
export const SMOKE_LOOK_SECONDS = 15;
/** Minutes after which a fleet that does not answer counts as a failure: the Terraform provider waits as long for an endpoint. */
export const SMOKE_PATIENCE_MINUTES = 60;
/**
 * Minutes that a step must be watched, so that a test can roll it back: a look, the test itself, the minute of the metric, and the
 * evaluation of the alarm.
 */
export const SMOKE_STEP_MINUTES = 5;
/** Minutes that the alarm stays after a failure: SageMaker looks at alarms again and again, and must find it. */
export const SMOKE_ALARM_MINUTES = 5;
/** Namespace of the metric `Failed` of {EndpointName}: 1 for a test that failed, 0 for one that passed. */
export const SMOKE_METRICS = 'MLOps/Smoke';
/** Days that the log of tests is kept. */
export const SMOKE_LOG_DAYS = 365;
/** Memory of the function that asks. */
export const SMOKE_MEMORY_MIB = 512;
/** Begins the inference ids of the requests of tests: by it they are told from those of clients in captured data. */
export const SMOKE_INFERENCE_ID = 'smoke-';

/** A rollout whose first step a test must have time for. */
export interface SmokeRollout extends RolloutTimes {
  readonly invocation: InvocationKind;
}

/** The rules that keep an endpoint from being tested before its new fleet has all requests. */
export function brokenSmoke({ invocation, kind, bakeMinutes, finalBakeMinutes }: SmokeRollout): BrokenRule[] {
  const step =
    kind === 'allAtOnce' ? (finalBakeMinutes ?? DEFAULT_FINAL_BAKE_MINUTES) : (bakeMinutes ?? DEFAULT_BAKE_MINUTES);
  const wait = kind === 'allAtOnce' ? 'finalBakeMinutes' : 'bakeMinutes';
  return [
    ...(invocation === 'asynchronous'
      ? [
          {
            must: 'must not be set on an asynchronous endpoint, whose answers come when they come',
            got: 'both',
            fix: 'remove it, and watch the failures in its bucket',
          },
        ]
      : []),
    ...(step < SMOKE_STEP_MINUTES
      ? [
          {
            must: `must have a first step of at least ${SMOKE_STEP_MINUTES} minutes, or nothing is left to roll back when it fails`,
            got: `${step} minutes`,
            fix: `raise '${wait}' of the rollout, or remove the test`,
          },
        ]
      : []),
  ];
}
