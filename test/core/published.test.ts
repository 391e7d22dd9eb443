import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { Fn, TerraformOutput, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AwsStack } from '../../lib/aws';
import { InputError, published, unreferenced } from '../../lib/core';
import { Template, testApp } from '../../lib/testing';
import { ACME } from '../support/stack';

/** A construct with a name that follows from its properties. */
class Thing extends Construct {
  public readonly name: string;

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    const bucket = new S3Bucket(this, 'Resource', { bucket: name });
    this.name = published(this, bucket.bucket, name);
  }
}

function twoStacks(): { app: ReturnType<typeof testApp>; producer: AwsStack; consumer: AwsStack } {
  const app = testApp();
  const [producer, consumer] = ['producer', 'consumer'].map((id) => new AwsStack(app, id, ACME)) as [
    AwsStack,
    AwsStack,
  ];
  return { app, producer, consumer };
}

const output = (stack: TerraformStack, value: unknown, id = 'Out') => new TerraformOutput(stack, id, { value });

test('in its own stack a published name is a reference, so that Terraform knows the order', () => {
  const { app, producer } = twoStacks();
  output(producer, `${new Thing(producer, 'Thing', 'raw').name}/x`);
  expect(Template.all(app).producer!.outputs.Out!.value).toMatch(/^\$\{aws_s3_bucket\.Thing_[0-9A-F]+\.bucket\}\/x$/);
});

test('a value without a reference is a quoted text within an expression of its own stack', () => {
  const { app, producer } = twoStacks();
  const thing = new Construct(producer, 'Thing');
  output(producer, Fn.sha256(published(thing, 'acme-raw', 'acme-raw')));
  expect(Template.all(app).producer!.outputs.Out!.value).toBe('${sha256("acme-raw")}'); // without quotes Terraform reads a reference
});

test('what reads a name only has no reference to it, also within a text', () => {
  const { app, producer, consumer } = twoStacks();
  const { name } = new Thing(producer, 'Thing', 'raw');
  for (const stack of [producer, consumer]) output(stack, unreferenced(stack, `s3://${name}/x/${name}`));
  const { producer: own, consumer: other } = Template.all(app);
  for (const one of [own, other]) expect(one!.outputs.Out!.value).toBe('s3://raw/x/raw');
  expect(consumer.dependencies).toEqual([producer]); // it is still deployed later
});

test('in another stack it is the literal, and that stack is deployed later', () => {
  const { app, producer, consumer } = twoStacks();
  output(consumer, `${new Thing(producer, 'Thing', 'raw').name}/x`);
  const { producer: own, consumer: other } = Template.all(app);
  expect(other!.outputs.Out!.value).toBe('raw/x');
  expect(own!.json).not.toHaveProperty('output');
  expect(other!.json).not.toHaveProperty('data');
  expect(consumer.dependencies).toEqual([producer]);
});

test('a literal to which its own stack does not refer either is a quoted string inside an expression', () => {
  const { app, producer } = twoStacks();
  const name = published(producer, 'raw', 'raw');
  output(producer, name, 'Alone');
  output(producer, Fn.join('-', [name, 'x']), 'Joined');
  const { outputs } = Template.all(app).producer!;
  expect(outputs.Alone!.value).toBe('raw');
  expect(outputs.Joined!.value).toBe('${join("-", ["raw", "x"])}');
});

test('inside an expression of another stack it is a quoted string', () => {
  const { app, producer, consumer } = twoStacks();
  const { name } = new Thing(producer, 'Thing', 'raw');
  output(consumer, Fn.join('-', [name, 'x']), 'Alone');
  output(consumer, Fn.upper(`${name}/x`), 'Mixed');
  const { Alone, Mixed } = Template.all(app).consumer!.outputs;
  expect(Alone!.value).toBe('${join("-", ["raw", "x"])}');
  expect(Mixed!.value).toBe('${upper("${"raw"}/x")}');
});

test('a value known only at deploy time crosses by remote state', () => {
  const { app, producer, consumer } = twoStacks();
  const other = new S3Bucket(producer, 'Other');
  output(consumer, new Thing(producer, 'Thing', other.id).name);
  expect(Object.keys(Template.all(app).producer!.json.output)).toHaveLength(1);
});

test('asking what it resolves to makes no stack depend on another', () => {
  const { app, producer, consumer } = twoStacks();
  const { name } = new Thing(producer, 'Thing', 'raw');
  expect(Template.synth(consumer).resolve(name)).toBe('raw');
  expect(consumer.dependencies).toEqual([]);
  output(producer, new Thing(consumer, 'Other', 'back').name);
  expect(Template.all(app).producer!.outputs.Out!.value).toBe('back');
});

test('two stacks that use each other are refused; the error names the value and both stacks', () => {
  const { app, producer, consumer } = twoStacks();
  output(consumer, new Thing(producer, 'Thing', 'raw').name);
  output(producer, new Thing(consumer, 'Other', 'back').name);
  expect(() => Template.all(app)).toThrow(InputError);
  expect(() => Template.all(app)).toThrow(
    "consumer: uses 'raw' of producer/Thing, but producer is deployed after it; move one of the two, so that only one stack depends on the other",
  );
});
