import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';

/** Names of transform jobs, before what makes each run's name its own: SageMaker allows 63 characters, and a hash takes 33. */
export const TRANSFORM_JOB: AwsNameKind = {
  kind: 'SageMaker transform job',
  maxLength: 30,
  uniqueIn: 'region',
  property: 'name',
};
/** Prefix of files in a bucket; it becomes a part of a state machine, so that it has no quotes or braces. */
export const BATCH_PREFIX: TextPattern = {
  pattern: /^[\w=.-]+(\/[\w=.-]+)*$/,
  meaning: "a folder such as card-fraud/requests: letters, digits and '_', '=', '.', '-', without a slash at its ends",
};
/** Columns of a line. */
export const BATCH_FILTER: TextPattern = {
  pattern: /^\$[\w.[\]:,*'-]{0,62}$/,
  meaning: 'a JSONPath of at most 63 characters such as $[1:]',
};
/** Instances that share the files of a run. */
export const BATCH_INSTANCES = { min: 1, max: 100 } as const;
/** Megabytes of one request (`MaxPayloadInMB` of the SageMaker API; its 0, for files without an end, is not offered). */
export const BATCH_PAYLOAD_MB = { min: 1, max: 100 } as const;
/** Default of that: as SageMaker has it. */
export const DEFAULT_BATCH_PAYLOAD_MB = 6;
/** Requests that an instance gets at a time. */
export const BATCH_CONCURRENCY = { min: 1, max: 100 } as const;
/** Megabytes of all requests that an instance has at a time (`MaxPayloadInMB` of the SageMaker API). */
export const MAX_BATCH_MB = 100;
/** Seconds that one request may take. */
export const BATCH_REQUEST_SECONDS = { min: 1, max: 3600 } as const;
/** Repetitions of a request that failed. */
export const BATCH_RETRIES = { min: 0, max: 3 } as const;
/** Environment variables that a run has besides its own two. */
export const MAX_BATCH_VARIABLES = 14;
/** Types of data that are cut into lines, and joined with what was asked. */
export const LINE_TYPES = ['text/csv', 'application/jsonlines'] as const;

/** A transform, as far as its numbers and types are known. */
export interface BatchUse {
  /** @default DEFAULT_BATCH_PAYLOAD_MB */
  readonly payloadMb?: number;
  /** @default 1 */
  readonly concurrency?: number;
  readonly contentType: string;
  readonly accept: string;
  readonly join: boolean;
}

/** The rules that a transform breaks (`CreateTransformJob`, `DataProcessing` of the SageMaker API). */
export function brokenBatch(use: BatchUse): (BrokenRule & { readonly part: 'concurrency' | 'join' })[] {
  const { payloadMb = DEFAULT_BATCH_PAYLOAD_MB, concurrency = 1, contentType, accept, join } = use;
  const broken: (BrokenRule & { readonly part: 'concurrency' | 'join' })[] = [];
  if (payloadMb * concurrency > MAX_BATCH_MB) {
    const must = `must send an instance at most ${MAX_BATCH_MB} MB at a time`;
    broken.push({
      part: 'concurrency',
      must,
      got: `${concurrency} requests of ${payloadMb} MB`,
      fix: 'lower one of them',
    });
  }
  const isLines = LINE_TYPES.some((type) => type === contentType);
  if (join && !(isLines && contentType === accept)) {
    const must = `must be of one type that has lines, ${LINE_TYPES.join(' or ')}, on both sides`;
    broken.push({
      part: 'join',
      must,
      got: `${contentType} and ${accept}`,
      fix: 'take one of them for both, or do not join',
    });
  }
  return broken;
}

/** Whether a folder is in another, or the same. */
export function isWithin(prefix: string, folder: string): boolean {
  return `${prefix}/`.startsWith(`${folder}/`);
}
