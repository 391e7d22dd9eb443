import { columnTypeError } from '../../../lib/data-lake/column-type';
import { brokenSchedule } from '../../../lib/data-lake/conversion/glue-schedule';
import { CONVERSION_SOURCES } from '../../../lib/data-lake/lake-limits';
import { entryOf } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';
import { unknownName } from '../../environment/rules/references';
import type { DraftLake, DraftTable } from './draft';

/** Rules for a parquet table and its conversion source. */
export function* conversionRules(
  path: Path,
  table: DraftTable,
  { tables = {}, zones = {} }: DraftLake,
): Iterable<FileError> {
  const { convertFrom, convertSchedule = '', format } = table;
  const here = [...path, 'convertFrom'];
  if ('convertSchedule' in table && !('convertFrom' in table)) {
    const message = 'needs convertFrom, the table to convert; add it or remove the schedule';
    yield error([...path, 'convertSchedule'], message, 'key');
  }
  yield* broken([...path, 'convertSchedule'], convertSchedule, brokenSchedule(table.convertSchedule));
  if (convertFrom === undefined) return;
  if (format !== undefined && format !== 'parquet') {
    const message = `makes parquet, but the format of the table is '${format}'; set format: parquet or remove convertFrom`;
    yield error(here, message, 'key');
  }
  const zone = entryOf(zones, table.zone ?? '');
  if (zone && 'bucketArn' in zone && !('keyArn' in zone)) {
    const message = `writes to zone ${table.zone}, which has no keyArn; add keyArn to the zone, output must be encrypted`;
    yield error(here, message, 'key');
  }
  const source = entryOf(tables, convertFrom);
  if (source) yield* fromSource(path, table, source);
}

function* fromSource(path: Path, { convertFrom, ...table }: DraftTable, source: DraftTable): Iterable<FileError> {
  const formats = CONVERSION_SOURCES.join(', ');
  if (source.format !== undefined && !CONVERSION_SOURCES.some((format) => format === source.format)) {
    const message = `must be a table in format ${formats}, got '${convertFrom}' in format ${source.format}; use another table`;
    yield error([...path, 'convertFrom'], message);
    return;
  }
  const [wanted, got] = [source, table].map(({ partitions = {} }) => Object.keys(partitions).join(', ') || 'none');
  const known = [source, table].every((side) => side.partitions || !('partitions' in side));
  if (known && wanted !== got) {
    const message = `must be ${wanted} as in '${convertFrom}', got ${got}; use the same partitions in the same order`;
    yield error([...path, 'partitions'], message, 'key');
  }
  if (!source.columns) return;
  for (const [name, type = ''] of Object.entries(table.columns ?? {})) {
    const here = [...path, 'columns', name];
    if (!Object.hasOwn(source.columns, name)) {
      yield error(here, unknownName(`the columns of '${convertFrom}'`, name, source.columns), 'key');
    } else if (source.format !== 'json' && !columnTypeError(type) && columnTypeError(type, 'tsv')) {
      const message = `must be a type without nested or binary values, got '${type}'; use string, or a json table as the source`;
      yield error(here, message);
    }
  }
}
