import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { TerraformStack, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { Properties } from '../core/properties';
import { refuseLate } from '../core/surroundings';
import { ACCOUNT_ID, ARN, PARTITION, partitionOf, REGION, urlSuffixOf } from './arns';

/** The account, region and partition of a stack. */
export interface AwsProps {
  /** Twelve digits. @default - the account of the credentials, read at plan time */
  readonly account?: string;
  /** @default - the provider's region, read at plan time */
  readonly region?: string;
  /** `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`. @default - the partition of `region` */
  readonly partition?: string;
  /** ARN of the permissions boundary of every role of the stack. @default - none */
  readonly permissionsBoundaryArn?: string;
  /** IAM path of every role of the stack, e.g. `/ml/`. @default - `/` */
  readonly rolePath?: string;
}

const CHILD_ID = 'AwsPlace';

/**
 * The account, region and partition of a stack: literals if the stack sets them, data sources otherwise.
 *
 * An `AwsStack` sets them. In a plain `TerraformStack` they come from the credentials, or from {@link Aws.declare}.
 */
export class Aws extends Construct {
  /** The account and region of the stack that holds `scope`. */
  public static of(scope: IConstruct): Aws {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(CHILD_ID) as Aws | undefined) ?? new Aws(stack, {}, scope);
  }

  /**
   * Sets where a stack is deployed.
   *
   * @throws InputError if a construct of the stack has already read these values: it would keep the old ones
   */
  public static declare(stack: TerraformStack, props: AwsProps): Aws {
    refuseLate(stack, 'Aws', stack.node.tryFindChild(CHILD_ID) as Aws | undefined);
    const properties = Properties.of(stack);
    validateAws(properties, props);
    properties.throwIfInvalid();
    return new Aws(stack, props);
  }

  public readonly permissionsBoundaryArn?: string;
  public readonly rolePath?: string;

  private constructor(
    stack: TerraformStack,
    private readonly props: AwsProps,
    /** The first construct that read the defaults, if nothing was declared. */
    public readonly firstReader?: IConstruct,
  ) {
    super(stack, CHILD_ID);
    this.permissionsBoundaryArn = props.permissionsBoundaryArn;
    this.rolePath = props.rolePath;
  }

  /** Twelve digits, or a token. */
  public get account(): string {
    return this.props.account ?? this.ask('Account', () => new DataAwsCallerIdentity(this, 'Account')).accountId;
  }

  /** E.g. `eu-north-1`, or a token. */
  public get region(): string {
    return this.props.region ?? this.ask('Region', () => new DataAwsRegion(this, 'Region')).id;
  }

  /** The part of every ARN after `arn:`. */
  public get partition(): string {
    return this.known.partition ?? this.askPartition().partition;
  }

  /** Domain of the partition's service endpoints, e.g. `amazonaws.com`. */
  public get urlSuffix(): string {
    const { partition } = this;
    return Token.isUnresolved(partition) ? this.askPartition().dnsSuffix : urlSuffixOf(partition);
  }

  /** The account and region, if the stack sets them; names are compared within them. */
  public get known(): { readonly partition?: string; readonly account?: string; readonly region?: string } {
    const { account, region } = this.props;
    const ofRegion = region === undefined || Token.isUnresolved(region) ? undefined : partitionOf(region);
    return { partition: this.props.partition ?? ofRegion, account, region };
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

/** Checks the form of account, region, partition and permissions boundary. */
export function validateAws(properties: Properties, props: AwsProps): void {
  properties
    .matches('account', props.account, ACCOUNT_ID)
    .matches('region', props.region, REGION)
    .matches('partition', props.partition, PARTITION)
    .matches('permissionsBoundaryArn', props.permissionsBoundaryArn, ARN.policy);
}
