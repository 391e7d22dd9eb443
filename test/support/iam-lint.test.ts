import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { Template } from '../../lib/testing';
import { lintPolicies, lintStatement } from './iam-lint';
import { testStack } from './stack';

function lint(actions: string[], resources: string[], conditions: object): Promise<string[]> {
  return lintStatement({ actions, resources, conditions });
}

test.each<[string, string[], string[], object]>([
  ['an action', ['s3:GetObject'], ['arn:aws:s3:::acme/*'], {}],
  [
    'a pattern of actions, in any case',
    ['S3:getobject*', 's3:List*'],
    ['arn:aws:s3:::acme', 'arn:aws:s3:::acme/raw/*'],
    {},
  ],
  ['everything', ['*'], ['*'], {}],
  [
    'log streams of a group',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ['arn:aws:logs:eu-north-1:111122223333:log-group:/acme/x:*'],
    {},
  ],
  [
    'global and own condition keys',
    ['s3:ListBucket'],
    ['arn:aws:s3:::acme'],
    { StringLike: { 's3:prefix': 'raw/*', 'aws:PrincipalTag/team': 'x' } },
  ],
  ['a key with a name in it', ['ec2:RunInstances'], ['*'], { StringEquals: { 'ec2:ResourceTag/team': 'x' } }],
  [
    'claims of a token',
    ['sts:AssumeRoleWithWebIdentity'],
    [],
    { StringEquals: { 'token.actions.githubusercontent.com:sub': 'x' } },
  ],
])('passes: %s', async (_what, actions, resources, conditions) => {
  expect(await lint(actions, resources, conditions)).toEqual([]);
});

test.each<[string[], string[], object, string]>([
  [['s3:GetObjects'], ['arn:aws:s3:::acme/*'], {}, 'no such action: s3:GetObjects'],
  [['sagemker:*'], ['*'], {}, 'no such action: sagemker:*'],
  [
    ['s3:GetObject', 's3:ListBucket'],
    ['arn:aws:s3:::acme/*'],
    {},
    's3:ListBucket does not work on arn:aws:s3:::acme/*',
  ],
  [
    ['ecr:GetAuthorizationToken'],
    ['arn:aws:ecr:eu-north-1:111122223333:repository/x'],
    {},
    'ecr:GetAuthorizationToken does not work on',
  ],
  [
    ['s3:GetObject'],
    ['arn:aws:s3:::acme/*', 'arn:aws:sqs:eu-north-1:111122223333:x'],
    {},
    'arn:aws:sqs:eu-north-1:111122223333:x is nothing that s3:GetObject works on',
  ],
  [['s3:GetObject'], ['*'], { StringLike: { 's3:prefix': 'raw/*' } }, 's3:prefix is no condition key of s3:GetObject'],
])('finds the error in %j on %j', async (actions, resources, conditions, problem) => {
  expect((await lint(actions, resources, conditions)).join('\n')).toContain(problem);
});

test('reads every policy of a stack, and expressions as sample values', async () => {
  const stack = testStack();
  const [bucket, key] = [new S3Bucket(stack, 'Raw', { bucket: 'raw' }), new KmsKey(stack, 'Key')];
  const policy = (...resources: string[]) =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resources }] });
  new IamRolePolicy(stack, 'Good', { role: 'r', policy: policy(`${bucket.arn}/*`) });
  new IamRolePolicy(stack, 'Bad', { role: 'r', policy: policy(`${bucket.arn}/*`, key.arn) });
  expect(await lintPolicies(Template.synth(stack))).toEqual([
    expect.stringMatching(/^aws_iam_role_policy\.Bad: arn:aws:kms:\S+ is nothing that s3:GetObject works on$/),
  ]);
});
