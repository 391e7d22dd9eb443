import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Names of Glue data quality rulesets. */
export const RULESET: AwsNameKind = {
  kind: 'Glue data quality ruleset',
  maxLength: 255,
  uniqueIn: 'region',
  property: 'id',
};
/** Characters of a ruleset (Glue, CreateDataQualityRuleset). */
export const MAX_RULESET_LENGTH = 65_536;
/** Name of a custom rule, as metrics and results show it. */
export const RULE_NAME: TextPattern = {
  pattern: /^[a-z][a-z0-9_]{0,63}$/,
  meaning: 'up to 64 lower-case letters, digits and underscores, beginning with a letter',
};
/** Share of the rows, or of the values, that must fit. */
export const SHARE = { min: 0, max: 1 } as const;
/** Hours that the newest value may be old: up to ten years. */
export const FRESHNESS_HOURS = { min: 1, max: 87_600 } as const;
/** Columns that are unique together. */
export const MAX_UNIQUE_COLUMNS = 16;

/** What an expectation may ask of a column. */
export type ColumnKind = 'number' | 'text' | 'time' | 'boolean' | 'binary' | 'nested';

const KINDS: readonly [pattern: RegExp, kind: ColumnKind][] = [
  [/^(tinyint|smallint|int|bigint|float|double|decimal\b)/, 'number'],
  [/^(string|char\b|varchar\b)/, 'text'],
  [/^(date|timestamp)$/, 'time'],
  [/^boolean$/, 'boolean'],
  [/^binary$/, 'binary'],
];

/** What an expectation may ask of a column of this catalog type. */
export function columnKind(type: string): ColumnKind {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'nested';
}

/** Expectations about one column each, and the kinds of columns that they fit. */
export const FITTING_KINDS = {
  completeness: ['number', 'text', 'time', 'boolean', 'binary', 'nested'],
  uniqueness: ['number', 'text', 'time', 'boolean'],
  range: ['number'],
  values: ['number', 'text'],
  matches: ['text'],
  freshness: ['time'],
} as const satisfies Record<string, readonly ColumnKind[]>;
/** An expectation about one column. */
export type ColumnExpectation = keyof typeof FITTING_KINDS;

const MEANINGS: Record<ColumnKind, string> = {
  number: 'tinyint, smallint, int, bigint, float, double or decimal',
  text: 'string, char or varchar',
  time: 'date or timestamp',
  boolean: 'boolean',
  binary: 'binary',
  nested: 'array, map or struct',
};

/** The rule that a column breaks whose type does not fit the expectation, for a construct and for a file. */
export function brokenColumn(expectation: ColumnExpectation, column: string, type: string): BrokenRule[] {
  const fitting: readonly ColumnKind[] = FITTING_KINDS[expectation];
  if (fitting.includes(columnKind(type))) return [];
  const types = fitting.map((kind) => MEANINGS[kind]).join(', or ');
  return [{ must: `must be about a column of type ${types}; ${column} is ${type}`, fix: 'use another column' }];
}

/** The rule that the two ends of a range break, for a construct and for a file. */
export function brokenRange({ min, max }: { readonly min?: number; readonly max?: number }): BrokenRule[] {
  if (min === undefined && max === undefined) return [{ must: 'must have min, max or both', fix: 'add one' }];
  if (min !== undefined && max !== undefined && min > max)
    return [{ must: `must be at least min ${min}`, fix: 'swap them' }];
  return [];
}

/** Forms of text that the rule language reads as a date or a time of day, also in quotes. */
const DATE_OR_TIME = /^(\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}( [AP]M)?)$/;

/**
 * The rules that the values of a list break, for a construct and for a file.
 *
 * The rule language of Glue reads `"2026-01-31"` and `"10:30"` as a date and a time. What a backslash means in a value
 * differs between its readers.
 */
export function brokenValue(value: string | number, type?: string): BrokenRule[] {
  const kind = type === undefined ? undefined : columnKind(type);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return [{ must: 'must be a finite number', fix: 'write another' }];
    return kind === 'text' ? [{ must: `must be a text, as the column is ${type}`, fix: 'put it in quotes' }] : [];
  }
  if (kind === 'number')
    return [{ must: `must be a number, as the column is ${type}`, fix: 'write it without quotes' }];
  if (DATE_OR_TIME.test(value))
    return [{ must: 'must not be a date or a time, which Glue compares as such', fix: 'use matches instead' }];
  if (/[\\\p{Cc}]/u.test(value))
    return [{ must: 'must have no backslash, line break or control character', fix: 'use matches instead' }];
  return [];
}

/** Parts of a regular expression that Java, which Glue uses, and Python read in the same way. */
const UNSHARED: readonly [part: RegExp, words: string][] = [
  [/\\[pPkuxcQEGzZAhHvVXR0-9]/, 'no \\p, \\u, \\x, \\A, \\z, back reference or octal escape'],
  [/\(\?(?![:=!])/, 'no named group, look-behind or flag'],
  [/\[[^\]]*(\[|&&|\|\||--|~~)/, 'no [, &&, ||, -- or ~~ within [ ]'],
  [/[\p{Cc}]/u, 'no line break or control character'],
];

/**
 * The rules that a pattern breaks, for a construct and for a file.
 *
 * Glue evaluates it in Java, the program in Python: the pattern must mean the same to both. Neither says what an empty
 * text matches: the pattern must not.
 */
export function brokenPattern(pattern: string): BrokenRule[] {
  const expression = compiled(pattern);
  if (!expression)
    return [{ must: 'must be a regular expression', fix: 'correct it, with a backslash before each sign' }];
  const unshared = UNSHARED.filter(([part]) => part.test(pattern)).map(([, words]) => ({
    must: `must have ${words}, which Glue and Python read differently`,
    fix: 'write it without',
  }));
  if (unshared.length > 0) return unshared;
  return expression.test('') ? [{ must: 'must not match an empty text', fix: 'write + for *' }] : [];
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return undefined;
  }
}

/** Workers of an evaluation in Glue, of 4 vCPU and 16 GB: a driver and its executors. */
export const WORKERS = { min: 2, max: 299 } as const;
/** What Glue takes by default. */
export const DEFAULT_EVALUATION_WORKERS = 5;
/** Stops a hanging evaluation, which would cost money every minute. */
export const DEFAULT_EVALUATION_TIMEOUT_MINUTES = 120;
/** Namespace of the program's metrics. */
export const METRIC_NAMESPACE = 'MLOps/DataQuality';
/** Namespace of Glue's metrics of evaluations. */
export const GLUE_METRIC_NAMESPACE = 'Glue Data Quality';
/** Type of the events of evaluations. */
export const RESULT_EVENT = 'Data Quality Evaluation Results Available';
/** Sources of the events of evaluations. */
export const RESULT_SOURCES = { glue: 'aws.glue-dataquality', program: 'cdktf-mlops.data-quality' } as const;
/** Folder for rows and files that do not fit, in the bucket of the table's zone. Query engines ignore it. */
export const QUARANTINE_PREFIX = '_quarantine';
/** Version of the specification. */
export const SPEC_VERSION = 1;
/** Where events are sent. */
export const TARGET_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:[a-z0-9-]+:[^:]*:[^:]*:.+$/,
  meaning: 'an ARN such as arn:aws:sns:eu-north-1:111122223333:alerts',
};
