import { brokenOverride } from '../../../lib/monitoring/alarms/alarm-limits';
import { endpointAlarms } from '../../../lib/monitoring/kinds/endpoint-alarms';
import { defaultsOf, type Kind } from '../../../lib/monitoring/kinds/kinds';
import { type Draft, entryOf, written } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';
import { nearest } from '../../environment/text/nearest';
import type { DraftMonitoring } from './rules';
import { alarmNames, thingOf } from './things';

/** Rules of `monitoring.graphs`: each belongs to a thing that has a part of a dashboard. */
export function* graphRules({ graphs, dashboards }: DraftMonitoring, file: Draft): Iterable<FileError> {
  for (const [thing] of written(graphs)) {
    const path = ['monitoring', 'graphs', thing];
    const found = thingOf(thing, file);
    if ('why' in found) yield error(path, found.why, 'key');
    else if (dashboards === false) yield error(path, 'has no effect with dashboards: false; remove it', 'key');
  }
}

/** Rules of `monitoring.alarms`: each changes an alarm that there is, to what CloudWatch takes. */
export function* alarmRules(own: DraftMonitoring, file: Draft): Iterable<FileError> {
  for (const [thing, alarms] of written(own.alarms)) {
    const path = ['monitoring', 'alarms', thing];
    const found = thingOf(thing, file);
    if ('why' in found) {
      yield error(path, found.why, 'key');
      continue;
    }
    for (const [name, override] of written(alarms)) {
      const place = [...path, name];
      const why = unknown(found.kind, name) ?? noEffect(found.kind, name, found.name, own, file);
      if (why !== undefined) yield error(place, why, 'key');
      else if (override !== false) yield* limits(found.kind, place, override);
    }
  }
}

function unknown(kind: Kind, name: string): string | undefined {
  const names = alarmNames(kind);
  if (names.includes(name)) return undefined;
  const meant = nearest(name, names);
  const fix = meant === undefined ? `use one of ${names.join(', ')}` : `did you mean '${meant}'?`;
  return `must be an alarm of it, got '${name}'; ${fix}`;
}

function* limits(kind: Kind, path: Path, override: Parameters<typeof brokenOverride>[1]): Iterable<FileError> {
  const spec = defaultsOf(kind).get(path.at(-1) as string)!;
  for (const { key, rule } of brokenOverride(spec, override)) yield* broken([...path, key], override[key]!, [rule]);
}

/** Why the thing does not have an alarm of its kind. */
function noEffect(
  kind: Kind,
  alarm: string,
  name: string,
  { succeedsEvery = {} }: DraftMonitoring,
  file: Draft,
): string | undefined {
  switch (kind) {
    case 'database':
      return notOfDatabase(alarm, file);
    case 'network': {
      const isClosed = file.network && 'nat' in file.network && file.network.nat === 'none';
      return isClosed && alarm !== 'denied-connections'
        ? 'has no effect with nat: none, which has no gateway; remove it'
        : undefined;
    }
    case 'lake': {
      const key = alarm === 'bad-data' ? 'quality' : 'convertFrom';
      const has = written(file.lake?.tables).some(([, table]) => key in table);
      return has ? undefined : `has no effect without a table that has ${key}; remove it`;
    }
    case 'pipeline':
      return alarm !== 'no-success' || Object.hasOwn(succeedsEvery, name)
        ? undefined
        : `has no effect without monitoring.succeedsEvery.${name}; add the hours there`;
    case 'endpoint':
      return notOfModel(alarm, entryOf(file.models ?? {}, name));
    default:
      return undefined;
  }
}

/** Which engine and size of a database has an alarm. */
function notOfDatabase(alarm: string, { registry }: Draft): string | undefined {
  const database = registry?.database;
  if (database === undefined) return undefined;
  const isAurora = 'engine' in database && database.engine === 'aurora';
  if (isAurora && (alarm === 'low-storage' || alarm === 'slow-disk')) {
    return 'has no effect with engine aurora, whose storage grows by itself; remove it';
  }
  if (!isAurora && alarm === 'replica-lag') return 'has no effect with engine rds, which has no readers; remove it';
  const { minCapacityAcu } = database as { readonly minCapacityAcu?: number };
  return isAurora && alarm === 'no-heartbeat' && minCapacityAcu === 0
    ? 'has no effect with minCapacityAcu 0: a database that pauses reports nothing; remove it'
    : undefined;
}

/** Which alarms an endpoint has by how it answers, and by its instances. */
function notOfModel(alarm: string, model: NonNullable<Draft['models']>[string]): string | undefined {
  if (model === undefined || ('instance' in model && model.instance === undefined)) return undefined;
  const kinds = ['serverless', 'asynchronous'] as const;
  const invocation = kinds.find((kind) => kind in model) ?? 'real-time';
  const types = [model.instance, model.challenger?.instance ?? model.instance];
  const variants = types.map((instanceType, index) => ({ name: `${index}`, instanceType }));
  const names = new Set(endpointAlarms({ endpointName: 'it', invocation, variants }).map(({ name }) => name));
  return names.has(alarm) ? undefined : `has no effect on such a model, which has ${[...names].join(', ')}; remove it`;
}
