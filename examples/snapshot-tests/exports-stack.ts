import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/** Resources for the exports of a nightly job, in plain cdktf: `cdktf-mlops/testing` tests any stack. */
export class ExportsStack extends TerraformStack {
  public readonly bucket: S3Bucket;
  public readonly role: IamRole;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, 'Aws', { region: 'eu-north-1' });

    this.bucket = new S3Bucket(this, 'Exports', { bucketPrefix: 'acme-exports-' });
    new S3BucketVersioningA(this, 'Versioning', {
      bucket: this.bucket.bucket,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketPublicAccessBlock(this, 'Private', {
      bucket: this.bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new CloudwatchLogGroup(this, 'Logs', { name: '/acme/exports', retentionInDays: 90 });

    this.role = new IamRole(this, 'Exporter', {
      assumeRolePolicy: policy({ Principal: { Service: 'batch.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    });
    new IamRolePolicy(this, 'Write', {
      role: this.role.name,
      policy: policy({ Action: ['s3:PutObject'], Resource: `${this.bucket.arn}/daily/*` }),
    });
  }
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
}
