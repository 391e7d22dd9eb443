import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { App, Aspects, Fn, Lazy, S3Backend, TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { Template, testApp } from '../../lib/testing';
import { ACME, testStack } from '../support/stack';

class Store extends Construct {
  public readonly bucket: S3Bucket;
  constructor(scope: Construct, id: string, bucket: string, forceDestroy = false) {
    super(scope, id);
    this.bucket = new S3Bucket(this, 'Resource', { bucket, forceDestroy });
  }
}

function twoStores(): { stack: TerraformStack; raw: Store; curated: Store } {
  const stack = testStack();
  const raw = new Store(stack, 'Raw', 'acme-raw');
  const curated = new Store(stack, 'Curated', 'acme-curated', true);
  return { stack, raw, curated };
}

/** Two stacks of one app; the second refers to the first. */
function twoStacks() {
  const app = testApp();
  const [producer, consumer] = ['acme-dev-data', 'acme-dev-services'].map((id) => {
    const stack = new TerraformStack(app, id);
    new AwsProvider(stack, 'aws', { region: ACME.region });
    return stack;
  }) as [TerraformStack, TerraformStack];
  const bucket = new S3Bucket(producer, 'Raw', { bucket: 'acme-raw' });
  const arn = bucket.arn;
  const role = new IamRole(consumer, 'Reader', { assumeRolePolicy: '{}', description: arn });
  return { app, producer, consumer, role, arn };
}

function synthesesOf(app: App): jest.SpyInstance {
  return jest.spyOn(app, 'synth');
}

describe('reading a template', () => {
  const { stack, raw } = twoStores();
  new S3BucketVersioningA(stack, 'Versioning', { bucket: 'acme-raw', versioningConfiguration: { status: 'Enabled' } });
  new DataAwsCallerIdentity(stack, 'Me');
  new TerraformOutput(stack, 'name', { value: raw.bucket.bucket });
  const template = Template.synth(stack);

  test('a class gives its attributes with their types, text gives them without', () => {
    const status: string | undefined = template.one(S3BucketVersioningA).versioning_configuration.status;
    expect(status).toBe('Enabled');
    expect(template.one('aws_s3_bucket_versioning').versioning_configuration.status).toBe('Enabled');
    // @ts-expect-error: there is no such attribute
    expect(template.one(S3BucketVersioningA).versioning).toBeUndefined();
  });

  test('resources are found by type, with their addresses and without synthesis metadata', () => {
    const found = template.resources(S3Bucket);
    expect(Object.keys(found)).toEqual(template.addresses().filter((address) => address.startsWith('aws_s3_bucket.')));
    expect(Object.values(found)).toEqual([
      { bucket: 'acme-curated', force_destroy: true },
      { bucket: 'acme-raw', force_destroy: false },
    ]);
    expect(template.all('aws_sqs_queue')).toEqual([]);
  });

  test('data sources are separate types and have no address in the list', () => {
    expect(template.one(DataAwsCallerIdentity)).toEqual({});
    expect(template.all('data.aws_caller_identity')).toHaveLength(1);
    expect(template.all('aws_caller_identity')).toEqual([]);
    expect(template.addresses().join()).not.toContain('caller_identity');
  });

  test('one resource is found by its address, itself, or the construct whose main child it is', () => {
    const address = template.addresses().find((one) => one.includes('Raw'))!;
    expect(template.resource(address).bucket).toBe('acme-raw');
    expect(template.resource(raw.bucket)).toBe(template.resource(address));
    expect(template.resource(raw)).toBe(template.resource(address));
    expect(template.pathOf(address)).toBe('test/Raw/Resource');
  });

  test('providers, outputs and the backend are read like resources', () => {
    expect(template.providers(AwsProvider)).toEqual([{ region: ACME.region }]);
    expect(template.providers('google')).toEqual([]);
    expect(template.outputs.name!.value).toMatch(/^\$\{aws_s3_bucket\.Raw_\w+\.bucket\}$/);
    expect(template.backend.type).toBe('local');
    const remote = testStack();
    new S3Backend(remote, { bucket: 'acme-state', key: 'test.tfstate', region: ACME.region });
    expect(Template.synth(remote).backend).toMatchObject({ type: 's3', bucket: 'acme-state' });
  });

  test('the JSON is what Terraform gets', () => {
    expect(Object.keys(template.json.resource)).toEqual(['aws_s3_bucket', 'aws_s3_bucket_versioning']);
    expect(template.stackId).toBe('test');
  });
});

describe('what is asserted', () => {
  const { stack, raw } = twoStores();
  const policy = { Statement: [{ Effect: 'Deny', Resource: `${raw.bucket.arn}/*` }] };
  new S3BucketPolicy(stack, 'Policy', { bucket: raw.bucket.bucket, policy: JSON.stringify(policy) });
  const template = Template.synth(stack);

  test('a resource may have more than what is expected, at every depth', () => {
    template.hasResource(S3Bucket);
    template.hasResource(S3Bucket, { force_destroy: true });
    template.hasResource('aws_s3_bucket', { bucket: 'acme-raw', tags: undefined });
  });

  test('tokens of constructs are compared by their values in the stack', () => {
    template.hasResource(S3BucketPolicy, { bucket: raw.bucket.bucket, policy });
  });

  test('patterns, matchers of the runner, and JSON text as an object are compared', () => {
    template.hasResource(S3Bucket, { bucket: /^acme-/ });
    template.hasResource('aws_s3_bucket', {
      bucket: expect.stringContaining('raw'),
      force_destroy: expect.any(Boolean),
    });
    expect(
      Object.values(template.findResources(S3BucketPolicy, { policy: { Statement: [{ Effect: 'Deny' }] } })),
    ).toHaveLength(1);
    expect(template.findResources(S3Bucket, { bucket: /prod/ })).toEqual({});
  });

  test('a failure names the nearest resource and each attribute that differs', () => {
    const nearest = template.addresses().find((address) => address.includes('Raw'))!;
    const sought = { bucket: 'acme-raw', force_destroy: false, tags: { owner: 'ads' }, acl: 'private' };
    expect(() => template.hasResource(S3Bucket, sought)).toThrow(
      [
        "no aws_s3_bucket in stack 'test' has { bucket: 'acme-raw', force_destroy: false, tags: { owner: 'ads' }, acl: 'private' }",
        `  nearest of 2 is ${nearest} (test/Raw/Resource):`,
        "    tags: expected { owner: 'ads' }, got nothing",
        "    acl: expected 'private', got nothing",
      ].join('\n'),
    );
  });

  test('a list must have as many elements, and undefined expects an absent attribute', () => {
    expect(() => template.hasResource(S3BucketPolicy, { policy: { Statement: [] } })).toThrow(
      "policy.Statement: expected [], got [{ Effect: 'Deny', Resource: '${aws_s3_bucket.",
    );
    expect(() => template.hasResource('aws_s3_bucket_policy', { bucket: undefined })).toThrow(
      'bucket: expected to be absent, got ',
    );
  });

  test('an error about a misspelt type or address names the nearest', () => {
    const none = "stack 'test' has no aws_s3_buckets; nearest of its 2 types is aws_s3_bucket";
    expect(() => template.one('aws_s3_buckets')).toThrow(none);
    expect(() => template.hasResource('aws_s3_buckets', {})).toThrow(none);
    expect(() => template.resource('aws_s3_bucket_policy.Polly')).toThrow(
      "stack 'test' has no aws_s3_bucket_policy.Polly; nearest is aws_s3_bucket_policy.Policy",
    );
    expect(() => template.resource(stack)).toThrow("test is not a resource and has no child 'Resource'");
  });

  test('a wrong number lists the constructs that exist', () => {
    template.resourceCount(S3Bucket, 2);
    template.resourceCount('aws_sqs_queue', 0);
    const listed = ':\n  - aws_s3_bucket.Curated_\\w+ \\(test/Curated/Resource\\)\n  - aws_s3_bucket.Raw_\\w+ ';
    expect(() => template.resourceCount(S3Bucket, 1)).toThrow(
      new RegExp(`has 2 aws_s3_bucket where 1 are expected${listed}`),
    );
    expect(() => template.one(S3Bucket)).toThrow(new RegExp(`has 2 aws_s3_bucket where one is expected${listed}`));
  });
});

describe('synthesis', () => {
  test('runs aspects and validations, unlike the JSON of a stack alone', () => {
    const { stack, raw } = twoStores();
    Aspects.of(stack).add({ visit: (node) => void (node instanceof S3Bucket && node.addOverride('tags.seen', 'yes')) });
    expect(Template.synth(stack).resource(raw).tags).toEqual({ seen: 'yes' });
    raw.node.addValidation({ validate: () => ['owner is missing'] });
    expect(() => Template.synth(stack)).toThrow('[test/Raw] owner is missing');
    expect(() => Template.synth(new TerraformStack(testApp(), 'empty'))).not.toThrow();
  });

  test('renders a reference to another stack as its remote state', () => {
    const { producer, consumer, role, arn } = twoStacks();
    expect(Template.synth(consumer).resource(role).description).toMatch(/^\$\{data\.terraform_remote_state\./);
    expect(Object.keys(Template.synth(producer).outputs)).toHaveLength(1);
    Template.synth(consumer).hasResource(IamRole, { description: arn });
  });

  test('equals byte for byte what cdktf writes, for plain stacks too', () => {
    const { app, consumer, arn } = twoStacks();
    const other = new S3Bucket(consumer, 'Other', { tags: { '1e5': 'digits' } });
    const policy = Fn.jsonencode({ Resource: [arn, Fn.format('%s/*', [other.arn]), [other.id]], Size: [1, undefined] });
    new S3BucketPolicy(consumer, 'Policy', { bucket: other.id, policy });
    const given = Template.synth(consumer).json;
    app.synth();
    expect(given).toEqual(Template.fromFile(join(app.outdir, 'stacks', consumer.node.id)).json);
    fs.rmSync(app.outdir, { recursive: true });
  });

  test('happens once for several stacks of an app', () => {
    const { app, producer, consumer } = twoStacks();
    const synth = synthesesOf(app);
    Template.synth(producer);
    Template.synth(consumer);
    expect(Object.keys(Template.all(app))).toEqual(['acme-dev-data', 'acme-dev-services']);
    expect(synth).toHaveBeenCalledTimes(1);
  });

  test.each<[string, (stacks: ReturnType<typeof twoStacks>) => void, string]>([
    ['a construct', ({ consumer }) => void new S3Bucket(consumer, 'Late', { bucket: 'late' }), 'late'],
    ['an attribute', ({ role }) => Object.assign(role, { name: 'late' }), 'late'],
    ['an override', ({ role }) => role.addOverride('tags', { a: 'late' }), 'late'],
    ['an override of the stack', ({ consumer }) => consumer.addOverride('terraform.late', true), 'late'],
    [
      'an aspect',
      ({ consumer }) =>
        Aspects.of(consumer).add({
          visit: (node) => void (node instanceof IamRole && Object.assign(node, { path: '/late/' })),
        }),
      'late',
    ],
  ])('happens again after a change: %s', (_what, change, text) => {
    const stacks = twoStacks();
    expect(JSON.stringify(Template.synth(stacks.consumer).json)).not.toContain(text);
    change(stacks);
    expect(JSON.stringify(Template.synth(stacks.consumer).json)).toContain(text);
  });

  test('happens again after a change that only a lazy value shows', () => {
    const { app, producer, consumer, arn } = twoStacks();
    const resources: string[] = [];
    const policy = Lazy.stringValue({ produce: () => JSON.stringify({ Statement: [{ Resource: resources }] }) });
    new IamRolePolicy(consumer, 'Policy', { role: 'reader', policy });
    const synth = synthesesOf(app);
    const later = new S3Bucket(producer, 'Later', { bucket: 'later' });
    expect(Object.keys(Template.synth(producer).outputs)).toHaveLength(1);

    resources.push(arn, later.arn);
    expect(Object.keys(Template.synth(producer).outputs)).toHaveLength(2);
    expect(Template.synth(consumer).one(IamRolePolicy).policy).toContain('data.terraform_remote_state');
    expect(synth).toHaveBeenCalledTimes(2);
  });

  test('writes nothing into the working directory, and no folder but the one that goes with the tests, even if it fails', () => {
    const home = process.cwd();
    const here = fs.mkdtempSync(join(tmpdir(), 'cdktf-here-'));
    const { stack, raw } = twoStores();
    const made = jest.spyOn(fs, 'mkdtempSync');
    process.chdir(here);
    try {
      Template.synth(stack);
      raw.node.addValidation({ validate: () => ['invalid'] });
      expect(() => Template.synth(stack)).toThrow('invalid');
      expect(fs.readdirSync(here)).toEqual([]);
      expect(made).not.toHaveBeenCalled();
      expect(fs.existsSync(App.of(stack).outdir)).toBe(false);
    } finally {
      process.chdir(home);
      fs.rmSync(here, { recursive: true });
    }
  });

  test('may take place while another app of the same stack is synthesized', () => {
    const named = (bucket: string, tags: Record<string, string>) => {
      const stack = new TerraformStack(testApp(), 'same');
      new AwsProvider(stack, 'Aws', {});
      new S3Bucket(stack, 'Raw', { bucket, tags });
      return stack;
    };
    const inner = () => Template.synth(named('inner', {})).one(S3Bucket).bucket;
    const outer = named('outer', { inner: Lazy.stringValue({ produce: inner }) });
    expect(Template.synth(outer).one(S3Bucket)).toMatchObject({ bucket: 'outer', tags: { inner: 'inner' } });
  });

  test('does not change what the app has written', () => {
    const { app, consumer, role } = twoStacks();
    expect(fs.existsSync(app.outdir)).toBe(false);
    app.synth();
    role.description = 'changed since';
    Template.synth(consumer);
    expect(Template.all(app.outdir)['acme-dev-services']!.one(IamRole).description).toContain('terraform_remote_state');
    fs.rmSync(app.outdir, { recursive: true });
  });
});

describe('a synthesized folder', () => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'cdktf-folder-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('is read without an app: all stacks, one stack, one file, or its text', () => {
    const outdir = join(folder, 'out');
    const stack = new TerraformStack(testApp({ outdir }), 'acme-dev-data');
    new AwsProvider(stack, 'aws', { region: ACME.region });
    new S3Bucket(stack, 'Raw', { bucket: 'acme-raw' });
    (stack.node.root as App).synth();
    const of = (template: Template) => [template.stackId, template.one(S3Bucket).bucket];
    for (const template of [
      Template.all(outdir)['acme-dev-data']!,
      Template.fromFile(join(outdir, 'stacks/acme-dev-data')),
      Template.fromFile(join(outdir, 'stacks/acme-dev-data/cdk.tf.json')),
      Template.fromJson(Template.synth(stack).json),
      Template.fromJson(JSON.stringify(Template.synth(stack).json)),
    ]) {
      expect(of(template)).toEqual(['acme-dev-data', 'acme-raw']);
    }
  });
});
