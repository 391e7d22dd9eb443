import { AwsProvider, type AwsProviderConfig } from '@cdktf/provider-aws/lib/provider';
import { DefaultTokenResolver, StringConcat, type TerraformElement, TerraformStack, Tokenization } from 'cdktf';
import { AwsStack, type AwsStackProps } from '../../lib/aws/aws-stack';
import { resolvingFast } from '../../lib/core/cdktf/synthesis';
import type { Removal } from '../../lib/core/removal';
import { Key } from '../../lib/encryption/key';
import { Principal } from '../../lib/iam/principal';
import { Role } from '../../lib/iam/role';
import { testApp } from '../../lib/testing';

/** Account and region of {@link acmeStack}. */
export const ACME = { namePrefix: 'acme-dev', account: '111122223333', region: 'eu-north-1' } as const;

/** A platform stack of acme in its own app. */
export function acmeStack(props: AwsStackProps = {}): AwsStack {
  return new AwsStack(testApp(), 'test', { ...ACME, ...props });
}

/** A plain stack with an AWS provider, in its own app. */
export function testStack(provider: AwsProviderConfig = {}, id = 'test'): TerraformStack {
  const stack = new TerraformStack(testApp(), id);
  new AwsProvider(stack, 'aws', { region: ACME.region, ...provider });
  return stack;
}

/** A key, if a test needs any. */
export function keyIn(stack: TerraformStack, id = 'Key'): Key {
  return new Key(stack, id, { description: 'test' });
}

/** A grantee. */
export function roleIn(stack: TerraformStack, id = 'Role'): Role {
  return new Role(stack, id, { assumedBy: Principal.service('sagemaker.amazonaws.com') });
}

/** Actions of a key's grants, repeated here so that a test fails when the library's lists change. */
export const DECRYPT = ['kms:Decrypt', 'kms:DescribeKey'];
export const ENCRYPT = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:DescribeKey',
];
/** Actions on the objects of a bucket's grants. */
export const READ = ['s3:GetObject', 's3:GetObjectTagging'];
export const WRITE = ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'];

/** The two conditions for destroying data: `removal` of the stack and of the construct; and the result. */
export const TWO_KEYS: [ofStack: Removal, ofConstruct: Removal | undefined, goes: boolean][] = [
  ['retain', 'retain', false],
  ['retain', 'destroy', false],
  ['destroy', undefined, false],
  ['destroy', 'retain', false],
  ['destroy', 'destroy', true],
];

const resolver = new DefaultTokenResolver(new StringConcat());

/**
 * What one element adds to the JSON of its stack, where a synthesis of all of them would cost too much: without aspects,
 * and without outputs for other stacks.
 */
export function rendered(element: TerraformElement): any {
  const options = { scope: TerraformStack.of(element), resolver, preparing: false };
  return resolvingFast(() => Tokenization.resolve(element.toTerraform(), options));
}
