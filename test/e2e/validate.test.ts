import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { AssetType, Fn, S3Backend, TerraformAsset, TerraformStack, TerraformVariable } from 'cdktf';
import { providerInstallation, testApp, thisMachine, validate } from '../../lib/testing';
import { describeWith } from '../support/machine';
import { ACME } from '../support/stack';

const noDownload = providerInstallation({ aws: '5.100.0' }, 'terraform', thisMachine()).from !== 'download';

(noDownload ? describeWith : skipWithout)(['terraform'], 'validation with the real provider', () => {
  const app = testApp();

  function stack(id: string): TerraformStack {
    const made = new TerraformStack(app, id);
    new AwsProvider(made, 'aws', { region: ACME.region });
    return made;
  }

  const sound = stack('acme-dev-sound');
  new S3Backend(sound, { bucket: 'acme-state', key: 'sound.tfstate', region: ACME.region });
  const name = new TerraformVariable(sound, 'name', { type: 'string' });
  const bucket = new S3Bucket(sound, 'Raw', { bucket: name.stringValue });
  const asset = new TerraformAsset(sound, 'Readme', { path: __filename, type: AssetType.FILE });
  new SnsTopic(sound, 'Topic', { displayName: Fn.filesha256(asset.path) });

  const broken = stack('acme-dev-broken');
  new SnsTopic(broken, 'Topic', { displayName: bucket.arn, name: 'alerts' }).addOverride('nmae', 'alerts');
  new S3BucketVersioningA(broken, 'Versioning', { bucket: 'b', versioningConfiguration: { status: 'On' } });

  test('finds what cdktf does not check, in all stacks at once, with the construct', async () => {
    expect(await validate(app)).toEqual([
      {
        stack: 'acme-dev-broken',
        address: 'aws_s3_bucket_versioning.Versioning',
        path: 'acme-dev-broken/Versioning',
        message: expect.stringContaining('to be one of ["Enabled" "Suspended" "Disabled"], got On'),
        line: '"status": "On"',
      },
      {
        stack: 'acme-dev-broken',
        address: 'aws_sns_topic.Topic',
        path: 'acme-dev-broken/Topic',
        message: 'Extraneous JSON object property: No argument or block type is named "nmae".',
        line: '"nmae": "alerts"',
      },
    ]);
  }, 120_000); // starting the provider takes seconds, on a busy machine many
});

function skipWithout(_tools: unknown, title: string, tests: () => void): void {
  describe.skip(
    `${title} (needs: the AWS provider in a plugin folder, or a Terraform configuration that has it)`,
    tests,
  );
}
