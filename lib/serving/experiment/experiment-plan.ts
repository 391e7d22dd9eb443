import type { Properties } from '../../core/properties';
import { VARIANT_FOLDER } from '../captured/capture-source';
import {
  AGGREGATES,
  type Aggregate,
  ATTRIBUTE,
  BALANCE_LEVEL,
  brokenInstant,
  DEFAULT_BALANCE_LEVEL,
  DEFAULT_EXPERIMENT_LEVEL,
  DEFAULT_MIN_UNITS,
  DEFAULT_POWER,
  DESIGNS,
  type Design,
  EFFECT,
  EXPERIMENT_LEVEL,
  EXPERIMENT_NAME,
  EXPERIMENT_NAMESPACE,
  MATURITY_HOURS,
  MAX_GUARDS,
  METRIC_KINDS,
  type MetricKind,
  MIN_UNITS,
  OUTCOME_FORMATS,
  type OutcomeFormat,
  POWER,
} from './experiment-limits';

/** A metric of each unit. */
export interface ExperimentMetric {
  readonly name: string;
  /** Column of the outcomes. */
  readonly column: string;
  readonly kind: MetricKind;
  /** What of several outcomes of one unit counts. @default - max of a proportion, mean of a mean */
  readonly aggregate?: Aggregate;
  /** Whether a unit without an outcome counts as 0 or is left out. @default - zero of a proportion, exclude of a mean */
  readonly missing?: 'zero' | 'exclude';
  /** What is better. @default higher */
  readonly better?: 'higher' | 'lower';
  /**
   * In the unit of the metric, 0.01 for a percentage point: of the primary metric the smallest difference that matters, of a guard
   * the largest harm that is allowed.
   */
  readonly effect: number;
}

/** The columns of a table of outcomes. */
export interface OutcomeColumns {
  readonly format: OutcomeFormat;
  /** Column with the unit. */
  readonly key: string;
  /** Column with the instant: what came before a unit's first request does not count. @default - every outcome counts */
  readonly time?: string;
}

/**
 * What is declared before an experiment begins. It cannot be changed afterwards: the program refuses to read an experiment whose plan
 * is another one than at its first run.
 */
export interface ExperimentPlan {
  /** Also what clients hash with the id of a unit, so that each experiment deals the units out anew. */
  readonly name: string;
  /** Variant that is served today. */
  readonly control: string;
  /** Variant that is tried. */
  readonly treatment: string;
  /** Shares of the units by variant, as ratios: `{ champion: 90, challenger: 10 }`. */
  readonly shares: Readonly<Record<string, number>>;
  /** Instant with its zone, `2026-11-01T00:00:00Z`. */
  readonly start: string;
  /** Instant with its zone. Units that come later do not take part. */
  readonly end: string;
  /** Hours from the first request of a unit in which its outcomes count, 0 to 8784. */
  readonly maturityHours: number;
  /** Attribute of the requests that names the unit, such as `customer` for `customer=c-17`. @default - each request is a unit, by its inference id */
  readonly unitAttribute?: string;
  /** Whether clients assign variants by the hash of the unit, which is then checked. @default false */
  readonly hashed?: boolean;
  readonly outcomes: OutcomeColumns;
  readonly design: Design;
  readonly primary: ExperimentMetric;
  /** Metrics that must not get worse. They are read sequentially, in a fixed design too. @default - none */
  readonly guards?: readonly ExperimentMetric[];
  /** Chance of calling a difference where there is none, up to 0.5; the guards share it among them. @default 0.05 */
  readonly level?: number;
  /** Chance of finding the effect that matters, with which `experiment.py size` computes the number of units. @default 0.8 */
  readonly power?: number;
  /** Units of each variant with which a sequential reading begins, at least 20. @default 100 */
  readonly minUnits?: number;
  /** Chance of calling right shares wrong. @default 0.001 */
  readonly balanceLevel?: number;
}

