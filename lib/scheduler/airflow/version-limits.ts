import type { BrokenRule } from '../../core/properties';

/** A version of Airflow that MWAA offers. */
export interface OfferedVersion {
  /** E.g. `3.12`: wheels in `plugins.zip` must fit it. */
  readonly python: string;
}

/** Source of {@link AIRFLOW_VERSIONS}. */
export const AIRFLOW_VERSIONS_SOURCE = 'MWAA guide, "Apache Airflow versions"; aws/amazon-mwaa-docker-images';
/** Day of {@link AIRFLOW_VERSIONS_SOURCE}: versions that MWAA has offered since then are not in the table. */
export const AIRFLOW_VERSIONS_DAY = '2026-11-27';

/** What MWAA offers, oldest first, from {@link AIRFLOW_VERSIONS_SOURCE} of {@link AIRFLOW_VERSIONS_DAY}. */
export const AIRFLOW_VERSIONS: Readonly<Record<string, OfferedVersion>> = {
  '2.7.2': { python: '3.11' },
  '2.8.1': { python: '3.11' },
  '2.9.2': { python: '3.11' },
  '2.10.1': { python: '3.11' },
  '2.10.3': { python: '3.11' },
  '2.11.0': { python: '3.12' },
  '3.0.6': { python: '3.12' },
};

/** Versions that MWAA has ended, with the day of the end (MWAA guide, "Apache Airflow versions"). */
const ENDED: Readonly<Record<string, string>> = {
  '2.4.3': '2025-12-30',
  '2.5.1': '2025-12-30',
  '2.6.3': '2025-12-30',
};

/** The newest version that MWAA offers, and the only one whose DAGs are started by events. */
export const DEFAULT_AIRFLOW_VERSION = '3.0.6';
/** First major version with asset watchers, which read the queue of a trigger. */
const FIRST_WITH_WATCHERS = 3;

/** `3` of `3.0.6`. */
export function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}

/** Whether DAGs can wait for messages: an asset watcher reads the queue of a trigger. */
export function hasWatchers(version: string): boolean {
  return majorOf(version) >= FIRST_WITH_WATCHERS;
}

/** What is wrong with a version: MWAA does not offer it, any more or at all. */
export function brokenVersion(version: string): BrokenRule[] {
  if (Object.hasOwn(AIRFLOW_VERSIONS, version)) return [];
  const offered = Object.keys(AIRFLOW_VERSIONS).join(', ');
  const ended = Object.hasOwn(ENDED, version) ? ` (MWAA ended ${version} on ${ENDED[version]})` : '';
  const must = `must be a version that MWAA offered on ${AIRFLOW_VERSIONS_DAY}: ${offered}${ended}`;
  return [{ must, fix: `use ${closest(version)}` }];
}

/** The newest version of the same major and minor one, then of the same major one. */
function closest(version: string): string {
  const [major, minor] = version.split('.');
  const all = Object.keys(AIRFLOW_VERSIONS);
  const near = [`${major}.${minor}.`, `${major}.`].map((start) => all.findLast((one) => one.startsWith(start)));
  return near.find((one) => one !== undefined) ?? DEFAULT_AIRFLOW_VERSION;
}
