/*
 * A strict reading of the Amazon States Language with JSONPath, as far as we write it: Step Functions finds many faults only when an
 * execution gets there. Limits: Amazon States Language specification; Step Functions developer guide, quotas.
 */

type Json = Record<string, any>;

const COMMON = ['Type', 'Comment'];
const FLOW = ['Next', 'End'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [...FLOW, 'Resource', 'Parameters', 'ResultSelector', 'ResultPath', 'Retry', 'Catch'],
  Pass: [...FLOW, 'Parameters', 'ResultPath'],
  Wait: [...FLOW, 'Seconds'],
  Choice: ['Choices', 'Default'],
  Parallel: [...FLOW, 'Parameters', 'Branches', 'ResultPath', 'Catch'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
};
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  Task: ['Resource', 'Parameters'],
  Pass: [],
  Wait: ['Seconds'],
  Choice: ['Choices', 'Default'],
  Parallel: ['Branches'],
  Succeed: [],
  Fail: ['Error', 'Cause'],
};
const COMPARISONS = ['IsPresent', 'StringEquals', 'StringEqualsPath', 'NumericGreaterThanEquals'];
const RETRY = ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'];
const PATH = String.raw`\$\$?(\.[A-Za-z_][\w-]*|\[\d+\])*`;
const IS_PATH = new RegExp(`^${PATH}$`);
/** Paths of several places: a filter by a name, or all parts with a name. Step Functions makes a list of them. */
const IS_SEARCH = /^\$(\.\w+\[\?\(@\.\w+=='[\w-]+'\)\]\.\w+|\.\.\w+)$/;
const REFERENCE_PATH = /^\$(\.[A-Za-z_][\w-]*)*$/;
const INTRINSIC = new RegExp(
  String.raw`^States\.(Format|Hash|JsonToString|MathAdd|Array|ArrayGetItem)\((('(\\.|[^'\\])*'|-?\d+|${PATH}|States\.Format\(('(\\.|[^'\\])*'|${PATH})(, ${PATH})*\)|States\.(Hash|StringSplit)\([^()]*\)|States\.ArrayGetItem\(States\.StringSplit\(${PATH}, '[^']'\), \d\))(, )?)+\)$`,
);
const MAX_NAME = 80;
const MAX_WAIT = 99_999_999;
const MAX_CHARACTERS = 1_048_576;

/** What is wrong with a definition: nothing if Step Functions would take it, and can reach each of its states. */
export function faultsOfMachine(definition: string): string[] {
  const faults = definition.length > MAX_CHARACTERS ? [`has ${definition.length} characters`] : [];
  const names = new Set<string>();
  return [...faults, ...faultsOf(JSON.parse(definition), '', names)];
}

function faultsOf(machine: Json, place: string, names: Set<string>): string[] {
  const { StartAt, States, Comment, ...unknown } = machine;
  const faults = Object.keys(unknown).map((key) => `${place}${key} is unknown`);
  const reached = new Set<string>();
  const visit = (name: string, from: string): void => {
    if (!States[name]) faults.push(`${place}${from} goes to ${name}, which is not there`);
    if (reached.has(name) || !States[name]) return;
    reached.add(name);
    for (const next of nextOf(States[name])) visit(next, name);
  };
  visit(StartAt, 'StartAt');
  for (const [name, state] of Object.entries<Json>(States)) {
    const say = (fault: string) => faults.push(`${place}${name}: ${fault}`);
    if (names.has(name)) say('another state has this name');
    names.add(name);
    if (name.length > MAX_NAME) say('the name is too long');
    if (!reached.has(name)) say('cannot be reached');
    check(state, say);
    for (const [index, branch] of (state.Branches ?? []).entries()) {
      faults.push(...faultsOf(branch, `${place}${name}/${index}/`, names));
    }
  }
  if (![...reached].some((name) => isEnd(States[name]))) faults.push(`${place}has no end`);
  return faults;
}

function check(state: Json, say: (fault: string) => void): void {
  const known = FIELDS[state.Type];
  if (!known) {
    say(`type ${state.Type} is unknown`);
    return;
  }
  for (const key of Object.keys(state)) if (![...COMMON, ...known].includes(key)) say(`${key} is unknown`);
  for (const key of NEEDED[state.Type]!) if (!(key in state)) say(`${key} is missing`);
  if (known.includes('Next') && 'Next' in state === (state.End === true)) say('must have either Next or End');
  if (state.Type === 'Wait' && !(Number.isInteger(state.Seconds) && state.Seconds >= 0 && state.Seconds <= MAX_WAIT)) {
    say(`waits ${state.Seconds} seconds`);
  }
  if (state.ResultPath != null && !REFERENCE_PATH.test(state.ResultPath)) say(`ResultPath ${state.ResultPath}`);
  template(state.Parameters, say);
  template(state.ResultSelector, say, IS_SEARCH);
  for (const rule of state.Choices ?? []) test(rule, say, true);
  errors(state.Retry ?? [], RETRY, say);
  errors(state.Catch ?? [], ['ErrorEquals', 'Next', 'ResultPath'], say);
}

/** A key that ends in `.$` has a path or a function, any other key has neither. */
function template(value: unknown, say: (fault: string) => void, more = /^(?!)/): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const isDynamic = !Array.isArray(value) && key.endsWith('.$');
    if (isDynamic && !(IS_PATH.test(part) || INTRINSIC.test(part) || more.test(part)))
      say(`${key} is neither a path nor a function: ${part}`);
    if (!isDynamic && typeof part === 'string' && /^(\$\$?\.|States\.)/.test(part))
      say(`${key} is a path, but not evaluated`);
    template(part, say, more);
  }
}

function test(rule: Json, say: (fault: string) => void, isOuter: boolean): void {
  const { Next, Variable, ...rest } = rule;
  if (isOuter !== (Next !== undefined)) say('a case has Next, a part of it has not');
  const [key, ...more] = Object.keys(rest);
  if (more.length > 0 || key === undefined) {
    say(`a test has one comparison: ${JSON.stringify(rule)}`);
    return;
  }
  if (['Not', 'And', 'Or'].includes(key)) {
    for (const one of [rest[key]].flat()) test(one, say, false);
    return;
  }
  if (!COMPARISONS.includes(key)) say(`${key} is no comparison`);
  if (!IS_PATH.test(Variable ?? '')) say(`Variable ${Variable} is no path`);
}

/** `States.ALL` stands alone, in the last rule. */
function errors(rules: readonly Json[], known: readonly string[], say: (fault: string) => void): void {
  for (const [index, rule] of rules.entries()) {
    for (const key of Object.keys(rule)) if (!known.includes(key)) say(`${key} of a rule is unknown`);
    if (!rule.ErrorEquals?.length) say('a rule has no errors');
    if (rule.ErrorEquals?.includes('States.ALL') && (rule.ErrorEquals.length > 1 || index < rules.length - 1)) {
      say('States.ALL must be alone and last');
    }
  }
}

function nextOf(state: Json): string[] {
  const rules = [...(state.Choices ?? []), ...(state.Catch ?? [])];
  return [state.Next, state.Default, ...rules.map(({ Next }) => Next)].filter((name) => name !== undefined);
}

function isEnd(state: Json): boolean {
  return state.End === true || ['Succeed', 'Fail'].includes(state.Type);
}
