import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Kinds of file systems; a directory bucket is one for programs that read objects. */
export const FILE_SYSTEMS = ['lustre', 'efs', 'express'] as const;

/** How a file system of FSx for Lustre is deployed: replicated within its zone, or without replicas for short use. */
export const LUSTRE_DEPLOYMENTS = ['persistent', 'scratch'] as const;
export type LustreDeployment = (typeof LUSTRE_DEPLOYMENTS)[number];

/** GiB of a file system of FSx for Lustre (`StorageCapacity`, FSx API): 1200, 2400, and more in steps of 2400. */
export const LUSTRE_CAPACITY_GIB = { min: 1200, step: 2400, max: 960_000 } as const;
/** Its least capacity, for data that is read and not kept. */
export const DEFAULT_LUSTRE_CAPACITY_GIB = LUSTRE_CAPACITY_GIB.min;
/** MB/s for each TiB (`PerUnitStorageThroughput`, FSx API), of the persistent deployment. */
export const LUSTRE_THROUGHPUTS = [125, 250, 500, 1000] as const;
export type LustreThroughput = (typeof LUSTRE_THROUGHPUTS)[number];
/** The least, and the cheapest. */
export const DEFAULT_LUSTRE_THROUGHPUT: LustreThroughput = 125;

/** Names of EFS file systems (`CreationToken`, EFS API). */
export const EFS: AwsNameKind = { kind: 'EFS file system', maxLength: 64, uniqueIn: 'region' };
/** Days without access after which a file of EFS moves to the cheaper class. */
export const INFREQUENT_DAYS = [1, 7, 14, 30, 60, 90, 180, 270, 365] as const;
export type InfrequentDays = (typeof INFREQUENT_DAYS)[number];
/** A data set that no job read for a month. */
export const DEFAULT_INFREQUENT_DAYS: InfrequentDays = 30;

/** Names of directory buckets, unique in their zone (Amazon S3 user guide, directory bucket naming rules). */
export const DIRECTORY_BUCKET: AwsNameKind = { kind: 'S3 directory bucket', maxLength: 63, uniqueIn: 'partition' };
/** Id of an availability zone, the same place in every account. */
export const ZONE_ID: TextPattern = {
  pattern: /^[a-z]{3,5}\d+-az\d+$/,
  meaning: 'the id of an availability zone such as eun1-az1, not its name',
};
/** How the ids of zones shorten the words of a region. */
const DIRECTIONS: Readonly<Record<string, string>> = {
  north: 'n',
  south: 's',
  east: 'e',
  west: 'w',
  central: 'c',
  northeast: 'ne',
  northwest: 'nw',
  southeast: 'se',
  southwest: 'sw',
  gov: 'g',
};

/** The rule that the id of a zone of another region breaks, for a construct and for a file; none if the region is of a new kind. */
export function brokenZoneId(zoneId: string, region: string): BrokenRule[] {
  const [area, ...words] = region.split('-');
  const number = words.pop();
  const short = words.map((word) => DIRECTIONS[word]);
  const start = `${area}${short.join('')}${number}-az`;
  if (short.includes(undefined) || zoneId.startsWith(start)) return [];
  return [{ must: `must be in region ${region}, whose ids begin with ${start}`, fix: `write for example ${start}1` }];
}

/** Folder of a file system. */
export const DIRECTORY: TextPattern = {
  pattern: /^[\w.=-]+(\/[\w.=-]+)*$/,
  meaning: 'folders such as churn/train, without a slash at either end',
};

/** The rules that a capacity breaks, for a construct and for a file. */
export function brokenCapacity(gib: number): BrokenRule[] {
  const { min, step, max } = LUSTRE_CAPACITY_GIB;
  const isOffered = gib === min || (gib >= step && gib % step === 0 && gib <= max);
  if (isOffered) return [];
  const next = gib < min ? min : Math.min(max, Math.ceil(gib / step) * step);
  return [{ must: `must be ${min} or a multiple of ${step} up to ${max}`, fix: `choose ${next}` }];
}

/** The rules that a throughput breaks with a deployment. */
export function brokenThroughput(deployment: LustreDeployment, throughput: number | undefined): BrokenRule[] {
  if (deployment === 'persistent' || throughput === undefined) return [];
  return [{ must: 'must not be set with scratch, which has 200 MB/s for each TiB', fix: 'remove it' }];
}
