import { SagemakerModelPackageGroup } from '@cdktf/provider-aws/lib/sagemaker-model-package-group';
import { SagemakerModelPackageGroupPolicy } from '@cdktf/provider-aws/lib/sagemaker-model-package-group-policy';
import { type TerraformResource, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { lastPartOfArn, partOfArn } from '../../aws/arn-parts';
import { ACCOUNT_ID, ARN } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, type Removal } from '../../core/removal';
import { NAME, unescaped } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import { MODEL_PACKAGE_GROUP_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { Role } from '../../iam/role';
import type { PolicyStatement } from '../../iam/statement';
import { Bucket, type IBucket } from '../../storage/bucket';
import { OBJECT_PREFIX } from '../../storage/bucket-limits';
import {
  type IModelPackageGroup,
  ModelPackageGroupBase,
  READ_GROUP_ACTIONS,
  READ_PACKAGE_ACTIONS,
} from './model-package-group-base';
import {
  brokenAccount,
  METADATA_KEY,
  PACKAGE_GROUP,
  PACKAGE_GROUP_DESCRIPTION,
  REQUIRED_METADATA,
} from './package-limits';

export type { IModelPackageGroup } from './model-package-group-base';

export interface ModelPackageGroupProps {
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. Another name replaces the group. */
  readonly name: string;
  /** Used when the group is created; a later change has no effect, because it would replace the group. @default - none */
  readonly description?: string;
  /** Keys that every package must have besides `REQUIRED_METADATA`, e.g. `ticket`. @default - none */
  readonly furtherMetadata?: readonly string[];
  /**
   * Other accounts that may read the packages of the group and make models of them, e.g. the next account of a promotion:
   * the same package is deployed there by its ARN. Their IAM policies decide which of their roles. The files are shared by
   * {@link ModelPackageGroup.shareArtifacts}.
   * @default - none
   */
  readonly readerAccounts?: readonly string[];
  /**
   * ARNs of the roles and users that may assume the role of the approver.
   * @default - whoever IAM policies of this account allow to
   */
  readonly approverArns?: readonly string[];
  /** Whether the group may be destroyed: see `mayDestroy`. SageMaker refuses it as long as the group has packages. @default retain */
  readonly removal?: Removal;
}

/** An existing group. */
export interface ModelPackageGroupAttributes {
  /** `arn:<partition>:sagemaker:<region>:<account>:model-package-group/<name>`. */
  readonly packageGroupArn: string;
  /** Keys that every package must have. @default REQUIRED_METADATA */
  readonly requiredMetadata?: readonly string[];
}

/**
 * The versions of one model in the registry of SageMaker. Who trains registers a version, as pending and with the metadata
 * that must be there: IAM refuses any other. A role of its own approves, which no one who trains may have.
 *
 * Makes the group, the role of the approver, and with `readerAccounts` the policy of the group.
 *
 * Costs nothing at rest: SageMaker charges neither for groups nor for packages; S3 charges for the files of the models.
 *
 * Destroyed cleanly once it is empty. The packages are not in the Terraform state: list them with `aws sagemaker
 * list-model-packages --model-package-group-name <name>`, and delete each with `aws sagemaker delete-model-package
 * --model-package-name <arn>`. Their files stay in their bucket.
 */
export class ModelPackageGroup extends ModelPackageGroupBase {
  /**
   * An existing group, of any account and region. The policy of a group of another account must allow this one.
   *
   * @throws InputError if `packageGroupArn` is not the ARN of a group
   */
  public static fromModelPackageGroupAttributes(
    scope: Construct,
    id: string,
    attributes: ModelPackageGroupAttributes,
  ): IModelPackageGroup {
    Properties.of(`${scope.node.path}/${id}`)
      .present(attributes, 'packageGroupArn')
      .matches('packageGroupArn', attributes?.packageGroupArn, ARN.modelPackageGroup)
      .throwIfInvalid();
    const { packageGroupArn } = attributes;
    const [partition, region, account] = [1, 3, 4].map((index) => partOfArn(packageGroupArn, index as 1 | 3 | 4));
    const name = lastPartOfArn(packageGroupArn);
    class Import extends ModelPackageGroupBase {
      public readonly packageGroupArn = packageGroupArn;
      public readonly packageGroupName = name;
      public readonly packagesArn = `arn:${partition}:sagemaker:${region}:${account}:model-package/${name}/*`;
      public readonly requiredMetadata = attributes.requiredMetadata ?? REQUIRED_METADATA;
    }
    return new Import(scope, id);
  }

  public readonly packageGroupName: string;
  public readonly packageGroupArn: string;
  public readonly packagesArn: string;
  public readonly requiredMetadata: readonly string[];
  /** Approves and rejects packages: see `IModelPackageGroup.grantApprove`. */
  public readonly approver: Role;
  /** Other accounts that read the group. */
  public readonly readerAccounts: readonly string[];
  /** The underlying group. */
  public readonly resource: SagemakerModelPackageGroup;

  constructor(scope: Construct, id: string, props: ModelPackageGroupProps) {
    super(scope, id);
    this.validate(props);

    const { furtherMetadata = [], readerAccounts = [], removal } = props;
    this.requiredMetadata = [...REQUIRED_METADATA, ...furtherMetadata];
    this.readerAccounts = readerAccounts;
    const name = physicalName(this, PACKAGE_GROUP, props.name);
    this.resource = new SagemakerModelPackageGroup(this, 'Resource', {
      modelPackageGroupName: name,
      modelPackageGroupDescription: props.description,
      lifecycle: { ...keepData(this, removal), ignoreChanges: ['model_package_group_description'] }, // would replace it
    });
    this.packageGroupName = published(this, this.resource.modelPackageGroupName, name);
    this.packageGroupArn = published(
      this,
      this.resource.arn,
      Aws.of(this).arn('sagemaker', `model-package-group/${name}`),
    );
    this.packagesArn = Aws.of(this).arn('sagemaker', `model-package/${this.packageGroupName}/*`);
    this.approver = this.makeApprover(props.approverArns);
    if (readerAccounts.length > 0) this.allowReaders();
  }

  /**
   * Lets `readerAccounts` read the files of packages: `s3:GetObject` below `prefix` (`churn/output/*`), `s3:ListBucket` of
   * the prefix, and decryption with the bucket's key as `IKey.allowAccounts` does. Has no effect on an existing bucket or
   * key, whose own policies must allow it, nor without `readerAccounts`. The image of a package is shared by its repository.
   *
   * @throws InputError if `prefix` matches no key
   */
  public shareArtifacts(bucket: IBucket, prefix: string): void {
    Properties.of(this).matches('prefix', prefix, OBJECT_PREFIX).throwIfInvalid();
    if (this.readerAccounts.length === 0) return;
    bucket.encryptionKey?.allowAccounts(this.readerAccounts);
    if (!(bucket instanceof Bucket)) return;
    const principal = this.readers();
    const { bucketArn } = bucket;
    bucket.addToResourcePolicy({ principal, actions: ['s3:GetObject'], resources: [`${bucketArn}/${prefix}`] });
    bucket.addToResourcePolicy({
      principal,
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringLike: { 's3:prefix': prefix } },
    });
  }

  private validate(props: ModelPackageGroupProps): void {
    const { name, description, furtherMetadata = [], readerAccounts = [], approverArns } = props ?? {};
    const properties = Properties.of(this)
      .present(props, 'name')
      .known(props, 'furtherMetadata', 'readerAccounts', 'approverArns')
      .matches('name', name, NAME)
      .matches('description', description && unescaped(description), PACKAGE_GROUP_DESCRIPTION)
      .require(approverArns?.length !== 0, "'approverArns' must have at least one ARN, got none; remove it");
    for (const [index, key] of Token.isUnresolved(furtherMetadata) ? [] : furtherMetadata.entries()) {
      const place = `furtherMetadata[${index}]`;
      properties.known({ [place]: key }, place).matches(place, key, METADATA_KEY);
    }
    const own = Aws.of(this).known.account;
    for (const [index, account] of Token.isUnresolved(readerAccounts) ? [] : readerAccounts.entries()) {
      const place = `readerAccounts[${index}]`;
      properties.matches(place, account, ACCOUNT_ID);
      properties.keeps(place, account, brokenAccount(account, index, readerAccounts, own));
    }
    properties.throwIfInvalid();
  }

  private makeApprover(approverArns: readonly string[] | undefined): Role {
    const account = Aws.of(this).arn('iam', 'root', { region: '' });
    const approver = new Role(this, 'Approver', { assumedBy: Principal.arns(approverArns ?? [account]) });
    this.grantApprove(approver);
    if (approverArns === undefined) {
      waive(
        approver.node.defaultChild as TerraformResource,
        'IAM policies of the account decide who may assume it, and it may approve only',
        'CKV_AWS_61',
      );
    }
    return approver;
  }

  /** As SageMaker's guide lists it (deploy a model version from a different account), without `UpdateModelPackage`. */
  private allowReaders(): void {
    const principal = this.readers();
    const statements: PolicyStatement[] = [
      { principal, actions: READ_GROUP_ACTIONS, resources: [this.packageGroupArn] },
      {
        principal,
        actions: [...READ_PACKAGE_ACTIONS, 'sagemaker:CreateModel'],
        resources: [this.packagesArn],
      },
    ];
    new SagemakerModelPackageGroupPolicy(this, 'Policy', {
      modelPackageGroupName: this.packageGroupName,
      resourcePolicy: renderedPolicy(this, MODEL_PACKAGE_GROUP_POLICY, () => statements),
    });
  }

  private readers(): Principal {
    const aws = Aws.of(this);
    return Principal.arns(this.readerAccounts.map((account) => aws.arn('iam', 'root', { region: '', account })));
  }
}
