import { basename, extname } from 'node:path';
import { quote } from '../../../lib/core/text-pattern';
import { DATABASE, WORKGROUP } from '../../../lib/data-lake/lake-limits';
import { CACHE_PREFIX, REPOSITORY } from '../../../lib/registry/registry-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import type { Draft } from '../draft';
import { type Fault, fault, type Path } from '../faults';

/** Longest names that AWS takes for what the names of an environment file become a part of. */
export const NAME_LIMITS = {
  bucket: BUCKET.maxLength,
  database: DATABASE.maxLength,
  workgroup: WORKGROUP.maxLength,
  repository: REPOSITORY.maxLength,
  'pull-through cache': CACHE_PREFIX.maxLength,
} as const;

/** Buckets of the platform's own. */
export const PLATFORM_BUCKETS = ['access-logs', 'query-results', 'conversions', 'models'];

/** `<project>-<environment>-<name>`, buckets also with `-<account>-<region>`, which makes them unique in the world. */
export function* nameRules({ project, environment, account, region, lake, registry, teams }: Draft): Iterable<Fault> {
  if (project === undefined || environment === undefined) return;
  const named = (path: Path, kind: keyof typeof NAME_LIMITS, ...suffix: string[]) =>
    tooLong(path, kind, [project, environment, `${path.at(-1)}`, ...suffix].join('-'));

  if (account && region) {
    const [longest = ''] = PLATFORM_BUCKETS.toSorted((a, b) => b.length - a.length);
    yield* tooLong(['project'], 'bucket', [project, environment, longest, account, region].join('-'));
  }
  for (const [name, zone] of Object.entries(lake?.zones ?? {})) {
    if (PLATFORM_BUCKETS.includes(name)) {
      yield fault(
        ['lake', 'zones', name],
        `is the name of a bucket of the platform's own; choose another than ${PLATFORM_BUCKETS.join(', ')}`,
        'key',
      );
    }
    if (zone && 'bucketArn' in zone) yield* named(['lake', 'zones', name], 'database');
    else if (account && region) yield* named(['lake', 'zones', name], 'bucket', account, region);
  }
  for (const team of Object.keys(teams ?? {})) yield* named(['teams', team], 'workgroup');
  const { images = [] } = registry ?? {};
  if (Array.isArray(images)) {
    for (const [index, image] of images.entries()) {
      if (image !== undefined)
        yield* tooLong(['registry', 'images', index], 'repository', `${project}-${environment}-${image}`);
    }
  } else for (const image of Object.keys(images)) yield* named(['registry', 'images', image], 'repository');
  for (const key of Object.keys(registry?.pullThroughCache ?? {})) {
    const path = ['registry', 'pullThroughCache', key];
    yield* tooLong(path, 'pull-through cache', [project, environment, upstreamName(key)].join('-'));
  }
}

/** The name of an upstream is the platform's: what can be shortened is what stands before it. */
function upstreamName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function* tooLong(path: Path, kind: keyof typeof NAME_LIMITS, name: string): Iterable<Fault> {
  const excess = name.length - NAME_LIMITS[kind];
  if (excess <= 0) return;
  yield fault(
    path,
    `makes the ${kind} name ${quote(name)} of ${name.length} characters; the limit is ${NAME_LIMITS[kind]}, shorten it by ${excess}`,
    typeof path.at(-1) === 'number' ? 'value' : 'key',
  );
}

/**
 * A file is named like its environment, or like its project and environment. A copy that kept the name would change the
 * resources of the original.
 */
export function* fileNameRule(file: string, { project, environment }: Draft): Iterable<Fault> {
  const name = basename(file, extname(file));
  if (environment === undefined || name === environment || name === `${project}-${environment}`) return;
  yield fault(
    ['environment'],
    `must be the name of the file, got '${environment}'; write '${name}', or name the file ${environment}${extname(file)}: two files of one environment would change each other's resources`,
  );
}
