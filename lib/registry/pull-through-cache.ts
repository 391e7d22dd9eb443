import { EcrPullThroughCacheRule } from '@cdktf/provider-aws/lib/ecr-pull-through-cache-rule';
import { EcrRepositoryCreationTemplate } from '@cdktf/provider-aws/lib/ecr-repository-creation-template';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import type { TextPattern } from '../core/text-pattern';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { type IRole, Role } from '../iam/role';
import type { IGrantable } from '../iam/statement';
import { allowImages, claimImages, lifecyclePolicy, PULL_ACTIONS, registryHost } from './image-registry';
import { brokenCacheRules, CACHE_PREFIX, CREDENTIALS_PREFIX, DEFAULT_KEPT_IMAGES } from './registry-limits';
import type { UpstreamRegistry } from './upstream-registry';

const CACHE_NAME: TextPattern = {
  pattern: /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
  meaning: "lower-case letters and digits, in words joined by '.', '_' or '-'",
};
const CREDENTIALS_ARN: TextPattern = {
  pattern: new RegExp(`^arn:aws:secretsmanager:.+:secret:${CREDENTIALS_PREFIX}.+`), // as in the API of ECR
  meaning: `the ARN of a secret in partition aws whose name begins with '${CREDENTIALS_PREFIX}'`,
};

export interface PullThroughCacheProps {
  readonly upstream: UpstreamRegistry;
  /** Key that encrypts the cached images. */
  readonly encryptionKey: IKey;
  /** First part of the repositories' names, after the stack's prefix. @default - the upstream's, e.g. `docker-hub` */
  readonly name?: string;
}

/**
 * Caches images of another registry. The first pull fetches and stores an image, and goes through a NAT gateway also where
 * ECR has endpoints (ECR user guide); later pulls are served from ECR, also when the upstream is down or limits pulls.
 *
 * ECR creates one encrypted repository for each image, which keeps as many images as an `ImageRepository`. Its tags are
 * mutable: once a day, ECR checks whether the upstream has a newer image. Destroying the cache does not delete these
 * repositories, and they cannot be read once their key is deleted. Delete them before you create the cache again.
 *
 * Costs for each gigabyte-month of the images in it.
 */
export class PullThroughCache extends Construct {
  /** First part of the cached repositories' names. */
  public readonly prefix: string;

  constructor(scope: Construct, id: string, props: PullThroughCacheProps) {
    super(scope, id);
    Properties.need(this, props, 'upstream', 'encryptionKey');
    const { upstream, encryptionKey } = props;
    Properties.of(this)
      .matches('name', props.name, CACHE_NAME)
      .matches('upstream.credentialsArn', upstream.credentialsArn, CREDENTIALS_ARN)
      .keeps(
        'upstream',
        upstream.url,
        brokenCacheRules(Aws.of(this).known.partition, upstream.credentialsArn !== undefined),
      )
      .throwIfInvalid();

    const prefix = physicalName(this, CACHE_PREFIX, props.name ?? upstream.name);
    claimImages(this, prefix, true);
    const template = new EcrRepositoryCreationTemplate(this, 'Template', {
      prefix,
      description: `cache of ${upstream.url}`,
      appliedFor: ['PULL_THROUGH_CACHE'],
      imageTagMutability: 'MUTABLE', // with immutable tags, ECR cannot store a newer image
      encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: encryptionKey.keyArn }],
      customRoleArn: this.makeRole(encryptionKey, prefix).roleArn,
      lifecyclePolicy: lifecyclePolicy(DEFAULT_KEPT_IMAGES),
    });
    const rule = new EcrPullThroughCacheRule(this, 'Resource', {
      ecrRepositoryPrefix: prefix,
      upstreamRegistryUrl: upstream.url,
      credentialArn: upstream.credentialsArn,
      dependsOn: [template], // a template does not change existing repositories
    });
    this.prefix = published(this, rule.ecrRepositoryPrefix, prefix);
  }

  /**
   * Address of a cached image.
   *
   * @param image path and tag in the upstream registry, e.g. `library/python:3.12-slim`
   */
  public imageUri(image: string): string {
    return `${registryHost(this)}/${this.prefix}/${image}`;
  }

  /**
   * Allows `ecr:BatchCheckLayerAvailability`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer` on every cached
   * repository and `ecr:GetAuthorizationToken`; for the first pull `ecr:BatchImportUpstreamImage`,
   * `ecr:CreateRepository`.
   */
  public grantPull(grantee: IGrantable): void {
    allowImages(grantee, this.arnOf(this.prefix), [
      ...PULL_ACTIONS,
      'ecr:BatchImportUpstreamImage',
      'ecr:CreateRepository',
    ]);
  }

  private arnOf(prefix: string): string {
    return Aws.of(this).arn('ecr', `repository/${prefix}/*`);
  }

  /** ECR creates encrypted repositories only with a role. */
  private makeRole({ keyArn }: IKey, prefix: string): IRole {
    const role = new Role(this, 'Role', { assumedBy: Principal.service('ecr.amazonaws.com') });
    role.addToPolicy({
      actions: ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'],
      resources: [this.arnOf(prefix)],
    });
    role.addToPolicy({ actions: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], resources: [keyArn] });
    return role;
  }
}
