import type { BrokenRule } from '../../../core/properties';

/** What a metric must be for a model to be registered; at least one of both. */
export interface MetricLimit {
  /** Least value that is good enough. @default - no lower limit */
  readonly min?: number;
  /** Highest value that is good enough, for errors. @default - no upper limit */
  readonly max?: number;
}

/** A model must not lose more than this against the newest approved model. */
export interface ChampionLimit {
  /** One of the metrics that the evaluation computes. */
  readonly metric: string;
  /** How much worse the metric may be, 0 or more; a model that is better loses less than nothing. @default 0 */
  readonly maxLoss?: number;
}

/** Metrics in a gate at most: each has a condition, and words in the message of a failure. */
export const MAX_GATE_METRICS = 20;

/** The rules that a metric of a gate breaks, for a construct and for a file. */
export function brokenMetric(name: string, { min, max }: MetricLimit, computed: readonly string[]): BrokenRule[] {
  const broken: BrokenRule[] = [];
  if (!computed.includes(name)) {
    const fix = `name one of ${computed.join(', ')}, or change the evaluation`;
    broken.push({ must: 'must be a metric that the evaluation computes', fix });
  }
  if (min === undefined && max === undefined) broken.push({ must: 'must have a limit', fix: 'set min, max or both' });
  if (min !== undefined && max !== undefined && min > max) {
    broken.push({ must: `must have a min that is not above its max, ${min} is above ${max}`, fix: 'lower min' });
  }
  return broken;
}
