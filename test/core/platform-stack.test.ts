import { DataAwsVpc } from '@cdktf/provider-aws/lib/data-aws-vpc';
import { GlueJob } from '@cdktf/provider-aws/lib/glue-job';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcDhcpOptions } from '@cdktf/provider-aws/lib/vpc-dhcp-options';
import { DataResource, TerraformOutput, TerraformStack, TerraformVariable, Token } from 'cdktf';
import { Construct } from 'constructs';
import {
  keepData,
  mayDestroy,
  nameOf,
  PlatformStack,
  type Removal,
  StateBackend,
  Surroundings,
  Tags,
  waive,
  waiversOf,
} from '../../lib/core';
import { Template, testApp } from '../../lib/testing';
import { acmeStack, TWO_KEYS } from '../support/stack';

describe('a platform stack', () => {
  test('keeps its state in a file whose path is the same on every machine', () => {
    const { terraform } = Template.synth(new PlatformStack(testApp(), 'test')).json;
    expect(terraform.backend).toEqual({ local: { path: '../../../terraform.test.tfstate' } });
  });

  test('keeps its state in S3 under its own key, locked without a table', () => {
    const stateBackend = StateBackend.s3({ bucket: 'acme-state', region: 'eu-west-1', kmsKeyId: 'arn:aws:kms:x' });
    const { terraform } = Template.synth(new PlatformStack(testApp(), 'test', { stateBackend })).json;
    expect(terraform.backend.s3).toEqual({
      bucket: 'acme-state',
      region: 'eu-west-1',
      key: 'test.tfstate',
      encrypt: true,
      kms_key_id: 'arn:aws:kms:x',
      use_lockfile: true,
    });
  });

  test('without a key requests no encryption: the bucket encrypts by default', () => {
    const stateBackend = StateBackend.s3({ bucket: 'acme-state', region: 'eu-west-1' });
    const { s3 } = Template.synth(acmeStack({ stateBackend })).json.terraform.backend;
    expect(s3).toEqual({ bucket: 'acme-state', region: 'eu-west-1', key: 'test.tfstate', use_lockfile: true });
  });

  test('keeps its state in another account as a role there, and others read it as the same role', () => {
    const roleArn = 'arn:aws:iam::999900001111:role/state';
    const stateBackend = StateBackend.s3({ bucket: 'acme-state', region: 'eu-west-1', roleArn });
    const app = testApp();
    const first = new PlatformStack(app, 'first', { stateBackend });
    const second = new PlatformStack(app, 'second', { stateBackend });
    new TerraformOutput(second, 'Name', { value: new TerraformVariable(first, 'Name', {}).value });
    const { first: one, second: two } = Template.all(app);
    // an attribute with `role_arn` in Terraform from 1.6 and in OpenTofu; top-level `role_arn` is deprecated
    expect(one!.json.terraform.backend.s3).toMatchObject({ assume_role: { role_arn: roleArn }, key: 'first.tfstate' });
    expect(Object.values(two!.json.data!.terraform_remote_state as object)).toMatchObject([
      { config: { bucket: 'acme-state', assume_role: { role_arn: roleArn }, key: 'first.tfstate' } },
    ]);
    expect(first.toHclTerraform().hcl).toMatch(/assume_role\s*=\s*\{\s*"?role_arn"? = /);
  });

  test('writes map keys with special characters in quotes in HCL', () => {
    const stack = acmeStack();
    new GlueJob(stack, 'Job', {
      name: 'job',
      roleArn: 'arn:aws:iam::111122223333:role/job',
      command: { scriptLocation: 's3://scripts/job.py' },
      defaultArguments: { '--source': 'a', plain: 'b' },
    });
    const { hcl } = stack.toHclTerraform();
    expect(hcl).toContain('"--source" = "a"');
    expect(hcl).toContain('plain = "b"');
  });

  test('resolves dependencies in a dense graph, and refuses a cycle', () => {
    const app = testApp();
    const stacks: PlatformStack[] = [];
    for (let index = 0; index < 60; index++) {
      const stack = new PlatformStack(app, `stack-${index}`);
      for (const earlier of stacks) stack.addDependency(earlier);
      stacks.push(stack);
    }
    expect(stacks.at(-1)!.dependsOn(stacks[0]!)).toBe(true);
    expect(stacks[0]!.dependsOn(stacks.at(-1)!)).toBe(false);
    expect(() => stacks[0]!.addDependency(stacks.at(-1)!)).toThrow(/circular/i);
  });

  test('depends on the dependencies of its dependencies', () => {
    const app = testApp();
    const [first, between, last] = ['first', 'between', 'last'].map((id) => new PlatformStack(app, id)) as [
      PlatformStack,
      PlatformStack,
      PlatformStack,
    ];
    between.addDependency(first);
    last.addDependency(between);
    expect(last.dependsOn(first)).toBe(true);
  });
});

test('two stacks of one id are refused: they would share one folder and one state', () => {
  const app = testApp();
  new PlatformStack(new Construct(app, 'dev'), 'data');
  expect(() => new PlatformStack(new Construct(app, 'prod'), 'data')).toThrow(
    /^prod\/data: the stack name 'data'.*dev\/data/,
  );
});

describe('surroundings', () => {
  test('are those of the stack, and in a plain stack the defaults', () => {
    const deep = new Construct(acmeStack({ removal: 'destroy' }), 'Deep');
    expect(Surroundings.of(deep)).toMatchObject({ namePrefix: 'acme-dev', removal: 'destroy' });
    const plain = new TerraformStack(testApp(), 'plain');
    expect(Surroundings.of(plain)).toMatchObject({ namePrefix: undefined, removal: 'retain' });
  });

  test('can be declared for a plain stack, but not after somebody has asked', () => {
    const stack = new TerraformStack(testApp(), 'plain');
    expect(Surroundings.declare(stack, { namePrefix: 'x' })).toBe(Surroundings.of(stack));
    expect(() => Surroundings.declare(stack, {})).toThrow(
      'plain: Surroundings.declare must be called once: the settings of the stack are already declared; a platform stack declares them from its properties',
    );
    const late = new TerraformStack(testApp(), 'late');
    nameOf(new Construct(late, 'Lake'), { maxLength: 63 });
    expect(() => Surroundings.declare(late, {})).toThrow(
      'late: Surroundings.declare is too late: late/Lake has already read the settings of the stack; declare them before the first construct',
    );
  });
});

describe('data is destroyed only if stack and construct both allow it', () => {
  test.each<[Removal | undefined, Removal | undefined, boolean]>([
    ...TWO_KEYS,
    ['retain', undefined, false],
    [undefined, 'destroy', false],
  ])('stack %s, construct %s: may destroy: %s', (removal, own, expected) => {
    const stack = acmeStack({ removal });
    expect(mayDestroy(stack, own)).toBe(expected);
    expect(keepData(stack, own)).toEqual(expected ? undefined : { preventDestroy: true });
  });
});

describe('names', () => {
  const stack = acmeStack();
  const deep = new Construct(new Construct(stack, 'DataLake'), 'RawZone');

  test('consist of the prefix and the path, or of the prefix and a given name', () => {
    expect(nameOf(deep, { maxLength: 63 })).toBe('acme-dev-data-lake-raw-zone');
    expect(nameOf(deep, { maxLength: 63 }, 'raw', '111122223333')).toBe('acme-dev-raw-111122223333');
    expect(nameOf(deep, { maxLength: 63, separator: '_' }, 'raw')).toBe('acme-dev_raw');
  });

  test('from a path are in lower case, with one hyphen between words', () => {
    expect(nameOf(new Construct(stack, 'Zone2Raw - (old)'), { maxLength: 63 })).toBe('acme-dev-zone2-raw-old-');
  });

  test('are not changed up to the limit, or if known only at deploy time', () => {
    expect(nameOf(deep, { maxLength: 27 })).toBe('acme-dev-data-lake-raw-zone');
    const later = new TerraformVariable(stack, 'later', {}).stringValue;
    expect(nameOf(deep, { maxLength: 10 }, later)).toBe(`acme-dev-${later}`);
  });

  test('from a path are shortened to the limit and remain unique', () => {
    const sibling = new Construct(deep.node.scope!, 'RawZoneOfAnother');
    const [one, two] = [deep, sibling].map((c) => nameOf(c, { maxLength: 28 }, undefined, 'end'));
    expect(one).toMatch(/^acme-dev-data-l-[0-9a-f]{8}-end$/);
    expect(two).toHaveLength(28);
    expect(one).not.toBe(two);
    expect(nameOf(deep, { maxLength: 27 }, undefined, 'end')).toMatch(/^acme-dev-data-[0-9a-f]{8}-end$/);
  });

  test('given by the user are never shortened; the error gives the excess length', () => {
    expect(() => nameOf(deep, { maxLength: 12 }, 'customers')).toThrow(
      "test/DataLake/RawZone: name 'acme-dev-customers' has 18 characters, the limit is 12; shorten 'customers' by 6",
    );
  });

  test('that the prefix leaves no room for are refused; the error names the prefix', () => {
    expect(() => nameOf(deep, { maxLength: 8 })).toThrow(
      "test/DataLake/RawZone: name 'acme-dev-data-lake-raw-zone' has 27 characters, the limit is 8; shorten the stack's 'namePrefix'",
    );
    expect(() => nameOf(deep, { maxLength: 8, property: 'alias' }, 'a')).toThrow(
      "alias 'acme-dev-a' has 10 characters, the limit is 8; shorten the stack's 'namePrefix'",
    );
  });

  test('with an end known only at deploy time are measured by its fewest characters', () => {
    const account = new TerraformVariable(stack, 'account', {}).stringValue;
    expect(nameOf(deep, { maxLength: 40 }, undefined, account, 12)).toBe(`acme-dev-data-lake-raw-zone-${account}`);
    const short = nameOf(deep, { maxLength: 39 }, undefined, account, 12);
    expect(short.replace(account, 'x'.repeat(12))).toMatch(/^acme-dev-data-lak-[0-9a-f]{8}-x{12}$/);
    expect(() => nameOf(deep, { maxLength: 39 }, 'data-lake-raw-zone', account, 12)).toThrow(
      "name 'acme-dev-data-lake-raw-zone-...' has at least 40 characters, the limit is 39; shorten 'data-lake-raw-zone' by 1",
    );
  });

  test('without a prefix begin with the path', () => {
    const plain = new TerraformStack(testApp(), 'plain');
    expect(nameOf(new Construct(plain, 'Lake'), { maxLength: 63 })).toBe('lake');
  });
});

describe('tags', () => {
  test('apply to every taggable resource below; the tags of a resource take precedence', () => {
    const stack = acmeStack();
    const lake = new Construct(stack, 'Lake');
    new S3Bucket(lake, 'Bucket', { tags: { team: 'ads' } });
    new SecurityGroup(lake, 'Group');
    new VpcDhcpOptions(stack, 'Beside');
    const other = Object.assign(new Construct(lake, 'Other'), { tags: { own: 'business' } });
    Tags.of(lake).add({ team: 'fraud', purpose: 'training' });
    const template = Template.synth(stack);
    expect(template.one('aws_s3_bucket').tags).toEqual({ team: 'ads', purpose: 'training' });
    expect(template.one('aws_security_group').tags).toEqual({ team: 'fraud', purpose: 'training' });
    expect(template.one('aws_vpc_dhcp_options')).not.toHaveProperty('tags');
    expect(other.tags).toEqual({ own: 'business' });
  });

  test('are not put on data sources, where they would be a filter, nor on resources of other providers', () => {
    const stack = acmeStack();
    new DataAwsVpc(stack, 'Existing', { id: 'vpc-0a1b2c3d' });
    const other = new DataResource(stack, 'Other');
    Object.defineProperties(other, { tags: { value: undefined, writable: true }, tagsInput: { value: ['a'] } });
    Tags.of(stack).add({ team: 'fraud' });
    expect(Template.synth(stack).one('data.aws_vpc')).toEqual({ id: 'vpc-0a1b2c3d' });
    expect(other).toMatchObject({ tags: undefined });
  });

  test('join own tags that are known only at deploy time', () => {
    const stack = acmeStack();
    const own = new TerraformVariable(stack, 'tags', {});
    new S3Bucket(stack, 'Bucket', { tags: Token.asStringMap(own.value) });
    Tags.of(stack).add({ team: 'fraud' });
    expect(Template.synth(stack).one('aws_s3_bucket').tags).toBe('${merge({"team" = "fraud"}, var.tags)}');
  });

  test('that AWS refuses are refused', () => {
    expect(() => Tags.of(acmeStack()).add({ 'aws:team': 'fraud' })).toThrow(
      "test: 1 invalid property\n  - 'tags.aws:team' must not begin with aws: or rds:",
    );
  });
});

test('a waiver is listed with the address, the check and the reason', () => {
  const stack = acmeStack();
  const bucket = new S3Bucket(stack, 'Logs');
  waive(bucket, 'is itself the log bucket', 'CKV_AWS_18', 'AWS-0089');
  expect(waiversOf(stack)).toEqual(
    ['CKV_AWS_18', 'AWS-0089'].map((check) => ({
      address: 'aws_s3_bucket.Logs',
      check,
      reason: 'is itself the log bucket',
    })),
  );
});
