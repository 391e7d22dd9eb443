import type { BrokenRule } from '../../../core/properties';
import { quote } from '../../../core/text-pattern';
import { bestValue, higherIsBetter } from '../../evaluation/metric-limits';

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

/** A rule that a metric of a gate breaks. */
export interface BrokenMetric extends BrokenRule {
  /** The limit that breaks it. @default - the metric */
  readonly part?: 'min' | 'max';
}

/**
 * The rules that a metric of a gate breaks, for a construct and for a file. A name of `TASK_METRICS` has the meaning that it
 * has there, also if a program of one's own computes it.
 */
export function* brokenMetric(name: string, limit: MetricLimit, computed: readonly string[]): Iterable<BrokenMetric> {
  if (!computed.includes(name)) {
    const must = 'must be a metric that the evaluation computes';
    yield { must, got: quote(name), fix: `name ${listedMetrics(computed)}, or change the evaluation` };
    return;
  }
  const { min, max } = limit;
  const higher = higherIsBetter(name);
  if (min === undefined && max === undefined) {
    const keys = higher === undefined ? 'min, max or both' : higher ? 'min' : 'max';
    yield { must: 'must have a limit', got: 'none', fix: `set ${keys}` };
  } else if (higher !== undefined && (higher ? min : max) === undefined) {
    const [needed, got, more] = higher ? ['min', `max ${max}`, 'more'] : ['max', `min ${min}`, 'less'];
    const must = `must have a ${needed}, because ${more} is better in ${plain(name)}`;
    yield { must, got: `${got} alone`, fix: `add ${needed}, or rename the limit to ${needed}` };
  }
  if (min !== undefined && max !== undefined && min > max) {
    yield { must: `must not be above max ${max}`, got: `${min}`, fix: 'lower it', part: 'min' };
  }
  yield* unreachable(name, limit);
}

/** A limit that no model can reach would fail every run, after its training is paid. */
function* unreachable(name: string, { min, max }: MetricLimit): Iterable<BrokenMetric> {
  const best = bestValue(name);
  if (best === undefined) return;
  const what = `${best}, the best ${plain(name)} there is`;
  if (higherIsBetter(name) && min !== undefined && min > best) {
    const fix = 'write a fraction, such as 0.8 for 80 percent';
    yield { must: `must be at most ${what}`, got: `${min}`, fix, part: 'min' };
  }
  if (!higherIsBetter(name) && max !== undefined && max < best) {
    yield { must: `must be at least ${what}`, got: `${max}`, fix: 'raise it', part: 'max' };
  }
}

/** The metric without what is done to its test set. */
function plain(name: string): string {
  return name.split('@')[0]!;
}

/** Names of metrics in few words: each perturbation once, if all metrics have it. */
export function listedMetrics(names: readonly string[]): string {
  const metrics = names.filter((name) => !name.includes('@'));
  const suffixes = [...new Set(names.filter((name) => name.includes('@')).map((name) => `@${name.split('@')[1]}`))];
  const isWhole = metrics.every((metric) => suffixes.every((suffix) => names.includes(metric + suffix)));
  if (suffixes.length === 0 || !isWhole) return `one of ${names.join(', ')}`;
  return `one of ${metrics.join(', ')}, alone or with ${suffixes.join(', ')}`;
}
