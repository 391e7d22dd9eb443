import { columnTypeError, columnTypeMessage } from '../../../lib/data-lake/column-type';
import { brokenIceberg, CLASSIFICATIONS } from '../../../lib/data-lake/lake-limits';
import { partitionDayError } from '../../../lib/data-lake/partition';
import { brokenTransitions, TRANSITIONS } from '../../../lib/storage/bucket-limits';
import { entryOf, written } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';
import { unknownName } from '../../environment/rules/references';
import { conversionRules } from './conversion-rules';
import type { DraftLake, DraftTable } from './draft';
import { qualityRules } from './quality/rules';
import { FORMAT_OPTIONS } from './schema';

type Zone = NonNullable<NonNullable<DraftLake['zones']>[string]>;
type Tables = readonly (readonly [name: string, table: DraftTable])[];

/** Rules between the values of `lake`. */
export function* lakeRules(lake: DraftLake): Iterable<FileError> {
  const tables = written(lake.tables);
  for (const [name, zone] of written(lake.zones)) yield* zoneRules(['lake', 'zones', name], zone);
  yield* sharedBuckets(lake);
  for (const [name, table] of tables) {
    const path = ['lake', 'tables', name];
    yield* columns(path, table);
    yield* formatOptions(path, table);
    yield* partitions(path, table);
    yield* aboutColumns(path, table);
    yield* iceberg(path, table, lake);
    yield* conversionRules(path, table, lake);
    yield* qualityRules(path, table, lake);
    yield* sensitivity(path, table, lake);
  }
  yield* sharedFolders(tables);
}

function* zoneRules(path: Path, zone: Zone): Iterable<FileError> {
  for (const { key, rule } of brokenTransitions(zone)) yield* broken([...path, key], zone[key]!, [rule]);
  if ('bucketArn' in zone) {
    for (const key of TRANSITIONS) {
      if (key in zone) yield error([...path, key], 'has no effect with an existing bucket; remove it', 'key');
    }
  } else if ('keyArn' in zone) {
    yield error(
      [...path, 'keyArn'],
      'needs bucketArn, the existing bucket of the key; add bucketArn or remove keyArn',
      'key',
    );
  }
}

function* sharedBuckets({ zones }: DraftLake): Iterable<FileError> {
  const zoneOf = new Map<string, string>();
  for (const [name, { bucketArn }] of written(zones)) {
    if (bucketArn === undefined) continue;
    const other = zoneOf.get(bucketArn);
    if (other)
      yield error(
        ['lake', 'zones', name, 'bucketArn'],
        `must differ from the bucket of zone ${other}, got '${bucketArn}'; use one bucket for each zone`,
      );
    zoneOf.set(bucketArn, name);
  }
}

function* columns(path: Path, { columns: types, format, quote }: DraftTable): Iterable<FileError> {
  const columnFormat = format === 'csv' && quote === '' ? 'tsv' : format; // read by the same SerDe
  if (types && Object.keys(types).length === 0) {
    yield error([...path, 'columns'], 'must have at least one column, got none; add for example id: string');
  }
  for (const [name, type] of written(types)) {
    const wrong = columnTypeError(type, columnFormat);
    if (wrong) yield error([...path, 'columns', name], columnTypeMessage(wrong, type));
  }
}

function* aboutColumns(
  path: Path,
  { columns: types, columnComments = {}, personalColumns = [] }: DraftTable,
): Iterable<FileError> {
  yield* repeated([...path, 'personalColumns'], personalColumns);
  if (!types) return;
  for (const name of Object.keys(columnComments)) {
    if (!Object.hasOwn(types, name))
      yield error([...path, 'columnComments', name], unknownName('columns', name, types), 'key');
  }
  for (const [index, name] of personalColumns.entries()) {
    if (name !== undefined && !Object.hasOwn(types, name))
      yield error([...path, 'personalColumns', index], unknownName('columns', name, types));
  }
}

/** Options for other formats. */
function* formatOptions(path: Path, table: DraftTable): Iterable<FileError> {
  const { format, separator, quote } = table;
  if (format === undefined) return;
  for (const [key, formats] of Object.entries(FORMAT_OPTIONS)) {
    if (key in table && !formats.includes(format)) {
      yield error(
        [...path, key],
        `has no effect with format ${format}, only with ${formats.join(' and ')}; remove it`,
        'key',
      );
    }
  }
  if (separator !== undefined && separator === quote) {
    yield error([...path, 'quote'], `must differ from separator, got '${quote}'; change one of them`);
  }
}

