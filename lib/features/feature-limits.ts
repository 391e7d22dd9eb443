import type { AwsNameKind } from '../aws/name-kind';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';

/** Names of SageMaker feature groups, with the version at the end. */
export const FEATURE_GROUP: AwsNameKind = {
  kind: 'feature group',
  maxLength: 64,
  uniqueIn: 'region',
  ignoresCase: true,
};
/** Versions of a group, the last part of its name. */
export const FEATURE_GROUP_VERSION: TextPattern = {
  pattern: /^[1-9]\d{0,3}$/,
  meaning: 'a whole number from 1 to 9999',
};
/** Most features of a group (SageMaker guide, quotas of Feature Store). */
export const MAX_FEATURES = 2500;
/** Columns that Feature Store adds to every offline store. */
export const RESERVED_FEATURES = ['is_deleted', 'write_time', 'api_invocation_time'] as const;
/** Longest description of a group. */
export const MAX_FEATURE_GROUP_DESCRIPTION = 128;

/** Name of a feature: what SageMaker, Glue and Athena accept without quotes. */
export const FEATURE_NAME: TextPattern = {
  pattern: /^(?=.{1,64}$)[a-z](_*[a-z0-9])*$/,
  meaning:
    'up to 64 lower-case letters, digits and underscores, beginning with a letter, not ending with an underscore',
};
/** Type of a feature in an environment file. */
export const FEATURE_TYPE: TextPattern = {
  pattern: /^(integral|fractional|string|(list|set)<(integral|fractional|string)>|vector<[1-9]\d{0,3}>)$/,
  meaning: 'integral, fractional, string, list<string>, set<integral> or vector<384>',
};
/** Numbers of elements that a vector may have. */
export const VECTOR_DIMENSION = { min: 1, max: 8192 } as const;
/** Types of the time of an event: ISO-8601 in UTC, or seconds since 1970. */
export const EVENT_TIME_TYPES = ['string', 'fractional'] as const;
/** Types of the time of an event beside an Iceberg table, which Feature Store makes with no other (SageMaker guide, offline store). */
export const ICEBERG_TIME_TYPES = ['string'] as const;

/** Storage of an online store. */
export const ONLINE_STORAGES = ['standard', 'in-memory'] as const;
/** One of {@link ONLINE_STORAGES}. */
export type OnlineStorage = (typeof ONLINE_STORAGES)[number];
/** Default storage of an online store: nothing runs at rest, unlike in memory. */
export const DEFAULT_ONLINE_STORAGE: OnlineStorage = 'standard';
/** Days that a record can stay in an online store. */
export const TTL_DAYS = { min: 1, max: 36_500 } as const;

/** Formats of the table of an offline store. */
export const OFFLINE_FORMATS = ['iceberg', 'glue'] as const;
/** One of {@link OFFLINE_FORMATS}. */
export type OfflineFormat = (typeof OFFLINE_FORMATS)[number];
/** Small files can be merged, and rows deleted. */
export const DEFAULT_OFFLINE_FORMAT: OfflineFormat = 'iceberg';

/** Folder of a zone's bucket below which offline stores are, one folder each. */
export const OFFLINE_FOLDER = 'feature-groups';

/** The parts of a group that depend on one another; what is not known is `undefined`. */
export interface FeatureGroupShape {
  /** Types by name. */
  readonly features: Readonly<Record<string, string | undefined>>;
  readonly recordIdentifier: string | undefined;
  readonly eventTime: string | undefined;
  /** Storage of the online store; `none` without one. */
  readonly online: OnlineStorage | 'none' | undefined;
  /** Format of the offline store; `none` without one. */
  readonly offline: OfflineFormat | 'none' | undefined;
}

/** A rule that a part of a group breaks. */
export interface BrokenFeatureRule {
  /** `features`, `recordIdentifier` or `eventTime`. */
  readonly part: Exclude<keyof FeatureGroupShape, 'online' | 'offline'>;
  /** The feature, if it is one. @default - the whole part */
  readonly feature?: string;
  readonly value: string | number;
  readonly rule: BrokenRule;
}

