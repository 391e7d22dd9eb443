import { S3BucketServerSideEncryptionConfigurationRuleAOutputReference } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { TerraformVariable } from 'cdktf';
import '../../lib/testing/jest';
import { AwsStack } from '../../lib/aws/aws-stack';
import { waiversOf } from '../../lib/core/waivers';
import { Principal } from '../../lib/iam/principal';
import type { Role } from '../../lib/iam/role';
import { Bucket, type BucketProps } from '../../lib/storage/bucket';
import { DEFAULT_NONCURRENT_VERSION_DAYS } from '../../lib/storage/bucket-limits';
import { ObjectLock } from '../../lib/storage/object-lock';
import { Policy, Template, testApp } from '../../lib/testing';
import { ACME, acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, TWO_KEYS, testStack, WRITE } from '../support/stack';

/** What a rule of encryption has besides, with a binding that knows it. */
const BLOCKED =
  'blockedEncryptionTypes' in S3BucketServerSideEncryptionConfigurationRuleAOutputReference.prototype
    ? { blocked_encryption_types: ['SSE-C'] }
    : {};

function synthesized(props: BucketProps = {}, s = acmeStack()): Template {
  new Bucket(s, 'RawZone', props);
  return Template.synth(s);
}

function statements(template: Template, type: string): any[] {
  return JSON.parse(template.one(type).policy as string).Statement;
}

describe('a bucket with all defaults', () => {
  const template = synthesized();
  const bucketPolicy = statements(template, 'aws_s3_bucket_policy');

  test('has account and region in its name, which makes it unique worldwide', () => {
    expect(template.one('aws_s3_bucket').bucket).toBe('acme-dev-raw-zone-111122223333-eu-north-1');
  });

  test('cannot be made public, by policy or by ACL', () => {
    expect(template.one('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(template.one('aws_s3_bucket_ownership_controls').rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
  });

  test.each([
    ['without TLS', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['with a TLS version below 1.2', { NumericLessThan: { 's3:TlsVersion': '1.2' } }],
  ])('refuses requests %s', (_, Condition) => {
    expect(bucketPolicy).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:*'],
        Resource: [expect.stringMatching(/\.arn\}$/), expect.stringMatching(/\.arn\}\/\*$/)],
        Condition,
      }),
    );
  });

  test('changes its access settings sequentially: S3 refuses concurrent changes', () => {
    const dependenciesOf = (type: string) => template.one(`aws_s3_bucket_${type}`).depends_on;
    expect(dependenciesOf('ownership_controls')).toEqual([
      expect.stringMatching(/^aws_s3_bucket_public_access_block\./),
    ]);
    expect(dependenciesOf('policy')).toEqual([expect.stringMatching(/^aws_s3_bucket_ownership_controls\./)]);
    expect(dependenciesOf('lifecycle_configuration')).toEqual([expect.stringMatching(/^aws_s3_bucket_versioning\./)]);
  });

  test('has waivers for missing replication and events, and the last only until somebody asks for events', () => {
    const s = acmeStack();
    const bucket = new Bucket(s, 'RawZone');
    expect(waiversOf(s).map(({ check }) => check)).toEqual(['CKV2_AWS_62', 'CKV_AWS_144']);
    bucket.sendEvents();
    expect(waiversOf(s).map(({ check }) => check)).toEqual(['CKV_AWS_144']);
  });

  test('encrypts with an S3-managed key, without restricting other keys', () => {
    expect(template.one('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' }, ...BLOCKED },
    ]);
    expect(bucketPolicy.map(({ Sid }) => Sid)).toEqual(['TlsOnly', 'RecentTlsOnly', 'NoCustomerKeys']);
  });

  test('keeps current objects; old versions, delete markers and incomplete uploads expire', () => {
    expect(template.one('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    const [rule] = template.one('aws_s3_bucket_lifecycle_configuration').rule as any[];
    expect(rule.expiration).toEqual([{ expired_object_delete_marker: true }]);
    expect(rule.noncurrent_version_expiration).toEqual([{ noncurrent_days: DEFAULT_NONCURRENT_VERSION_DAYS }]);
    expect(rule.status).toBe('Enabled');
    expect(rule.abort_incomplete_multipart_upload).toEqual([{ days_after_initiation: 7 }]);
    expect(rule).not.toHaveProperty('transition');
  });

  test('has no access logs, no events and no object lock', () => {
    for (const type of ['logging', 'notification', 'object_lock_configuration']) {
      expect(template.all(`aws_s3_bucket_${type}`)).toEqual([]);
    }
  });
});

