import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Fn } from 'cdktf';
import '../../lib/testing/jest';
import { Policy, Template } from '../../lib/testing';
import { testStack } from '../support/stack';

const RAW = 'arn:aws:s3:::acme-raw';

function policy(...statements: object[]): Policy {
  return Policy.parse(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
}

function allow(Action: string | string[], Resource: string | string[], more: object = {}): object {
  return { Effect: 'Allow', Action, Resource, ...more };
}

describe('what a policy allows', () => {
  test.each<[string, string, boolean]>([
    ['s3:GetObject', 's3:GetObject', true],
    ['s3:GetObject', 's3:getobject', true],
    ['s3:GetObject*', 's3:GetObject', true],
    ['s3:GetObject*', 's3:GetObjectTagging', true],
    ['s3:GetObject*', 's3:GetObject*', true],
    ['s3:Get*', 's3:GetObject*', true],
    ['s3:*', 's3:GetObject*', true],
    ['*', 's3:*', true],
    ['s3:?etObject', 's3:GetObject', true],
    ['s3:GetObject', 's3:GetObject*', false],
    ['s3:GetObject', 's3:GetObjectTagging', false],
    ['s3:GetObject?', 's3:GetObject*', false],
    ['s3:GetObject*', 's3:*', false],
    ['s3:GetObject', 's3.GetObject', false],
  ])('%s allows %s: %s', (granted, asked, expected) => {
    expect(policy(allow(granted, '*')).allows({ actions: asked })).toBe(expected);
  });

  test.each<[string, string, boolean]>([
    [`${RAW}/*`, `${RAW}/a/b`, true],
    [`${RAW}/*`, `${RAW}/*`, true],
    [`${RAW}*`, `${RAW}/*`, true],
    ['*', RAW, true],
    [`${RAW}/*`, RAW, false],
    [`${RAW}/fraud/*`, `${RAW}/*`, false],
    [RAW.toUpperCase(), RAW, false],
  ])('on %s it allows %s: %s', (granted, asked, expected) => {
    expect(policy(allow('s3:GetObject', granted)).allows({ actions: 's3:GetObject', resources: asked })).toBe(expected);
  });

  test('every action on every resource must be allowed, by any statements', () => {
    const both = policy(allow('s3:GetObject', [`${RAW}/*`, 'arn:aws:s3:::b/*']), allow('s3:ListBucket', RAW));
    expect(both).toAllow({ actions: ['s3:GetObject'], resources: [`${RAW}/*`, 'arn:aws:s3:::b/x'] });
    expect(both.allows({ actions: ['s3:GetObject', 's3:ListBucket'], resources: RAW })).toBe(false);
    expect(both).toAllow({ actions: ['s3:GetObject', 's3:ListBucket'] });
  });

  test('a Deny without conditions overrides an Allow, even for a part', () => {
    const denied = { Effect: 'Deny', Action: 's3:*', Resource: `${RAW}/secret/*` };
    expect(policy(allow('s3:*', '*'), denied).allows({ actions: 's3:GetObject', resources: `${RAW}/*` })).toBe(false);
    expect(policy(allow('s3:*', '*'), denied)).toAllow({ actions: 's3:GetObject', resources: `${RAW}/open/*` });
    expect(policy(allow('s3:*', '*'), denied)).toAllow({ actions: 's3:GetObject' });
    const asked = { actions: 's3:GetObject', resources: `${RAW}/secret/*`, conditions: { Bool: { a: 'true' } } };
    const conditional = allow('s3:*', '*', { Condition: { Bool: { a: 'true' } } });
    expect(policy(conditional)).toAllow(asked);
    expect(policy(conditional, denied)).toDeny(asked);
    expect(policy(conditional, denied).allows(asked)).toBe(false);
    const unlessTls = { ...denied, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(policy(allow('s3:*', '*'), unlessTls)).toAllow({ actions: 's3:GetObject', resources: `${RAW}/secret/*` });
  });

  test('NotAction and NotResource allow everything that they do not name', () => {
    const allButIam = policy({ Effect: 'Allow', NotAction: ['iam:*'], NotResource: `${RAW}/secret/*` });
    expect(allButIam).toAllow({ actions: 's3:GetObject', resources: `${RAW}/open/*` });
    expect(allButIam).not.toAllow({ actions: 'iam:PassRole' });
    expect(allButIam).not.toAllow({ actions: 's3:GetObject', resources: `${RAW}/secret/*` });
    expect(allButIam.allows({ actions: '*' })).toBe(false);
  });

  test('principals of any kind are compared, and conditions if the access has some', () => {
    const Condition = { StringEquals: { 'aws:SourceAccount': '111122223333' } };
    const trust = policy({
      Effect: 'Allow',
      Principal: { Service: ['a.amazonaws.com', 'b.amazonaws.com'] },
      Action: 'sts:AssumeRole',
      Condition,
    });
    expect(trust).toAllow({ actions: 'sts:AssumeRole', principal: 'b.amazonaws.com', conditions: Condition });
    expect(trust).not.toAllow({ actions: 'sts:AssumeRole', principal: 'c.amazonaws.com' });
    expect(trust).not.toAllow({
      actions: 'sts:AssumeRole',
      conditions: { StringEquals: { 'aws:SourceAccount': '444455556666' } },
    });
    expect(policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: RAW })).toAllow({
      actions: 's3:GetObject',
      principal: 'arn:aws:iam::111122223333:root',
    });
  });
});