function* iceberg(path: Path, table: DraftTable, { zones = {} }: DraftLake): Iterable<FileError> {
  const { format, zone: zoneName = '', partitions: specs } = table;
  const zone = Object.hasOwn(zones, zoneName) ? zones[zoneName] : undefined;
  if (format === 'iceberg' && zone && !('bucketArn' in zone)) {
    yield* broken([...path, 'format'], format, brokenIceberg(zoneName, zone));
  }
  if ('partitionDiscovery' in table && (specs ? Object.keys(specs).length === 0 : !('partitions' in table))) {
    yield error([...path, 'partitionDiscovery'], 'has no effect without partitions; remove it', 'key');
  }
}

function* partitions(path: Path, { partitions: specs, columns: types = {}, format }: DraftTable): Iterable<FileError> {
  const here = [...path, 'partitions'];
  if (format === 'iceberg' && specs && Object.keys(specs).length > 0) {
    yield error(here, 'have no effect with format iceberg, which manages partitions itself; remove them', 'key');
  }
  for (const [name, spec] of written(specs)) {
    if (Object.hasOwn(types, name))
      yield error(
        [...here, name],
        `must not be in columns too; remove '${name}' from columns, its value is in the folder name`,
        'key',
      );
    if (typeof spec === 'string') continue;
    if (spec.type === 'int' && spec.min !== undefined && spec.max !== undefined && spec.min > spec.max) {
      yield error([...here, name, 'max'], `must be at least min ${spec.min}, got the number ${spec.max}; swap them`);
    }
    const must = spec.type === 'date' && spec.from !== undefined && partitionDayError(spec.from);
    if (must) yield error([...here, name, 'from'], `must be ${must}, got '${spec.from}'; correct the month or the day`);
    if (spec.type === 'string') yield* repeated([...here, name, 'values'], spec.values ?? []);
  }
}

function* repeated(path: Path, values: readonly (string | undefined)[]): Iterable<FileError> {
  for (const [index, value] of values.entries()) {
    if (value !== undefined && values.indexOf(value) < index)
      yield error([...path, index], `must be listed once, got '${value}' again; remove one`);
  }
}

function* sensitivity(
  path: Path,
  { classification, zone = '' }: DraftTable,
  { zones = {} }: DraftLake,
): Iterable<FileError> {
  const ceiling = entryOf(zones, zone)?.classification;
  if (!classification || !ceiling || CLASSIFICATIONS.indexOf(classification) <= CLASSIFICATIONS.indexOf(ceiling))
    return;
  yield error(
    [...path, 'classification'],
    `must not be above ${ceiling}, the classification of zone ${zone}, got '${classification}'; use another zone or raise its classification`,
  );
}

/** A table reads all files below its folder, so no folder may be within the folder of another table. */
function* sharedFolders(tables: Tables): Iterable<FileError> {
  /** By zone and folder: the first table with that folder, and the first table with a folder within it. */
  const readers = new Map<string, string>();
  const inside = new Map<string, string>();
  for (const [name, table] of tables) {
    const { zone, prefix = name } = table;
    if (zone === undefined || ('prefix' in table && table.prefix === undefined)) continue;
    const folders = prefix.split('/').map((_, index, parts) => `${zone}:${parts.slice(0, index + 1).join('/')}`);
    const own = folders.at(-1)!;
    const other = folders.map((folder) => readers.get(folder)).find((found) => found !== undefined) ?? inside.get(own);
    if (other) yield sharedFolder(name, other, tables);
    if (!readers.has(own)) readers.set(own, name);
    for (const folder of folders.slice(0, -1)) if (!inside.has(folder)) inside.set(folder, name);
  }
}

function sharedFolder(name: string, other: string, tables: Tables): FileError {
  const folderOf = (table: string) => tables.find(([found]) => found === table)?.[1].prefix ?? table;
  const { zone } = tables.find(([found]) => found === name)![1];
  const message = `must not share files with table ${other}, got folder '${folderOf(name)}' and '${folderOf(other)}' in zone ${zone}; set another prefix`;
  return error(['lake', 'tables', name], message, 'key');
}