describe('a bucket with every property', () => {
  const s = acmeStack();
  const encryptionKey = keyIn(s);
  const logs = new Bucket(s, 'Logs');
  new Bucket(s, 'Other', { accessLogs: logs });
  const props: BucketProps = {
    name: 'raw',
    encryptionKey,
    accessLogs: logs,
    objectLock: ObjectLock.governance(30),
    eventBridge: true,
    expireAfterDays: 365,
    noncurrentVersionDays: 14,
    tierAfterDays: 0,
    archiveAfterDays: 90,
  };
  const template = synthesized(props, s);
  const bucket = `\${${Object.keys(template.resources('aws_s3_bucket')).find((address) => address.includes('RawZone'))}.bucket}`;
  const own = (type: string) => template.all(type).find((resource) => resource.bucket === bucket) as any;

  test('has the given name instead of the path', () => {
    expect(template.all('aws_s3_bucket').map((b) => b.bucket)).toContain('acme-dev-raw-111122223333-eu-north-1');
  });

  test('encrypts uploads with its key, and refuses another one', () => {
    const key = `\${${Object.keys(template.resources('aws_kms_key'))[0]}.arn}`;
    expect(own('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: key },
        ...BLOCKED,
        bucket_key_enabled: true,
      },
    ]);
    const required = {
      's3:x-amz-server-side-encryption': 'aws:kms',
      's3:x-amz-server-side-encryption-aws-kms-key-id': key,
    };
    for (const [header, value] of Object.entries(required)) {
      expect(JSON.parse(own('aws_s3_bucket_policy').policy).Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: ['s3:PutObject'],
          Condition: { StringNotEquals: { [header]: value }, Null: { [header]: 'false' } },
        }),
      );
    }
  });

  test('refuses uploads that request KMS without a key, for which S3 would use the aws/s3 key', () =>
    expect(JSON.parse(own('aws_s3_bucket_policy').policy).Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: ['s3:PutObject'],
        Condition: {
          StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
          Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'true' },
        },
      }),
    ));

  test('moves objects to Intelligent-Tiering, then to Glacier, then deletes them', () => {
    expect(own('aws_s3_bucket_lifecycle_configuration').rule[0]).toMatchObject({
      transition: [
        { days: 0, storage_class: 'INTELLIGENT_TIERING' },
        { days: 90, storage_class: 'GLACIER' },
      ],
      expiration: [{ days: 365 }],
      noncurrent_version_expiration: [{ noncurrent_days: 14 }],
    });
  });

  test('sets the object lock before the lifecycle, and sends events', () => {
    const [versioning, lock] = ['versioning', 'object_lock_configuration'].map((type) =>
      expect.stringMatching(`^aws_s3_bucket_${type}\\.RawZone_`),
    );
    expect(template.all('aws_s3_bucket').map(({ object_lock_enabled }) => object_lock_enabled)).toContain(true);
    expect(own('aws_s3_bucket_object_lock_configuration').depends_on).toEqual([versioning]);
    expect(own('aws_s3_bucket_lifecycle_configuration').depends_on).toEqual([versioning, lock]);
    expect(own('aws_s3_bucket_object_lock_configuration').rule).toEqual({
      default_retention: { mode: 'GOVERNANCE', days: 30 },
    });
    expect(own('aws_s3_bucket_notification').eventbridge).toBe(true);
  });

  test('allows S3 to deliver access logs of this account, with one statement for two sources', () => {
    expect(own('aws_s3_bucket_logging').target_prefix).toBe(`${bucket}/`);
    expect(own('aws_s3_bucket_logging').depends_on).toEqual([expect.stringContaining('aws_s3_bucket_policy.Logs')]);
    const deliveries = template
      .all('aws_s3_bucket_policy')
      .flatMap(({ policy }) => JSON.parse(policy as string).Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(deliveries).toEqual([
      expect.objectContaining({
        Principal: { Service: 'logging.s3.amazonaws.com' },
        Action: ['s3:PutObject'],
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      }),
    ]);
  });
});

test('an object lock in compliance mode', () => {
  const template = synthesized({ objectLock: ObjectLock.compliance(7) });
  expect(template.one('aws_s3_bucket_object_lock_configuration').rule.default_retention).toEqual({
    mode: 'COMPLIANCE',
    days: 7,
  });
});

/** The policy of a bucket, and its objects. */
function policyOf(props: (s: AwsStack) => BucketProps): { policy: Policy; resources: string } {
  const s = acmeStack();
  const bucket = new Bucket(s, 'Bucket', props(s));
  const template = Template.synth(s);
  return {
    policy: Policy.parse(template.one('aws_s3_bucket_policy').policy as string),
    resources: `${template.resolve(bucket.bucketArn)}/*`,
  };
}

