import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Name of a model behind a door, such as a variant of an endpoint: it is a part of metrics and of captured data. */
export const VARIANT_NAME: TextPattern = {
  pattern: /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  meaning: 'up to 63 lower-case letters, digits and single hyphens, beginning with a letter',
};
/** Most models that share traffic: the variants of a SageMaker endpoint. */
export const MAX_VARIANTS = 10;
/** Share of requests in percent. */
export const SHARE_PERCENT = { min: 0, max: 100 } as const;

/**
 * The rules that weights break. A weight is a ratio to the sum of all: 0 keeps a model ready without requests.
 *
 * @param weights by name; `undefined` if a weight is not known
 */
export function brokenWeights(weights: Readonly<Record<string, number | undefined>>): BrokenRule[] {
  const names = Object.keys(weights);
  const values = Object.values(weights);
  const got = names.map((name) => `${name} ${weights[name]}`).join(', ');
  if (names.length === 0) {
    return [{ must: 'must have at least one model', fix: 'name one', got: 'none' }];
  }
  if (names.length > MAX_VARIANTS) {
    const must = `must have at most ${MAX_VARIANTS} models`;
    return [{ must, fix: 'remove some, or serve them by another endpoint', got: `${names.length}` }];
  }
  if (values.some((value) => value !== undefined && !(Number.isFinite(value) && value >= 0))) {
    return [{ must: 'must be weights of at least 0', fix: 'write ratios such as 90 and 10', got }];
  }
  if (values.every((value) => value === 0)) {
    return [{ must: 'must not all be 0, because no model would answer', fix: 'give one a weight', got }];
  }
  return [];
}