/** The plan as the program reads it. */
export function planText(plan: ExperimentPlan): string {
  const { unitAttribute, hashed = false, primary, guards = [], ...rest } = plan;
  const text = {
    ...rest,
    unit: unitAttribute === undefined ? 'inferenceId' : `attribute:${unitAttribute}`,
    assignment: hashed ? 'hash' : 'other',
    primary,
    guards,
    level: plan.level ?? DEFAULT_EXPERIMENT_LEVEL,
    power: plan.power ?? DEFAULT_POWER,
    minUnits: plan.minUnits ?? DEFAULT_MIN_UNITS,
    balanceLevel: plan.balanceLevel ?? DEFAULT_BALANCE_LEVEL,
    namespace: EXPERIMENT_NAMESPACE,
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** Checks a plan. */
export function checkPlan(properties: Properties, plan: ExperimentPlan): void {
  properties.known(plan, 'shares');
  const { control, treatment, shares, guards = [], outcomes } = plan;
  const given = Object.keys(shares).sort().join(', ');
  const wanted = [control, treatment].sort().join(', ');
  properties
    .matches('plan.name', plan.name, EXPERIMENT_NAME)
    .matches('plan.control', control, VARIANT_FOLDER)
    .matches('plan.treatment', treatment, VARIANT_FOLDER)
    .require(control !== treatment, `'plan.treatment' must be another variant than 'plan.control', got '${treatment}'`)
    .require(given === wanted, `'plan.shares' must be of ${wanted}, got ${given}`)
    .keeps('plan.start', plan.start, brokenInstant(plan.start))
    .keeps('plan.end', plan.end, brokenInstant(plan.end))
    .require(
      !(Date.parse(plan.end) <= Date.parse(plan.start)),
      `'plan.end' must be after 'plan.start', got ${plan.end} and ${plan.start}`,
    )
    .number('plan.maturityHours', plan.maturityHours, MATURITY_HOURS)
    .matches('plan.unitAttribute', plan.unitAttribute, ATTRIBUTE)
    .require(
      !plan.hashed || plan.unitAttribute !== undefined,
      "'plan.hashed' needs 'plan.unitAttribute': a request has no variant by its id; set it, or remove 'hashed'",
    )
    .oneOf('plan.outcomes.format', outcomes.format, OUTCOME_FORMATS)
    .oneOf('plan.design', plan.design, DESIGNS)
    .number('plan.level', plan.level, EXPERIMENT_LEVEL)
    .number('plan.power', plan.power, POWER)
    .number('plan.balanceLevel', plan.balanceLevel, BALANCE_LEVEL)
    .integer('plan.minUnits', plan.minUnits, MIN_UNITS)
    .require(
      guards.length <= MAX_GUARDS,
      `'plan.guards' must have at most ${MAX_GUARDS} entries, got ${guards.length}`,
    );
  for (const [variant, share] of Object.entries(shares)) {
    properties.require(
      share > 0,
      `'plan.shares.${variant}' must be above 0, got ${share}; a variant without units shows nothing`,
    );
  }
  checkMetrics(properties, plan);
}

function checkMetrics(properties: Properties, { primary, guards = [] }: ExperimentPlan): void {
  const all: [string, ExperimentMetric][] = [
    ['plan.primary', primary],
    ...guards.map((guard, index): [string, ExperimentMetric] => [`plan.guards[${index}]`, guard]),
  ];
  for (const [place, metric] of all) {
    properties
      .oneOf(`${place}.kind`, metric.kind, METRIC_KINDS)
      .oneOf(`${place}.aggregate`, metric.aggregate, AGGREGATES)
      .oneOf(`${place}.missing`, metric.missing, ['zero', 'exclude'])
      .oneOf(`${place}.better`, metric.better, ['higher', 'lower'])
      .number(`${place}.effect`, metric.effect, EFFECT);
  }
  const names = all.map(([, { name }]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  properties.require(
    twice.length === 0,
    `the metrics of 'plan' must have different names, got ${twice.join(', ')} again`,
  );
}
