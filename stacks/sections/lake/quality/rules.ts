import { brokenSchedule } from '../../../../lib/data-lake/conversion/glue-schedule';
import { brokenDqdl, dqdlRuleset } from '../../../../lib/data-lake/quality/dqdl';
import {
  brokenColumn,
  brokenPattern,
  brokenRange,
  brokenValue,
  type ColumnExpectation,
  MAX_RULESET_LENGTH,
} from '../../../../lib/data-lake/quality/quality-limits';
import { entryOf, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import type { DraftLake, DraftTable } from '../draft';
import { expectationsOf } from './expectations';
import type { QualitySettings } from './schema';

type Draft = NonNullable<DraftTable['quality']>;
type Columns = Readonly<Record<string, string | undefined>>;

/** Rules for what must hold for a table. */
export function* qualityRules(path: Path, table: DraftTable, { zones = {} }: DraftLake): Iterable<FileError> {
  const { quality } = table;
  if (quality === undefined) return;
  const here = [...path, 'quality'];
  const zone = entryOf(zones, table.zone ?? '');
  if (zone && 'bucketArn' in zone && !('keyArn' in zone)) {
    const message = `writes to zone ${table.zone}, which has no keyArn; add keyArn to the zone, what is quarantined must be encrypted`;
    yield error(here, message, 'key');
  }
  if (Object.keys(quality).every((key) => key === 'schedule'))
    yield error(here, 'must have at least one expectation, got none; add for example completeness: { id: 1 }');
  yield* scheduleRules(here, table, quality);
  const own = [...columnRules(here, quality, columnsOf(table)), ...valueRules(here, quality, columnsOf(table))];
  yield* own;
  if (own.length === 0 && isWhole(quality)) yield* lengthRule(here, quality);
}

/** Columns with their types, `undefined` for an invalid one; `undefined` if some are not known. */
function columnsOf({ columns, partitions, ...table }: DraftTable): Columns | undefined {
  if (!columns || ('partitions' in table && !partitions)) return undefined;
  const types = Object.entries(partitions ?? {}).map(([name, partition]) => {
    const type = typeof partition === 'string' ? partition : partition?.type;
    return [name, type] as const;
  });
  return { ...columns, ...Object.fromEntries(types) };
}

function* scheduleRules(path: Path, table: DraftTable, { schedule }: Draft): Iterable<FileError> {
  if (schedule === undefined) return;
  const here = [...path, 'schedule'];
  yield* broken(here, schedule, brokenSchedule(schedule));
  const { partitions, partitionDiscovery } = table;
  const known = !('partitionDiscovery' in table) || partitionDiscovery !== undefined;
  const isProjected = known && partitionDiscovery !== 'catalog' && !('convertFrom' in table);
  if (isProjected && partitions && Object.keys(partitions).length > 0) {
    const message =
      'has no rows to evaluate: Glue finds registered partitions only; set partitionDiscovery: catalog, or remove the schedule and let a pipeline check the data';
    yield error(here, message, 'key');
  }
}

function* columnRules(path: Path, quality: Draft, columns: Columns | undefined): Iterable<FileError> {
  const check = function* (here: Path, expectation: ColumnExpectation, column: string, at: 'key' | 'value') {
    if (!columns) return;
    const type = columns[column];
    if (!Object.hasOwn(columns, column)) yield error(here, unknownName('columns', column, columns), at);
    else if (type !== undefined)
      for (const { must, fix } of brokenColumn(expectation, column, type)) yield error(here, `${must}; ${fix}`, at);
  };
  for (const expectation of ['completeness', 'uniqueness', 'range', 'values', 'matches', 'freshness'] as const) {
    for (const column of Object.keys(quality[expectation] ?? {}))
      yield* check([...path, expectation, column], expectation, column, 'key');
  }
  const seen = new Set<string>();
  for (const [index, list] of (quality.keys ?? []).entries()) {
    const here = [...path, 'keys', index];
    const names = (list ?? []).filter((name) => name !== undefined);
    if (list && list.length < 2) {
      const got = names.length === 0 ? 'none' : names.join(', ');
      yield error(here, `must have at least two columns, got ${got}; write one column under uniqueness`);
    }
    for (const [place, column] of (list ?? []).entries()) {
      if (column === undefined) continue;
      if (names.indexOf(column) < place)
        yield error([...here, place], `must be listed once, got '${column}' again; remove one`);
      else yield* check([...here, place], 'uniqueness', column, 'value');
    }
    const key = names.join(', ');
    if (names.length > 0 && seen.has(key)) yield error(here, `must be another key, got ${key} again; remove one`);
    seen.add(key);
  }
}

function* valueRules(path: Path, quality: Draft, columns: Columns = {}): Iterable<FileError> {
  for (const [column, ends] of written(quality.range)) {
    const here = [...path, 'range', column];
    const isWritten = ['min', 'max'].some((end) => end in ends);
    if (!isWritten) yield error(here, 'must have min, max or both, got none; add one');
    else if (ends.min !== undefined && ends.max !== undefined)
      yield* broken([...here, 'max'], ends.max, brokenRange(ends));
  }
  for (const [column, { in: listed = [] }] of written(quality.values)) {
    for (const [index, value] of listed.entries()) {
      const here = [...path, 'values', column, 'in', index];
      if (value === undefined) continue;
      if (listed.indexOf(value) < index) yield error(here, `must be listed once, got '${value}' again; remove one`);
      else yield* broken(here, value, brokenValue(value, columns[column]));
    }
  }
  for (const [column, { pattern }] of written(quality.matches)) {
    if (pattern !== undefined) yield* broken([...path, 'matches', column, 'pattern'], pattern, brokenPattern(pattern));
  }
  const { rows } = quality;
  if (rows?.min !== undefined && rows.max !== undefined)
    yield* broken([...path, 'rows', 'max'], rows.max, brokenRange(rows));
  for (const [name, rule] of written(quality.custom)) yield* broken([...path, 'custom', name], rule, brokenDqdl(rule));
}

/** Whether nothing of it is invalid. */
function isWhole(value: unknown): value is QualitySettings {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  return Object.values(value).every(isWhole);
}

function* lengthRule(path: Path, quality: QualitySettings): Iterable<FileError> {
  const { length } = dqdlRuleset(expectationsOf(quality).flatMap(({ rules }) => rules));
  if (length <= MAX_RULESET_LENGTH) return;
  const message = `must make a ruleset of at most ${MAX_RULESET_LENGTH} characters, got ${length}; use fewer or shorter expectations`;
  yield error(path, message, 'key');
}
