import type { IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import type { IGrantable } from '../iam/statement';

/** Days after which an image that lost its tag, or never had one, is deleted: time enough to notice a wrong push. */
export const UNTAGGED_IMAGE_DAYS = 14;

/** What reading an image takes. */
export const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
/** What writing an image takes, beyond reading it. */
export const PUSH_ACTIONS = [
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

/** `<account>.dkr.ecr.<region>.<suffix>`, without a scheme: the host that images of this account are pulled from. */
export function registryHost(scope: IConstruct): string {
  const { account, region, urlSuffix } = Aws.of(scope);
  return `${account}.dkr.ecr.${region}.${urlSuffix}`;
}

/** Adds a tag or a digest (`sha256:...`) to the address of a repository. */
export function withReference(repositoryUri: string, reference: string): string {
  return `${repositoryUri}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

/** Allows the login to the registry, which cannot be narrowed to a repository, and `actions` on repositories. */
export function allowImages(grantee: IGrantable, repositoryArn: string, actions: readonly string[]): void {
  grantee.addToPolicy({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] });
  grantee.addToPolicy({ actions, resources: [repositoryArn] });
}

/** The policy that ends untagged images after {@link UNTAGGED_IMAGE_DAYS} and all but the `keptImages` newest. */
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
        rulePriority: 2, // a rule for any image must come last
        description: 'all but the newest images',
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keptImages },
        action: expire,
      },
    ],
  });
}
