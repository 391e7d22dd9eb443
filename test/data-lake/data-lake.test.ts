import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueDataCatalogEncryptionSettings } from '@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { TerraformVariable } from 'cdktf';
import { waiversOf } from '../../lib/core/waivers';
import { CatalogEncryption } from '../../lib/data-lake/catalog-encryption';
import { DataLake } from '../../lib/data-lake/data-lake';
import { DEFAULT_CLASSIFICATION, DEFAULT_ZONES } from '../../lib/data-lake/lake-limits';
import { Zone } from '../../lib/data-lake/zone';
import { Key } from '../../lib/encryption/key';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { CATALOG_READ, CATALOG_WRITE, catalogEntry, glueArns, lakeIn } from '../support/lake';
import { acmeStack, DECRYPT, keyIn, READ, roleIn, TWO_KEYS } from '../support/stack';

describe('a lake with all defaults', () => {
  const s = acmeStack();
  const lake = lakeIn(s);
  const template = Template.synth(s);

  test.each(Object.keys(DEFAULT_ZONES))('has the zone %s: an encrypted bucket and a database', (zone) => {
    const { bucket } = lake.zone(zone);
    template.hasResource(S3Bucket, {
      bucket: `acme-dev-${zone}-111122223333-eu-north-1`,
      force_destroy: false,
      lifecycle: { prevent_destroy: true },
      tags: { 'data-classification': DEFAULT_CLASSIFICATION },
    });
    template.hasResource('aws_s3_bucket_server_side_encryption_configuration', {
      bucket: bucket.bucketName,
      rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms' } }],
    });
    template.hasResource(GlueCatalogDatabase, {
      name: `acme_dev_${zone}`,
      location_uri: `s3://${bucket.bucketName}/`,
      tags: { 'data-classification': DEFAULT_CLASSIFICATION },
      lifecycle: { prevent_destroy: true },
    });
  });

  test('writes only raw objects to Intelligent-Tiering', () => {
    const moving = template.all('aws_s3_bucket_lifecycle_configuration').filter(({ rule }) => rule[0].transition);
    expect(moving).toHaveLength(1);
    expect(moving[0]!.rule[0].transition).toEqual([{ days: 0, storage_class: 'INTELLIGENT_TIERING' }]);
  });

  test('lists its zones in the error for an unknown one', () => {
    expect(() => lake.zone('row')).toThrow("test/Lake: there is no zone 'row'; use one of raw, curated, features");
  });
});

test('given zones replace the default ones, each with its classification, lifecycle and access logs', () => {
  const s = acmeStack();
  const accessLogs = new Bucket(s, 'Logs');
  lakeIn(s, {
    accessLogs,
    zones: { landing: { classification: 'personal', expireAfterDays: 30, noncurrentVersionDays: 1 } },
  });
  const template = Template.synth(s);
  template.resourceCount(GlueCatalogDatabase, 1);
  template.hasResource(S3Bucket, {
    bucket: 'acme-dev-landing-111122223333-eu-north-1',
    tags: { 'data-classification': 'personal' },
  });
  template.hasResource('aws_s3_bucket_logging', { target_bucket: accessLogs.bucketName });
  const expiring = template
    .all('aws_s3_bucket_lifecycle_configuration')
    .find(({ rule }) => rule[0].expiration[0].days === 30);
  expect(expiring?.rule[0].noncurrent_version_expiration).toEqual([{ noncurrent_days: 1 }]);
});

test.each(TWO_KEYS)('stack %s, lake %s: its data may be destroyed: %s', (ofStack, removal, may) => {
  const s = acmeStack({ removal: ofStack });
  lakeIn(s, { removal, zones: { raw: {} } });
  const template = Template.synth(s);
  expect(template.one(S3Bucket).force_destroy).toBe(may);
  expect(template.one(GlueCatalogDatabase).lifecycle?.prevent_destroy ?? false).toBe(!may);
});

test('a zone in an existing bucket creates no bucket, and its grants include the key of that bucket', () => {
  const s = acmeStack();
  const encryptionKey = Key.fromKeyArn(s, 'Theirs', 'arn:aws:kms:eu-north-1:111122223333:key/theirs');
  const existingBucket = Bucket.fromBucketAttributes(s, 'Landing', {
    bucketArn: 'arn:aws:s3:::landing',
    encryptionKey,
  });
  const role = roleIn(s);
  lakeIn(s, { zones: { raw: { existingBucket } } })
    .zone('raw')
    .grantRead(role);
  const template = Template.synth(s);
  template.resourceCount(S3Bucket, 0);
  expect(template.one(GlueCatalogDatabase).location_uri).toBe('s3://landing/');
  const policy = template.policyOf(role);
  expect(policy.allows({ actions: 's3:GetObject', resources: 'arn:aws:s3:::landing/a' })).toBe(true);
  expect(policy.allows({ actions: 'kms:Decrypt', resources: encryptionKey.keyArn })).toBe(true);
});

