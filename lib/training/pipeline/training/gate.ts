import { digitsOf } from '../../../core/cdktf/token-values';
import { championKey, gateKey } from '../../evaluation/metric-limits';
import { Condition } from '../condition';
import type { ProcessingStep } from '../steps/processing-step';
import type { Value } from '../value';
import { Reference } from '../value';
import type { ChampionLimit, MetricLimit } from './metric-limits';

/** Name of the property file with the metrics. */
export const GATE_FILE = 'gate';

/** What decides whether a model is registered, from the metrics that were declared before it was trained. */
export class Gate {
  /** All must hold. */
  public readonly conditions: readonly Condition[];
  /** Why a model is not registered: each metric with its value and its limit. */
  public readonly message: Reference;

  constructor(
    evaluation: ProcessingStep,
    metrics: Readonly<Record<string, MetricLimit>>,
    champion: ChampionLimit | undefined,
  ) {
    const conditions: Condition[] = [];
    const words: Value<string | number>[] = [];
    const add = (name: string, value: Reference, { min, max }: MetricLimit) => {
      if (min !== undefined) conditions.push(Condition.atLeast(value, min));
      if (max !== undefined) conditions.push(Condition.atMost(value, max));
      const limits = [
        min === undefined ? [] : [`at least ${digitsOf(min)}`],
        max === undefined ? [] : [`at most ${digitsOf(max)}`],
      ].flat();
      words.push(`${words.length > 0 ? '; ' : ''}${name} is `, value, `, must be ${limits.join(' and ')}`);
    };
    for (const [name, limit] of Object.entries(metrics)) {
      add(name, evaluation.value(GATE_FILE, gateKey(name)), limit);
    }
    if (champion) {
      const { metric, maxLoss = 0 } = champion;
      const loss = evaluation.value(GATE_FILE, championKey(metric));
      add(`loss of ${metric} against the champion`, loss, { max: maxLoss });
    }
    this.conditions = conditions;
    this.message = Reference.text('the model is not registered: ', ...words);
  }
}
