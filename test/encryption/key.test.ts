import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { Key, type KeyProps } from '../../lib/encryption/key';
import { Template } from '../../lib/testing';
import { acmeStack, DECRYPT, ENCRYPT, roleIn, TWO_KEYS } from '../support/stack';

const lakeKey = (s: AwsStack, props: Partial<KeyProps> = {}) =>
  new Key(s, 'LakeKey', { description: 'The lake', ...props });
const keyStatements = (s: AwsStack) => JSON.parse(Template.synth(s).one('aws_kms_key').policy as string).Statement;

test('a key rotates, has an alias, and is controlled by the IAM policies of its account', () => {
  const s = acmeStack();
  lakeKey(s);
  const template = Template.synth(s);
  expect(template.one('aws_kms_key')).toMatchObject({
    description: 'The lake',
    enable_key_rotation: true,
    deletion_window_in_days: 30,
    lifecycle: { prevent_destroy: true },
  });
  expect(template.one('aws_kms_alias').name).toBe('alias/acme-dev-lake-key');
  expect(keyStatements(s)).toEqual([
    {
      Sid: 'IamPoliciesDecide',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: ['kms:*'],
      Resource: ['*'],
    },
  ]);
});

test.each(TWO_KEYS)('stack %s, key %s: it may be destroyed, after seven days: %s', (ofStack, removal, may) => {
  const s = acmeStack({ removal: ofStack });
  lakeKey(s, { removal });
  const { deletion_window_in_days, lifecycle } = Template.synth(s).one('aws_kms_key');
  expect(deletion_window_in_days).toBe(may ? 7 : 30);
  expect(lifecycle?.prevent_destroy ?? false).toBe(!may);
});

test('alias and deletion window can be set, the window also at deploy time', () => {
  const s = acmeStack();
  const days = new TerraformVariable(s, 'days', { type: 'number' }).numberValue;
  lakeKey(s, { alias: 'lake', deletionWindowDays: days });
  const template = Template.synth(s);
  expect(template.one('aws_kms_key').deletion_window_in_days).toBe('${var.days}');
  expect(template.one('aws_kms_alias').name).toBe('alias/acme-dev-lake');
});

test('CloudWatch Logs may use a key for the log groups of this account only', () => {
  const s = acmeStack();
  lakeKey(s).allowLogs();
  expect(keyStatements(s)).toContainEqual(
    expect.objectContaining({
      Principal: { Service: 'logs.eu-north-1.amazonaws.com' },
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:eu-north-1:111122223333:*' } },
    }),
  );
});

test.each([
  ['cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
  ['eusc-de-east-1', 'logs.eusc-de-east-1.amazonaws.com'],
])('in %s the service principal of CloudWatch Logs is %s', (region, Service) => {
  const s = acmeStack({ region });
  lakeKey(s).allowLogs();
  expect(keyStatements(s)).toContainEqual(expect.objectContaining({ Principal: { Service } }));
});

test('instances that AWS starts for the account may have volumes with the key', () => {
  const s = acmeStack();
  lakeKey(s).allowInstances();
  const roles = [
    'autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    'spot.amazonaws.com/AWSServiceRoleForEC2Spot',
  ];
  const Condition = {
    StringEquals: { 'kms:CallerAccount': '111122223333' },
    ArnLike: {
      'aws:PrincipalArn': roles.map((role) => `arn:aws:iam::111122223333:role/aws-service-role/${role}`),
    },
  };
  const [, use, grant] = keyStatements(s);
  expect(use).toMatchObject({ Effect: 'Allow', Principal: '*', Condition });
  expect([...use.Action].sort()).toEqual([...new Set([...DECRYPT, ...ENCRYPT])].sort());
  expect(grant).toMatchObject({
    Action: ['kms:CreateGrant'],
    Condition: { ...Condition, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
});

test.each([
  ['eu-north-1', 's3.eu-north-1.amazonaws.com'],
  ['cn-north-1', 's3.cn-north-1.amazonaws.com.cn'],
])('in %s a file system of FSx for Lustre may read what the key encrypts, through %s only', (region, service) => {
  const s = acmeStack({ region });
  lakeKey(s).allowLustre();
  const [, statement] = keyStatements(s);
  expect(statement).toMatchObject({
    Action: DECRYPT,
    Condition: {
      StringEquals: { 'kms:ViaService': service, 'kms:CallerAccount': '111122223333' },
      ArnLike: {
        'aws:PrincipalArn': [expect.stringContaining('lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*')],
      },
    },
  });
});

test('an existing key is not changed: its own policy must allow logs, instances and file systems', () => {
  const s = acmeStack();
  const key = Key.fromKeyArn(s, 'Imported', 'arn:aws:kms:eu-north-1:111122223333:key/x');
  key.allowLogs();
  key.allowInstances();
  key.allowLustre();
  expect(Template.synth(s).addresses()).toEqual([]);
});

test.each([
  ['a new key', (s: AwsStack) => lakeKey(s)],
  ['an existing key', (s: AwsStack) => Key.fromKeyArn(s, 'Imported', 'arn:aws:kms:eu-north-1:111122223333:key/x')],
])('decryption and encryption with %s are granted separately', (_, make) => {
  const s = acmeStack();
  const key = make(s);
  key.grantDecrypt(roleIn(s, 'Reader'));
  key.grantEncrypt(roleIn(s, 'Writer'));
  const actions = Template.synth(s)
    .all('aws_iam_role_policy')
    .map(({ policy }) => JSON.parse(policy as string).Statement[0].Action);
  expect(actions).toEqual([DECRYPT, ENCRYPT]);
});

test('CloudWatch Logs may encrypt and decrypt, and not administer the key', () => {
  const s = acmeStack();
  lakeKey(s).allowLogs();
  const [, logs] = keyStatements(s);
  expect([...logs.Action].sort()).toEqual([...new Set([...DECRYPT, ...ENCRYPT])].sort());
});

test('a key policy above 32 KB fails at synthesis', () => {
  const s = acmeStack();
  const key = lakeKey(s);
  for (let index = 0; index < 90; index++) key.allowService(`service-${index}.amazonaws.com`);
  expect(() => Template.synth(s)).toThrow(
    /test\/LakeKey.*the key policy has \d+ characters, the limit is 32768; combine/,
  );
});

test('one error lists every invalid property', () => {
  expect(() => lakeKey(acmeStack(), { alias: 'my lake', deletionWindowDays: 3 })).toThrow(
    [
      'test/LakeKey: 2 invalid properties',
      "  - 'deletionWindowDays' must be between 7 and 30, got 3",
      "  - 'alias' must be letters, digits, slashes, hyphens and underscores, not beginning with aws/ or alias/, got 'my lake'",
    ].join('\n'),
  );
});

test('an alias names a key, but IAM policies do not match it; a bare id is no ARN', () => {
  const s = acmeStack();
  const key = Key.fromKeyArn(s, 'ByAlias', 'arn:aws:kms:eu-north-1:111122223333:alias/lake');
  expect(() => key.grantDecrypt(roleIn(s))).toThrow(
    "test/ByAlias: 1 invalid property\n  - 'keyArn' must be the ARN of the key itself, because IAM policies do not match an alias",
  );
  expect(() => Key.fromKeyArn(s, 'ById', 'alias/lake')).toThrow("'keyArn' must be the ARN of a KMS key such as");
  expect(() => new Key(s, 'Reserved', { description: 'x', alias: 'aws/s3' })).toThrow("'alias' must be letters");
});
