import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { TerraformStack, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import type { Removal } from './removal';

/** What a stack knows about the place it will be deployed to. */
export interface SurroundingsProps {
  /** First part of every physical name, e.g. `acme-dev`. @default - names begin with the construct's path */
  readonly namePrefix?: string;
  /** Twelve digits. @default - the account of the credentials, asked when Terraform plans */
  readonly account?: string;
  /** @default - the provider's region, asked when Terraform plans */
  readonly region?: string;
  /** `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`. @default - the partition of `region` */
  readonly partition?: string;
  /** The stack's key to destroying data: see {@link mayDestroy}. @default retain */
  readonly removal?: Removal;
  /** ARN of the policy that caps every role made here. @default - no ceiling */
  readonly permissionsBoundaryArn?: string;
}

const CHILD_ID = 'Surroundings';

/**
 * What constructs ask about their surroundings: literals where the stack was told, data sources otherwise.
 *
 * A platform stack declares them; in a plain `TerraformStack` they come from the credentials, unless
 * {@link Surroundings.declare} says more.
 */
export class Surroundings extends Construct {
  /** The surroundings of the stack that holds `scope`. */
  public static of(scope: IConstruct): Surroundings {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(CHILD_ID) as Surroundings | undefined) ?? new Surroundings(stack, {});
  }

  /**
   * Tells a stack where it will be deployed to.
   *
   * @throws Error when a construct of the stack has asked already: its answer would change underneath it.
   */
  public static declare(stack: TerraformStack, props: SurroundingsProps): Surroundings {
    return new Surroundings(stack, props);
  }

  public readonly namePrefix?: string;
  public readonly removal: Removal;
  public readonly permissionsBoundaryArn?: string;

  private constructor(
    stack: TerraformStack,
    private readonly props: SurroundingsProps,
  ) {
    super(stack, CHILD_ID);
    this.namePrefix = props.namePrefix;
    this.removal = props.removal ?? 'retain';
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

  /** `arn:<partition>:<service>:<region>:<account>:<resource>`; `''` leaves region or account out, as S3 and IAM do. */
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

/** The partition that a region's name belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

/** The end of the host names of a partition's services. */
export function urlSuffixOf(partition: string): string {
  if (partition === 'aws-cn') return 'amazonaws.com.cn';
  if (partition === 'aws-eusc') return 'amazonaws.eu';
  return 'amazonaws.com';
}
