import { columnTypeError } from '../../../lib/data-lake/column-type';
import { CLASSIFICATIONS, DEFAULT_ZONES } from '../../../lib/data-lake/lake-limits';
import type { Draft, DraftLake, DraftTable } from '../draft';
import { type Fault, fault, type Path } from '../faults';
import { conversionRules } from './conversion';
import { unknownName } from './unknown-name';

type Zone = NonNullable<NonNullable<DraftLake['zones']>[string]>;
type Tables = readonly (readonly [name: string, table: DraftTable])[];

/** What only the owner of a bucket decides. */
const LIFECYCLE = ['tierAfterDays', 'archiveAfterDays', 'expireAfterDays'] as const;

const FORMAT_OPTIONS: Record<string, readonly string[]> = {
  header: ['csv', 'tsv'],
  separator: ['csv'],
  quote: ['csv'],
};

export function* lakeRules(environment: Draft): Iterable<Fault> {
  const { lake = {} } = environment;
  const tables = written(lake.tables);
  for (const [name, zone] of written(lake.zones)) yield* zoneRules(['lake', 'zones', name], zone);
  yield* sharedBuckets(lake);
  for (const [name, table] of tables) {
    const path = ['lake', 'tables', name];
    yield* references(path, table, environment);
    yield* columns(path, table);
    yield* formatOptions(path, table);
    yield* partitions(path, table);
    yield* aboutColumns(path, table);
    yield* conversionRules(path, table, lake);
    yield* sensitivity(path, table, lake);
  }
  yield* sharedFolders(tables);
}

function* zoneRules(path: Path, zone: Zone): Iterable<Fault> {
  const moments = LIFECYCLE.flatMap((key) => (zone[key] === undefined ? [] : [{ key, days: zone[key] }]));
  for (const [index, { key, days }] of moments.entries()) {
    const before = moments[index - 1];
    if (before && days <= before.days) {
      yield fault(
        [...path, key],
        `must be more than ${before.key} ${before.days}, got the number ${days}; raise it or leave one of them out`,
      );
    }
  }
  if ('bucketArn' in zone) {
    for (const key of LIFECYCLE) {
      if (key in zone)
        yield fault(
          [...path, key],
          'changes nothing in an existing bucket; leave it to the owner of the bucket',
          'key',
        );
    }
  } else if ('keyArn' in zone) {
    yield fault(
      [...path, 'keyArn'],
      'names the key of an existing bucket, but bucketArn is missing; give both or neither',
      'key',
    );
  }
}

function* sharedBuckets({ zones }: DraftLake): Iterable<Fault> {
  const zoneOf = new Map<string, string>();
  for (const [name, { bucketArn }] of written(zones)) {
    if (bucketArn === undefined) continue;
    const other = zoneOf.get(bucketArn);
    if (other)
      yield fault(
        ['lake', 'zones', name, 'bucketArn'],
        `is the bucket of zone ${other} already, got '${bucketArn}'; give each zone its own`,
      );
    zoneOf.set(bucketArn, name);
  }
}

function* references(path: Path, { zone, owner }: DraftTable, environment: Draft): Iterable<Fault> {
  const { lake = {} } = environment;
  const zones = lake.zones ?? ('zones' in lake ? undefined : DEFAULT_ZONES);
  if (zone !== undefined && zones && !Object.hasOwn(zones, zone)) {
    yield fault([...path, 'zone'], unknownName('lake.zones', zone, zones));
  }
  const teams = environment.teams ?? ('teams' in environment ? undefined : {});
  if (owner !== undefined && teams && !Object.hasOwn(teams, owner)) {
    yield fault([...path, 'owner'], unknownName('teams', owner, teams));
  }
}

function* columns(path: Path, { columns: types, format, quote }: DraftTable): Iterable<Fault> {
  const columnFormat = format === 'csv' && quote === '' ? 'tsv' : format; // read by the same SerDe
  if (types && Object.keys(types).length === 0) {
    yield fault([...path, 'columns'], 'must hold at least one column, got none; add for example id: string');
  }
  for (const [name, type] of written(types)) {
    const must = columnTypeError(type, columnFormat);
    if (must) yield fault([...path, 'columns', name], `got '${type}', must be ${must}`);
  }
}

