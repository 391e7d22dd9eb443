/** Source of the events of loops. */
export const LOOP_SOURCE = 'mlops.retraining';
/** Type of the event that asks for a change of the environment file. */
export const CHANGE_PROPOSED = 'Model Change Proposed';

/** What an event asks for: a share for a version, all requests for it, or none any more. */
export const LOOP_STEPS = ['try', 'promote', 'withdraw'] as const;
export type LoopStep = (typeof LOOP_STEPS)[number];

/** Share of a version that is tried, in percent: the smaller part. */
export const TRIAL_SHARE = { min: 1, max: 50 } as const;
/** One request in ten shows errors within minutes, and reaches few people. */
export const DEFAULT_TRIAL_SHARE = 10;
/** Hours that a tried version is watched: up to 14 days. */
export const WATCH_HOURS = { min: 1, max: 336 } as const;
/** A day: mornings differ from nights. */
export const DEFAULT_WATCH_HOURS = 24;
/** Days after its approval until which a version must be served. */
export const TRIAL_DAYS = { min: 1, max: 30 } as const;
/** A week: people review the change on a working day. */
export const DEFAULT_TRIAL_DAYS = 7;
/** Alarms that one call of CloudWatch describes. */
export const MAX_WATCHED = 100;
/** A training within a day of another one would see nearly the same data. */
export const DEFAULT_COOLDOWN_MINUTES = 1440;
/** One run a week. */
export const DEFAULT_BUDGET = { runs: 4, per: 'month' } as const;

/** Looks of one wait, so that the history of an execution (25,000 events) has room: a look has up to 28, one at alarms 13. */
const MAX_LOOKS = 500;
const LEAST_LOOK_SECONDS = 60;

/** The looks in which a time is passed. */
export function looksIn(seconds: number): { readonly count: number; readonly seconds: number } {
  const pause = Math.max(LEAST_LOOK_SECONDS, Math.ceil(seconds / MAX_LOOKS));
  return { count: Math.ceil(seconds / pause), seconds: pause };
}
