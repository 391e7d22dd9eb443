import { quote } from '../../../lib/core/text-pattern';
import type { Draft } from '../draft';
import { error, type FileError, type Path } from '../errors';

/** Tags that the platform sets itself. */
export const PLATFORM_TAGS = ['project', 'environment', 'owner', 'managed-by'];
/** Most tags that a resource has of its own: a subnet's name, and what load balancers know it by. */
const OWN_TAGS = 2;
export const MAX_TAGS = 50;
const TAG_KEY = /^[\w .:/=+@-]{1,128}$/;
/** What the narrowest of the services, IAM and RDS among them, take in the value of a tag. */
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;
/** Beginnings of keys and values that AWS, or RDS alone, keeps for itself. */
const RESERVED_TAG = /^(aws|rds):/i;

/** Beginnings of bucket names that S3 keeps for itself. */
const RESERVED_PROJECTS = ['sthree', 'amzn'];

export function* generalRules(environment: Draft): Iterable<FileError> {
  const { project } = environment;
  if (project !== undefined && RESERVED_PROJECTS.includes(project)) {
    yield error(
      ['project'],
      `must not be one of ${RESERVED_PROJECTS.join(', ')}, got '${project}'; S3 keeps such bucket names for itself`,
    );
  }
  yield* tagRules(environment.tags);
  yield* tagValueRule(['owner'], environment.owner);
}

function* tagRules(tags: Draft['tags'] = {}): Iterable<FileError> {
  const keys = Object.keys(tags);
  const max = MAX_TAGS - PLATFORM_TAGS.length - OWN_TAGS;
  if (keys.length > max)
    yield error(
      ['tags'],
      `must be at most ${max}, got ${keys.length}; AWS takes ${MAX_TAGS}, ${MAX_TAGS - max} are the platform's`,
      'key',
    );
  for (const [index, key] of keys.entries()) {
    const path = ['tags', key];
    const twin = keys.slice(0, index).find((other) => other.toLowerCase() === key.toLowerCase());
    if (PLATFORM_TAGS.includes(key.toLowerCase())) {
      yield error(path, `is set by the platform, got '${key}'; choose another name`, 'key');
    } else if (twin !== undefined) {
      yield error(path, `is '${twin}' again to IAM, which takes both cases for one; keep one of the two`, 'key');
    } else if (RESERVED_TAG.test(key)) {
      yield error(path, `must not begin with aws: or rds:, got '${key}'; AWS keeps such tags for itself`, 'key');
    } else if (!TAG_KEY.test(key)) {
      yield error(
        path,
        `the name must be 1 to 128 letters, digits, spaces and . : / = + @ - _, got ${quote(key)}; remove the rest`,
        'key',
      );
    }
    yield* tagValueRule(path, tags[key]);
  }
}

function* tagValueRule(path: Path, value: string | undefined): Iterable<FileError> {
  if (value === undefined || (TAG_VALUE.test(value) && !RESERVED_TAG.test(value))) return;
  yield error(
    path,
    `must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got ${quote(value)}; AWS takes nothing else in a tag`,
  );
}
