import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Names of job queues (AWS Batch API, `jobQueueName`). */
export const JOB_QUEUE: AwsNameKind = { kind: 'Batch job queue', maxLength: 128, uniqueIn: 'region' };
/** Names of job definitions. */
export const JOB_DEFINITION: AwsNameKind = { kind: 'Batch job definition', maxLength: 128, uniqueIn: 'region' };
/** Names of scheduling policies. */
export const SCHEDULING_POLICY: AwsNameKind = { kind: 'Batch scheduling policy', maxLength: 128, uniqueIn: 'region' };

/** What a pool of capacity consists of. */
export const CAPACITIES = ['spot', 'on-demand', 'fargate', 'fargate-spot'] as const;
export type CapacityKind = (typeof CAPACITIES)[number];

/** A type (`g5.xlarge`) or a family (`g5`) of EC2 instances. */
export const INSTANCE_TYPE: TextPattern = {
  pattern:
    /^(u-\d+tb\d|[a-z]{1,3}\d{1,2}[a-z]{0,4}(-[a-z0-9]+)?)(\.(metal|metal-[0-9a-z]+|[0-9]*x?large|medium|small|micro|nano))?$/,
  meaning: 'a type or family of EC2 instances such as g5.xlarge or c7i, without ml.',
};
/** Most vCPUs of a compute environment that we accept; the quota of the account is lower. */
export const MAX_VCPUS = { min: 1, max: 100_000 } as const;
/** Priority of a queue, as against other queues of the same capacity (AWS Batch user guide, job queue parameters). */
export const QUEUE_PRIORITY = { min: 0, max: 1000 } as const;
/** Share of a team: a whole number, so that the weights of the service are exact. */
export const SHARE_WEIGHT = { min: 1, max: 100 } as const;
/** Largest weight of a share identifier (AWS Batch API, `ShareAttributes`). */
const MAX_WEIGHT_FACTOR = 999;
/** Share identifiers in a queue (AWS Batch API). */
export const MAX_SHARES = 500;

/** Gigabytes of the volume of an instance, which holds images and what containers write. */
export const BATCH_VOLUME_GB = { min: 30, max: 16_384 } as const;
/** Holds an image of a deep-learning framework several times. */
export const DEFAULT_BATCH_VOLUME_GB = 100;
/** Gigabytes of the disk of a Fargate job (`EphemeralStorage`). */
export const FARGATE_DISK_GB = { min: 21, max: 200 } as const;

/** Minutes after which a job that waits for capacity is cancelled (`JobStateTimeLimitAction`: 600 to 86,400 seconds). */
export const WAIT_MINUTES = { min: 10, max: 1440 } as const;
/** A job that waits longer than a day hides that its capacity never comes. */
export const DEFAULT_WAIT_MINUTES = 1440;
/** Minutes that one attempt may run (`JobTimeout`: at least 60 seconds); 14 days on Fargate, and so for all. */
export const TIMEOUT_MINUTES = { min: 1, max: 20_160 } as const;
/** A day. */
export const DEFAULT_TIMEOUT_MINUTES = 1440;
/** Attempts of a job (`RetryStrategy`). */
export const ATTEMPTS = { min: 1, max: 10 } as const;
/** Attempts where AWS may take the capacity back. */
export const DEFAULT_SPOT_ATTEMPTS = 3;
/** Days that the output of jobs is kept. */
export const DEFAULT_LOG_DAYS = 90;

/** Families with NVIDIA graphics processors that the image of Amazon Linux 2023 has the driver for. */
const GPU_FAMILY = /^(g4dn|g5|g6|g6e|g6f|gr6|gr6f|g7|g7e|p4d|p4de|p5|p5e|p5en|p6-[a-z0-9]+)$/;
/** Families with accelerators for which AWS Batch has no image with a driver. */
const NO_DRIVER = /^(p2|p3|p3dn|g2|g3|g3s|g4ad|g5g|inf\d\w*|trn\d\w*|dl\d\w*|vt1|f1|f2)$/;

/** Whether a type of instances has graphics processors. */
export function hasGpu(instanceType: string): boolean {
  return GPU_FAMILY.test(familyOf(instanceType));
}

/** The rules that a type of instances breaks, for a construct and for a file. */
export function brokenInstanceType(instanceType: string): BrokenRule[] {
  if (!NO_DRIVER.test(familyOf(instanceType))) return [];
  return [
    {
      must: 'must not be of a family without a driver in the images of AWS Batch (Amazon Linux 2023)',
      fix: 'choose g4dn, g5, g6 or p4d to p6 for graphics processors, or train with SageMaker',
    },
  ];
}

function familyOf(instanceType: string): string {
  return instanceType.split('.')[0]!;
}

/** Memory in MiB by vCPUs that Fargate offers (AWS Batch API, `ResourceRequirement`): from, to, in steps of. */
const FARGATE_MEMORY: Readonly<Record<string, readonly [from: number, to: number, step: number]>> = {
  0.25: [512, 2048, 512],
  0.5: [1024, 4096, 1024],
  1: [2048, 8192, 1024],
  2: [4096, 16_384, 1024],
  4: [8192, 30_720, 1024],
  8: [16_384, 61_440, 4096],
  16: [32_768, 122_880, 8192],
};
/** 0.25 vCPU takes 512, 1024 and 2048 MiB, and not what is between the last two. */
const NOT_OFFERED = 1536;

