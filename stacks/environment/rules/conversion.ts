import { columnTypeError } from '../../../lib/data-lake/column-type';
import type { DraftLake, DraftTable } from '../draft';
import { type Fault, fault, type Path } from '../faults';
import { unknownName } from './unknown-name';

/** What a conversion reads. */
const SOURCE_FORMATS = ['csv', 'tsv', 'json'];

/** What must hold between a parquet table and the table that it is converted from. */
export function* conversionRules(
  path: Path,
  table: DraftTable,
  { tables = {}, zones = {} }: DraftLake,
): Iterable<Fault> {
  const { convertFrom, format } = table;
  const here = [...path, 'convertFrom'];
  if ('convertSchedule' in table && !('convertFrom' in table)) {
    const message = 'needs convertFrom, the table to convert; add it or leave the schedule out';
    yield fault([...path, 'convertSchedule'], message, 'key');
  }
  if (convertFrom === undefined) return;
  if (format !== undefined && format !== 'parquet') {
    const message = `makes parquet, but the format of the table is '${format}'; set format: parquet or leave convertFrom out`;
    yield fault(here, message, 'key');
  }
  const zone = zones[table.zone ?? ''];
  if (zone && 'bucketArn' in zone && !('keyArn' in zone)) {
    const message = `writes to zone ${table.zone}, whose keyArn is not said; add it there, what is written must be encrypted`;
    yield fault(here, message, 'key');
  }
  const source = tables[convertFrom];
  if (!Object.hasOwn(tables, convertFrom)) yield fault(here, unknownName('lake.tables', convertFrom, tables));
  else if (source) yield* fromSource(path, table, source);
}

function* fromSource(path: Path, { convertFrom, ...table }: DraftTable, source: DraftTable): Iterable<Fault> {
  const formats = SOURCE_FORMATS.join(', ');
  if (source.format !== undefined && !SOURCE_FORMATS.includes(source.format)) {
    const message = `must name a table in one of ${formats}, got '${convertFrom}', which is ${source.format}; name another`;
    yield fault([...path, 'convertFrom'], message);
    return;
  }
  const [wanted, got] = [source, table].map(({ partitions = {} }) => Object.keys(partitions).join(', ') || 'none');
  const known = [source, table].every((side) => side.partitions || !('partitions' in side));
  if (known && wanted !== got) {
    const message = `must be those of '${convertFrom}': ${wanted}, got ${got}; make them the same, in the same order`;
    yield fault([...path, 'partitions'], message, 'key');
  }
  if (!source.columns) return;
  for (const [name, type = ''] of Object.entries(table.columns ?? {})) {
    const here = [...path, 'columns', name];
    if (!Object.hasOwn(source.columns, name)) {
      yield fault(here, unknownName(`the columns of '${convertFrom}'`, name, source.columns), 'key');
    } else if (source.format !== 'json' && !columnTypeError(type) && columnTypeError(type, 'tsv')) {
      yield fault(here, `must be ${columnTypeError(type, 'tsv')}, got '${type}'; text cannot be turned into it`);
    }
  }
}
