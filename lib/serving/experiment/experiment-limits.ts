import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Namespace of the metrics of experiments. */
export const EXPERIMENT_NAMESPACE = 'MLOps/Experiment';
/** Metrics with the dimension `Experiment`, 0 or 1; `Units` has `Variant` too. A difference is none: whoever watches it reads early. */
export const EXPERIMENT_METRICS = ['Harm', 'Invalid', 'Final', 'Units'] as const;

/**
 * When an experiment is read: once, after its end and with the narrower interval; or at any time, and ended as soon as a
 * difference is sure.
 */
export const DESIGNS = ['fixed', 'sequential'] as const;
export type Design = (typeof DESIGNS)[number];
/** Whether something happened to a unit, or a number of it. */
export const METRIC_KINDS = ['proportion', 'mean'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];
/** What of several outcomes of one unit counts. */
export const AGGREGATES = ['mean', 'sum', 'max', 'min', 'count'] as const;
export type Aggregate = (typeof AGGREGATES)[number];
/** Formats of the outcomes' files. */
export const OUTCOME_FORMATS = ['csv', 'parquet', 'json'] as const;
export type OutcomeFormat = (typeof OUTCOME_FORMATS)[number];

/** Chance of calling a difference where there is none. */
export const EXPERIMENT_LEVEL = { min: 0.000_001, max: 0.5 } as const;
/** Default of {@link EXPERIMENT_LEVEL}. */
export const DEFAULT_EXPERIMENT_LEVEL = 0.05;
/** Chance of finding the effect that matters. */
export const POWER = { min: 0.5, max: 0.999 } as const;
/** Default of {@link POWER}. */
export const DEFAULT_POWER = 0.8;
/** Chance of calling right shares wrong. */
export const BALANCE_LEVEL = { min: 0.000_001, max: 0.1 } as const;
/** Low: a mismatch ends the experiment. */
export const DEFAULT_BALANCE_LEVEL = 0.001;
/** Units of each variant with which a sequential reading begins: their mean is nearly normal then. */
export const MIN_UNITS = { min: 20, max: 1_000_000_000 } as const;
/** Default of {@link MIN_UNITS}. */
export const DEFAULT_MIN_UNITS = 100;
/** Hours in which the outcomes of a unit count. */
export const MATURITY_HOURS = { min: 0, max: 8784 } as const;
/** Guards of one experiment: their level is shared among them. */
export const MAX_GUARDS = 20;
/** Change of a metric. */
export const EFFECT = { min: 1e-12, max: 1e12 } as const;

/** Name of an experiment: a folder, a dimension, and what clients hash with the id of a unit. */
export const EXPERIMENT_NAME: TextPattern = {
  pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  meaning: 'lower-case letters, digits and single hyphens, beginning with a letter',
};
/** Name of an attribute that clients send. */
export const ATTRIBUTE: TextPattern = {
  pattern: /^[A-Za-z_][\w.-]{0,63}$/,
  meaning: 'up to 64 letters, digits and ._-, beginning with a letter',
};

/** The rule that an instant breaks: it exists, and says its zone. */
export function brokenInstant(text: string): BrokenRule[] {
  const isWritten = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const day = text.slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) && !Number.isNaN(Date.parse(text));
  if (isWritten && exists) return [];
  return [{ must: 'must be an instant with its zone', fix: 'write one such as 2026-11-01T00:00:00Z' }];
}
