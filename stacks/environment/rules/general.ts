import { MAX_TAGS, quote, RESERVED_TAG, TAG_VALUE } from '../../../lib/core/text-pattern';
import type { Draft } from '../draft';
import { error, type FileError, type Path } from '../errors';

/** Tags that the platform sets itself. */
export const PLATFORM_TAGS = ['project', 'environment', 'owner', 'managed-by'];
/** Most tags that a single resource adds: the name of a subnet and its load balancer role. */
const OWN_TAGS = 2;
const TAG_KEY = /^[\w .:/=+@-]{1,128}$/;

/** Projects with which the names of buckets (S3) or of security groups (EC2, which takes sg- for an id) are reserved. */
const RESERVED_PROJECT = /^(sthree|sg|amzn-s3-demo)(-|$)|^amzn$/;

export function* generalRules(environment: Draft): Iterable<FileError> {
  const { project } = environment;
  if (project !== undefined && RESERVED_PROJECT.test(project)) {
    yield error(
      ['project'],
      `must not be amzn, nor be or begin with sthree, sg or amzn-s3-demo, got '${project}'; choose another name, AWS reserves these prefixes`,
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
      `must be at most ${max} tags, got ${keys.length}; remove ${keys.length - max}: AWS allows ${MAX_TAGS}, the platform sets ${MAX_TAGS - max}`,
      'key',
    );
  for (const [index, key] of keys.entries()) {
    const path = ['tags', key];
    const twin = keys.slice(0, index).find((other) => other.toLowerCase() === key.toLowerCase());
    if (PLATFORM_TAGS.includes(key.toLowerCase())) {
      yield error(path, `is set by the platform, got '${key}'; choose another name`, 'key');
    } else if (twin !== undefined) {
      yield error(
        path,
        `must differ from '${twin}' in more than case, got '${key}'; keep one of them, IAM ignores case`,
        'key',
      );
    } else if (RESERVED_TAG.test(key)) {
      yield error(
        path,
        `must not begin with aws: or rds:, got '${key}'; choose another name, AWS reserves these prefixes`,
        'key',
      );
    } else if (!TAG_KEY.test(key)) {
      const fix = key === '' ? 'write a name' : 'remove other characters';
      yield error(
        path,
        `the name must be 1 to 128 letters, digits, spaces and . : / = + @ - _, got ${quote(key)}; ${fix}`,
        'key',
      );
    }
    yield* tagValueRule(path, tags[key]);
  }
}

function* tagValueRule(path: Path, value: string | undefined): Iterable<FileError> {
  if (value === undefined || (TAG_VALUE.pattern.test(value) && !RESERVED_TAG.test(value))) return;
  yield error(
    path,
    `must be letters, digits, spaces and . : / = + @ - _, not beginning with aws: or rds:, got ${quote(value)}; remove other characters`,
  );
}
