import { BlockList, isIP } from 'node:net';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** Operators of numeric conditions. */
const COMPARE: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/**
 * Whether EventBridge would hand an event to a rule: for tests of patterns against sample events of the services.
 *
 * Knows exact values, `prefix`, `suffix`, `equals-ignore-case`, `anything-but`, `numeric`, `exists`, `wildcard`, `cidr` and `$or`.
 *
 * @param pattern the pattern, as object or as the JSON of a rule
 * @throws Error if the pattern is none that EventBridge takes: a value that is not in a list, or an unknown operator
 */
export function matchesEvent(pattern: string | object, event: object): boolean {
  const wanted = (typeof pattern === 'string' ? JSON.parse(pattern) : pattern) as JsonObject;
  if (!isObject(wanted) || Object.keys(wanted).length === 0)
    throw new Error('an event pattern needs at least one field');
  return matchesObject(wanted, event as JsonObject);
}

function matchesObject(pattern: JsonObject, event: Json | undefined): boolean {
  if (Array.isArray(event)) return event.some((one) => matchesObject(pattern, one));
  const fields = isObject(event) ? event : {};
  return Object.entries(pattern)
    .map(([key, wanted]) => {
      if (key === '$or') return alternatives(wanted).some((one) => matchesObject(one, event));
      if (isObject(wanted)) return matchesObject(wanted, fields[key]);
      if (!Array.isArray(wanted) || wanted.length === 0) {
        throw new Error(`'${key}' must be a list of values, got ${JSON.stringify(wanted)}`);
      }
      return wanted.map((one) => matchesField(one, fields[key])).includes(true);
    })
    .every(Boolean); // every part is looked at, so that one that is wrong is found whatever the event
}

function alternatives(wanted: Json): readonly JsonObject[] {
  if (!Array.isArray(wanted) || wanted.length < 2 || !wanted.every(isObject)) {
    throw new Error(`'$or' must be a list of at least two patterns, got ${JSON.stringify(wanted)}`);
  }
  return wanted as readonly JsonObject[];
}

/** A list in an event, also one in a list, matches if one of its values does; an empty one is not there. */
function matchesField(wanted: Json, actual: Json | undefined): boolean {
  const values = valuesIn(actual);
  if (isObject(wanted) && 'exists' in wanted) return wanted.exists === values.length > 0;
  if (values.length === 0) matchesValue(wanted, ''); // refuses an unknown operator
  return values.some((one) => matchesValue(wanted, one));
}

function valuesIn(actual: Json | undefined): Json[] {
  if (Array.isArray(actual)) return actual.flatMap((one) => valuesIn(one as Json));
  return actual === undefined || isObject(actual) ? [] : [actual];
}

function matchesValue(wanted: Json, actual: Json): boolean {
  if (Array.isArray(wanted)) throw new Error(`a value must not be a list, got ${JSON.stringify(wanted)}`);
  if (!isObject(wanted)) return wanted === actual;
  const [operator, operand] = only(wanted);
  const text = typeof actual === 'string' ? actual : undefined;
  switch (operator) {
    case 'prefix':
    case 'suffix': {
      const { value, ignoresCase } = comparison(operator, operand);
      const within = ignoresCase ? text?.toLowerCase() : text;
      return (operator === 'prefix' ? within?.startsWith(value) : within?.endsWith(value)) ?? false;
    }
    case 'equals-ignore-case':
      return text?.toLowerCase() === textOf(operator, operand).toLowerCase();
    case 'wildcard':
      return text !== undefined && wildcard(textOf(operator, operand)).test(text);
    case 'cidr':
      return text !== undefined && isIn(textOf(operator, operand), text);
    case 'numeric':
      return typeof actual === 'number' && isWithin(operand, actual);
    case 'anything-but':
      return !(Array.isArray(operand) ? operand : [operand]).some((one) => isExcluded(one as Json, actual));
    default:
      throw new Error(`'${operator}' is no operator of an event pattern`);
  }
}

/** What `anything-but` excludes: a value, or an operator with one text or a list of them. */
function isExcluded(excluded: Json, actual: Json): boolean {
  if (!isObject(excluded)) return excluded === actual;
  const [operator, operand] = only(excluded);
  return (Array.isArray(operand) ? operand : [operand]).some((one) =>
    matchesValue({ [operator]: one as Json }, actual),
  );
}

function comparison(operator: string, operand: Json): { value: string; ignoresCase: boolean } {
  if (!isObject(operand)) return { value: textOf(operator, operand), ignoresCase: false };
  return { value: textOf(operator, operand['equals-ignore-case']).toLowerCase(), ignoresCase: true };
}

function isWithin(operand: Json, actual: number): boolean {
  const parts = Array.isArray(operand) ? operand : [];
  if (parts.length !== 2 && parts.length !== 4) throw new Error(`'numeric' must be [operator, number] once or twice`);
  const limits: [string, number][] = [];
  for (let index = 0; index < parts.length; index += 2) limits.push([String(parts[index]), Number(parts[index + 1])]);
  return limits.every(([operator, limit]) => {
    const compare = COMPARE[operator];
    if (!compare) throw new Error(`'${operator}' is no operator of 'numeric'`);
    return compare(actual, limit);
  });
}

/** `*` is any text; a backslash takes the meaning from what follows. */
function wildcard(pattern: string): RegExp {
  if (/(?<!\\)\*\*/.test(pattern)) throw new Error(`'wildcard' must not have two stars in a row, got '${pattern}'`);
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\/]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return found === '*' ? '.*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function isIn(range: string, address: string): boolean {
  const [network = '', bits] = range.split('/');
  const version = isIP(network);
  if (version === 0 || bits === undefined) throw new Error(`'cidr' must be an address range, got '${range}'`);
  if (isIP(address) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

function only(condition: JsonObject): [string, Json] {
  const entries = Object.entries(condition);
  if (entries.length !== 1) throw new Error(`a condition has one operator, got ${JSON.stringify(condition)}`);
  return entries[0]!;
}

function textOf(operator: string, operand: Json | undefined): string {
  if (typeof operand === 'string') return operand;
  throw new Error(`'${operator}' must be a text, got ${JSON.stringify(operand)}`);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
