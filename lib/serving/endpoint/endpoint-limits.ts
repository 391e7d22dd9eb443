import type { AwsNameKind } from '../../aws/name-kind';

/** Names of endpoints, of their configurations and of models (SageMaker API). */
export const ENDPOINT: AwsNameKind = { kind: 'SageMaker endpoint', maxLength: 63, uniqueIn: 'region' };

/** How an endpoint answers: at once from instances, at once without instances of one's own, or later into a bucket. */
export const INVOCATION_KINDS = ['real-time', 'serverless', 'asynchronous'] as const;
export type InvocationKind = (typeof INVOCATION_KINDS)[number];
