import { brokenIceberg } from '../../../lib/data-lake/lake-limits';
import {
  brokenFeatureRules,
  DEFAULT_OFFLINE_FORMAT,
  type FeatureGroupShape,
  OFFLINE_FOLDER,
} from '../../../lib/features/feature-limits';
import { type Draft, entryOf, written } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';
import { unknownName } from '../../environment/rules/references';
import { DEFAULT_FEATURE_ZONE } from './schema';

type DraftFeatures = NonNullable<Draft['features']>;
type DraftGroup = NonNullable<NonNullable<DraftFeatures['groups']>[string]>;
type Zones = NonNullable<NonNullable<Draft['lake']>['zones']>;

/** Keys of a group in the file by the parts of its shape. */
const KEYS = { features: 'columns', recordIdentifier: 'id', eventTime: 'eventTime' } as const;

/** Rules between the values of `features`. */
export function* featureRules(features: DraftFeatures, file: Draft): Iterable<FileError> {
  const zones = file.lake && 'zones' in file.lake ? file.lake.zones : { [DEFAULT_FEATURE_ZONE]: {} };
  for (const [name, group] of written(features.groups)) {
    const path = ['features', 'groups', name];
    yield* shapeRules(path, group);
    yield* readerRules(path, group);
    if (storageOf(group) === 'in-memory') {
      yield* onlineOnly(path, group);
      continue;
    }
    yield* zoneRules(path, group, zones);
    yield* tableRules(path, name, group, file);
  }
}

function* shapeRules(path: Path, group: DraftGroup): Iterable<FileError> {
  const { columns, id: recordIdentifier, eventTime } = group;
  if (!columns) return;
  const online = storageOf(group);
  const shape = { features: columns, recordIdentifier, eventTime, online, offline: offlineOf(group, online) };
  for (const { part, feature, value, rule } of brokenFeatureRules(shape)) {
    const place = feature === undefined ? [...path, KEYS[part]] : [...path, KEYS[part], feature];
    const [found] = broken(place, value, [rule]);
    yield rule.got === undefined ? found! : { ...found!, at: 'key' }; // the name breaks it, and not the value
  }
}

function storageOf(group: DraftGroup): FeatureGroupShape['online'] {
  if (!('online' in group)) return 'none';
  if (group.online === undefined) return undefined;
  return 'storage' in group.online ? group.online.storage : 'standard';
}

/** Feature Store copies what is in memory to no offline store (SageMaker guide, offline store). */
function* onlineOnly(path: Path, group: DraftGroup): Iterable<FileError> {
  for (const key of ['zone', 'format'] as const) {
    if (!(key in group)) continue;
    const message =
      'has no effect with an online store in memory, which has no offline store beside it; remove it, or set online.storage to standard';
    yield error([...path, key], message, 'key');
  }
}

function offlineOf(group: DraftGroup, online: FeatureGroupShape['online']): FeatureGroupShape['offline'] {
  if (online === undefined) return undefined;
  if (online === 'in-memory') return 'none';
  return 'format' in group ? group.format : DEFAULT_OFFLINE_FORMAT;
}

/** The default zone need not be there, and an Iceberg table needs its old files. */
function* zoneRules(path: Path, group: DraftGroup, zones: Zones | undefined): Iterable<FileError> {
  if (zones === undefined) return;
  const zoneName = 'zone' in group ? group.zone : DEFAULT_FEATURE_ZONE;
  if (zoneName === undefined) return;
  if (!('zone' in group) && !Object.hasOwn(zones, zoneName)) {
    yield error([...path, 'zone'], `${unknownName('lake.zones', zoneName, zones)} (its default)`, 'key');
  }
  const zone = entryOf(zones, zoneName);
  const format = 'format' in group ? group.format : DEFAULT_OFFLINE_FORMAT;
  if (format !== 'iceberg' || !zone || 'bucketArn' in zone) return;
  yield* broken([...path, 'format'], format, brokenIceberg(zoneName, zone, 'or format: glue'));
}

function* readerRules(path: Path, { team, readers = [] }: DraftGroup): Iterable<FileError> {
  for (const [index, reader] of readers.entries()) {
    if (reader === undefined) continue;
    const place = [...path, 'readers', index];
    if (reader === team)
      yield error(place, `must be another team, got '${reader}'; remove it, who writes a group reads it too`);
    else if (readers.indexOf(reader) < index)
      yield error(place, `must be listed once, got '${reader}' again; remove one`);
  }
}

/** Feature Store makes a table in the zone's database, and its folder in the zone's bucket. */
function* tableRules(path: Path, key: string, group: DraftGroup, { lake }: Draft): Iterable<FileError> {
  const { name = key, version = 1, zone = DEFAULT_FEATURE_ZONE } = group;
  const tableName = `${name.replaceAll('-', '_')}_v${version}`;
  for (const [other, table] of written(lake?.tables)) {
    if (table.zone !== zone) continue;
    if (other === tableName) {
      const message = `makes the table '${tableName}' in zone ${zone}, which lake.tables.${other} also makes; choose another name`;
      yield error(path, message, 'key');
    }
    const folder = table.prefix ?? other;
    if (folder === OFFLINE_FOLDER || folder.startsWith(`${OFFLINE_FOLDER}/`)) {
      yield error(
        ['lake', 'tables', other, ...('prefix' in table ? ['prefix'] : [])],
        `must not be in the folder ${OFFLINE_FOLDER}, where the feature groups of zone ${zone} are, got '${folder}'; set another prefix`,
        'prefix' in table ? 'value' : 'key',
      );
    }
  }
}
