import type { AwsNameKind } from '../../aws/name-kind';
import type { TextPattern } from '../../core/text-pattern';

/** Names of SageMaker models. */
export const MODEL: AwsNameKind = { kind: 'SageMaker model', maxLength: 63, uniqueIn: 'region' };

/** ARN of one version of a model in the registry. */
export const PACKAGE_VERSION_ARN: TextPattern = {
  pattern: /^arn:aws[a-z-]*:sagemaker:[^:]+:\d{12}:model-package\/[^/]+\/\d+$/,
  meaning:
    'the ARN of a version of a model package such as arn:aws:sagemaker:eu-north-1:111122223333:model-package/churn/3',
};
/** Versions of a model in the registry. */
export const PACKAGE_VERSION = { min: 1, max: 1_000_000 } as const;

/** An image that serves, in ECR of the region, by a digest or an immutable tag. */
export const SERVING_IMAGE: TextPattern = {
  pattern: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+\/[a-z0-9][a-z0-9._/-]*(@sha256:[0-9a-f]{64}|:[\w][\w.-]{0,127})$/,
  meaning:
    'an image in ECR with a digest or a tag such as 111122223333.dkr.ecr.eu-north-1.amazonaws.com/serve@sha256:...',
};
/** Key of an artifact in a bucket. */
export const ARTIFACT_KEY: TextPattern = {
  pattern: /^[^/\s*?][^\s*?]*\.tar\.gz$/,
  meaning: 'the key of an archive such as churn/12/model.tar.gz',
};
/** Name of an environment variable of a container that serves (`EnvironmentMap`). */
export const SERVING_VARIABLE: TextPattern = { pattern: /^[a-zA-Z_]\w{0,1023}$/, meaning: 'letters, digits and _' };
/** Environment variables of a container that serves. */
export const MAX_SERVING_VARIABLES = 100;
