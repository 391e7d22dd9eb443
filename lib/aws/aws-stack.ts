import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import { PlatformStack, type PlatformStackProps } from '../core/platform-stack';
import type { Properties } from '../core/properties';
import { Aws, type AwsProps, validateAws } from './aws';

export interface AwsStackProps extends PlatformStackProps, AwsProps {}

/** A platform stack of AWS resources. Its provider refuses credentials of other accounts and tags every resource. */
export class AwsStack extends PlatformStack {
  public readonly awsProvider: AwsProvider;

  constructor(scope: Construct, id: string, props: AwsStackProps = {}) {
    super(scope, id, props);
    Aws.declare(this, props);
    this.awsProvider = new AwsProvider(this, 'Aws', {
      region: props.region,
      allowedAccountIds: props.account ? [props.account] : undefined,
      defaultTags: props.tags ? [{ tags: props.tags }] : undefined,
    });
  }

  protected override validateProps(properties: Properties, props: AwsStackProps): void {
    super.validateProps(properties, props);
    validateAws(properties, props);
  }
}
