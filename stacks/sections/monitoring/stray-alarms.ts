import type { Kind } from '../../../lib/monitoring/kinds/kinds';
import { type Draft, entryOf, written } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';
import { unknownName } from '../../environment/rules/references';
import type { DraftMonitoring } from './rules';

/** Changes of alarms that the file does not have: of a thing that is not there, or that has no such alarm. */
export function* strayAlarms(
  kind: Kind,
  path: Path,
  alarms: object,
  own: DraftMonitoring,
  file: Draft,
): Iterable<FileError> {
  const missing = missingThing(kind, path, file);
  if (missing !== undefined) {
    yield error(path, missing, 'key');
    return;
  }
  for (const [name] of written(alarms as Record<string, object>)) {
    const why = kind === 'database' ? notOfDatabase(name, file) : notOfOthers(kind, name, path, own, file);
    if (why !== undefined) yield error([...path, name], `has no effect ${why}`, 'key');
  }
}

/** Why the thing at a path of `monitoring.alarms` is not there. */
function missingThing(kind: Kind, path: Path, file: Draft): string | undefined {
  const name = `${path.at(-1)}`;
  const named = (mapping: string, names: object) =>
    Object.hasOwn(names, name) ? undefined : unknownName(mapping, name, names);
  switch (kind) {
    case 'network':
      return file.network !== undefined && 'vpcId' in file.network
        ? 'has no effect with an existing VPC, whose gateways and flow log are not known; remove it'
        : undefined;
    case 'database':
      return file.registry !== undefined && !('database' in file.registry)
        ? 'has no effect without registry.database; remove it'
        : undefined;
    case 'airflow':
      return ('scheduler' in file && file.scheduler === undefined) || 'airflow' in (file.scheduler ?? {})
        ? undefined
        : 'has no effect without scheduler.airflow; remove it';
    case 'pipeline':
      return named('training.pipelines', file.training?.pipelines ?? {});
    case 'batch':
      return named('training.batch', file.training?.batch ?? {});
    case 'endpoint':
      return named('models', (file as { readonly models?: object }).models ?? {});
    default:
      return undefined;
  }
}

/** Which engine and size of a database has an alarm. */
function notOfDatabase(name: string, { registry }: Draft): string | undefined {
  const database = registry?.database;
  if (database === undefined) return undefined;
  const isAurora = 'engine' in database && database.engine === 'aurora';
  if (isAurora && (name === 'low-storage' || name === 'slow-disk')) {
    return 'with engine aurora, whose storage grows by itself; remove it';
  }
  if (!isAurora && name === 'replica-lag') return 'with engine rds, which has no readers; remove it';
  const { minCapacityAcu } = database as { readonly minCapacityAcu?: number };
  if (isAurora && name === 'no-heartbeat' && minCapacityAcu === 0) {
    return 'with minCapacityAcu 0: a database that pauses reports nothing; remove it';
  }
  return undefined;
}

function notOfOthers(kind: Kind, name: string, path: Path, own: DraftMonitoring, file: Draft): string | undefined {
  const thing = `${path.at(-1)}`;
  if (kind === 'pipeline' && name === 'no-success') {
    return entryOf(own.succeedsEvery ?? {}, thing) === undefined && !Object.hasOwn(own.succeedsEvery ?? {}, thing)
      ? `without monitoring.succeedsEvery.${thing}; add the hours there`
      : undefined;
  }
  if (kind === 'network' && name !== 'denied-connections' && file.network && 'nat' in file.network) {
    return file.network.nat === 'none' ? 'with nat: none, which has no gateway; remove it' : undefined;
  }
  if (kind !== 'lake') return undefined;
  const key = name === 'bad-data' ? 'quality' : 'convertFrom';
  return written(file.lake?.tables).some(([, table]) => key in table)
    ? undefined
    : `without a table that has ${key}; remove it`;
}
