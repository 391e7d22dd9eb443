import type { Attributes } from '../attributes';
import { metricMath, type Series } from './metric-math';
import { Tokens } from './tokens';

/** The state of an alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Points beyond its periods that CloudWatch looks at, when some are missing (user guide, "Using CloudWatch alarms"). */
const FURTHER_POINTS = 2;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

interface Query {
  readonly id: string;
  readonly expression?: string;
  readonly return_data?: boolean;
  readonly metric?: { readonly metric_name: string };
}

/**
 * The states of an `aws_cloudwatch_metric_alarm` over made-up values, one after each period: with its metric math, its periods,
 * and what it makes of missing data, as CloudWatch documents them. Before the first, its state is `INSUFFICIENT_DATA`.
 *
 * @param alarm the resource as Terraform reads it, e.g. `template.one(CloudwatchMetricAlarm)`
 * @param series values of each metric by its id in the metric math or by its name, one for each period, `null` for none
 * @throws Error if a metric has no series, a series no metric, or the lengths differ
 * @example
 * expect(alarmStates(alarm, { Errors: [0, 3, null] })).toEqual(['OK', 'ALARM', 'OK']);
 */
export function alarmStates(alarm: Attributes, series: Readonly<Record<string, Series>>): AlarmState[] {
  const values = valuesOf(alarm, series);
  const {
    threshold,
    comparison_operator,
    evaluation_periods,
    treat_missing_data = 'missing',
  } = alarm as never as {
    threshold: number;
    comparison_operator: string;
    evaluation_periods: number;
    treat_missing_data?: string;
  };
  const compare = COMPARISONS[comparison_operator];
  if (!compare) throw new Error(`comparison '${comparison_operator}' is not known here`);
  const needed = (alarm.datapoints_to_alarm as number | undefined) ?? evaluation_periods;
  let state: AlarmState = 'INSUFFICIENT_DATA';
  return values.map((_, index) => {
    const range = values.slice(Math.max(0, index + 1 - evaluation_periods - FURTHER_POINTS), index + 1);
    const breaching = range.map((value) => (value === null ? null : compare(value, threshold)));
    state = judge(breaching, evaluation_periods, needed, treat_missing_data) ?? state;
    return state;
  });
}

/** The state after some points, the last one the newest; `undefined` keeps the one that is. */
function judge(
  points: readonly (boolean | null)[],
  periods: number,
  needed: number,
  missing: string,
): AlarmState | undefined {
  const real = points.filter((point) => point !== null);
  const bad = (list: readonly boolean[]) => list.filter((point) => point).length;
  if (real.length >= periods) return bad(real.slice(-periods)) >= needed ? 'ALARM' : 'OK';
  if (missing === 'breaching') return bad(real) + periods - real.length >= needed ? 'ALARM' : 'OK';
  if (missing === 'notBreaching' || bad(real) >= needed) return bad(real) >= needed ? 'ALARM' : 'OK';
  if (bad(real) < real.length) return 'OK';
  if (missing === 'ignore') return undefined;
  // only bad points, and fewer than needed: an old one is enough, because nothing good came after it
  const age = points.length - points.indexOf(true);
  return real.length > 0 && age >= needed ? 'ALARM' : 'INSUFFICIENT_DATA';
}

function valuesOf(alarm: Attributes, series: Readonly<Record<string, Series>>): Series {
  const lengths = new Set(Object.values(series).map(({ length }) => length));
  if (lengths.size !== 1) throw new Error(`the series must have one length, got ${[...lengths].join(', ')}`);
  const queries = (alarm.metric_query ?? []) as readonly Query[];
  const used = new Set<string>();
  const find = (...names: readonly string[]): Series => {
    const name = names.find((one) => one in series);
    if (name === undefined)
      throw new Error(`no series for ${names.join(' or ')}; got ${Object.keys(series).join(', ')}`);
    used.add(name);
    return series[name]!;
  };
  let result: Series | undefined;
  if (queries.length === 0) result = find(alarm.metric_name as string);
  const known: Record<string, Series> = {};
  for (const { id, metric } of queries) if (metric) known[id] = find(id, metric.metric_name);
  for (const { id, expression } of queries) if (expression) known[id] = metricMath(expression, known);
  result ??= known[queries.find(({ return_data }) => return_data)!.id]!;
  const unused = Object.keys(series).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the alarm does not read ${unused.join(', ')}`);
  return result;
}

/**
 * Whether the rule of a composite alarm holds.
 *
 * @param states of its alarms by name. @default OK
 * @throws Error if the rule is none
 */
export function ruleHolds(rule: string, states: Readonly<Record<string, AlarmState>>): boolean {
  const tokens = new Tokens(rule, /"[^"]*"|\w+|[(),]/g);
  const holds = disjunction(tokens, (name) => states[name.replaceAll('"', '')] ?? 'OK');
  tokens.end();
  return holds;
}

type StateOf = (name: string) => AlarmState;

function disjunction(tokens: Tokens, stateOf: StateOf): boolean {
  let holds = conjunction(tokens, stateOf);
  while (tokens.take('OR')) if (conjunction(tokens, stateOf)) holds = true;
  return holds;
}

function conjunction(tokens: Tokens, stateOf: StateOf): boolean {
  let holds = term(tokens, stateOf);
  while (tokens.take('AND')) if (!term(tokens, stateOf)) holds = false;
  return holds;
}

function term(tokens: Tokens, stateOf: StateOf): boolean {
  if (tokens.take('NOT')) return !term(tokens, stateOf);
  if (tokens.take('(')) {
    const holds = disjunction(tokens, stateOf);
    tokens.expect(')');
    return holds;
  }
  const word = tokens.any();
  if (word === 'TRUE' || word === 'FALSE') return word === 'TRUE';
  if (!/^(ALARM|OK|INSUFFICIENT_DATA|AT_LEAST)$/.test(word)) tokens.fail(`has '${word}', which is not known here`);
  tokens.expect('(');
  const holds = word === 'AT_LEAST' ? atLeast(tokens, stateOf) : stateOf(tokens.any()) === word;
  tokens.expect(')');
  return holds;
}

function atLeast(tokens: Tokens, stateOf: StateOf): boolean {
  const count = Number(tokens.any());
  tokens.expect(',');
  const state = tokens.any();
  tokens.expect(',');
  tokens.expect('(');
  let found = 0;
  do found += Number(stateOf(tokens.any()) === state);
  while (tokens.take(','));
  tokens.expect(')');
  return found >= count;
}