describe('the policy of a locked bucket', () => {
  test('refuses to bypass a lock in governance mode', () => {
    const { policy, resources } = policyOf(() => ({ objectLock: ObjectLock.governance(30) }));
    expect(policy).toDeny({ actions: 's3:BypassGovernanceRetention', resources, principal: '*' });
  });

  test('refuses an upload and a change that lock a version for fewer days', () => {
    const { policy, resources } = policyOf(() => ({ objectLock: ObjectLock.compliance(30) }));
    expect(policy).toDeny({
      actions: ['s3:PutObject', 's3:PutObjectRetention'],
      resources,
      principal: '*',
      conditions: { NumericLessThan: { 's3:object-lock-remaining-retention-days': '30' } },
    });
  });

  test('has no such statement without a lock', () => {
    const { policy, resources } = policyOf(() => ({}));
    expect(policy).not.toDeny({ actions: 's3:BypassGovernanceRetention', resources, principal: '*' });
  });
});

test.each([
  ['with', (s: AwsStack) => ({ encryptionKey: keyIn(s) })],
  ['without', () => ({})],
])('a bucket %s a key refuses the key of an uploader (SSE-C), which nobody else could read', (_, props) => {
  const { policy, resources } = policyOf(props);
  expect(policy).toDeny({
    actions: 's3:PutObject',
    resources,
    principal: '*',
    conditions: { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } },
  });
});

test('blocked encryption types are written where the binding knows them: provider 6.22 to 6.39 plans to remove others', () => {
  const [rule] = synthesized().one('aws_s3_bucket_server_side_encryption_configuration').rule as any[];
  expect(rule).toMatchObject(BLOCKED);
});

test('access logs cannot go to a locked bucket: S3 would not deliver them', () => {
  const s = acmeStack();
  const accessLogs = new Bucket(s, 'Logs', { objectLock: ObjectLock.governance(1) });
  expect(() => new Bucket(s, 'Raw', { accessLogs })).toThrow(
    "test/Raw: 1 invalid property\n  - 'accessLogs' must be a bucket without 'objectLock': S3 cannot deliver access logs to a bucket that locks new objects",
  );
});

test('a bucket policy above 20 KB fails at synthesis; what is known only at deploy time counts nothing', () => {
  const s = acmeStack();
  const bucket = new Bucket(s, 'Bucket');
  const add = (sid: string, resource: string) =>
    bucket.addToResourcePolicy({
      sid,
      principal: Principal.anyone(),
      actions: ['s3:GetObject'],
      resources: [resource],
    });
  for (let index = 0; index < 20; index++) add(`Many${index}`, `${bucket.bucketArn}/${'x'.repeat(700)}`);
  expect(() => Template.synth(s)).not.toThrow();
  for (let index = 20; index < 25; index++) add(`Many${index}`, `${bucket.bucketArn}/${'x'.repeat(700)}`);
  expect(() => Template.synth(s)).toThrow(
    /test\/Bucket.*the bucket policy has \d+ characters, the limit is 20480; combine/,
  );
});

test('access logs may go to a bucket of another stack, which is deployed earlier', () => {
  const app = testApp();
  const [foundation, data] = ['foundation', 'data'].map((id) => new AwsStack(app, id, ACME)) as [AwsStack, AwsStack];
  new Bucket(data, 'Raw', { accessLogs: new Bucket(foundation, 'Logs') });
  expect(Template.synth(data).one('aws_s3_bucket_logging')).not.toHaveProperty('depends_on');
});

