import { readFileSync } from 'node:fs';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { DataLake } from '../../lib/data-lake/data-lake';
import { Table } from '../../lib/data-lake/table';
import { SecurityGroup } from '../../lib/network/security-group';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { DataSource } from '../../lib/training/data/data-source';
import { DATA_VERSION_PROGRAM, DataVersion } from '../../lib/training/data/data-version';
import { catalogEntry } from '../support/lake';
import { acmeStack, DECRYPT, keyIn, READ, roleIn } from '../support/stack';

const stackOf = () => {
  const stack = acmeStack();
  const bucket = Bucket.fromBucketAttributes(stack, 'Data', { bucketArn: 'arn:aws:s3:::acme-data' });
  return { stack, bucket };
};

describe('data in S3', () => {
  test('is a folder: objects whose keys only begin with the same letters are not part of it', () => {
    const { bucket } = stackOf();
    const data = DataSource.bucket(bucket, 'churn/train');
    expect(data.channel('train')).toEqual({
      ChannelName: 'train',
      DataSource: {
        S3DataSource: {
          S3DataType: 'S3Prefix',
          S3Uri: `s3://acme-data/churn/train/`,
          S3DataDistributionType: 'FullyReplicated',
        },
      },
      InputMode: 'File',
    });
  });

  test('may be streamed and divided among the instances, and say the type of its records', () => {
    const { bucket } = stackOf();
    const data = DataSource.bucket(bucket, 'churn', {
      inputMode: 'FastFile',
      distribution: 'ShardedByS3Key',
      contentType: 'text/csv',
    });
    expect(data.channel('train')).toMatchObject({
      DataSource: { S3DataSource: { S3DataDistributionType: 'ShardedByS3Key' } },
      InputMode: 'FastFile',
      ContentType: 'text/csv',
    });
  });

  test('is downloaded by a processing job, which cannot stream files', () => {
    const { bucket } = stackOf();
    const data = DataSource.bucket(bucket, 'churn/test', { inputMode: 'FastFile' });
    expect(data.processingInput('/opt/ml/processing/test')).toEqual({
      S3Input: {
        S3Uri: `s3://acme-data/churn/test/`,
        LocalPath: '/opt/ml/processing/test',
        S3DataType: 'S3Prefix',
        S3InputMode: 'File',
        S3DataDistributionType: 'FullyReplicated',
      },
    });
  });

  test('can be elsewhere in one run of a pipeline, whose references stay as they are', () => {
    const { bucket } = stackOf();
    const location = { toJSON: () => ({ Get: 'Parameters.TrainUri' }) };
    const data = DataSource.bucket(bucket, 'churn');
    expect(JSON.parse(JSON.stringify(data.channelSource(location)))).toMatchObject({
      S3DataSource: { S3Uri: { Get: 'Parameters.TrainUri' } },
    });
  });

  test('is listed by a manifest, whose objects must be below one folder', () => {
    const { bucket, stack } = stackOf();
    const data = DataSource.manifest(bucket, 'lists/train.manifest', 'churn');
    const role = roleIn(stack);
    data.bindTo({ role, connections: groupIn(stack).connections });
    expect(data.channelSource()).toMatchObject({
      S3DataSource: {
        S3DataType: 'ManifestFile',
        S3Uri: `s3://acme-data/lists/train.manifest`,
      },
    });
    const arn = 'arn:aws:s3:::acme-data';
    expect(Template.synth(stack).policyOf(role).statements).toContainEqual(
      expect.objectContaining({ actions: READ, resources: [`${arn}/churn/*`, `${arn}/lists/train.manifest`] }),
    );
  });

  test('may be read by its job, and nothing beside it', () => {
    const stack = acmeStack();
    const zone = DataLake.fromZoneAttributes(stack, 'Lake', [
      {
        zoneName: 'features',
        bucket: Bucket.fromBucketAttributes(stack, 'Data', {
          bucketArn: 'arn:aws:s3:::acme-data',
          encryptionKey: keyIn(stack),
        }),
        databaseName: 'features',
      },
    ]).zone('features');
    const role = roleIn(stack);
    DataSource.zone(zone, 'churn/train').bindTo({ role, connections: groupIn(stack).connections });
    const { statements } = Template.synth(stack).policyOf(role);
    const objects = statements.filter(({ actions }) => actions?.includes('s3:GetObject'));
    expect(objects).toEqual([
      expect.objectContaining({ actions: READ, resources: ['arn:aws:s3:::acme-data/churn/train/*'] }),
    ]);
    expect(statements.flatMap(({ actions }) => actions)).toEqual(expect.arrayContaining(DECRYPT));
    // a training job reads files; it asks no catalog
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action?.startsWith('glue:'))).toEqual([]);
  });

  test.each([
    ['/churn', {}, "'prefix' must be a folder of objects such as churn/train"],
    ['churn/', {}, "got 'churn/'"],
    ['churn/*', {}, "without a bucket, a wildcard or a slash at either end, got 'churn/*'"],
    ['s3://acme/churn', {}, "got 's3://acme/churn'"],
    ['churn', { inputMode: 'Fast' as never }, "'inputMode' must be one of File, FastFile, Pipe, got 'Fast'"],
    ['churn', { distribution: 'Sharded' as never }, "'distribution' must be one of FullyReplicated, ShardedByS3Key"],
    ['churn', { contentType: 'csv' }, "'contentType' must be a MIME type such as text/csv, got 'csv'"],
  ])('%s with %p is refused', (prefix, options, message) => {
    const { bucket } = stackOf();
    expect(() => DataSource.bucket(bucket, prefix, options)).toThrow(`DataSource.bucket: 1 invalid property\n  - `);
    expect(() => DataSource.bucket(bucket, prefix, options)).toThrow(message);
  });

  test('a manifest is not streamed as files', () => {
    const { bucket } = stackOf();
    expect(() => DataSource.manifest(bucket, 'a.manifest', 'churn', { inputMode: 'FastFile' })).toThrow(
      "'inputMode' must be File or Pipe with a manifest, got 'FastFile'; it takes a folder only",
    );
  });

  test('a channel has a name that SageMaker accepts', () => {
    const { bucket } = stackOf();
    expect(() => DataSource.bucket(bucket, 'churn').channel('train set')).toThrow(
      "DataSource.channel: 1 invalid property\n  - 'name' must be 1 to 64 letters, digits and ._-, got 'train set'",
    );
  });
});