/** What a job asks for. */
export interface JobSize {
  readonly vcpus: number;
  readonly memoryMib: number;
  /** @default 0 */
  readonly gpus?: number;
}

/** The rules that the size of a job breaks on its capacity, by the property that breaks it. */
export function brokenSize(
  kind: CapacityKind,
  { vcpus, memoryMib, gpus = 0 }: JobSize,
): { readonly key: keyof JobSize; readonly rule: BrokenRule }[] {
  const broken: { key: keyof JobSize; rule: BrokenRule }[] = [];
  if (!isFargate(kind)) {
    if (!Number.isInteger(vcpus)) {
      broken.push({ key: 'vcpus', rule: { must: 'must be a whole number on EC2', fix: 'round it up' } });
    }
    return broken;
  }
  if (gpus > 0) {
    broken.push({
      key: 'gpus',
      rule: { must: 'must be 0 on Fargate', fix: 'use a pool of spot or on-demand capacity' },
    });
  }
  const offered = FARGATE_MEMORY[vcpus];
  if (offered === undefined) {
    const all = Object.keys(FARGATE_MEMORY)
      .map(Number)
      .sort((a, b) => a - b)
      .join(', ');
    return [...broken, { key: 'vcpus', rule: { must: `must be one of ${all} on Fargate`, fix: 'choose one of them' } }];
  }
  const [from, to, step] = offered;
  if (memoryMib < from || memoryMib > to || memoryMib % step !== 0 || memoryMib === NOT_OFFERED) {
    const rule = {
      must: `must be ${from} to ${to} in steps of ${step} on Fargate with ${vcpus} vCPU`,
      fix: 'choose one of them',
    };
    broken.push({ key: 'memoryMib', rule });
  }
  return broken;
}

/** Whether a capacity has no instances of its own. */
export function isFargate(kind: CapacityKind): boolean {
  return kind === 'fargate' || kind === 'fargate-spot';
}

/** Whether AWS may take the capacity back while a job runs. */
export function isSpot(kind: CapacityKind): boolean {
  return kind === 'spot' || kind === 'fargate-spot';
}

/**
 * The share identifier of a team: letters and digits only (AWS Batch API, `shareIdentifier`), so without its hyphens.
 */
export function shareOf(team: string): string {
  return team.replaceAll('-', '');
}

/** Name of a variable of a container. */
export const VARIABLE: TextPattern = {
  pattern: /^(?!AWS_BATCH)[A-Za-z_][A-Za-z0-9_]*$/,
  meaning: 'a name of letters, digits and underscores that does not begin with AWS_BATCH, which the service reserves',
};
/** Name of an input of a job. */
export const INPUT_NAME: TextPattern = {
  pattern: /^[a-z][a-z0-9_]*$/,
  meaning: 'lower-case letters, digits and underscores, beginning with a letter',
};
/** Tag or digest of an image. */
export const IMAGE_REFERENCE: TextPattern = {
  pattern: /^(sha256:[0-9a-f]{64}|[\w][\w.-]{0,127})$/,
  meaning: 'a tag of up to 128 letters, digits and ._-, or a digest such as sha256:...',
};
/** The variable that says where an input of a job is: `DATA_TRAIN` for `train`. */
export function variableOf(input: string): string {
  return `DATA_${input.toUpperCase()}`;
}

/**
 * Weights of the service by share identifier. There a lower weight is a larger share; all are whole numbers, because the
 * service keeps single-precision numbers and a plan would show the rest of a fraction as a change for ever.
 */
export function weightFactors(shares: Readonly<Record<string, number>>): Record<string, number> {
  const multiple = Object.values(shares).reduce(leastCommonMultiple, 1);
  return Object.fromEntries(Object.entries(shares).map(([team, weight]) => [shareOf(team), multiple / weight]));
}

/** The rules that the shares of teams break, for a construct and for a file. */
export function brokenShares(shares: Readonly<Record<string, number>>): BrokenRule[] {
  const teams = Object.keys(shares);
  const broken: BrokenRule[] = [];
  for (const [index, team] of teams.entries()) {
    const twin = teams.slice(0, index).find((other) => shareOf(other) === shareOf(team));
    if (twin !== undefined) {
      broken.push({
        must: `must name teams that differ in more than hyphens: '${twin}' and '${team}' have one share identifier`,
        fix: 'rename one of them',
      });
    }
  }
  if (teams.length > MAX_SHARES) broken.push({ must: `must be at most ${MAX_SHARES} teams`, fix: 'use another pool' });
  const largest = Math.max(0, ...Object.values(weightFactors(shares)));
  if (largest > MAX_WEIGHT_FACTOR) {
    broken.push({
      must: `must have a smaller common multiple: it gives a weight of ${largest}, the limit is ${MAX_WEIGHT_FACTOR}`,
      fix: 'choose rounder numbers, such as 1, 2, 4 and 10',
    });
  }
  return broken;
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
/** Where a container has an input of a file system. */
export function folderOf(input: string): string {
  return `/data/${input}`;
}