describe('grants', () => {
  const granted = (grant: (bucket: Bucket, role: Role) => void) => {
    const s = acmeStack();
    grant(new Bucket(s, 'Bucket', { encryptionKey: keyIn(s) }), roleIn(s));
    return statements(Template.synth(s), 'aws_iam_role_policy');
  };

  test('to read: list, get and decrypt', () => {
    expect(granted((bucket, role) => bucket.grantRead(role)).flatMap(({ Action }) => Action)).toEqual([
      's3:ListBucket',
      's3:GetBucketLocation',
      ...READ,
      ...DECRYPT,
    ]);
  });

  test('to read a prefix: any listing, because HeadBucket is one without a prefix, which shows every name', () => {
    const [list, get] = granted((bucket, role) => bucket.grantRead(role, 'daily/*'));
    expect(list.Action).toContain('s3:ListBucket');
    expect(list).not.toHaveProperty('Condition');
    expect(get.Resource).toEqual([expect.stringMatching(/\/daily\/\*$/)]);
  });

  test('to write: no read, but decrypt, which a multipart upload needs', () => {
    expect(granted((bucket, role) => bucket.grantWrite(role, 'daily/*')).flatMap(({ Action }) => Action)).toEqual([
      ...WRITE,
      ...ENCRYPT,
      'kms:Decrypt',
    ]);
  });

  test('to delete: no version, so that a mistake can be restored', () => {
    const [statement] = granted((bucket, role) => bucket.grantDelete(role, 'daily/*'));
    expect(statement.Action).toEqual(['s3:DeleteObject']);
    expect(statement.Resource).toEqual([expect.stringMatching(/\/daily\/\*$/)]);
  });

  test('to purge: list and delete the versions of the prefix only', () => {
    const [list, purge] = granted((bucket, role) => bucket.grantPurge(role, 'daily/*'));
    expect(list.Condition).toEqual({ StringLike: { 's3:prefix': 'daily/*' } });
    expect(list.Action).toEqual(['s3:ListBucketVersions']);
    expect(purge.Action).toEqual(['s3:DeleteObjectVersion']);
    expect(purge.Resource).toEqual([expect.stringMatching(/\/daily\/\*$/)]);
  });
});

test('an existing bucket has the same grants, with its key only if it is known', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const landing = Bucket.fromBucketAttributes(s, 'Landing', { bucketArn: 'arn:aws:s3:::partner-landing' });
  landing.grantRead(role, 'daily/*');
  expect(landing.bucketName).toBe('partner-landing');
  expect(statements(Template.synth(s), 'aws_iam_role_policy')).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket', 's3:GetBucketLocation'],
      Resource: ['arn:aws:s3:::partner-landing'],
    },
    { Effect: 'Allow', Action: READ, Resource: ['arn:aws:s3:::partner-landing/daily/*'] },
  ]);
});

test.each(TWO_KEYS)('stack %s, bucket %s: objects may be destroyed: %s', (ofStack, ofBucket, may) => {
  expect(synthesized({ removal: ofBucket }, acmeStack({ removal: ofStack })).one('aws_s3_bucket')).toMatchObject({
    force_destroy: may,
    ...(may ? {} : { lifecycle: { prevent_destroy: true } }),
  });
});

test('a number known only at deploy time passes every limit', () => {
  const s = acmeStack();
  const days = new TerraformVariable(s, 'days', { type: 'number' }).numberValue;
  const template = synthesized({ expireAfterDays: days, tierAfterDays: 30 }, s);
  expect((template.one('aws_s3_bucket_lifecycle_configuration').rule as any[])[0].expiration).toEqual([
    { days: '${var.days}' },
  ]);
});

test('a name may have 63 characters', () => {
  const name = 'x'.repeat(63 - 'acme-dev--111122223333-eu-north-1'.length);
  expect(() => synthesized({ name })).not.toThrow();
  expect(() => synthesized({ name: `${name}x` })).toThrow('has 64 characters, the limit is 63');
  expect(() => synthesized({ bucketName: 'x'.repeat(63) })).not.toThrow();
  expect(() => synthesized({ bucketName: 'x'.repeat(64) })).toThrow("'bucketName' must be 3 to 63");
});

test.each<[BucketProps, string]>([
  [{ noncurrentVersionDays: 0 }, "'noncurrentVersionDays' must be at least 1, got 0"],
  [{ archiveAfterDays: 0 }, "'archiveAfterDays' must be at least 1, got 0"],
  [
    { tierAfterDays: 30, archiveAfterDays: 30 },
    "'archiveAfterDays' must be more than tierAfterDays 30, got 30; raise it or remove one of them",
  ],
  [
    { tierAfterDays: 30, expireAfterDays: 30 },
    "'expireAfterDays' must be more than tierAfterDays 30, got 30; raise it or remove one of them",
  ],
])('%p is refused: %s', (props, message) => {
  expect(() => synthesized(props)).toThrow(`test/RawZone: 1 invalid property\n  - ${message}`);
});

