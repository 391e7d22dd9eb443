import { quote } from '../core/text-pattern';

/** File formats, as far as they restrict column types. */
export type ColumnFormat = 'parquet' | 'csv' | 'tsv' | 'json' | 'iceberg';

/** Glue and Athena types without parameters. */
export const SIMPLE_COLUMN_TYPES = [
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'float',
  'double',
  'date',
  'timestamp',
  'string',
  'binary',
] as const;

/** Digits of a `decimal`, before and after the point (Athena, data types). */
export const MAX_DECIMAL_PRECISION = 38;
/** Characters of a `char`. */
export const MAX_CHAR_LENGTH = 255;
/** Types within types. Real schemas have a few levels; query engines fail far above this, and not with a clear error. */
export const MAX_TYPE_DEPTH = 32;
/** Characters of a `varchar`. */
export const MAX_VARCHAR_LENGTH = 65_535;

/**
 * Types that a format does not support, with the alternative.
 *
 * - csv: the Open CSV SerDe reads a date only as days and a timestamp only as milliseconds since 1970, and supports
 *   none of the other types (Athena, Open CSV SerDe).
 * - tsv: text has no standard form for nested or binary values.
 * - iceberg: has no such types (Athena, supported data types for Iceberg tables).
 */
const REFUSED: Partial<Record<ColumnFormat, { types: readonly string[]; instead: string }>> = {
  csv: {
    types: 'tinyint smallint float decimal date timestamp char varchar binary array map struct'.split(' '),
    instead: 'string, boolean, int, bigint or double in csv; use string, and a conversion to parquet for other types',
  },
  tsv: {
    types: ['binary', 'array', 'map', 'struct'],
    instead: 'a type without nested or binary values in tsv; use string, or format json',
  },
  json: { types: ['binary'], instead: 'a type other than binary in json; use string and base64' },
  iceberg: {
    types: ['tinyint', 'smallint', 'char', 'varchar'],
    instead: 'an Iceberg type; use int for tinyint and smallint, string for char and varchar',
  },
};

/** Names of types in other systems. */
const ALIASES = new Map([
  ['bool', 'boolean'],
  ['bytes', 'binary'],
  ['datetime', 'timestamp'],
  ['integer', 'int'],
  ['list', 'array<T>'],
  ['long', 'bigint'],
  ['number', 'double'],
  ['numeric', 'decimal(p,s)'],
  ['real', 'float'],
  ['row', 'struct<name:T>'],
  ['text', 'string'],
  ['varbinary', 'binary'],
]);

const FIELD_NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * The requirement that a column type violates, worded to follow "must be"; `undefined` if the type is valid.
 *
 * Types are spelled as in the Glue catalog: lower case, no spaces, Hive names (`int`, not `integer`).
 *
 * @param format format of the table's files; without it every catalog type is valid
 * @example columnTypeError('decimal(12,2)') // undefined
 * @example columnTypeError('decimal(40,2)') // 'decimal(p,s) with 1 <= p <= 38 and 0 <= s <= p'
 */
export function columnTypeError(type: string, format?: ColumnFormat): string | undefined {
  if (depthOf(type) > MAX_TYPE_DEPTH) return `at most ${MAX_TYPE_DEPTH} types within each other`;
  const canonical = type.toLowerCase().replace(/\s/g, '');
  if (canonical !== type) return columnTypeError(canonical, format) ?? `lower case without spaces: ${canonical}`;

  const [, name = '', parameters, children] = /^([a-z]+)(?:\((.*)\)|<(.*)>)?$/.exec(type) ?? [];
  const shape = SHAPES.get(name);
  if (!shape) return `a Glue and Athena type: ${TYPE_NAMES.join(', ')}${inOtherWords(name)}`;

  const refused = format && REFUSED[format];
  if (refused?.types.includes(name)) return refused.instead;
  return shape(parameters, children, format);
}

/** The error for a result of {@link columnTypeError}: `must be <requirement>, got '<type>'; <advice>`. */
export function columnTypeMessage(error: string, type: string): string {
  const [requirement, ...advice] = error.includes('; ') ? error.split('; ') : [error, 'correct the type'];
  return [`must be ${requirement}, got ${quote(type)}`, ...advice].join('; ');
}

/** Checks the parameters or nested types of a type. Returns the violated requirement. */
type Shape = (parameters?: string, children?: string, format?: ColumnFormat) => string | undefined;

const SHAPES = new Map<string, Shape>([
  ...SIMPLE_COLUMN_TYPES.map((name) => [name, simple(name)] as const),
  ['decimal', decimal],
  ['char', ofLength('char', MAX_CHAR_LENGTH)],
  ['varchar', ofLength('varchar', MAX_VARCHAR_LENGTH)],
  ['array', array],
  ['map', map],
  ['struct', struct],
]);

const TYPE_NAMES = [...SHAPES.keys()];

function inOtherWords(name: string): string {
  const alias = ALIASES.get(name);
  return alias ? `; for '${name}' use ${alias}` : '';
}

function simple(name: string): Shape {
  return (parameters, children) =>
    parameters === undefined && children === undefined ? undefined : `${name} without brackets`;
}

function decimal(parameters?: string): string | undefined {
  const [, precision, scale] = /^(\d+),(\d+)$/.exec(parameters ?? '') ?? [];
  const p = Number(precision);
  if (p >= 1 && p <= MAX_DECIMAL_PRECISION && Number(scale) <= p) return undefined;
  return `decimal(p,s) with 1 <= p <= ${MAX_DECIMAL_PRECISION} and 0 <= s <= p`;
}

function ofLength(name: string, max: number): Shape {
  return (parameters = '') => {
    const length = /^\d+$/.test(parameters) ? Number(parameters) : 0;
    return length >= 1 && length <= max ? undefined : `${name}(n) with 1 <= n <= ${max}`;
  };
}

function array(_parameters?: string, children?: string, format?: ColumnFormat): string | undefined {
  const [element, ...more] = split(children);
  if (!element || more.length > 0) return 'array<T> with one type, such as array<string>';
  return partError(element, format);
}

function map(_parameters?: string, children?: string, format?: ColumnFormat): string | undefined {
  const [key, value, ...more] = split(children);
  if (!key || !value || more.length > 0 || /[<>]/.test(key)) {
    return 'map<K,V> with a key that is not nested, such as map<string,int>';
  }
  return partError(key, format) ?? partError(value, format);
}

function struct(_parameters?: string, children?: string, format?: ColumnFormat): string | undefined {
  const fields = split(children).map((field) => /^([^:]*):(.*)$/.exec(field)?.slice(1) ?? [field]);
  const names = fields.map(([name = '']) => name);
  if (!names.every((name) => FIELD_NAME.test(name)) || new Set(names).size < names.length) {
    return 'struct<name:T,...> with distinct names of letters, digits and underscores, such as struct<lat:double,lon:double>';
  }
  return fields.map(([, type = '']) => partError(type, format)).find((error) => error !== undefined);
}

/** The error of a type within another, with that type. */
function partError(type: string, format?: ColumnFormat): string | undefined {
  const error = columnTypeError(type, format);
  return error === undefined || /; (the part|for) '/.test(error) ? error : `${error}; the part ${quote(type)} is not`;
}

function depthOf(type: string): number {
  let [depth, deepest] = [0, 0];
  for (const character of type) {
    if (character === '<') deepest = Math.max(deepest, ++depth);
    if (character === '>') depth--;
  }
  return deepest;
}

/** Splits at the commas outside brackets. */
function split(list = ''): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of list) {
    if ('<('.includes(character)) depth++;
    if ('>)'.includes(character)) depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
