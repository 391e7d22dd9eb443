import { Construct, type IConstruct } from 'constructs';
import { digitsOf } from '../../core/cdktf/token-values';
import { InputError } from '../../core/input-error';
import type { IGrantable } from '../../iam/statement';
import { REGISTERED_AS } from './package-limits';

const STATUS = 'sagemaker:ModelApprovalStatus';
const metadata = (key: string) => `sagemaker:CustomerMetadataProperties/${key}`;

/** Actions that read a group. */
export const READ_GROUP_ACTIONS = ['sagemaker:DescribeModelPackageGroup'] as const;
/** Actions that read the packages of a group. */
export const READ_PACKAGE_ACTIONS = [
  'sagemaker:BatchDescribeModelPackage',
  'sagemaker:DescribeModelPackage',
  'sagemaker:ListModelPackages',
] as const;

/** The versions of one model in the registry of SageMaker, as other modules see them. */
export interface IModelPackageGroup extends IConstruct {
  readonly packageGroupName: string;
  /** `arn:<partition>:sagemaker:<region>:<account>:model-package-group/<name>`. */
  readonly packageGroupArn: string;
  /** Pattern of the ARN of every version: `arn:<partition>:sagemaker:<region>:<account>:model-package/<name>/*`. */
  readonly packagesArn: string;
  /** Keys that the metadata of every package must have: see `missingMetadata`. */
  readonly requiredMetadata: readonly string[];
  /** `arn:<partition>:sagemaker:<region>:<account>:model-package/<name>/<version>`. */
  versionArn(packageVersion: number): string;
  /**
   * Allows a trainer to register a version, as pending or rejected and with each key of `requiredMetadata`:
   * `sagemaker:CreateModelPackage`, and `sagemaker:AddTags` at that call. Another status or a missing key is refused with
   * `AccessDeniedException`. It denies what approves: `sagemaker:UpdateModelPackage`, and registration as approved.
   *
   * @throws InputError if the grantee may approve
   */
  grantRegister(grantee: IGrantable): void;
  /**
   * Allows reading the group and every version, e.g. to find the newest approved one: `sagemaker:BatchDescribeModelPackage`,
   * `sagemaker:DescribeModelPackage`, `sagemaker:DescribeModelPackageGroup`, `sagemaker:ListModelPackages`. The files of a
   * version are granted by their bucket.
   */
  grantRead(grantee: IGrantable): void;
  /**
   * Allows approving and rejecting versions, and what {@link grantRead} does: `sagemaker:UpdateModelPackage`, if the call
   * sets the approval status, and neither changes nor removes a key of `requiredMetadata`. IAM has no condition for what else such
   * a call may change, such as the files of the version: who serves it checks them against its contract.
   *
   * @throws InputError if the grantee may register
   */
  grantApprove(grantee: IGrantable): void;
}

/** Grants of every group, new or existing. */
export abstract class ModelPackageGroupBase extends Construct implements IModelPackageGroup {
  public abstract readonly packageGroupName: string;
  public abstract readonly packageGroupArn: string;
  public abstract readonly packagesArn: string;
  public abstract readonly requiredMetadata: readonly string[];
  private readonly registrars = new Set<IGrantable>();
  private readonly approvers = new Set<IGrantable>();

  public versionArn(packageVersion: number): string {
    return `${this.packagesArn.slice(0, -1)}${digitsOf(packageVersion)}`; // it ends in a slash and a wildcard
  }

  public grantRegister(grantee: IGrantable): void {
    this.keepApart(grantee, this.approvers);
    this.registrars.add(grantee);
    const resources = [this.packagesArn];
    const present = Object.fromEntries(this.requiredMetadata.map((key) => [metadata(key), 'false']));
    grantee.addToPolicy({
      actions: ['sagemaker:CreateModelPackage'],
      resources,
      conditions: { StringEquals: { [STATUS]: REGISTERED_AS }, Null: present },
    });
    grantee.addToPolicy({
      actions: ['sagemaker:AddTags'],
      resources,
      conditions: { StringEquals: { 'sagemaker:TaggingAction': 'CreateModelPackage' } },
    });
    grantee.addToPolicy({ effect: 'Deny', actions: ['sagemaker:UpdateModelPackage'], resources });
    grantee.addToPolicy({
      effect: 'Deny',
      actions: ['sagemaker:CreateModelPackage'],
      resources,
      conditions: { StringEquals: { [STATUS]: 'Approved' } },
    });
  }

  public grantRead(grantee: IGrantable): void {
    grantee.addToPolicy({
      actions: [...READ_GROUP_ACTIONS, ...READ_PACKAGE_ACTIONS],
      resources: [this.packageGroupArn, this.packagesArn],
    });
  }

  public grantApprove(grantee: IGrantable): void {
    this.keepApart(grantee, this.registrars);
    this.approvers.add(grantee);
    this.grantRead(grantee);
    const unchanged = Object.fromEntries(this.requiredMetadata.map((key) => [metadata(key), 'true']));
    grantee.addToPolicy({
      actions: ['sagemaker:UpdateModelPackage'],
      resources: [this.packagesArn],
      conditions: { Null: { [STATUS]: 'false', 'sagemaker:CustomerMetadataPropertiesToRemove': 'true', ...unchanged } },
    });
  }

  private keepApart(grantee: IGrantable, others: ReadonlySet<IGrantable>): void {
    if (!others.has(grantee)) return;
    throw new InputError(
      `${this.node.path}: ${grantee.node.path} must not both register and approve; give approval to another role`,
    );
  }
}
