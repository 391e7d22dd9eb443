import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { ModelStore, type ModelStoreProps } from '../../lib/registry/model-store';
import { DEFAULT_KEPT_MODEL_DAYS } from '../../lib/registry/registry-limits';
import { Bucket } from '../../lib/storage/bucket';
import { ObjectLock } from '../../lib/storage/object-lock';
import { Template } from '../../lib/testing';
import { acmeStack, keyIn, roleIn } from '../support/stack';

function storeIn(s: AwsStack, props: Partial<ModelStoreProps> = {}): ModelStore {
  return new ModelStore(s, 'Models', { encryptionKey: keyIn(s), ...props });
}

describe('a model store with all defaults', () => {
  const s = acmeStack();
  const store = storeIn(s);
  const template = Template.synth(s);

  test('keeps a replaced file for a year and a current one without end, encrypted with its key', () => {
    const [rule] = template.one('aws_s3_bucket_lifecycle_configuration').rule;
    expect(rule.noncurrent_version_expiration).toEqual([{ noncurrent_days: DEFAULT_KEPT_MODEL_DAYS }]);
    expect(rule.expiration).toEqual([{ expired_object_delete_marker: true }]);
    expect(template.one('aws_s3_bucket_versioning').versioning_configuration).toEqual({ status: 'Enabled' });
    const [encryption] = template.one('aws_s3_bucket_server_side_encryption_configuration').rule;
    expect(encryption.apply_server_side_encryption_by_default.kms_master_key_id).toMatch(/aws_kms_key/);
  });

  test('cannot be destroyed', () => {
    expect(template.one('aws_s3_bucket')).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
  });

  test('allows a file to be replaced, and does not lock it', () => {
    expect(template.one('aws_s3_bucket_policy').policy).not.toContain('if-none-match');
    expect(template.all('aws_s3_bucket_object_lock_configuration')).toEqual([]);
  });

  test('addresses a version by a prefix that matches no other version', () => {
    expect(template.resolve(store.uriOf('fraud', '1'))).toMatch(
      /^s3:\/\/\$\{aws_s3_bucket\.\w+\.bucket\}\/fraud\/1\/$/,
    );
  });
});

test('with every property: named, tiered, locked, with access logs, written once and destroyable', () => {
  const s = acmeStack({ removal: 'destroy' });
  const accessLogs = new Bucket(s, 'AccessLogs');
  storeIn(s, {
    name: 'models',
    accessLogs,
    objectLock: ObjectLock.governance(30),
    tierAfterDays: 30,
    noncurrentVersionDays: 7,
    writeOnce: true,
    removal: 'destroy',
  });
  const template = Template.synth(s);
  template.hasResource('aws_s3_bucket', {
    bucket: 'acme-dev-models-111122223333-eu-north-1',
    object_lock_enabled: true,
    force_destroy: true,
  });
  template.hasResource('aws_s3_bucket_lifecycle_configuration', {
    rule: [{ transition: [{ days: 30 }], noncurrent_version_expiration: [{ noncurrent_days: 7 }] }],
  });
  expect(template.one('aws_s3_bucket_object_lock_configuration').rule.default_retention).toEqual({
    mode: 'GOVERNANCE',
    days: 30,
  });
  expect(template.one('aws_s3_bucket_logging').target_prefix).toMatch(/aws_s3_bucket/);
});

test('written once: S3 refuses an upload that would replace a file, and accepts the parts of a new one', () => {
  const s = acmeStack();
  const store = storeIn(s, { writeOnce: true });
  expect(JSON.parse(Template.synth(s).one('aws_s3_bucket_policy').policy).Statement).toContainEqual({
    Sid: 'WriteOnce',
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:PutObject'],
    Resource: [Template.synth(s).resolve(`${store.bucket.bucketArn}/*`)],
    Condition: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  });
});

describe('grants', () => {
  test('publishing one model writes below it, and neither reads nor deletes', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const store = storeIn(s);
    store.grantPublish(role, 'fraud');
    const policy = Template.synth(s).policyOf(role);
    expect(
      policy.allows({ actions: 's3:PutObject', resources: `${store.bucket.bucketArn}/fraud/3/model.tar.gz` }),
    ).toBe(true);
    expect(policy.allowsAny({ actions: 's3:PutObject', resources: `${store.bucket.bucketArn}/fraud-2/*` })).toBe(false);
    expect(
      policy.allowsAny({
        actions: ['s3:GetObject*', 's3:DeleteObject*', 's3:PutObjectRetention', 's3:PutObjectLegalHold'],
      }),
    ).toBe(false);
    expect(policy.allows({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'] })).toBe(true);
  });

  test('serving one model reads it and nothing else; it may list the names of the others', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const store = storeIn(s);
    store.grantServe(role, 'fraud');
    const policy = Template.synth(s).policyOf(role);
    expect(
      policy.allows({ actions: 's3:GetObject', resources: `${store.bucket.bucketArn}/fraud/1/model.tar.gz` }),
    ).toBe(true);
    expect(policy.allowsAny({ actions: 's3:GetObject', resources: `${store.bucket.bucketArn}/ads/*` })).toBe(false);
    expect(
      policy.allows({
        actions: 's3:ListBucket',
        resources: store.bucket.bucketArn,
      }),
    ).toBe(true);
    expect(policy.allowsAny({ actions: 's3:PutObject' })).toBe(false);
  });

  test('without a model they include every model', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const store = storeIn(s);
    store.grantPublish(role);
    store.grantServe(role);
    const policy = Template.synth(s).policyOf(role);
    expect(policy.allows({ actions: ['s3:PutObject', 's3:GetObject'], resources: `${store.bucket.bucketArn}/*` })).toBe(
      true,
    );
  });
});

test('an existing bucket has the grants of a new store', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const bucket = Bucket.fromBucketAttributes(s, 'Bucket', { bucketArn: 'arn:aws:s3:::acme-models' });
  const store = ModelStore.fromBucket(s, 'Models', bucket);
  store.grantServe(role, 'fraud');
  expect(store.uriOf('fraud', '2026-11-24')).toBe('s3://acme-models/fraud/2026-11-24/');
  expect(
    Template.synth(s).policyOf(role).allows({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-models/fraud/*' }),
  ).toBe(true);
});

test('a token passes as a version', () => {
  const s = acmeStack();
  const version = new TerraformVariable(s, 'version', { type: 'string' }).stringValue;
  expect(Template.synth(s).resolve(storeIn(s).uriOf('fraud', version))).toMatch(/\/fraud\/\$\{var\.version\}\/$/);
});

test('a model or version that is not one path segment is refused', () => {
  const s = acmeStack();
  const store = storeIn(s);
  const meaning = "letters, digits and '.', '_', '-', beginning with a letter or digit";
  expect(() => store.uriOf('fraud/eu', '../1')).toThrow(
    `test/Models: 2 invalid properties\n  - 'model' must be ${meaning}, got 'fraud/eu'\n  - 'version' must be ${meaning}, got '../1'`,
  );
  expect(() => store.grantPublish(roleIn(s), '*')).toThrow(
    `test/Models: 1 invalid property\n  - 'model' must be ${meaning}, got '*'`,
  );
});