describe('what must not be allowed', () => {
  const reader = policy(allow(['s3:GetObject', 's3:List*'], `${RAW}/*`));

  test('no part of it is allowed', () => {
    expect(reader).not.toAllow({ actions: ['s3:Put*', 's3:Delete*'] });
    expect(() => expect(reader).not.toAllow({ actions: 's3:*' })).toThrow(
      [
        "the policy allows a part of { actions: 's3:*' }",
        'statements:',
        `  - Allow s3:GetObject, s3:List* on ${RAW}/*`,
      ].join('\n'),
    );
    expect(() => expect(reader).not.toAllow({ actions: 's3:*Buckets', resources: `${RAW}/x` })).toThrow();
    expect(reader).not.toAllow({ actions: 's3:*', resources: 'arn:aws:s3:::other/*' });
  });

  test('a Deny overrides every Allow, under the conditions of the access', () => {
    const tlsOnly = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [RAW, `${RAW}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const asked = { actions: 's3:PutObject', resources: `${RAW}/x` };
    expect(policy(tlsOnly)).toDeny({ ...asked, conditions: tlsOnly.Condition });
    expect(policy(tlsOnly)).not.toDeny(asked);
    expect(() => expect(policy(tlsOnly)).toDeny(asked)).toThrow(
      [
        `the policy does not deny { actions: 's3:PutObject', resources: '${RAW}/x' }`,
        'statements:',
        `  - Deny s3:* on ${RAW}, ${RAW}/* by * if { Bool: { aws:SecureTransport: 'false' } }`,
      ].join('\n'),
    );
    expect(policy({ Effect: 'Deny', Action: 's3:*', Resource: RAW })).not.toDeny({ actions: 's3:ListBucket' });
  });

  test('all that is listed is allowed, and nothing else', () => {
    expect(reader).toAllowOnly({ actions: ['s3:GetObject', 's3:ListBucket', 's3:List*'], resources: `${RAW}/*` });
    expect(reader).toAllowOnly({ actions: 's3:GetObject' }, { actions: 's3:List*' });
    expect(() =>
      expect(reader).toAllowOnly({ actions: ['s3:GetObject', 's3:PutObject'], resources: `${RAW}/*` }),
    ).toThrow(
      [
        'the policy:',
        `  - s3:PutObject on ${RAW}/* is not allowed`,
        `  - s3:List* on ${RAW}/* is allowed, but not expected`,
      ].join('\n'),
    );
    expect(() =>
      expect(policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })).toAllowOnly({ actions: 's3:*' }),
    ).toThrow('* on * is allowed, but not expected');
    expect(reader).not.toAllowOnly({ actions: 's3:*', resources: '*' });
    const exactly = [{ actions: 's3:GetObject' }, { actions: 's3:List*' }];
    expect(() => expect(reader).not.toAllowOnly(...exactly)).toThrow('the policy allows exactly this');
  });
});

describe('the policy of a resource', () => {
  const stack = testStack();
  const bucket = new S3Bucket(stack, 'Raw', { bucket: 'acme-raw' });
  const role = new IamRole(stack, 'Reader', {
    name: 'reader',
    assumeRolePolicy: JSON.stringify({
      Statement: { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
    }),
    inlinePolicy: [{ name: 'own', policy: JSON.stringify({ Statement: [allow('kms:Decrypt', '*')] }) }],
  });
  const grant = (action: string) => JSON.stringify({ Statement: [allow(action, `${bucket.arn}/*`)] });
  new IamRolePolicy(stack, 'ByReference', { role: role.id, policy: grant('s3:GetObject') });
  new IamRolePolicy(stack, 'ByName', { role: 'reader', policy: grant('s3:PutObject') });
  new IamRolePolicy(stack, 'Other', { role: 'writer', policy: grant('s3:DeleteObject') });
  const managed = new IamPolicy(stack, 'Managed', { policy: grant('s3:ListBucket') });
  new IamRolePolicyAttachment(stack, 'Attached', { role: role.name, policyArn: managed.arn });
  const bucketPolicy = new S3BucketPolicy(stack, 'Policy', { bucket: bucket.bucket, policy: grant('s3:*') });
  const queue = new SqsQueue(stack, 'Queue', { name: 'q' });
  const template = Template.synth(stack);

  test('of a role is all that the role may do: inline, by reference or name, and managed in the stack', () => {
    expect(template.policyOf(role)).toAllowOnly(
      { actions: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'], resources: `${bucket.arn}/*` },
      { actions: 'kms:Decrypt' },
    );
    expect(template.policyOf('aws_iam_role.Reader')).not.toAllow({ actions: 's3:DeleteObject' });
  });

  test('a managed policy whose text is not available is not ignored', () => {
    const another = testStack();
    const notebook = new IamRole(another, 'Notebook', { assumeRolePolicy: '{}' });
    const policyArn = 'arn:aws:iam::aws:policy/AmazonSageMakerFullAccess';
    new IamRolePolicyAttachment(another, 'Attached', { role: notebook.name, policyArn });
    const may = Template.synth(another).policyOf(notebook);
    expect(may.unread).toEqual([policyArn]);
    expect(() => expect(may).not.toAllow({ actions: 'iam:*' })).toThrow(`statements:\n  - all of ${policyArn}`);
    expect(() => expect(may).toAllowOnly()).toThrow(`all of ${policyArn}, whose text is not available is allowed`);
  });

  test('of another resource is the attribute that holds one, or the named one', () => {
    expect(template.policyOf(bucketPolicy)).toAllow({ actions: 's3:GetObject', resources: `${bucket.arn}/raw/*` });
    expect(template.policyOf(role, 'assume_role_policy')).toAllowOnly({
      actions: 'sts:AssumeRole',
      principal: 'sagemaker.amazonaws.com',
    });
    expect(template.policyOf(managed).statements).toEqual([
      { effect: 'Allow', actions: ['s3:ListBucket'], resources: ['${aws_s3_bucket.Raw.arn}/*'] },
    ]);
  });

  test('a resource without a policy lists its attributes', () => {
    expect(() => template.policyOf(queue)).toThrow("aws_sqs_queue.Queue has no 'policy'; it has name");
    expect(() => Policy.parse('${jsonencode({})}', { name: 'policy of x' })).toThrow(
      'policy of x must be a policy in JSON, got: ${jsonencode({})}',
    );
  });

  test('expressions with quotes do not break the JSON around them', () => {
    const another = testStack();
    const arn = Fn.join('/', ['arn:aws:s3:::acme', Fn.lookup({ dev: 'raw' }, 'dev', 'none')]);
    const quoted = new S3BucketPolicy(another, 'Policy', {
      bucket: 'acme',
      policy: JSON.stringify({ Statement: [allow('s3:*', `${arn}/*`)] }),
    });
    expect(Template.synth(another).policyOf(quoted)).toAllow({ actions: 's3:*', resources: `${arn}/*` });
  });
});