describe('the version of data', () => {
  const statementsOf = (stack: AwsStack, version: DataVersion | undefined) => {
    const role = roleIn(stack);
    version!.grantCompute(role);
    return Template.synth(stack).policyOf(role).statements;
  };

  test('is computed from a listing of the folder, without its content', () => {
    const { bucket, stack } = stackOf();
    const { version } = DataSource.bucket(bucket, 'churn/train');
    expect(version!.source).toBe('s3://acme-data/churn/train/');
    expect(statementsOf(stack, version)).toEqual([
      expect.objectContaining({
        actions: ['s3:ListBucketVersions'],
        resources: ['arn:aws:s3:::acme-data'],
        conditions: { StringLike: { 's3:prefix': 'churn/train/*' } },
      }),
    ]);
  });

  test('of a manifest is that of the folder whose objects it lists', () => {
    const { bucket } = stackOf();
    expect(DataSource.manifest(bucket, 'a.manifest', 'churn').version!.source).toBe('s3://acme-data/churn/');
  });

  test('of an Iceberg table is its snapshot, read from the catalog and the metadata only', () => {
    const { bucket, stack } = stackOf();
    const lake = DataLake.fromZoneAttributes(stack, 'Lake', [
      { zoneName: 'features', bucket, databaseName: 'features' },
    ]);
    const table = Table.fromTableAttributes(stack, 'Table', { zone: lake.zone('features'), tableName: 'churn' });
    const version = DataVersion.table(table);
    expect(version.source).toBe('iceberg://features.churn');
    expect(statementsOf(stack, version)).toEqual([
      expect.objectContaining({ actions: ['glue:GetTable'], resources: catalogEntry('features', 'churn') }),
      expect.objectContaining({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-data/churn/metadata/*'] }),
    ]);
  });

  test('has a program beside it', () => {
    expect(readFileSync(DATA_VERSION_PROGRAM, 'utf8')).toContain('def data_version(source');
  });

  test('is of a folder', () => {
    const { bucket } = stackOf();
    expect(() => DataVersion.objects(bucket, 'churn/')).toThrow(
      "DataVersion.objects: 1 invalid property\n  - 'prefix' must be a folder",
    );
  });
});

function groupIn(stack: ReturnType<typeof acmeStack>) {
  return SecurityGroup.fromSecurityGroupId(stack, 'Jobs', 'sg-11111111');
}