/** The rules that a group breaks, for a construct and for a file. */
export function* brokenFeatureRules(shape: FeatureGroupShape): Iterable<BrokenFeatureRule> {
  const { features, recordIdentifier, eventTime, online, offline } = shape;
  const names = Object.keys(features);
  if (names.length === 0 || names.length > MAX_FEATURES) {
    const must = names.length === 0 ? 'must have at least one feature' : `must have at most ${MAX_FEATURES} features`;
    const fix = names.length === 0 ? 'add the record identifier and the event time' : 'split the group';
    yield { part: 'features', value: names.length, rule: { must, fix } };
  }
  const vectors = names.filter((name) => features[name]?.startsWith('vector<'));
  for (const name of names) {
    for (const rule of brokenByFeature(name, features[name], vectors, online)) {
      yield { part: 'features', feature: name, value: features[name] ?? name, rule };
    }
  }
  yield* brokenRole('recordIdentifier', recordIdentifier, features, isScalar, 'integral, fractional or string');
  const isIceberg = offline === 'iceberg';
  const isTime = (type: string) =>
    (isIceberg ? ICEBERG_TIME_TYPES : EVENT_TIME_TYPES).some((allowed) => allowed === type);
  const times = 'string (ISO-8601) or fractional (seconds since 1970)';
  yield* brokenRole(
    'eventTime',
    eventTime,
    features,
    isTime,
    isIceberg ? 'string (ISO-8601) beside an Iceberg table' : times,
  );
  if (recordIdentifier !== undefined && recordIdentifier === eventTime) {
    const rule = { must: 'must differ from the record identifier', fix: 'name the feature with the time of the event' };
    yield { part: 'eventTime', value: eventTime, rule };
  }
}

function* brokenByFeature(
  name: string,
  type: string | undefined,
  vectors: readonly string[],
  online: FeatureGroupShape['online'],
): Iterable<BrokenRule> {
  if (RESERVED_FEATURES.some((reserved) => reserved === name)) {
    const fix = 'rename it: Feature Store adds a column of this name';
    yield { must: `must not be one of ${RESERVED_FEATURES.join(', ')}`, fix, got: `'${name}'` };
  }
  if (type === undefined || isScalar(type)) return;
  if (online !== undefined && online !== 'in-memory') {
    yield {
      must: 'must be integral, fractional or string without an online store in memory',
      fix: 'only that store holds lists, sets and vectors: set its storage to in-memory',
    };
  }
  const dimension = Number(/^vector<(\d+)>$/.exec(type)?.[1] ?? VECTOR_DIMENSION.min);
  if (dimension > VECTOR_DIMENSION.max) {
    yield { must: `must have at most ${VECTOR_DIMENSION.max} elements`, fix: 'shorten the vector' };
  }
  if (vectors.indexOf(name) > 0) {
    yield { must: `must be the only vector of the group, beside '${vectors[0]}'`, fix: 'use a group for each vector' };
  }
}

/** The record identifier or the event time: a feature of the group, of a type that fits. */
function* brokenRole(
  part: 'recordIdentifier' | 'eventTime',
  name: string | undefined,
  features: FeatureGroupShape['features'],
  fits: (type: string) => boolean,
  types: string,
): Iterable<BrokenFeatureRule> {
  if (name === undefined) return;
  if (!Object.hasOwn(features, name)) {
    const known = Object.keys(features).join(', ');
    yield {
      part,
      value: name,
      rule: { must: 'must be one of the features', fix: `add it there, or use one of ${known}` },
    };
    return;
  }
  const type = features[name];
  if (type === undefined || fits(type)) return;
  yield {
    part,
    value: name,
    rule: { must: `must be a feature of type ${types}, not ${type}`, fix: 'change its type' },
  };
}

function isScalar(type: string): boolean {
  return !type.includes('<');
}
