import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { IamGroup } from '@cdktf/provider-aws/lib/iam-group';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamPolicyAttachment } from '@cdktf/provider-aws/lib/iam-policy-attachment';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePoliciesExclusive } from '@cdktf/provider-aws/lib/iam-role-policies-exclusive';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { IamRolePolicyAttachmentsExclusive } from '@cdktf/provider-aws/lib/iam-role-policy-attachments-exclusive';
import { IamUser } from '@cdktf/provider-aws/lib/iam-user';
import { IamUserGroupMembership } from '@cdktf/provider-aws/lib/iam-user-group-membership';
import { IamUserPolicyAttachment } from '@cdktf/provider-aws/lib/iam-user-policy-attachment';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Fn, type TerraformStack, TerraformVariable } from 'cdktf';
import '../../lib/testing/jest';
import { Bucket } from '../../lib/storage/bucket';
import { Policy, Template } from '../../lib/testing';
import { acmeStack, keyIn, testStack } from '../support/stack';

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

describe('what cannot be read', () => {
  const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
  const trust = JSON.stringify({ Statement: [] });
  const anything = { actions: 'iam:*' };

  test.each<[string, (stack: TerraformStack) => string]>([
    [
      'in managed_policy_arns',
      (stack) => new IamRole(stack, 'R', { assumeRolePolicy: trust, managedPolicyArns: [ADMIN] }).friendlyUniqueId,
    ],
    [
      'by an attachment to roles, users and groups',
      (stack) => {
        const role = new IamRole(stack, 'R', { assumeRolePolicy: trust });
        new IamPolicyAttachment(stack, 'A', { name: 'a', roles: ['other', role.name], policyArn: ADMIN });
        return role.friendlyUniqueId;
      },
    ],
    [
      'by an exclusive list of attachments',
      (stack) => {
        const role = new IamRole(stack, 'R', { name: 'r', assumeRolePolicy: trust });
        new IamRolePolicyAttachmentsExclusive(stack, 'A', { roleName: 'r', policyArns: [ADMIN] });
        return role.friendlyUniqueId;
      },
    ],
  ])('fails what it could make false, for an administrator %s', (_, make) => {
    const stack = testStack();
    const address = `aws_iam_role.${make(stack)}`;
    const policyOfRole = Template.synth(stack).policyOf(address);
    expect(policyOfRole.unread).toEqual([ADMIN]);
    expect(() => expect(policyOfRole).not.toAllow(anything)).toThrow(`all of ${ADMIN}, whose text is not available`);
    expect(() => expect(policyOfRole).toAllowOnly()).toThrow(`all of ${ADMIN}, whose text is not available is allowed`);
    expect(() => expect(policyOfRole).toAllow(anything)).toThrow(
      `${ADMIN} cannot be read, and may deny it; say what it contains with 'knowing'`,
    );
    expect(() => expect(policyOfRole).not.toDeny(anything)).toThrow('may deny');
    expect(policyOfRole.allowsAny(anything)).toBe(true);
  });

  test('is known once the test says what it contains', () => {
    const stack = testStack();
    const role = new IamRole(stack, 'R', { assumeRolePolicy: trust, managedPolicyArns: [ADMIN] });
    const may = Template.synth(stack).policyOf(role);
    expect(may.knowing({ [ADMIN]: { Statement: [allow('s3:*', '*')] } })).toAllow({ actions: 's3:GetObject' });
    expect(may.knowing({ [ADMIN]: JSON.stringify({ Statement: [allow('s3:*', '*')] }) })).not.toAllow(anything);
    expect(() => may.knowing({ other: {} })).toThrow(`has no unread 'other'; it has ${ADMIN}`);
  });

  test('is named: an expression, a list of unknown roles, the name of a policy, another inline policy', () => {
    const stack = testStack();
    const later = new TerraformVariable(stack, 'later', {});
    const role = new IamRole(stack, 'R', { name: 'r', assumeRolePolicy: trust });
    new IamRolePolicy(stack, 'Own', { name: 'own', role: 'r', policy: Fn.jsonencode({ Statement: [] }) });
    new IamPolicyAttachment(stack, 'Listed', { name: 'a', roles: later.listValue, policyArn: ADMIN });
    new IamRolePoliciesExclusive(stack, 'Only', { roleName: role.name, policyNames: ['own', 'foreign'] });
    expect(Template.synth(stack).policyOf(role).unread).toEqual([
      'aws_iam_role_policy.Own (${jsonencode({"Statement" = []})})',
      "inline policy 'foreign' of aws_iam_role.R",
      `${ADMIN}, which aws_iam_policy_attachment.Listed attaches to unknown roles`,
    ]);
  });

  test('of a user is also what its groups may do', () => {
    const stack = testStack();
    const [user, group] = [new IamUser(stack, 'U', { name: 'u' }), new IamGroup(stack, 'G', { name: 'g' })];
    new IamUserGroupMembership(stack, 'In', { user: user.name, groups: [group.name, 'elsewhere'] });
    new IamPolicyAttachment(stack, 'A', { name: 'a', groups: ['g'], policyArn: ADMIN });
    new IamUserPolicyAttachment(stack, 'B', { user: 'u', policyArn: 'arn:aws:iam::aws:policy/Billing' });
    expect(Template.synth(stack).policyOf(user).unread).toEqual([
      'arn:aws:iam::aws:policy/Billing',
      ADMIN,
      'group elsewhere',
    ]);
  });
});

