import { CLASSIFICATIONS, DEFAULT_CLASSIFICATION } from '../../../lib/data-lake/lake-limits';
import { type Draft, entryOf, written } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';
import type { DraftModel } from './draft';
import { DEFAULT_CAPTURE_ZONE } from './schema';

/** What is captured, and where. */
export function* captureRules(path: Path, name: string, model: DraftModel, { lake }: Draft): Iterable<FileError> {
  if (!('capture' in model)) {
    if ('classification' in model && model.classification !== undefined) {
      yield error([...path, 'classification'], 'has no effect without capture; remove it', 'key');
    }
    return;
  }
  const { capture: own, classification } = model;
  if (own === undefined) return;
  const { zone: zoneName = DEFAULT_CAPTURE_ZONE } = own;
  const zones = lake?.zones ?? { raw: {}, curated: {}, features: {} };
  if (!Object.hasOwn(zones, zoneName)) {
    if (!('zone' in own)) {
      yield error(
        [...path, 'capture'],
        `is missing its zone, because lake.zones has no ${DEFAULT_CAPTURE_ZONE}; add zone`,
        'key',
      );
    }
    return;
  }
  const zone = entryOf(zones, zoneName);
  if (zone === undefined) return;
  const tables = written(lake?.tables);
  const inZone = tables.filter(([, table]) => table.zone === zoneName);
  const ceiling =
    zone.classification ?? highest(inZone.map(([, table]) => table.classification ?? DEFAULT_CLASSIFICATION));
  if (classification && CLASSIFICATIONS.indexOf(classification) > CLASSIFICATIONS.indexOf(ceiling)) {
    const message = `must not be above ${ceiling}, the classification of zone ${zoneName}, got '${classification}'; use another zone or raise its classification`;
    yield error([...path, 'classification'], message);
  }
  if ((classification ?? ceiling) === 'personal' && !('days' in own) && !('expireAfterDays' in zone)) {
    const message =
      'is missing its days, because requests and answers are personal data; add days, after which they are deleted';
    yield error([...path, 'capture'], message, 'key');
  }
  if ('days' in own && 'bucketArn' in zone) {
    const message = `has no effect in zone ${zoneName}, whose bucket exists already; remove it, and add a rule for the folder captured there`;
    yield error([...path, 'capture', 'days'], message, 'key');
  }
  const { days } = own;
  const { expireAfterDays } = zone;
  if (days !== undefined && expireAfterDays !== undefined && days > expireAfterDays) {
    const message = `must be at most ${expireAfterDays}, because zone ${zoneName} deletes its files then, got the number ${days}; lower it, or raise expireAfterDays of the zone`;
    yield error([...path, 'capture', 'days'], message);
  }
  const table = `captured_${name.replaceAll('-', '_')}`;
  if (inZone.some(([other]) => other === table)) {
    const message = `makes the table ${table} in zone ${zoneName}, which lake.tables has too; rename that table, or capture into another zone`;
    yield error([...path, 'capture'], message, 'key');
  }
}

function highest(levels: readonly (typeof CLASSIFICATIONS)[number][]): (typeof CLASSIFICATIONS)[number] {
  const top = Math.max(...levels.map((level) => CLASSIFICATIONS.indexOf(level)));
  return CLASSIFICATIONS[top] ?? DEFAULT_CLASSIFICATION;
}
