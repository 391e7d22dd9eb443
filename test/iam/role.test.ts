import { TerraformVariable } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import {
  MAX_INLINE_POLICY_CHARACTERS,
  type PolicyConditions,
  Principal,
  policyDocument,
  Role,
  type RoleProps,
} from '../../lib/iam';
import { Template, testApp } from '../../lib/testing';
import { acmeStack } from '../support/stack';

const BOUNDARY = 'arn:aws:iam::111122223333:policy/boundary';
const assumedBy = Principal.service('glue.amazonaws.com');
const role = (s: AwsStack, props: Partial<RoleProps> = {}) => new Role(s, 'Reader', { assumedBy, ...props });
const get = (resource: string) => ({ actions: ['s3:GetObject'], resources: [resource] });

describe('a role', () => {
  test('with all defaults is named after its path, has a trust policy and no permissions', () => {
    const s = acmeStack();
    role(s);
    const template = Template.synth(s);
    const { assume_role_policy, ...attributes } = template.one('aws_iam_role');
    expect(attributes).toEqual({ name: 'acme-dev-reader' });
    expect(JSON.parse(assume_role_policy as string)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'glue.amazonaws.com' }, Action: ['sts:AssumeRole'] }],
    });
    expect(template.all('aws_iam_role_policy')).toEqual([]);
  });

  test('accepts a name, a description, managed policies and a permissions boundary', () => {
    const s = acmeStack({ permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/of-the-stack' });
    const managedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
    role(s, { name: 'auditor', description: 'Reads', managedPolicyArns, permissionsBoundaryArn: BOUNDARY });
    const template = Template.synth(s);
    expect(template.one('aws_iam_role')).toMatchObject({
      name: 'acme-dev-auditor',
      description: 'Reads',
      permissions_boundary: BOUNDARY,
    });
    expect(template.one('aws_iam_role_policy_attachment').policy_arn).toBe(managedPolicyArns[0]);
  });

  test('has the permissions boundary of its stack by default', () => {
    const s = acmeStack({ permissionsBoundaryArn: BOUNDARY });
    role(s);
    expect(Template.synth(s).one('aws_iam_role').permissions_boundary).toBe(BOUNDARY);
  });

  test('refuses a name that IAM refuses', () => {
    const longest = 'x'.repeat(64 - 'acme-dev-'.length);
    expect(() => role(acmeStack(), { name: longest })).not.toThrow();
    expect(() => role(acmeStack(), { name: `${longest}x` })).toThrow('has 65 characters, the limit is 64');
    expect(() => role(acmeStack(), { name: 'the reader' })).toThrow(
      "test/Reader: 1 invalid property\n  - 'name' must be letters, digits and +=,.@-_, got 'the reader'",
    );
  });

  test('has every grant in its policy, also a late one and one with a token', () => {
    const s = acmeStack();
    const reader = role(s);
    reader.addToPolicy(get('arn:aws:s3:::one/*'));
    reader.addToPolicy(get(new TerraformVariable(s, 'two', {}).stringValue));
    expect(JSON.parse(Template.synth(s).one('aws_iam_role_policy').policy as string).Statement).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::one/*', '${var.two}'] },
    ]);
  });

  test('may use the whole policy quota of IAM, which does not count white space', () => {
    const s = acmeStack();
    const reader = role(s);
    for (let index = 0; index < 250; index++) reader.addToPolicy(get(`arn:aws:s3:::bucket-name-${index + 100}/*`));
    const { policy } = Template.synth(s).one('aws_iam_role_policy');
    expect(policy!.length).toBeGreaterThan(MAX_INLINE_POLICY_CHARACTERS);
  });

  test('with a policy above the quota of IAM fails at synthesis', () => {
    const s = acmeStack();
    const reader = role(s);
    for (let index = 0; index < 300; index++) reader.addToPolicy(get(`arn:aws:s3:::a-long-bucket-name-${index}/*`));
    expect(() => Template.synth(s)).toThrow(
      new RegExp(
        `test/Reader.*the policy has \\d+ characters, the limit is ${MAX_INLINE_POLICY_CHARACTERS}; grant wider prefixes or split the role`,
      ),
    );
  });
});

test('a policy is as its statements are when it is synthesized, also if they changed after another synthesis', () => {
  const stack = acmeStack();
  const role = new Role(stack, 'Reader', { assumedBy: Principal.service('sagemaker.amazonaws.com') });
  const statement = {
    actions: ['s3:GetObject'],
    resources: ['arn:aws:s3:::a/*'],
    conditions: { Bool: {} as Record<string, string> },
  };
  role.addToPolicy(statement);
  const policy = () => Template.synth(stack).one('aws_iam_role_policy').policy as string;
  expect(policy()).toContain('arn:aws:s3:::a/*');
  statement.actions.push('s3:GetObjectTagging');
  expect(policy()).toContain('s3:GetObjectTagging');
  statement.resources.push('arn:aws:s3:::b/*');
  expect(policy()).toContain('arn:aws:s3:::b/*');
  statement.conditions.Bool['aws:SecureTransport'] = 'true';
  expect(policy()).toContain('aws:SecureTransport');
});

test('an existing role gets its grants as a separate policy', () => {
  const s = acmeStack();
  const imported = Role.fromRoleArn(s, 'Partner', 'arn:aws:iam::111122223333:role/teams/partner');
  imported.addToPolicy(get('arn:aws:s3:::one/*'));
  expect(Template.synth(s).one('aws_iam_role_policy').role).toBe('partner');
});

test('a role below a path has it in its ARN, also for other stacks', () => {
  const app = testApp();
  const place = { account: '111122223333', region: 'eu-north-1', namePrefix: 'acme' };
  const [one, two] = ['one', 'two'].map((id) => new AwsStack(app, id, { ...place, rolePath: '/ml/' }));
  const reader = role(one!, { name: 'shared' });
  const caller = role(two!, { path: '/ops/' });
  caller.addToPolicy({ actions: ['iam:PassRole'], resources: [reader.roleArn] });
  const template = Template.synth(two!);
  expect(Template.synth(one!).one('aws_iam_role').path).toBe('/ml/');
  expect(template.one('aws_iam_role').path).toBe('/ops/');
  expect(
    template
      .policyOf(caller)
      .missing({ actions: 'iam:PassRole', resources: 'arn:aws:iam::111122223333:role/ml/acme-shared' }),
  ).toEqual([]);
});

test('a path or a boundary that IAM refuses is refused', () => {
  expect(() => role(acmeStack(), { path: 'ml', permissionsBoundaryArn: 'boundary' })).toThrow(
    [
      'test/Reader: 2 invalid properties',
      "  - 'path' must be 1 to 512 characters that begin and end with '/', such as /ml/, got 'ml'",
      "  - 'permissionsBoundaryArn' must be the ARN of a managed policy such as arn:aws:iam::111122223333:policy/name, got 'boundary'",
    ].join('\n'),
  );
});

test('a trust policy above the quota of IAM fails at synthesis', () => {
  const s = acmeStack();
  const subjects = Array.from({ length: 60 }, (_, index) => `repo:acme/a-long-repository-name-${index}:ref:main`);
  role(s, {
    assumedBy: Principal.webIdentity('arn:aws:iam::111122223333:oidc-provider/git', {
      StringLike: { 'git:sub': subjects },
    }),
  });
  expect(() => Template.synth(s)).toThrow(
    /test\/Reader.*the trust policy has \d+ characters, the limit is 2048; shorten the conditions of 'assumedBy'/,
  );
});

describe('principals', () => {
  const trust = (principal: Principal) => {
    const s = acmeStack();
    role(s, { assumedBy: principal });
    return JSON.parse(Template.synth(s).one('aws_iam_role').assume_role_policy as string).Statement[0];
  };

  test('a service can be limited to one account, which prevents the confused deputy problem', () => {
    expect(trust(Principal.service('glue.amazonaws.com', '111122223333')).Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    });
  });

  test('a service that says an external id can be asked for it', () => {
    expect(trust(Principal.service('firehose.amazonaws.com', '111122223333').withExternalId('1')).Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '111122223333', 'sts:ExternalId': '1' },
    });
  });

  test('pods tag their sessions', () => {
    expect(trust(Principal.podIdentity())).toMatchObject({
      Principal: { Service: 'pods.eks.amazonaws.com' },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    });
  });

  test('web identities are limited by the claims of their token', () => {
    const conditions = { StringEquals: { 'gitlab.com:sub': 'project_path:acme/ml' } };
    expect(
      trust(Principal.webIdentity('arn:aws:iam::111122223333:oidc-provider/gitlab.com', conditions)),
    ).toMatchObject({
      Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/gitlab.com' },
      Action: ['sts:AssumeRoleWithWebIdentity'],
      Condition: conditions,
    });
  });

  test('an account is identified by the ARN of its root', () => {
    expect(trust(Principal.arn('arn:aws:iam::111122223333:root')).Principal).toEqual({
      AWS: 'arn:aws:iam::111122223333:root',
    });
  });
});

describe('a policy document', () => {
  const rendered = (...statements: Parameters<typeof policyDocument>[0]) =>
    JSON.parse(policyDocument(statements)).Statement;

  test('merges statements that differ only in their actions, without duplicates', () => {
    const [one, two] = [get('a'), { ...get('a'), actions: ['s3:GetObject', 's3:PutObject'] }];
    expect(rendered(one, two)).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: ['a'] },
    ]);
  });

  test('has the conditions of the principal and of the statement, also under one operator', () => {
    const principal = Principal.service('glue.amazonaws.com', '111122223333');
    const conditions = { StringEquals: { 'aws:SourceArn': 'arn' }, Bool: { 'aws:SecureTransport': 'true' } };
    expect(rendered({ ...get('a'), principal, conditions })[0].Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '111122223333', 'aws:SourceArn': 'arn' },
      Bool: { 'aws:SecureTransport': 'true' },
    });
  });

  test('has several lines, which cdktf escapes correctly in HCL', () => {
    expect(policyDocument([get('a')])).toContain('\n  "Statement": [\n');
  });

  test('never merges statements if that extends a permission', () => {
    const conditions = { StringEquals: { 'aws:SourceAccount': '1' } };
    const different = [
      get('a'),
      { ...get('b'), actions: ['s3:PutObject'] },
      { ...get('a'), conditions },
      { ...get('a'), effect: 'Deny' as const },
      { ...get('a'), sid: 'Named' },
      { ...get('a'), principal: Principal.anyone() },
    ];
    expect(rendered(...different)).toHaveLength(different.length);
  });
});

test.each<[string, () => unknown, string]>([
  [
    'a short name of a service',
    () => Principal.service('sagemaker'),
    "'service' must be the name of a service principal",
  ],
  ['a service of a URL', () => Principal.service('https://ecr.amazonaws.com'), "got 'https://ecr.amazonaws.com'"],
  [
    'an account of a service',
    () => Principal.service('ecr.amazonaws.com', '1'),
    "'sourceAccount' must be an account id",
  ],
  ['a bare name', () => Principal.arn('reader'), "'arn' must be the ARN of a role or user"],
  [
    'a wildcard',
    () => Principal.arn('arn:aws:iam::111122223333:role/*'),
    "'arn' must be the ARN of a role or user without",
  ],
  [
    'a host',
    () => Principal.webIdentity('gitlab.com', {}),
    "'providerArn' must be the ARN of an OpenID Connect provider",
  ],
  [
    'no conditions',
    () => Principal.webIdentity('arn:aws:iam::111122223333:oidc-provider/gitlab.com', undefined as never),
    "'conditions' must be set",
  ],
  ...[
    {},
    { StringEquals: { 'gitlab.com:aud': 'sts.amazonaws.com' } },
    { StringLike: { 'gitlab.com:sub': '*' } },
    { StringNotEquals: { 'gitlab.com:sub': 'a' } },
  ].map((conditions): [string, () => unknown, string] => [
    `conditions such as ${JSON.stringify(conditions)}`,
    () => Principal.webIdentity('arn:aws:iam::111122223333:oidc-provider/gitlab.com', conditions as PolicyConditions),
    "'conditions' must fix the subject of the token",
  ]),
])('a principal from %s is refused', (_, make, message) => expect(make).toThrow(message));

test.each(['states.eu-north-1.amazonaws.com', 'ec2.amazonaws.com.cn', 'ecs.amazonaws.eu', 'ec2.c2s.ic.gov'])(
  'the service principal %s is accepted',
  (service) => expect(Principal.service(service).json).toEqual({ Service: service }),
);

test('what IAM refuses in a role is listed, and a bare name is not the ARN of a role', () => {
  const stack = acmeStack();
  expect(
    () =>
      new Role(stack, 'Role', {
        assumedBy: Principal.podIdentity(),
        description: 'reads 日',
        managedPolicyArns: ['ReadOnlyAccess'],
        permissionsBoundaryArn: 'boundary',
      }),
  ).toThrow(
    [
      'test/Role: 3 invalid properties',
      "'description' must be up to 1000 Latin letters, digits and signs, got 'reads 日'",
      "'permissionsBoundaryArn' must be the ARN of a managed policy such as arn:aws:iam::111122223333:policy/name, got 'boundary'",
      "'managedPolicyArns[0]' must be the ARN of a managed policy such as arn:aws:iam::111122223333:policy/name, got 'ReadOnlyAccess'",
    ].join('\n  - '),
  );
  expect(() => Role.fromRoleArn(stack, 'Other', 'reader')).toThrow(
    "test/Other: 1 invalid property\n  - 'roleArn' must be the ARN of a role such as arn:aws:iam::111122223333:role/name, got 'reader'",
  );
});

test('a statement of a role has resources and no principal, and a list of policies is not a token', () => {
  const stack = acmeStack();
  const role = new Role(stack, 'Role', { assumedBy: Principal.podIdentity() });
  expect(() => role.addToPolicy({ actions: ['s3:*'], principal: Principal.anyone() })).toThrow(
    "test/Role: 2 invalid properties\n  - 'resources' must be set, got undefined\n  - 'principal' must not be set",
  );
  const managedPolicyArns = new TerraformVariable(stack, 'policies', {}).listValue;
  expect(() => new Role(stack, 'Listed', { assumedBy: Principal.podIdentity(), managedPolicyArns })).toThrow(
    "'managedPolicyArns' must be a list of known length, got a token",
  );
});
