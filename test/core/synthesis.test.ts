import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import {
  Annotations,
  type App,
  type AppConfig,
  Aspects,
  dependable,
  Fn,
  Lazy,
  Op,
  TerraformCount,
  TerraformHclModule,
  TerraformIterator,
  TerraformLocal,
  TerraformOutput,
  TerraformSelf,
  TerraformStack,
  TerraformVariable,
  Token,
  Tokenization,
} from 'cdktf';
import { Construct } from 'constructs';
import { AwsStack } from '../../lib/aws';
import { StateBackend } from '../../lib/core';
import { writingHcl } from '../../lib/core/cdktf/hcl';
import { testApp } from '../../lib/testing';

type StackClass = new (scope: Construct, id: string) => TerraformStack;

/** A stack with the resources and HCL fixes of a platform stack, but cdktf's synthesis. */
class StockStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    StateBackend.local().bind(this);
    new AwsProvider(this, 'Aws', {});
  }

  public override toHclTerraform() {
    return writingHcl(() => super.toHclTerraform());
  }
}

/** Every file that an app writes, by path. */
function written(fill: (app: App, Stack: StackClass) => void, Stack: StackClass, config: AppConfig = {}) {
  const app = testApp(config);
  fill(app, Stack);
  app.synth();
  const files = readdirSync(app.outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(app.outdir.length + 1), readFileSync(path, 'utf8')];
  });
  rmSync(app.outdir, { recursive: true });
  return Object.fromEntries(texts);
}

