import { defaultsOf, type Kind } from '../../../lib/monitoring/kinds/kinds';
import { type Draft, written } from '../../environment/draft';
import { nearest } from '../../environment/text/nearest';

/** Things of which an environment has one. */
const SINGLE = ['network', 'database', 'lake', 'airflow', 'logs'] as const satisfies readonly Kind[];
const NO_SEARCH = 'has no effect without logs.engine opensearch; remove it';
/** Things with names, by what begins their names in alarms. */
export const PREFIXES = { pipeline: 'pipeline', batch: 'batch', model: 'endpoint' } as const satisfies Readonly<
  Record<string, Kind>
>;

/** A thing of the file, or why it is none. */
export type Found = { readonly kind: Kind; readonly name: string } | { readonly why: string };

/** What is meant by the name of a thing in alarms, such as `pipeline-churn`. */
export function thingOf(thing: string, file: Draft): Found {
  const single = SINGLE.find((kind) => kind === thing);
  if (single) {
    const why = missing(single, file);
    return why === undefined ? { kind: single, name: thing } : { why };
  }
  const names = namedThings(file);
  const found = names.get(thing);
  if (found) return found;
  const known = [...SINGLE.filter((kind) => missing(kind, file) === undefined), ...names.keys()];
  const meant = nearest(thing, known);
  const fix = meant === undefined ? `use one of ${known.join(', ')}` : `did you mean '${meant}'?`;
  return { why: `must be a thing of the file, got '${thing}'; ${fix}` };
}

/** Whether the file has anything with alarms. A part that is invalid may have. */
export function watchesAnything(file: Draft): boolean {
  const isSingle = (['network', 'database', 'airflow', 'logs'] as const).some(
    (kind) => missing(kind, file) === undefined,
  );
  const { lake, training, models } = file;
  const invalid = [lake, training, models].some((section, index) => {
    return section === undefined && ['lake', 'training', 'models'][index]! in file;
  });
  const hasTables = written(lake?.tables).some(([, table]) => 'quality' in table || 'convertFrom' in table);
  return isSingle || invalid || hasTables || namedThings(file).size > 0;
}

/** Names of the alarms of a kind. */
export function alarmNames(kind: Kind): readonly string[] {
  return [...defaultsOf(kind).keys()];
}

function namedThings(file: Draft): Map<string, { readonly kind: Kind; readonly name: string }> {
  const mappings = { pipeline: file.training?.pipelines, batch: file.training?.batch, model: file.models };
  const things = new Map<string, { readonly kind: Kind; readonly name: string }>();
  for (const [prefix, kind] of Object.entries(PREFIXES)) {
    for (const name of Object.keys(mappings[prefix as keyof typeof mappings] ?? {})) {
      things.set(`${prefix}-${name}`, { kind, name });
    }
  }
  return things;
}

/** Why there is no such thing, or nothing to watch of it. A section that is invalid may have it. */
function missing(kind: (typeof SINGLE)[number], file: Draft): string | undefined {
  const { logs, network, registry, scheduler } = file;
  switch (kind) {
    case 'network':
      return network !== undefined && 'vpcId' in network
        ? 'has no effect with an existing VPC, whose gateways and flow log are not known; remove it'
        : undefined;
    case 'database':
      return isThere(file, 'registry', registry, 'database')
        ? undefined
        : 'has no effect without registry.database; remove it';
    case 'airflow':
      return isThere(file, 'scheduler', scheduler, 'airflow')
        ? undefined
        : 'has no effect without scheduler.airflow; remove it';
    case 'logs':
      return logs === undefined
        ? 'logs' in file
          ? undefined
          : NO_SEARCH
        : logs.engine === 'opensearch'
          ? undefined
          : NO_SEARCH;
    default:
      return undefined;
  }
}

function isThere(file: Draft, section: string, value: object | undefined, key: string): boolean {
  return value === undefined ? section in file : key in value;
}
