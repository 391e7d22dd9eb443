import 'cdktf-mlops/testing/jest';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { addresses, Template, testApp } from 'cdktf-mlops/testing';
import { ExportsStack } from '../exports-stack';

const stack = new ExportsStack(testApp(), 'acme-exports');
const template = Template.synth(stack);

test('no resource is replaced unnoticed', () => {
  expect(addresses(stack)).toMatchSnapshot();
});

test('nothing changes unnoticed', () => {
  expect(template).toMatchSnapshot(); // without versions, stack traces and local paths
});

test('replaced exports can be restored', () => {
  expect(stack).toHaveResource(S3BucketVersioningA, { versioning_configuration: { status: 'Enabled' } });
});

test('logs have a retention', () => {
  for (const { retention_in_days } of template.all('aws_cloudwatch_log_group')) expect(retention_in_days).toBe(90);
});

test('the job can only add exports', () => {
  const policy = template.policyOf(stack.role);
  expect(policy).toAllowOnly({ actions: 's3:PutObject', resources: `${stack.bucket.arn}/daily/*` });
  expect(policy).not.toAllow({ actions: 's3:Get*' });
  expect(template.policyOf(stack.role, 'assume_role_policy')).toAllow({
    actions: 'sts:AssumeRole',
    principal: 'batch.amazonaws.com',
  });
});
