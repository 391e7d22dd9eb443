import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { Fn, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { partOfArn, resourceOfArn } from '../aws/arn-parts';
import { urlSuffixOf } from '../aws/arns';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import type { IGrantable } from '../iam/statement';
import {
  allowImages,
  claimImages,
  lifecyclePolicy,
  PULL_ACTIONS,
  PUSH_ACTIONS,
  registryHost,
  withReference,
} from './image-registry';
import { DEFAULT_KEPT_IMAGES, IMAGE_NAME, REPOSITORY } from './registry-limits';

const REPOSITORY_ARN = /^arn:([^:]+):ecr:([^:]+):(\d{12}):repository\/(.+)$/;

/** A repository of container images as other modules see it. */
export interface IImageRepository extends IConstruct {
  readonly repositoryName: string;
  readonly repositoryArn: string;
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`; in China with another suffix. */
  readonly repositoryUri: string;
  /** Address of one image: the repository with a tag, or with a digest (`sha256:...`). */
  imageUri(reference: string): string;
  /**
   * Allows `ecr:BatchCheckLayerAvailability`, `ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer` on the repository and
   * `ecr:GetAuthorizationToken`. It does not include the key: ECR decrypts with a grant of its own.
   */
  grantPull(grantee: IGrantable): void;
  /**
   * Allows what {@link grantPull} does, and `ecr:CompleteLayerUpload`, `ecr:InitiateLayerUpload`, `ecr:PutImage`,
   * `ecr:UploadLayerPart`.
   */
  grantPush(grantee: IGrantable): void;
}

export interface ImageRepositoryProps {
  /** Key that encrypts every image. Another key replaces the repository. */
  readonly encryptionKey: IKey;
  /** Name after the stack's prefix: lower-case words joined by `.`, `_`, `-` or `/`. @default - from the path */
  readonly name?: string;
  /**
   * Allows a push to move a tag to another image. The image under a tag can then change between test and production.
   * @default false
   */
  readonly mutableTags?: boolean;
  /** Number of newest images to keep, tagged or not; a deleted image cannot be pulled again. @default 100 */
  readonly keptImages?: number;
  /** Whether the images may be destroyed with the repository: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

abstract class ImageRepositoryBase extends Construct implements IImageRepository {
  public abstract readonly repositoryName: string;
  public abstract readonly repositoryArn: string;
  public abstract readonly repositoryUri: string;

  public imageUri(reference: string): string {
    return withReference(this.repositoryUri, reference);
  }

  public grantPull(grantee: IGrantable): void {
    allowImages(grantee, this.repositoryArn, PULL_ACTIONS);
  }

  public grantPush(grantee: IGrantable): void {
    allowImages(grantee, this.repositoryArn, [...PULL_ACTIONS, ...PUSH_ACTIONS]);
  }
}

/**
 * A private ECR repository: immutable tags, every push scanned, one encryption key, old images deleted.
 *
 * Costs for each gigabyte-month of images. Destroying it deletes them if both keys say destroy; otherwise Terraform
 * refuses.
 */
export class ImageRepository extends ImageRepositoryBase {
  /**
   * An existing repository, in any account and region; its policy must allow this account.
   *
   * @param repositoryArn `arn:<partition>:ecr:<region>:<account>:repository/<name>`
   * @throws InputError if the ARN has another form
   */
  public static fromRepositoryArn(scope: Construct, id: string, repositoryArn: string): IImageRepository {
    Properties.need(`${scope.node.path}/${id}`, { repositoryArn }, 'repositoryArn');
    const isToken = Token.isUnresolved(repositoryArn);
    const resource = resourceOfArn(repositoryArn);
    const name = isToken ? Fn.trimprefix(resource, 'repository/') : (REPOSITORY_ARN.exec(repositoryArn)?.[4] ?? '');
    const suffix = isToken ? Aws.of(scope).urlSuffix : urlSuffixOf(partOfArn(repositoryArn, 1));
    const host = `${partOfArn(repositoryArn, 4)}.dkr.ecr.${partOfArn(repositoryArn, 3)}.${suffix}`;
    class Import extends ImageRepositoryBase {
      public readonly repositoryArn = repositoryArn;
      public readonly repositoryName = name;
      public readonly repositoryUri = `${host}/${name}`;
    }
    const repository = new Import(scope, id);
    Properties.of(repository)
      .require(
        name !== '',
        `'repositoryArn' must be 'arn:<partition>:ecr:<region>:<account>:repository/<name>', got '${repositoryArn}'`,
      )
      .throwIfInvalid();
    return repository;
  }

  public readonly repositoryName: string;
  public readonly repositoryArn: string;
  public readonly repositoryUri: string;

  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    Properties.of(this)
      .matches('name', props.name, IMAGE_NAME)
      .integer('keptImages', props.keptImages, { min: 1 })
      .throwIfInvalid();

    const name = physicalName(this, REPOSITORY, props.name);
    claimImages(this, name, false);
    const mutableTags = props.mutableTags ?? false;
    const repository = new EcrRepository(this, 'Resource', {
      name,
      imageTagMutability: mutableTags ? 'MUTABLE' : 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: 'KMS', kmsKey: props.encryptionKey.keyArn }],
      forceDelete: mayDestroy(this, props.removal),
      lifecycle: keepData(this, props.removal),
    });
    this.repositoryName = published(this, repository.name, name);
    const host = registryHost(this);
    this.repositoryUri = published(this, `${host}/${repository.name}`, `${host}/${name}`);
    this.repositoryArn = published(this, repository.arn, Aws.of(this).arn('ecr', `repository/${name}`));
    if (mutableTags) waive(repository, "tags are mutable: 'mutableTags' is true", 'CKV_AWS_51', 'AWS-0031');
    new EcrLifecyclePolicy(this, 'Lifecycle', {
      repository: repository.name,
      policy: lifecyclePolicy(props.keptImages ?? DEFAULT_KEPT_IMAGES),
    });
  }
}
