import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { TerraformStack, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { partitionOf, urlSuffixOf } from './arns';

/** Where in AWS a stack is deployed. */
export interface AwsProps {
  /** Twelve digits. @default - the account of the credentials, read when Terraform plans */
  readonly account?: string;
  /** @default - the provider's region, read when Terraform plans */
  readonly region?: string;
  /** `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`. @default - the partition of `region` */
  readonly partition?: string;
  /** ARN of the policy that limits every role of the stack. @default - no limit */
  readonly permissionsBoundaryArn?: string;
}

const CHILD_ID = 'AwsPlace';

/**
 * The account, region and partition of a stack: literals where the stack was told, data sources otherwise.
 *
 * An `AwsStack` declares them. In a plain `TerraformStack` they come from the credentials, unless {@link Aws.declare} says
 * more.
 */
export class Aws extends Construct {
  /** The account and region of the stack that holds `scope`. */
  public static of(scope: IConstruct): Aws {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(CHILD_ID) as Aws | undefined) ?? new Aws(stack, {});
  }

  /**
   * Tells a stack where it is deployed.
   *
   * @throws Error when a construct of the stack has asked already: its answer would change underneath it.
   */
  public static declare(stack: TerraformStack, props: AwsProps): Aws {
    return new Aws(stack, props);
  }

  public readonly permissionsBoundaryArn?: string;

  private constructor(
    stack: TerraformStack,
    private readonly props: AwsProps,
  ) {
    super(stack, CHILD_ID);
    this.permissionsBoundaryArn = props.permissionsBoundaryArn;
  }

  /** Twelve digits, or a token. */
  public get account(): string {
    return this.props.account ?? this.ask('Account', () => new DataAwsCallerIdentity(this, 'Account')).accountId;
  }

  /** E.g. `eu-north-1`, or a token. */
  public get region(): string {
    return this.props.region ?? this.ask('Region', () => new DataAwsRegion(this, 'Region')).id;
  }

  /** First part of every ARN after `arn:`. */
  public get partition(): string {
    if (this.props.partition) return this.props.partition;
    if (this.props.region) return partitionOf(this.props.region);
    return this.askPartition().partition;
  }

  /** End of every host name of the partition's services, e.g. `amazonaws.com`. */
  public get urlSuffix(): string {
    const { partition } = this;
    return Token.isUnresolved(partition) ? this.askPartition().dnsSuffix : urlSuffixOf(partition);
  }

  /** The account and the region where the stack was told them: what names are unique in. */
  public get known(): { readonly account?: string; readonly region?: string } {
    return { account: this.props.account, region: this.props.region };
  }

  /** `arn:<partition>:<service>:<region>:<account>:<resource>`; `''` omits region or account, as S3 and IAM do. */
  public arn(service: string, resource: string, { region = this.region, account = this.account } = {}): string {
    return `arn:${this.partition}:${service}:${region}:${account}:${resource}`;
  }

  private askPartition(): DataAwsPartition {
    return this.ask('Partition', () => new DataAwsPartition(this, 'Partition'));
  }

  private ask<T extends Construct>(id: string, make: () => T): T {
    return (this.node.tryFindChild(id) as T | undefined) ?? make();
  }
}
