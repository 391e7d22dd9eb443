import { AwsProvider, type AwsProviderConfig } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import { testApp } from '../../lib/testing';

/** The region that tests deploy to where it does not matter. */
export const TEST_REGION = 'eu-north-1';

/** A plain stack with an AWS provider, in an app of its own. */
export function testStack(provider: AwsProviderConfig = {}, id = 'test'): TerraformStack {
  const stack = new TerraformStack(testApp(), id);
  new AwsProvider(stack, 'aws', { region: TEST_REGION, ...provider });
  return stack;
}
