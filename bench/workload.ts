import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Fn, Lazy, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AwsStack } from '../lib/aws';
import { StateBackend } from '../lib/core';

/** The stack of the library. */
export { AwsStack as OurStack };

/** The same stack without the library. */
export class StockStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    StateBackend.local().bind(this);
    new AwsProvider(this, 'Aws', {});
  }
}

/** Resources and data sources in one {@link Cell}. */
export const CELL_SIZE = 20;

/** A part of a data platform in plain resources: buckets, keys, roles, tables and their references. */
export class Cell extends Construct {
  public readonly bucketArn: string;

  constructor(scope: Construct, id: string, upstreamArn: string | undefined) {
    super(scope, id);
    const key = new KmsKey(this, 'Key', { description: `key of ${id}`, enableKeyRotation: true });
    this.bucketArn = this.bucket('Raw', key.arn).arn;
    const curated = this.bucket('Curated', key.arn);
    this.role(upstreamArn ?? this.bucketArn, curated.arn);
    this.catalog(curated.bucket);
    this.firewall();
  }

  private bucket(id: string, keyArn: string): S3Bucket {
    const scope = new Construct(this, id);
    const bucket = new S3Bucket(scope, 'Resource', { bucketPrefix: 'cell-', tags: { zone: id, owner: 'bench' } });
    const block = new S3BucketPublicAccessBlock(scope, 'Block', { bucket: bucket.id, blockPublicAcls: true });
    const allow = (arn: string) => [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${arn}/*` }];
    new S3BucketPolicy(scope, 'Policy', {
      bucket: bucket.id,
      policy: Lazy.stringValue({
        produce: () => JSON.stringify({ Version: '2012-10-17', Statement: allow(bucket.arn) }),
      }),
      dependsOn: [block],
    });
    new S3BucketServerSideEncryptionConfigurationA(scope, 'Encryption', {
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn } }],
    });
    const versioning = new S3BucketVersioningA(scope, 'Versioning', {
      bucket: bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(scope, 'Lifecycle', {
      bucket: bucket.id,
      rule: [{ id: 'expire', status: 'Enabled', expiration: [{ days: 365 }], filter: [{ prefix: 'tmp/' }] }],
      dependsOn: [versioning],
    });
    return bucket;
  }

  private role(readArn: string, writeArn: string): void {
    const trust = new DataAwsIamPolicyDocument(this, 'Trust', {
      statement: [
        { actions: ['sts:AssumeRole'], principals: [{ type: 'Service', identifiers: ['glue.amazonaws.com'] }] },
      ],
    });
    const role = new IamRole(this, 'Role', { assumeRolePolicy: trust.json, maxSessionDuration: 3600 });
    new IamRolePolicy(this, 'Grants', {
      role: role.id,
      policy: Fn.jsonencode({
        Statement: [
          { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [readArn, Fn.format('%s/*', [readArn])] },
          { Effect: 'Allow', Action: ['s3:PutObject'], Resource: [writeArn] },
        ],
      }),
    });
    new TerraformOutput(this, 'RoleArn', { value: role.arn });
  }

  private catalog(bucketName: string): void {
    const database = new GlueCatalogDatabase(this, 'Database', { name: `bench_${this.node.id.toLowerCase()}` });
    new GlueCatalogTable(this, 'Table', {
      name: 'transactions',
      databaseName: database.name,
      parameters: { classification: 'parquet', 'projection.enabled': 'true' },
      partitionKeys: [{ name: 'day', type: 'date' }],
      storageDescriptor: {
        location: `s3://${bucketName}/transactions/`,
        columns: Array.from({ length: 12 }, (_, index) => ({ name: `column_${index}`, type: 'string' })),
        serDeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    });
  }

  private firewall(): void {
    const group = new SecurityGroup(this, 'Group', { description: 'jobs', vpcId: 'vpc-0123456789abcdef0' });
    new SecurityGroupRule(this, 'Https', {
      securityGroupId: group.id,
      type: 'egress',
      protocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrBlocks: ['10.0.0.0/8'],
    });
  }
}
