import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';

/** Names of endpoints (SageMaker API). */
export const ENDPOINT: AwsNameKind = { kind: 'SageMaker endpoint', maxLength: 63, uniqueIn: 'region' };
/** Names of configurations of endpoints, which end in a hash of their content. */
export const ENDPOINT_CONFIGURATION: AwsNameKind = {
  kind: 'SageMaker endpoint configuration',
  maxLength: 63,
  uniqueIn: 'region',
};

/** How an endpoint answers: at once from instances, at once without instances of one's own, or later into a bucket. */
export const INVOCATION_KINDS = ['real-time', 'serverless', 'asynchronous'] as const;
export type InvocationKind = (typeof INVOCATION_KINDS)[number];

/** Instances of one variant. */
export const INSTANCE_LIMITS = { min: 1, max: 1000 } as const;
/** Memory of a serverless endpoint in MiB, in steps. */
export const SERVERLESS_MEMORY_MIB = { min: 1024, max: 6144, step: 1024 } as const;
/** Default memory of a serverless endpoint. */
export const DEFAULT_SERVERLESS_MEMORY_MIB = 2048;
/** Requests that a serverless endpoint answers at the same time. */
export const CONCURRENCY_LIMITS = { min: 1, max: 200 } as const;
/** Default of the requests that a serverless endpoint answers at the same time. */
export const DEFAULT_CONCURRENCY = 5;
/** Requests that an instance of an asynchronous endpoint works on at the same time. */
export const ASYNCHRONOUS_CONCURRENCY = { min: 1, max: 1000 } as const;
/** Days that the log of an endpoint is kept by default. */
export const DEFAULT_ENDPOINT_LOG_DAYS = 365;

/** Requests that are captured, in percent. */
export const SAMPLING_PERCENT = { min: 1, max: 100 } as const;
/** Default of the requests that are captured. */
export const DEFAULT_SAMPLING_PERCENT = 20;
/** Days that captured data is kept. */
export const CAPTURE_DAYS = { min: 1, max: 36_500 } as const;
/** Folder of captured data in the bucket of its zone. */
export const CAPTURE_FOLDER = 'captured';

/** What an endpoint can have besides its model. */
export type EndpointFeature = 'network' | 'capture' | 'split' | 'shadow' | 'rolling';

/** How an endpoint answers, and what it has. */
export interface EndpointUse {
  readonly invocation: InvocationKind;
  readonly features: readonly EndpointFeature[];
}

/** A feature that an endpoint cannot have. */
export interface BrokenFeature extends BrokenRule {
  readonly feature: EndpointFeature;
}

interface Exclusion {
  readonly feature: EndpointFeature;
  /** Kind of endpoint, or another feature, with which it cannot be. */
  readonly not: InvocationKind | EndpointFeature;
  readonly must: string;
  readonly fix: string;
}

/**
 * What SageMaker cannot combine (developer guide: "Serverless inference, feature exclusions", "Shadow variants", "Deployment
 * guardrails, exclusions"), and the way out.
 */
const EXCLUSIONS: readonly Exclusion[] = [
  {
    feature: 'network',
    not: 'serverless',
    must: 'must not be set on a serverless endpoint, which runs in no VPC',
    fix: 'remove it, or take instances',
  },
  {
    feature: 'capture',
    not: 'serverless',
    must: 'must not be set on a serverless endpoint, which captures nothing',
    fix: 'remove it, or take instances',
  },
  {
    feature: 'split',
    not: 'serverless',
    must: 'must not divide the requests of a serverless endpoint, which has one variant',
    fix: 'keep one model, or take instances',
  },
  {
    feature: 'shadow',
    not: 'serverless',
    must: 'must not be set on a serverless endpoint, which has no shadow',
    fix: 'remove it, or take instances',
  },
  {
    feature: 'rolling',
    not: 'serverless',
    must: 'must not be rolling on a serverless endpoint, which has no instances to replace one by one',
    fix: 'take canary or linear',
  },
  {
    feature: 'capture',
    not: 'asynchronous',
    must: 'must not be set on an asynchronous endpoint, whose requests and answers are in its bucket already',
    fix: 'remove it, and read them there',
  },
  {
    feature: 'shadow',
    not: 'asynchronous',
    must: 'must not be set on an asynchronous endpoint, which has no shadow',
    fix: 'remove it, and send the same requests to a second endpoint',
  },
  {
    feature: 'shadow',
    not: 'split',
    must: 'must not be set while two models answer: SageMaker copies requests of one model only',
    fix: 'remove the shadow, or the other model',
  },
  {
    feature: 'rolling',
    not: 'split',
    must: 'must not be rolling while two models answer: SageMaker rolls one variant only',
    fix: 'take canary or linear, or remove the other model',
  },
];

/** The features that an endpoint cannot have, for a construct and for a file. */
export function brokenFeatures({ invocation, features }: EndpointUse): BrokenFeature[] {
  const has = (what: string) => what === invocation || features.some((feature) => feature === what);
  return EXCLUSIONS.filter(({ feature, not }) => has(feature) && has(not)).map(({ feature, must, fix }) => ({
    feature,
    must,
    fix,
  }));
}

/** Instances of a variant, as far as they are known. */
export interface InstanceCounts {
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** @default - the minimum */
  readonly initial?: number;
}

/**
 * The rules that the instances of a variant break. A deployment sets a variant back to its initial count: below the minimum
 * of its scaling it would lose capacity until the scaling notices.
 */
export function brokenInstances({ min, max, initial }: InstanceCounts): (BrokenRule & {
  readonly part: 'max' | 'initial';
})[] {
  const broken: (BrokenRule & { readonly part: 'max' | 'initial' })[] = [];
  if (min !== undefined && max !== undefined && max < min) {
    broken.push({ part: 'max', must: `must be at least the minimum ${min}`, fix: 'raise it' });
  }
  if (min !== undefined && initial !== undefined && initial < min) {
    const must = `must be at least the minimum ${min}: each deployment starts with it`;
    broken.push({ part: 'initial', must, fix: `write ${min} or more, or remove it` });
  }
  if (max !== undefined && initial !== undefined && initial > max) {
    broken.push({ part: 'initial', must: `must be at most the maximum ${max}`, fix: 'lower it' });
  }
  return broken;
}

/** Burstable types have more capacity by credits, and Application Auto Scaling takes none (SageMaker guide, "Automatic scaling"). */
const BURSTABLE = /^ml\.t\d/;

/** The rules that the type of instances breaks whose number follows the requests. */
export function brokenScaledType(instanceType: string): readonly BrokenRule[] {
  return BURSTABLE.test(instanceType)
    ? [
        {
          must: 'must not be a burstable type while it is scaled: Application Auto Scaling takes none',
          fix: 'take another, for example ml.m5.large, or as many instances always',
        },
      ]
    : [];
}
