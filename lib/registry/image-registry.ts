import type { IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import type { IGrantable } from '../iam/statement';

/** Days after which an untagged image is deleted: enough to notice a wrong push. */
export const UNTAGGED_IMAGE_DAYS = 14;

/** Actions that read an image. */
export const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
/** Actions that write an image, besides those that read it. */
export const PUSH_ACTIONS = [
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** `<account>.dkr.ecr.<region>.<suffix>`, without a scheme: host of this account's images. */
export function registryHost(scope: IConstruct): string {
  const { account, region, urlSuffix } = Aws.of(scope);
  return `${account}.dkr.ecr.${region}.${urlSuffix}`;
}

/** The address of a repository with a tag or a digest (`sha256:...`). */
export function withReference(repositoryUri: string, reference: string): string {
  return `${repositoryUri}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

/** Allows login to the registry, which cannot be limited to a repository, and `actions` on repositories. */
export function allowImages(grantee: IGrantable, repositoryArn: string, actions: readonly string[]): void {
  grantee.addToPolicy({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] });
  grantee.addToPolicy({ actions, resources: [repositoryArn] });
}

/** Deletes untagged images after {@link UNTAGGED_IMAGE_DAYS}, and all but the `keptImages` newest images. */
export function lifecyclePolicy(keptImages: number): string {
  const expire = { type: 'expire' };
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: 'images without a tag',
        selection: {
          tagStatus: 'untagged',
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: UNTAGGED_IMAGE_DAYS,
        },
        action: expire,
      },
      {
        rulePriority: 2, // ECR requires that a rule for any image is the last
        description: 'all but the newest images',
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keptImages },
        action: expire,
      },
    ],
  });
}