function* aboutColumns(
  path: Path,
  { columns: types, columnComments = {}, personalColumns = [] }: DraftTable,
): Iterable<Fault> {
  if (!types) return;
  for (const name of Object.keys(columnComments)) {
    if (!Object.hasOwn(types, name))
      yield fault([...path, 'columnComments', name], unknownName('columns', name, types), 'key');
  }
  for (const [index, name] of personalColumns.entries()) {
    if (name !== undefined && !Object.hasOwn(types, name))
      yield fault([...path, 'personalColumns', index], unknownName('columns', name, types));
  }
}

/** Options of formats that the table does not have. */
function* formatOptions(path: Path, table: DraftTable): Iterable<Fault> {
  const { format, separator, quote } = table;
  if (format === undefined) return;
  for (const [key, formats] of Object.entries(FORMAT_OPTIONS)) {
    if (key in table && !formats.includes(format)) {
      yield fault(
        [...path, key],
        `changes nothing in ${format}; leave it out, it is for ${formats.join(' and ')}`,
        'key',
      );
    }
  }
  if (separator !== undefined && separator === quote) {
    yield fault([...path, 'quote'], `must differ from separator, got '${quote}'; choose another of the two`);
  }
}

function* partitions(path: Path, { partitions: specs, columns: types = {}, format }: DraftTable): Iterable<Fault> {
  const here = [...path, 'partitions'];
  if (format === 'iceberg' && specs && Object.keys(specs).length > 0) {
    yield fault(
      here,
      'are not for iceberg, which keeps its own in the table; leave them out and partition when writing',
      'key',
    );
  }
  for (const [name, spec] of written(specs)) {
    if (Object.hasOwn(types, name))
      yield fault(
        [...here, name],
        `is a column too; leave '${name}' out of columns, its value stands in the folder name`,
        'key',
      );
    if (typeof spec === 'string') continue;
    if (spec.type === 'int' && spec.min !== undefined && spec.max !== undefined && spec.min > spec.max) {
      yield fault(
        [...here, name, 'max'],
        `must be at least min ${spec.min}, got the number ${spec.max}; exchange the two`,
      );
    }
    if (spec.type === 'date' && spec.from !== undefined && !spec.from.startsWith('NOW') && !isDate(spec.from)) {
      yield fault(
        [...here, name, 'from'],
        `must be a day of the calendar, got '${spec.from}'; correct the month or the day`,
      );
    }
    if (spec.type === 'string') yield* repeated([...here, name, 'values'], spec.values ?? []);
  }
}

function* repeated(path: Path, values: readonly (string | undefined)[]): Iterable<Fault> {
  for (const [index, value] of values.entries()) {
    if (value !== undefined && values.indexOf(value) < index)
      yield fault([...path, index], `stands twice in the list, got '${value}'; keep one`);
  }
}

function* sensitivity(
  path: Path,
  { classification, zone = '' }: DraftTable,
  { zones = {} }: DraftLake,
): Iterable<Fault> {
  const ceiling = zones[zone]?.classification;
  if (!classification || !ceiling || CLASSIFICATIONS.indexOf(classification) <= CLASSIFICATIONS.indexOf(ceiling))
    return;
  yield fault(
    [...path, 'classification'],
    `must not be above that of zone ${zone}, which is ${ceiling}, got '${classification}'; move the table or raise the zone`,
  );
}

/** A table reads every file below its folder, so none may lie within another's. */
function* sharedFolders(tables: Tables): Iterable<Fault> {
  const folders = tables.flatMap(([name, table]) =>
    'prefix' in table && table.prefix === undefined ? [] : [{ name, zone: table.zone, folder: table.prefix ?? name }],
  );
  for (const [index, { name, zone, folder }] of folders.entries()) {
    if (zone === undefined) continue;
    const other = folders
      .slice(0, index)
      .find(
        (table) =>
          table.zone === zone &&
          (`${table.folder}/`.startsWith(`${folder}/`) || `${folder}/`.startsWith(`${table.folder}/`)),
      );
    if (other) {
      yield fault(
        ['lake', 'tables', name],
        `reads folder '${folder}' of zone ${zone}, and table ${other.name} reads '${other.folder}': one lies within the other; give each a prefix of its own`,
        'key',
      );
    }
  }
}

function isDate(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The entries of a mapping that are not at fault themselves. */
function written<T>(record: Readonly<Record<string, T | undefined>> = {}): [string, T][] {
  return Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined);
}