describe('access to a zone', () => {
  test('to read: the objects, the key and the database only', () => {
    const s = acmeStack();
    const lake = lakeIn(s, { zones: { raw: {}, curated: {} } });
    const role = roleIn(s);
    const { bucket, databaseName } = lake.zone('raw');
    lake.zone('raw').grantRead(role, 'daily/*');
    const policy = Template.synth(s).policyOf(role);
    const reading = [
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: bucket.bucketArn },
      { actions: READ, resources: `${bucket.bucketArn}/daily/*` },
      { actions: DECRYPT, resources: lake.encryptionKey.keyArn },
      { actions: CATALOG_READ, resources: catalogEntry(databaseName, '*') },
    ];
    for (const access of reading) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(reading)).toEqual([]);
  });

  test('to write: also upload, encryption and changes of tables, but no deletion', () => {
    const s = acmeStack();
    const lake = lakeIn(s, { zones: { raw: {} } });
    const role = roleIn(s);
    const { bucket, databaseName } = lake.zone('raw');
    lake.zone('raw').grantWrite(role);
    const policy = Template.synth(s).policyOf(role);
    expect(policy.missing({ actions: ['s3:GetObject', 's3:PutObject'], resources: `${bucket.bucketArn}/a` })).toEqual(
      [],
    );
    expect(policy.missing({ actions: 'kms:GenerateDataKey', resources: lake.encryptionKey.keyArn })).toEqual([]);
    expect(
      policy.missing({ actions: [...CATALOG_READ, ...CATALOG_WRITE], resources: catalogEntry(databaseName, '*') }),
    ).toEqual([]);
    expect(policy.allowsAny({ actions: ['s3:DeleteObject', 'glue:DeleteTable'] })).toBe(false);
  });
});

test('an existing lake has the same grants, and lists its zones', () => {
  const s = acmeStack();
  const bucket = Bucket.fromBucketAttributes(s, 'Raw', { bucketArn: 'arn:aws:s3:::acme-raw' });
  const raw = { zoneName: 'raw', bucket, databaseName: 'acme_raw' };
  const lake = DataLake.fromZoneAttributes(s, 'Platform', [
    raw,
    { ...raw, zoneName: 'hr', classification: 'personal', removal: 'destroy' },
  ]);
  const role = roleIn(s);
  lake.zone('raw').grantRead(role);
  expect(lake.zone('raw')).toMatchObject({ classification: DEFAULT_CLASSIFICATION, removal: 'retain' });
  expect(lake.zone('hr')).toMatchObject({ classification: 'personal', removal: 'destroy' });
  expect(() => lake.zone('gold')).toThrow("test/Platform: there is no zone 'gold'; use one of raw, hr");
  const policy = Template.synth(s).policyOf(role);
  expect(policy.allows({ actions: 's3:GetObject', resources: 'arn:aws:s3:::acme-raw/a' })).toBe(true);
  expect(policy.allows({ actions: 'glue:GetTable', resources: glueArns('table/acme_raw/t') })).toBe(true);
});

test('an existing zone has the same grants', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const bucket = Bucket.fromBucketAttributes(s, 'Raw', { bucketArn: 'arn:aws:s3:::acme-raw' });
  Zone.fromZoneAttributes(s, 'Theirs', { zoneName: 'raw', bucket, databaseName: 'acme_raw' }).grantWrite(role);
  const policy = Template.synth(s).policyOf(role);
  expect(policy.allows({ actions: 's3:PutObject', resources: 'arn:aws:s3:::acme-raw/a' })).toBe(true);
  expect(policy.allows({ actions: CATALOG_WRITE, resources: catalogEntry('acme_raw', '*') })).toBe(true);
});

test('days known only at deploy time reach the lifecycle', () => {
  const s = acmeStack();
  const expireAfterDays = new TerraformVariable(s, 'days', { type: 'number' }).numberValue;
  lakeIn(s, { zones: { raw: { expireAfterDays } } });
  expect(Template.synth(s).one('aws_s3_bucket_lifecycle_configuration').rule[0].expiration).toEqual([
    { days: '${var.days}' },
  ]);
});

test('one error lists every invalid property of a zone', () => {
  const s = acmeStack();
  const existingBucket = Bucket.fromBucketAttributes(s, 'Landing', { bucketArn: 'arn:aws:s3:::landing' });
  const zones = { Raw_1: { existingBucket, classification: 'secret' as any, expireAfterDays: 1, tierAfterDays: 0 } };
  expect(() => lakeIn(s, { zones })).toThrow(
    [
      'test/Lake/Raw_1: 3 invalid properties',
      "  - 'name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Raw_1'",
      "  - 'classification' must be one of public, internal, confidential, personal, got 'secret'",
      "  - 'existingBucket' must not be combined with lifecycle properties; remove 'expireAfterDays', 'tierAfterDays'",
    ].join('\n'),
  );
});

test('the catalog is encrypted through a Glue role, so that its readers need no grant on the key', () => {
  const s = acmeStack();
  const encryptionKey = keyIn(s);
  new CatalogEncryption(s, 'Catalog', { encryptionKey });
  const template = Template.synth(s);
  template.hasResource(GlueDataCatalogEncryptionSettings, {
    data_catalog_encryption_settings: {
      encryption_at_rest: {
        catalog_encryption_mode: 'SSE-KMS-WITH-SERVICE-ROLE',
        sse_aws_kms_key_id: encryptionKey.keyArn,
      },
      connection_password_encryption: {
        aws_kms_key_id: encryptionKey.keyArn,
        return_connection_password_encrypted: true,
      },
    },
  });
  expect(waiversOf(s).map(({ check }) => check)).toContain('CKV_AWS_94');
  const [role] = Object.keys(template.resources('aws_iam_role'));
  expect(
    template
      .policyOf(role!, 'assume_role_policy')
      .allows({ actions: 'sts:AssumeRole', principal: 'glue.amazonaws.com' }),
  ).toBe(true);
  const keyUse = { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: encryptionKey.keyArn };
  expect(template.policyOf(role!).missing(keyUse)).toEqual([]);
});
