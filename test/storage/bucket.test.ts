import { TerraformVariable } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import { waiversOf } from '../../lib/core/waivers';
import type { Role } from '../../lib/iam/role';
import { Bucket, type BucketProps } from '../../lib/storage/bucket';
import { DEFAULT_NONCURRENT_VERSION_DAYS } from '../../lib/storage/bucket-limits';

import { ObjectLock } from '../../lib/storage/object-lock';
import { Template, testApp } from '../../lib/testing';
import { ACME, acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';

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

  test('is named so that no other account or region can have taken the name', () => {
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
    ['with a TLS older than 1.2', { NumericLessThan: { 's3:TlsVersion': '1.2' } }],
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

  test('changes its access settings one after the other: S3 refuses two at once', () => {
    const dependenciesOf = (type: string) => template.one(`aws_s3_bucket_${type}`).depends_on;
    expect(dependenciesOf('ownership_controls')).toEqual([
      expect.stringMatching(/^aws_s3_bucket_public_access_block\./),
    ]);
    expect(dependenciesOf('policy')).toEqual([expect.stringMatching(/^aws_s3_bucket_ownership_controls\./)]);
    expect(dependenciesOf('lifecycle_configuration')).toEqual([expect.stringMatching(/^aws_s3_bucket_versioning\./)]);
  });

  test('says to scanners why it has no copy elsewhere and sends no events', () => {
    const s = acmeStack();
    new Bucket(s, 'RawZone');
    expect(waiversOf(s).map(({ check }) => check)).toEqual(['CKV2_AWS_62', 'CKV_AWS_144']);
  });

  test('encrypts with a key of S3 and says nothing of other keys', () => {
    expect(template.one('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } },
    ]);
    expect(bucketPolicy).toHaveLength(2);
  });

  test('keeps every current object, and no trace of a deleted one for ever', () => {
    expect(template.one('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    const [rule] = template.one('aws_s3_bucket_lifecycle_configuration').rule as any[];
    expect(rule.expiration).toEqual([{ expired_object_delete_marker: true }]);
    expect(rule.noncurrent_version_expiration).toEqual([{ noncurrent_days: DEFAULT_NONCURRENT_VERSION_DAYS }]);
    expect(rule.status).toBe('Enabled');
    expect(rule.abort_incomplete_multipart_upload).toEqual([{ days_after_initiation: 7 }]);
    expect(rule).not.toHaveProperty('transition');
  });

  test('records no access, sends no events, locks no object', () => {
    for (const type of ['logging', 'notification', 'object_lock_configuration']) {
      expect(template.all(`aws_s3_bucket_${type}`)).toEqual([]);
    }
  });
});

describe('with every property', () => {
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

  test('the said name stands in for the path', () => {
    expect(template.all('aws_s3_bucket').map((b) => b.bucket)).toContain('acme-dev-raw-111122223333-eu-north-1');
  });

  test('uploads get the key, and cannot ask for another one', () => {
    const key = `\${${Object.keys(template.resources('aws_kms_key'))[0]}.arn}`;
    expect(own('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: key },
        bucket_key_enabled: true,
      },
    ]);
    const asked = {
      's3:x-amz-server-side-encryption': 'aws:kms',
      's3:x-amz-server-side-encryption-aws-kms-key-id': key,
    };
    for (const [header, value] of Object.entries(asked)) {
      expect(JSON.parse(own('aws_s3_bucket_policy').policy).Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: ['s3:PutObject'],
          Condition: { StringNotEquals: { [header]: value }, Null: { [header]: 'false' } },
        }),
      );
    }
  });

  test('uploads that ask for KMS must say the key: S3 would take its own for them', () =>
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

  test('objects tier, then archive, then expire', () => {
    expect(own('aws_s3_bucket_lifecycle_configuration').rule[0]).toMatchObject({
      transition: [
        { days: 0, storage_class: 'INTELLIGENT_TIERING' },
        { days: 90, storage_class: 'GLACIER' },
      ],
      expiration: [{ days: 365 }],
      noncurrent_version_expiration: [{ noncurrent_days: 14 }],
    });
  });

  test('versions are locked before anything may expire, events sent', () => {
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

  test('the log bucket lets S3 deliver for this account, and says so once for two sources', () => {
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

test('a lock that nobody can end early is chosen by its own word', () => {
  const template = synthesized({ objectLock: ObjectLock.compliance(7) });
  expect(template.one('aws_s3_bucket_object_lock_configuration').rule.default_retention).toEqual({
    mode: 'COMPLIANCE',
    days: 7,
  });
});

test('requests are recorded in a bucket of another stack too, which is deployed before', () => {
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

  test('reading lists, gets and decrypts', () => {
    expect(granted((bucket, role) => bucket.grantRead(role)).flatMap(({ Action }) => Action)).toEqual([
      's3:ListBucket',
      's3:GetObject*',
      'kms:Decrypt',
      'kms:DescribeKey',
    ]);
  });

  test('reading a prefix lists nothing beside it', () => {
    const [list, get] = granted((bucket, role) => bucket.grantRead(role, 'daily/*'));
    expect(list.Condition).toEqual({ StringLike: { 's3:prefix': 'daily/*' } });
    expect(get.Resource).toEqual([expect.stringMatching(/\/daily\/\*$/)]);
  });

  test('writing reads nothing, but decrypts: an upload in parts needs it', () => {
    expect(granted((bucket, role) => bucket.grantWrite(role, 'daily/*')).flatMap(({ Action }) => Action)).toEqual([
      's3:PutObject*',
      's3:AbortMultipartUpload',
      'kms:Encrypt',
      'kms:GenerateDataKey*',
      'kms:ReEncrypt*',
      'kms:DescribeKey',
      'kms:Decrypt',
    ]);
  });

  test('deleting reaches old versions too', () => {
    const [statement] = granted((bucket, role) => bucket.grantDelete(role, 'daily/*'));
    expect(statement.Action).toEqual(['s3:DeleteObject', 's3:DeleteObjectVersion']);
    expect(statement.Resource).toEqual([expect.stringMatching(/\/daily\/\*$/)]);
  });
});

test('an imported bucket is granted like one of ours, its key only where it is known', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const landing = Bucket.fromBucketAttributes(s, 'Landing', { bucketArn: 'arn:aws:s3:::partner-landing' });
  landing.grantRead(role, 'daily/*');
  expect(landing.bucketName).toBe('partner-landing');
  expect(statements(Template.synth(s), 'aws_iam_role_policy')).toEqual([
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: ['arn:aws:s3:::partner-landing'],
      Condition: { StringLike: { 's3:prefix': 'daily/*' } },
    },
    { Effect: 'Allow', Action: ['s3:GetObject*'], Resource: ['arn:aws:s3:::partner-landing/daily/*'] },
  ]);
});

test.each(TWO_KEYS)('stack says %s, bucket says %s: objects may be destroyed: %s', (ofStack, ofBucket, goes) => {
  expect(synthesized({ removal: ofBucket }, acmeStack({ removal: ofStack })).one('aws_s3_bucket')).toMatchObject({
    force_destroy: goes,
    ...(goes ? {} : { lifecycle: { prevent_destroy: true } }),
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
  [{ tierAfterDays: 30, archiveAfterDays: 30 }, "'archiveAfterDays' must come after 'tierAfterDays' (30), got 30"],
  [{ tierAfterDays: 30, expireAfterDays: 30 }, "'expireAfterDays' must come after every move (30), got 30"],
])('%p is refused: %s', (props, fault) => {
  expect(() => synthesized(props)).toThrow(`test/RawZone: 1 invalid property\n  - ${fault}`);
});

test('every invalid property is named at once, with its limit and the value got', () => {
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
      "  - 'bucketName' must be 3 to 63 lower-case letters, digits, dots and hyphens, got 'Acme'",
      "  - 'name' must be lower-case letters, digits and hyphens, got '-raw'",
      "  - 'accessLogs' must be a bucket without 'encryptionKey': S3 cannot deliver access logs under a key of ours",
      "  - 'expireAfterDays' must be at least 1, got 0",
      "  - 'noncurrentVersionDays' must be a whole number, got 1.5",
      "  - 'archiveAfterDays' must come after 'tierAfterDays' (60), got 30",
      "  - 'expireAfterDays' must come after every move (30), got 0",
    ].join('\n'),
  );
});