/** The error of an app's synthesis. */
function failure(fill: (app: App, Stack: StackClass) => void, Stack: StackClass): Error {
  try {
    written(fill, Stack);
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, but the app was synthesized');
}

function inOneStack(fill: (stack: TerraformStack) => void) {
  return (app: App, Stack: StackClass) => fill(new Stack(app, 'one'));
}

/** Uses every feature of cdktf. */
function everything(app: App, Stack: StackClass): void {
  const first = new Stack(app, 'first');
  const second = new Stack(app, 'second');
  const bucket = new S3Bucket(first, 'Bucket', { bucket: 'one', tags: { nothing: undefined as never, empty: '' } });
  resources(first, bucket);
  expressions(first, bucket);
  movesAndImports(first);
  overrides(first);
  crossings(second, bucket);
  Aspects.of(second).add({
    visit(node) {
      if (node instanceof S3Bucket) node.acl = 'private';
    },
  });
  Annotations.of(bucket).addWarning('careful');
  Annotations.of(new Construct(second, 'Group')).addInfo('by the way');
}

function resources(stack: TerraformStack, bucket: S3Bucket): void {
  const scope = new Construct(new Construct(stack, 'Deep/er'), 'Default');
  new SecurityGroup(scope, 'Group', {
    ingress: [{ fromPort: 443, toPort: 443, protocol: 'tcp', cidrBlocks: ['10.0.0.0/8'] }],
    dependsOn: [bucket],
    lifecycle: { createBeforeDestroy: true, ignoreChanges: ['tags'], replaceTriggeredBy: [bucket] },
    provisioners: [{ type: 'local-exec', command: 'echo 1e5 ${self.id} "quoted"\n' }],
    connection: { type: 'ssh', host: TerraformSelf.getString('public_ip'), port: 22 },
    count: TerraformCount.of(2),
  });
  new GlueCatalogTable(scope, 'Table', {
    name: 'digest-12e45-3e+289',
    databaseName: Lazy.stringValue({ produce: () => bucket.bucketDomainName }),
    parameters: { classification: 'csv', [bucket.arn]: 'in a key', 'skip.header': '1' },
    retention: Lazy.numberValue({ produce: () => -5e8 }),
    partitionKeys: [],
    storageDescriptor: {
      columns: [{ name: 'a', parameters: {} }],
      numberOfBuckets: -1,
      location: `s3://${bucket.id}/x`,
    },
  });
  new DataAwsIamPolicyDocument(scope, 'Document', {
    statement: [{ actions: ['s3:*'], resources: [bucket.arn, `${bucket.arn}/*`], condition: [] }],
  });
  new TerraformHclModule(scope, 'Module', {
    source: 'acme/module/aws',
    version: '1.0.0',
    variables: { port: 443, names: ['a'] },
  });
}

function expressions(stack: TerraformStack, bucket: S3Bucket): void {
  const names = new TerraformVariable(stack, 'names', { type: 'list(string)', default: ['a', 'b'], sensitive: true });
  const size = new TerraformVariable(stack, 'size', { type: 'number', default: 0, nullable: false });
  const local = new TerraformLocal(stack, 'local', { list: names.listValue, size: Op.add(size.numberValue, 1) });
  const each = TerraformIterator.fromList(names.listValue);
  new S3Bucket(stack, 'Each', {
    forEach: each,
    bucket: `each-${each.value}`,
    tags: Token.asStringMap(local.expression),
    corsRule: each.dynamic({ allowed_methods: ['GET'], allowed_origins: [each.value] }),
  });
  const policy = Fn.jsonencode({ Statement: [{ Resource: [bucket.arn, Fn.format('%s/*', [bucket.arn])] }] });
  new S3BucketPolicy(stack, 'Policy', { bucket: bucket.id, policy });
  new TerraformOutput(stack, 'port', {
    value: `port ${size.numberValue} of ${bucket.arn} \${literal}`,
    staticId: true,
  });
  new TerraformOutput(stack, 'number', { value: `number ${size.numberValue}` });
  new TerraformOutput(stack, 'numbers', { value: Token.asNumberList(local.expression) });
  new TerraformOutput(stack, 'list', { value: Token.asList(bucket.corsRule), sensitive: true, description: 'a\tb' });
  new TerraformOutput(stack, 'any', {
    value: Lazy.anyValue({ produce: () => ({ a: [undefined, 'b', 1e300] }) }),
  });
  new TerraformOutput(stack, 'when', {
    value: true,
    dependsOn: [bucket],
    precondition: { condition: dependable(bucket), errorMessage: 'e' },
  });
}

/** Values that cdktf cannot write in HCL. */
function oddities(stack: TerraformStack): void {
  const own = { resolve: () => 'resolved', creationStack: [], toString: () => 'token' };
  new TerraformLocal(stack, 'odd', { when: new Date(0), none: null, nothing: undefined, own, resolve: 'no token' });
  new TerraformLocal(stack, 'row', [1e300, undefined, null, [], {}, true]);
  new TerraformLocal(stack, 'not a number', NaN);
  new TerraformLocal(stack, 'resolve', { resolve: 'is no function' });
}

function movesAndImports(stack: TerraformStack): void {
  const target = new IamRole(stack, 'Target', { assumeRolePolicy: '{}' });
  target.addMoveTarget('here');
  new IamRole(stack, 'Old', { assumeRolePolicy: '{}' }).moveTo('here');
  target.moveFromId('aws_iam_role.older');
  new S3Bucket(stack, 'Imported').importFrom('imported-bucket');
}

function overrides(stack: TerraformStack): void {
  const bucket = new S3Bucket(stack, 'Overridden', { tags: { a: '1', b: '2' }, corsRule: [] });
  bucket.overrideLogicalId('chosen');
  bucket.addOverride('tags.c', bucket.hostedZoneId);
  bucket.addOverride('tags.a', undefined);
  bucket.addOverride('lifecycle', [{ prevent_destroy: true }]);
  stack.addOverride('terraform.required_version', '>= 1.11');
  stack.addOverride('output.late', { value: Lazy.stringValue({ produce: () => bucket.arn }) });
  stack.addOverride('resource.aws_s3_bucket.chosen.acl', Lazy.stringValue({ produce: () => undefined as never }));
}

function crossings(stack: TerraformStack, bucket: S3Bucket): void {
  new S3Bucket(stack, 'Copy', {
    bucket: `copy-of-${bucket.bucket}`,
    tags: { origin: bucket.arn, list: Fn.join(',', [bucket.id]) },
  });
  new TerraformOutput(stack, 'whole', { value: bucket });
}

describe('a platform stack writes the same bytes as cdktf', () => {
  const config = { skipValidation: true, context: { custom: 'context' } }; // imports check the version of Terraform

  test('as JSON', () => {
    const fill = (app: App, Stack: StackClass) => {
      everything(app, Stack);
      oddities(new Stack(app, 'odd'));
    };
    const files = written(fill, AwsStack, config);
    expect(Object.keys(files).sort()).toEqual([
      'manifest.json',
      'stacks/first/cdk.tf.json',
      'stacks/odd/cdk.tf.json',
      'stacks/second/cdk.tf.json',
    ]);
    expect(files).toEqual(written(fill, StockStack, config));
  });

  test('as HCL', () => {
    process.env.SYNTH_HCL_OUTPUT = 'true';
    try {
      const files = written(everything, AwsStack, config);
      expect(files['stacks/first/cdk.tf']).toContain('resource "aws_s3_bucket" "chosen"');
      expect(files).toEqual(written(everything, StockStack, config));
    } finally {
      delete process.env.SYNTH_HCL_OUTPUT;
    }
  });

  test('in an app with plain cdktf stacks', () => {
    const mixed = (app: App) => {
      const { arn } = new S3Bucket(new AwsStack(app, 'ours'), 'Bucket');
      new TerraformOutput(new StockStack(app, 'theirs'), 'arn', { value: arn });
    };
    const stock = (app: App) => {
      const { arn } = new S3Bucket(new StockStack(app, 'ours'), 'Bucket');
      new TerraformOutput(new StockStack(app, 'theirs'), 'arn', { value: arn });
    };
    expect(written(mixed, AwsStack)).toEqual(written(stock, StockStack));
  });
});

test('an output with quotes beside a reference, such as a policy, is written as Terraform reads it in HCL', () => {
  const stack = new AwsStack(testApp(), 'out');
  const { arn } = new S3Bucket(stack, 'Bucket');
  new TerraformOutput(stack, 'policy', { value: `{"Resource":"${arn}"}`, description: 'a "policy"' });
  new TerraformOutput(stack, 'lines', { value: 'a\nEOF\n' });
  const { hcl } = stack.toHclTerraform();
  expect(hcl).toContain('value = "{\\"Resource\\":\\"${aws_s3_bucket.Bucket.arn}\\"}"\n');
  expect(hcl).toContain('description = "a \\"policy\\""\n');
  expect(hcl).toContain('value = "a\\nEOF\\n"\n');
});

describe('errors of synthesis', () => {
  const circle: Record<string, unknown> = {};
  circle.next = { after: circle };
  const inLocal = (value: unknown) => (stack: TerraformStack) => {
    new TerraformLocal(stack, 'Local', { key: value });
  };

  test.each<[string, (stack: TerraformStack) => void, string, string]>([
    ['a function', inLocal(() => 1), "a function) at '/locals/Local/key'", 'locals.Local.key'],
    ['a circular value', inLocal(circle), 'Unable to resolve object tree with circular reference', 'locals.Local.key'],
    [
      'the values of a map token',
      inLocal(Object.values(Token.asStringMap({}))),
      'encoded map token',
      'locals.Local.key',
    ],
    [
      'the values of a number map token',
      inLocal(Object.values(Token.asNumberMap({}))),
      'encoded map token',
      'locals.Local.key',
    ],
    ['an element of a list token', inLocal(`${Token.asList({})[0]}`), 'encoded list token', 'locals.Local.key'],
    [
      'a list token with other elements',
      inLocal([...Token.asList({}), 'b']),
      'Cannot add elements to list token',
      'locals.Local.key',
    ],
  ])('%s: the message of cdktf, with the place', (_, fill, message, place) => {
    const { message: ours } = failure(inOneStack(fill), AwsStack);
    expect(ours).toContain(message);
    expect(ours).toBe(`${failure(inOneStack(fill), StockStack).message}\n  in ${place}`);
  });

  test('a lazy value that throws: the stack trace and the resource that uses it', () => {
    function brokenCode(): never {
      throw new Error('no such zone');
    }
    const fill = inOneStack((stack) => {
      new S3Bucket(new Construct(stack, 'Lake'), 'Raw', { bucket: Lazy.stringValue({ produce: brokenCode }) });
    });
    const error = failure(fill, AwsStack);
    expect(error.message).toMatch(
      /^Resolution error: .*no such zone\.\n {2}in resource\.aws_s3_bucket\.Lake_Raw_[0-9A-F]{8}$/,
    );
    expect(error.stack).toMatch(/brokenCode .*synthesis\.test\.ts/);
  });

  test('a cycle of stacks: the resource that closes it', () => {
    const fill = (app: App, Stack: StackClass) => {
      const [first, second] = [new Stack(app, 'first'), new Stack(app, 'second')];
      const { arn } = new S3Bucket(first, 'One', {});
      const two = new S3Bucket(second, 'Two', { bucket: arn });
      new TerraformOutput(first, 'back', { value: two.arn });
    };
    expect(failure(fill, AwsStack).message).toBe(
      `${failure(fill, StockStack).message}\n  in resource.aws_s3_bucket.Two`,
    );
  });

  test('a failed validation: the message of cdktf', () => {
    const fill = inOneStack((stack) => stack.node.addValidation({ validate: () => ['too small', 'too late'] }));
    expect(failure(fill, AwsStack).message).toBe(failure(fill, StockStack).message);
  });
});

describe('changes of a platform stack in cdktf', () => {
  test('are undone after synthesis, also after an error', () => {
    const before = Tokenization.resolve;
    written(everything, AwsStack, { skipValidation: true });
    failure(
      inOneStack((stack) => new TerraformLocal(stack, 'Local', () => 1)),
      AwsStack,
    );
    expect(Tokenization.resolve).toBe(before);
  });

  test('literals are not searched for tokens', () => {
    const search = jest.spyOn(Tokenization, 'resolve');
    const fill = inOneStack(
      (stack) => new S3Bucket(stack, 'Bucket', { bucket: 'one', tags: { a: 'b' }, corsRule: [] }),
    );
    written(fill, AwsStack);
    expect(search).not.toHaveBeenCalled();
    written(fill, StockStack);
    expect(search).toHaveBeenCalled();
    search.mockRestore();
  });

  const recorder = 'cdktf/lib/tokens/private/stack-trace';

  test('tokens do not record their creation stack', () => {
    new AwsStack(testApp(), 'one');
    expect(Token.asAny('value').creationStack).toEqual([]);
  });

  test.each<[string, () => object]>([
    ['is missing', () => fail('Cannot find module')],
    ['cannot be changed', () => Object.freeze({ captureStackTrace: () => ['somewhere'] })],
  ])('are skipped if the recorder of creation stacks %s', (_, found) => {
    jest.isolateModules(() => {
      const aws = requireAws();
      jest.doMock(recorder, found);
      const stack = new aws.AwsStack(testApp(), 'one');
      expect(stack.toTerraform()).toHaveProperty('provider.aws');
      jest.dontMock(recorder);
    });
  });
});

function requireAws(): typeof import('../../lib/aws') {
  return require('../../lib/aws');
}

function fail(message: string): never {
  throw new Error(message);
}
