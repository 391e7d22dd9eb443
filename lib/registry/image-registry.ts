import { Fn, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { InputError } from '../core/input-error';
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

/** Names of repositories and prefixes of caches, by the root of the construct tree. */
const known = new WeakMap<
  IConstruct,
  { readonly owner: IConstruct; readonly name: string; readonly isCache: boolean }[]
>();

/**
 * Refuses a repository below the prefix of a cache: a pull of a tag that it lacks would ask the upstream registry, and
 * the grants of the cache would reach it.
 *
 * @throws InputError that names both constructs
 */
export function claimImages(owner: IConstruct, name: string, isCache: boolean): void {
  const { root } = owner.node;
  const others = known.get(root) ?? [];
  known.set(root, [...others, { owner, name, isCache }]);
  const { account, region } = Aws.of(owner).known;
  for (const other of others) {
    const place = Aws.of(other.owner).known;
    if (other.isCache === isCache || place.account !== account || place.region !== region) continue;
    const [repository, cache] = isCache ? [other, { owner, name }] : [{ owner, name }, other];
    if (Token.isUnresolved(repository.name) || !repository.name.startsWith(`${cache.name}/`)) continue;
    throw new InputError(
      `${repository.owner.node.path}: the repository '${repository.name}' must not be below '${cache.name}/', the prefix of the cache ${cache.owner.node.path}; rename one of them`,
    );
  }
}

/** `<account>.dkr.ecr.<region>.<suffix>`, without a scheme: host of this account's images. */
export function registryHost(scope: IConstruct): string {
  const { account, region, urlSuffix } = Aws.of(scope);
  return `${account}.dkr.ecr.${region}.${urlSuffix}`;
}

/** The address of a repository with a tag or a digest (`sha256:...`). */
export function withReference(repositoryUri: string, reference: string): string {
  if (Token.isUnresolved(reference)) {
    const separator = Token.asString(Fn.conditional(Fn.startswith(reference, 'sha256:'), '@', ':'));
    return `${repositoryUri}${separator}${reference}`;
  }
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
