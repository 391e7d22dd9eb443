import type { Draft } from '../../environment/draft';

/**
 * What can be shipped. Left out: notebooks, which are personal; the logs of OpenSearch and of the delivery, which would log themselves;
 * the functions of the platform and counted events, of which there are few lines.
 */
export const SOURCES = ['jobs', 'batch', 'endpoints', 'airflow', 'triggers', 'database', 'connections'] as const;
/** One of {@link SOURCES}. */
export type Source = (typeof SOURCES)[number];

/** What of the file each source is. */
const PARTS: Readonly<Record<Source, string>> = {
  jobs: 'training',
  batch: 'training.batch',
  endpoints: 'models',
  airflow: 'scheduler.airflow',
  triggers: 'scheduler.triggers',
  database: 'registry.database',
  connections: 'network',
};

/** Why a source has no log groups in the file; `undefined` if it has. A part that is invalid may have. */
export function whyNot(source: Source, file: Draft): string | undefined {
  if (source === 'connections') {
    return file.network !== undefined && 'vpcId' in file.network
      ? 'has no effect with an existing VPC, whose flow log is not known; remove it'
      : undefined;
  }
  if (source === 'jobs' && file.training?.ownsLogGroups === false) {
    return 'has no effect without the log groups, got training.ownsLogGroups false; remove it';
  }
  let part: unknown = file;
  for (const key of PARTS[source].split('.')) {
    if (part === undefined) return undefined;
    if (typeof part !== 'object' || part === null || !(key in part)) {
      return `has no effect without ${PARTS[source]}; remove it`;
    }
    part = (part as Record<string, unknown>)[key];
  }
  return undefined;
}