describe('a policy document of Terraform', () => {
  const stack = testStack();
  const bucket = new S3Bucket(stack, 'Raw', { bucket: 'acme-raw' });
  const base = new DataAwsIamPolicyDocument(stack, 'Base', {
    statement: [
      { sid: 'Read', actions: ['s3:*'], resources: ['*'] },
      { sid: 'Keys', actions: ['kms:*'], resources: ['*'] },
    ],
  });
  const document = new DataAwsIamPolicyDocument(stack, 'Document', {
    sourcePolicyDocuments: [base.json],
    statement: [
      {
        sid: 'Read',
        actions: ['s3:GetObject'],
        resources: [`${bucket.arn}/&{aws:username}/*`],
        condition: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333'] }],
      },
      { effect: 'Deny', notActions: ['s3:*', 'kms:*'], notResources: [`${bucket.arn}/*`] },
    ],
    overridePolicyDocuments: [JSON.stringify({ Statement: [allow('kms:Decrypt', '*', { Sid: 'Keys' })] })],
  });
  const role = new IamRole(stack, 'R', {
    assumeRolePolicy: new DataAwsIamPolicyDocument(stack, 'Trust', {
      statement: [
        { actions: ['sts:AssumeRole'], principals: [{ type: 'Service', identifiers: ['glue.amazonaws.com'] }] },
      ],
    }).json,
  });
  new IamRolePolicy(stack, 'Own', { role: role.name, policy: document.json });
  const template = Template.synth(stack);
  const may = template.policyOf(role);

  test('is read with its sources, its own statements and its overrides', () => {
    expect(may.unread).toEqual([]);
    expect(may).toAllowOnly(
      {
        actions: 's3:GetObject',
        resources: `${bucket.arn}/\${aws:username}/*`,
        conditions: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
      { actions: 'kms:Decrypt' },
    );
    expect(may).not.toAllow({ actions: ['s3:PutObject', 'kms:Encrypt'] });
    expect(may).toDeny({ actions: 'iam:PassRole', resources: 'arn:aws:iam::111122223333:role/x' });
    expect(template.policyOf(role, 'assume_role_policy')).toAllow({
      actions: 'sts:AssumeRole',
      principal: 'glue.amazonaws.com',
    });
  });

  test('whose lists or sources are known only at deploy time is unread, by the place', () => {
    const other = testStack();
    const later = new TerraformVariable(other, 'later', {});
    const { json } = new DataAwsIamPolicyDocument(other, 'Document', {
      sourcePolicyDocuments: [later.stringValue],
      statement: [
        { actions: ['s3:GetObject'], resources: ['*'] },
        { actions: later.listValue, resources: ['*'] },
      ],
    });
    const reader = new IamRole(other, 'R', { assumeRolePolicy: '{}', inlinePolicy: [{ name: 'own', policy: json }] });
    const unread = [
      'source_policy_documents of data.aws_iam_policy_document.Document (${var.later})',
      'statement 2 of data.aws_iam_policy_document.Document',
    ];
    expect(Template.synth(other).policyOf(reader)).toMatchObject({
      unread,
      statements: [{ actions: ['s3:GetObject'] }],
    });
  });
});

describe('a permissions boundary', () => {
  const bounded = (boundary: string, make = (_: TerraformStack) => {}) => {
    const stack = testStack();
    make(stack);
    const role = new IamRole(stack, 'R', { assumeRolePolicy: '{}', permissionsBoundary: boundary });
    new IamRolePolicy(stack, 'Own', {
      role: role.name,
      policy: JSON.stringify({ Statement: [allow(['s3:*', 'iam:*'], '*')] }),
    });
    return Template.synth(stack).policyOf(role);
  };

  test('limits what the policies allow', () => {
    const may = bounded('arn:aws:iam::111122223333:policy/teams/s3-only', (stack) => {
      const policy = JSON.stringify({
        Statement: [allow('s3:*', '*'), { ...allow('s3:Delete*', '*'), Effect: 'Deny' }],
      });
      new IamPolicy(stack, 'Boundary', { name: 's3-only', path: '/teams/', policy });
    });
    expect(may).toAllow({ actions: 's3:GetObject' });
    expect(may).not.toAllow({ actions: ['iam:*', 's3:DeleteObject'] });
    expect(may.beyond([{ actions: 's3:*' }])).toEqual([]);
    expect(may.missing({ actions: 'iam:PassRole' })).toEqual(['iam:PassRole is not allowed (permissions boundary)']);
  });

  test('that cannot be read may refuse everything, and allows nothing more', () => {
    const arn = 'arn:aws:iam::111122223333:policy/boundary';
    const may = bounded(arn);
    expect(() => expect(may).toAllow({ actions: 's3:GetObject' })).toThrow(`${arn} cannot be read, and may deny it`);
    expect(() => expect(may).not.toAllow({ actions: 's3:GetObject' })).toThrow();
    expect(may).not.toAllow({ actions: 'kms:Decrypt' });
    expect(may.knowing({ [arn]: { Statement: [allow('*', '*')] } })).toAllow({ actions: 's3:GetObject' });
  });
});

describe('conditions', () => {
  const Condition = { StringEquals: { 'aws:SourceAccount': ['111122223333'] } };
  const other = { StringEquals: { 'aws:SourceAccount': '444455556666' } };

  test('of an access do not hide an Allow without them, or with others', () => {
    expect(() => expect(policy(allow('s3:*', '*'))).not.toAllow({ actions: 's3:*', conditions: other })).toThrow();
    const tls = allow('s3:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } });
    expect(() => expect(policy(tls)).not.toAllow({ actions: 's3:*', conditions: other })).toThrow();
    expect(policy(allow('s3:*', '*', { Condition }))).not.toAllow({ actions: 's3:*', conditions: other });
    const like = { StringLike: { 'aws:sourceaccount': '4444*' } };
    expect(() =>
      expect(policy(allow('s3:*', '*', { Condition: like }))).not.toAllow({ actions: 's3:*', conditions: other }),
    ).toThrow();
  });

  test('of a Deny must all be those of the access', () => {
    const both = { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { ...Condition, Bool: { a: 'true' } } };
    const asked = { actions: 's3:GetObject', conditions: Condition };
    expect(policy(allow('s3:*', '*'), both)).not.toDeny(asked);
    expect(() => expect(policy(allow('s3:*', '*'), both)).not.toAllow(asked)).toThrow();
  });

  test('with a list of one value are those with the value', () => {
    expect(policy(allow('s3:*', '*', { Condition }))).toAllow({
      actions: 's3:*',
      conditions: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
  });
});

describe('what means the same is the same', () => {
  const conditions = (Condition: object, asked: Record<string, Record<string, unknown>>) => {
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition };
    expect(policy(allow('s3:*', '*', { Condition }))).toAllow({ actions: 's3:GetObject', conditions: asked });
    expect(policy(deny)).toDeny({ actions: 's3:GetObject', conditions: asked });
  };

  test.each<[string, object, Record<string, Record<string, unknown>>]>([
    ['the case of a key', { ArnLike: { 'AWS:SourceArn': 'a' } }, { ArnLike: { 'aws:SourceArn': 'a' } }],
    ['the order of values', { StringEquals: { a: ['x', 'y'] } }, { StringEquals: { a: ['y', 'x'] } }],
    ['a boolean', { Bool: { a: false } }, { Bool: { a: 'false' } }],
    ['a number', { NumericLessThan: { a: '15' } }, { NumericLessThan: { a: 15 } }],
  ])('in conditions: %s', (_, written, asked) => conditions(written, asked));

  test('an account and its root', () => {
    const [id, root] = ['999988887777', 'arn:aws:iam::999988887777:root'];
    for (const [AWS, principal] of [
      [id, root],
      [root, id],
      [`arn:\${data.aws_partition.Here.partition}:iam::${id}:root`, id],
    ] as const) {
      const bucket = policy(allow('s3:*', '*', { Principal: { AWS } }));
      expect(bucket).toAllow({ actions: 's3:GetObject', principal });
      expect(() => expect(bucket).not.toAllow({ actions: 's3:GetObject', principal })).toThrow();
      expect(bucket).toAllowOnly({ actions: 's3:*', principal });
    }
  });

  test('a variable of IAM, as Terraform escapes it and as IAM has it; it may have any value', () => {
    const home = policy(allow('s3:*', `${RAW}/home/$\${aws:username}/*`));
    expect(home).toAllow({ actions: 's3:GetObject', resources: `${RAW}/home/\${aws:username}/*` });
    expect(home).toAllow({ actions: 's3:GetObject', resources: `${RAW}/home/$\${aws:username}/*` });
    expect(home).not.toAllow({ actions: 's3:GetObject', resources: `${RAW}/other/ada/x` });
    expect(() => expect(home).not.toAllow({ actions: 's3:GetObject', resources: `${RAW}/home/ada/x` })).toThrow();
    const denied = { Effect: 'Deny', Action: 's3:*', Resource: `${RAW}/home/$\${aws:username}/*` };
    expect(policy(denied)).not.toDeny({ actions: 's3:GetObject', resources: `${RAW}/home/ada/x` });
  });
});

test('a text whose statements are none is no policy', () => {
  expect(() => Policy.parse('{"Statement":[null]}')).toThrow('must be a policy in JSON');
});

test('the policy of a bucket or key is its resource policy, wherever the stack has it', () => {
  const stack = acmeStack();
  const key = keyIn(stack);
  const bucket = new Bucket(stack, 'Raw', { encryptionKey: key });
  const queue = new SqsQueue(stack, 'Queue', { name: 'q' });
  const bare = new S3Bucket(stack, 'Bare', { bucket: 'bare' });
  const template = Template.synth(stack);
  expect(template.policyOf(bucket)).toDeny({
    actions: 's3:GetObject',
    resources: `${bucket.bucketArn}/x`,
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });
  expect(template.policyOf(key)).toAllowOnly({ actions: 'kms:*', principal: 'arn:aws:iam::111122223333:root' });
  expect(() => template.policyOf(bare)).toThrow(
    "aws_s3_bucket.Bare has no 'policy'; it has bucket, and there is no aws_s3_bucket_policy of it",
  );
  expect(() => template.policyOf(queue)).toThrow('there is no aws_sqs_queue_policy of it');
});
