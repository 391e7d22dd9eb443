import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { type App, AssetType, TerraformAsset, TerraformStack } from 'cdktf';
import '../../lib/testing/jest';
import { addresses, snapshotOf, Template, testApp } from '../../lib/testing';
import { ACME, testStack } from '../support/stack';

function bucketStack(app: App, id: string, ...buckets: string[]): TerraformStack {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, 'aws', { region: ACME.region });
  for (const bucket of buckets) new S3Bucket(stack, bucket, { bucket });
  return stack;
}

describe('addresses', () => {
  const app = testApp();
  const models = bucketStack(app, 'acme-dev-models', 'Models');
  const data = bucketStack(app, 'acme-dev-data', 'Raw', 'Curated');
  new DataAwsCallerIdentity(models, 'Me');
  const ofApp = [
    'acme-dev-data: aws_s3_bucket.Curated',
    'acme-dev-data: aws_s3_bucket.Raw',
    'acme-dev-models: aws_s3_bucket.Models',
  ].join('\n');

  test('are listed with their stack, sorted, without data sources', () => {
    expect(addresses(app)).toBe(ofApp);
    expect(addresses(data)).toBe(ofApp.split('\n').slice(0, 2).join('\n'));
    expect(addresses(Template.synth(models))).toBe('acme-dev-models: aws_s3_bucket.Models');
  });

  test('of a synthesized folder are the same', () => {
    app.synth();
    expect(addresses(app.outdir)).toBe(ofApp);
    fs.rmSync(app.outdir, { recursive: true });
  });

  test('that change show what would be destroyed and created', () => {
    expect(addresses(app)).toMatchAddresses(`${ofApp}\n`);
    const committed = ofApp.replace('Curated', 'Refined');
    expect(addresses(app)).not.toMatchAddresses(committed);
    expect(() => expect(addresses(app)).toMatchAddresses(committed)).toThrow(
      [
        '1 resource would be destroyed, 1 created',
        '  - destroyed: acme-dev-data: aws_s3_bucket.Refined',
        '  - created: acme-dev-data: aws_s3_bucket.Curated',
      ].join('\n'),
    );
  });
});

describe('a snapshot of a whole stack', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'cdktf-asset-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  function stack(code: string): TerraformStack {
    const path = join(folder, 'handler.js');
    fs.writeFileSync(path, code);
    const made = testStack();
    const { path: filename, assetHash } = new TerraformAsset(made, 'Code', {
      path,
      type: AssetType.FILE,
    });
    new LambdaFunction(made, 'Function', {
      functionName: 'f',
      role: 'r',
      filename,
      sourceCodeHash: assetHash,
    });
    const statement = {
      Effect: 'Deny',
      Action: 's3:*',
      Resource: 'arn:aws:s3:::acme/*',
    };
    new S3BucketPolicy(made, 'Policy', {
      bucket: 'acme',
      policy: JSON.stringify({ Statement: [statement] }),
    });
    new S3Bucket(made, 'Local', {
      bucket: 'acme',
      tags: {
        from: join(process.cwd(), 'environments/dev.yaml'),
        code: join(tmpdir(), 'build'),
      },
    });
    return made;
  }

  test('shows policies as objects and leaves out what changes without effect', () => {
    expect(Template.synth(stack('exports.handler = 1'))).toMatchInlineSnapshot(`
      {
        "provider": {
          "aws": [
            {
              "region": "eu-north-1"
            }
          ]
        },
        "resource": {
          "aws_lambda_function": {
            "Function": {
              "filename": "assets/Code/<hash>/handler.js",
              "function_name": "f",
              "role": "r",
              "source_code_hash": "<hash>"
            }
          },
          "aws_s3_bucket": {
            "Local": {
              "bucket": "acme",
              "tags": {
                "code": "<folder>/build",
                "from": "<folder>/environments/dev.yaml"
              }
            }
          },
          "aws_s3_bucket_policy": {
            "Policy": {
              "bucket": "acme",
              "policy": {
                "Statement": [
                  {
                    "Action": "s3:*",
                    "Effect": "Deny",
                    "Resource": "arn:aws:s3:::acme/*"
                  }
                ]
              }
            }
          }
        },
        "terraform": {
          "backend": {
            "local": {
              "path": "<folder>/terraform.test.tfstate"
            }
          },
          "required_providers": {
            "aws": "aws"
          }
        }
      }
    `);
  });

  test('is the same if only code, versions or metadata change', () => {
    const before = snapshotOf(Template.synth(stack('exports.handler = 1')));
    const { json } = Template.synth(stack('exports.handler = 2'));
    json.terraform.required_providers.aws.version = '9.9.9';
    json.terraform.required_version = '>= 9';
    json['//'] = { metadata: { version: '9.9.9' } };
    expect(snapshotOf(Template.fromJson(json))).toEqual(before);
  });

  test('changes with anything else', () => {
    const before = snapshotOf(Template.synth(stack('')));
    const changed = stack('');
    new S3Bucket(changed, 'More', { bucket: 'more' });
    expect(snapshotOf(Template.synth(changed))).not.toEqual(before);
  });
});

describe('matchers', () => {
  const stack = testStack();
  new S3Bucket(stack, 'Raw', { bucket: 'raw', forceDestroy: true });
  const template = Template.synth(stack);

  test('read a stack or a template', () => {
    for (const subject of [stack, template]) {
      expect(subject).toHaveResource(S3Bucket);
      expect(subject).toHaveResource(S3Bucket, {
        bucket: 'raw',
        force_destroy: true,
      });
      expect(subject).toHaveResource('aws_s3_bucket', {
        bucket: expect.any(String),
      });
      expect(subject).not.toHaveResource(S3Bucket, { bucket: 'curated' });
      expect(subject).toHaveResourceCount(S3Bucket, 1);
      expect(subject).not.toHaveResourceCount('aws_s3_bucket', 2);
    }
  });

  test('fail with what exists', () => {
    expect(() => expect(template).toHaveResource(S3Bucket, { force_destroy: false })).toThrow(
      'force_destroy: expected false, got true',
    );
    expect(() => expect(template).not.toHaveResource(S3Bucket, { bucket: 'raw' })).toThrow(
      'expected no such resource, found\n  - aws_s3_bucket.Raw',
    );
    expect(() => expect(template).toHaveResourceCount(S3Bucket, 2)).toThrow('has 1 aws_s3_bucket where 2 are expected');
    expect(() => expect(template).not.toHaveResourceCount(S3Bucket, 1)).toThrow(
      'expected a number of aws_s3_bucket other than 1',
    );
  });

  test('throw the error of a failing synthesis, also with .not', () => {
    const broken = testStack();
    broken.node.addValidation({ validate: () => ['owner is missing'] });
    expect(() => expect(broken).not.toHaveResource(S3Bucket)).toThrow('owner is missing');
    expect(() => expect(broken).not.toHaveResourceCount(S3Bucket, 0)).toThrow('owner is missing');
  });
});