test('one error lists every invalid property, with its limit and the value', () => {
  const s = acmeStack();
  const keyed = new Bucket(s, 'Keyed', { encryptionKey: keyIn(s) });
  const props: BucketProps = {
    bucketName: 'Acme',
    name: '-raw',
    accessLogs: keyed,
    expireAfterDays: 0,
    noncurrentVersionDays: 1.5,
    tierAfterDays: 60,
    archiveAfterDays: 30,
  };
  expect(() => new Bucket(s, 'Bucket', props)).toThrow(
    [
      'test/Bucket: 7 invalid properties',
      "  - 'bucketName' must be 3 to 63 lower-case letters, digits, single dots and hyphens, not an IP address, and without what S3 reserves: xn--, sthree- or amzn-s3-demo- at the start, -s3alias, --ol-s3, .mrap, --x-s3, --table-s3 or -an at the end, got 'Acme'",
      "  - 'name' must be lower-case letters, digits and hyphens, got '-raw'",
      "  - 'accessLogs' must be a bucket without 'encryptionKey': S3 cannot deliver access logs to a bucket with a customer-managed key",
      "  - 'expireAfterDays' must be at least 1, got 0",
      "  - 'noncurrentVersionDays' must be a whole number, got 1.5",
      "  - 'archiveAfterDays' must be more than tierAfterDays 60, got 30; raise it or remove one of them",
      "  - 'expireAfterDays' must be more than archiveAfterDays 30, got 0; raise it or remove one of them",
    ].join('\n'),
  );
});

test.each([
  'acme..raw',
  '192.168.5.4',
  'xn--acme',
  'sthree-acme',
  'amzn-s3-demo-bucket',
  'acme-s3alias',
  'acme--ol-s3',
  'acme.mrap',
  'acme--use1-az4--x-s3',
  'acme--table-s3',
  'acme-111122223333-eu-north-1-an',
  '-acme',
])('the bucket name %s is refused, as S3 refuses it', (bucketName) => {
  expect(() => synthesized({ bucketName })).toThrow(`and without what S3 reserves`);
});

test.each(['acme.raw', 'acme-an-raw', '1.2.3.4.5', 'amzn-acme'])('the bucket name %s is accepted', (bucketName) => {
  expect(synthesized({ bucketName }).one('aws_s3_bucket').bucket).toBe(bucketName);
});

describe('in a plain stack, whose account and region are read at plan time', () => {
  const plain = (id: string, props: BucketProps = {}) => {
    const s = testStack();
    new Bucket(s, id, props);
    return Template.synth(s).one('aws_s3_bucket').bucket;
  };
  const [account, region] = ['${data.aws_caller_identity.*}', '${data.aws_region.*}'].map(
    (pattern) => `\\${pattern.replaceAll('.', '\\.').replace('*', '[^}]+')}`,
  );

  test('a default name that fits in some region is not changed', () => {
    expect(plain('X'.repeat(40))).toMatch(new RegExp(`^x{40}-${account}-${region}$`));
  });

  test('a default name that fits in none is shortened, with a hash', () => {
    expect(plain('X'.repeat(41))).toMatch(new RegExp(`^x{31}-[0-9a-f]{8}-${account}-${region}$`));
  });

  test('a given name that fits in none is refused', () => {
    expect(() => plain('Raw', { name: 'x'.repeat(41) })).toThrow(
      "has at least 64 characters, the limit is 63; shorten 'xxxx",
    );
  });
});

test.each(['/daily/*', 's3://acme/daily/*', '', 'daily/'])(
  'a grant below %p, which matches no object, is refused',
  (prefix) => {
    const s = acmeStack();
    const bucket = new Bucket(s, 'Raw');
    for (const grant of ['grantRead', 'grantWrite', 'grantDelete'] as const) {
      expect(() => bucket[grant](roleIn(s, grant), prefix)).toThrow(
        `test/Raw: 1 invalid property\n  - 'prefix' must be a pattern of keys such as 'daily/*', without a slash or a bucket before it, and with a * after a last slash, got '${prefix}'`,
      );
    }
  },
);

test.each([
  ['governance', 0],
  ['compliance', 1.5],
  ['governance', 36_501],
] as const)('a lock in mode %s of %p days is refused', (mode, days) => {
  expect(() => ObjectLock[mode](days)).toThrow(`ObjectLock.${mode}: 1 invalid property\n  - 'days' must be`);
});

test('a bare name is not the ARN of a bucket', () => {
  expect(() => Bucket.fromBucketAttributes(acmeStack(), 'Raw', { bucketArn: 'acme-raw' })).toThrow(
    "test/Raw: 1 invalid property\n  - 'bucketArn' must be the ARN of a bucket such as arn:aws:s3:::acme-raw, got 'acme-raw'",
  );
});

test('a statement of a bucket policy has a principal and resources', () => {
  const bucket = new Bucket(acmeStack(), 'Raw');
  expect(() => bucket.addToResourcePolicy({ actions: [] })).toThrow(
    [
      'test/Raw: 3 invalid properties',
      "'principal' must be set, got undefined",
      "'resources' must be set, got undefined",
      "'actions' must have at least one action, got none",
    ].join('\n  - '),
  );
});
