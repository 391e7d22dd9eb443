import { ref, TerraformElement, TerraformOutput, TerraformStack, Token } from 'cdktf';
import type { Construct } from 'constructs';
import { InputError } from '../lib/core/input-error';
import { StateBackend } from '../lib/core/state-backend';
import { Partition } from '../lib/data-lake/partition';
import { TableFormat } from '../lib/data-lake/table-format';
import { Port } from '../lib/network/port';
import { SecurityGroup } from '../lib/network/security-group';
import { ImageRepository } from '../lib/registry/image-repository';
import { Bucket } from '../lib/storage/bucket';
import { ObjectLock } from '../lib/storage/object-lock';
import { Template, testApp } from '../lib/testing';
import { BASES } from './support/bases';
import { type Kind, SIGNATURES } from './support/signatures';
import { acmeStack, keyIn, roleIn } from './support/stack';

/** What some properties need beside them. */
const BESIDE: Readonly<Record<string, Record<string, unknown>>> = {
  'new AuroraDatabase pauseAfterSeconds': { minCapacityAcu: 0 },
  'new Network resourceAccounts': { nat: 'none' },
  'new Table snapshotDays': { format: TableFormat.iceberg() },
  'new Table partitionDiscovery': { partitions: { day: Partition.date() } },
};

const TOKEN = ref('var.given');
/** A property that is a token as a whole, or in a part of it. */
const TOKENS: Readonly<Record<Kind, Readonly<Record<string, () => unknown>>>> = {
  text: { 'a token': () => Token.asString(TOKEN) },
  number: { 'a token': () => Token.asNumber(TOKEN) },
  list: {
    'a token': () => Token.asList(TOKEN),
    'a list of tokens': () => [Token.asString(TOKEN), Token.asString(ref('var.other'))],
  },
  parts: { 'a token': () => Token.asStringMap(TOKEN) },
  map: {
    'a token': () => Token.asStringMap(TOKEN),
    'a map with a token as value': () => ({ id: Token.asString(TOKEN) }),
    'a map with a token as key': () => ({ [Token.asString(TOKEN)]: 'string' }),
  },
};

/** Traces of a token that was taken for its text or number. */
const TRACES = /TfToken|undefined|Map Token Value|-\d(\.\d+)?e\+\d+|-123456789|\bNaN\b/;

const CASES = SIGNATURES.filter(({ name }) => name in BASES).flatMap((signature) =>
  signature.properties.flatMap(({ name, kind }) =>
    Object.entries(kind ? TOKENS[kind] : {}).map(([what, token]) => ({ signature, property: name, what, token })),
  ),
);

/** Attributes that are derived when they are read. */
const GETTERS = ['vpcCidr', 'availabilityZones', 'endpoint', 'location'];

/** The JSON of a stack with the construct, and an output for each of its texts, numbers and lists. */
function synthesized(signature: (typeof SIGNATURES)[number], property: string, token: () => unknown): string {
  const isStack = signature.name === 'new AwsStack';
  const stack = isStack ? undefined : acmeStack();
  const scope: Construct = stack ?? testApp();
  const beside = BESIDE[`${signature.name} ${property}`];
  const props = { ...BASES[signature.name]!(stack!), ...beside, [property]: token() };
  const made = signature.call(scope, signature.isList ? [props] : props) as Construct;
  const of = TerraformStack.of(made);
  if (isStack) {
    new Bucket(of, 'Bucket', { encryptionKey: keyIn(of) });
    roleIn(of);
  }
  for (const [index, child] of made.node.findAll().entries()) {
    for (const key of TerraformElement.isTerraformElement(child) ? [] : new Set([...Object.keys(child), ...GETTERS])) {
      const value: unknown = child[key as keyof Construct];
      const isShown =
        ['string', 'number'].includes(typeof value) || (Array.isArray(value) && typeof value[0] === 'string');
      if (isShown) new TerraformOutput(of, `own-${index}-${key}`, { value });
    }
  }
  return JSON.stringify(
    Template.synth(of).json,
    (key, value) => (key === 'content' && /^def /m.test(value) ? '' : value), // of a script
  );
}

test('every construct is tried', () => {
  const untried = SIGNATURES.filter(({ name, properties }) => properties.some(({ kind }) => kind) && !(name in BASES));
  expect(untried.map(({ name }) => name)).toEqual(['new PlatformStack']); // AwsStack is one
});

// a construct may read a token by Terraform, or refuse it; it must not take it for a text, a number or a list
test.each(CASES.map((one) => [one.signature.name, one.property, one.what, one] as const))(
  '%s: %p that is %s is rendered, or refused by name',
  (_, property, __, { signature, token }) => {
    let json: string;
    try {
      json = synthesized(signature, property, token);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toMatch(new RegExp(`'${property}[^']*' must .*known.*got a token`));
      return;
    }
    expect(json).not.toMatch(TRACES);
    expect(json).toContain('var.given');
  },
);

/** What a token becomes beside properties: in the results of methods, and in factories. */
function outputOf(value: (stack: TerraformStack) => string): string {
  const stack = acmeStack();
  new TerraformOutput(stack, 'It', { value: value(stack) });
  return Template.synth(stack).outputs.It!.value as string;
}

const [text, number] = [TOKENS.text['a token']!, TOKENS.number['a token']!] as [() => string, () => number];

test('a text that is built of a token is built by Terraform', () => {
  const repository = 'arn:aws:ecr:eu-north-1:111122223333:repository/train';
  const image = outputOf((stack) => ImageRepository.fromRepositoryArn(stack, 'Train', repository).imageUri(text()));
  expect(image).toContain('${startswith(var.given, "sha256:") ? "@" : ":"}${var.given}'); // a digest, or a tag

  const stack = acmeStack();
  SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-11111111').connections.allowFromCidr(
    '10.0.0.0/16',
    Port.tcp(number()),
  );
  new Bucket(stack, 'Bucket', { objectLock: ObjectLock.governance(number()) });
  const json = JSON.stringify(Template.synth(stack).json);
  expect(json).toContain('tcp ${var.given} from 10.0.0.0/16');
  expect(json).toContain('remaining-retention-days\\": \\"${var.given}');
  expect(json).not.toMatch(TRACES);
});

test.each<[string, () => unknown, string]>([
  ['a first day', () => Partition.date({ from: text() }), "Partition.date: 1 invalid property\n  - 'from'"],
  ['a last day', () => Partition.date({ to: text() }), "'to'"],
  ['a value', () => Partition.enum([text()]), "Partition.enum: 1 invalid property\n  - 'values'"],
  ['all values', () => Partition.enum(TOKENS.list['a token']!() as string[]), "'values'"],
  [
    'a least number',
    () => Partition.integer({ min: number(), max: 3 }),
    "Partition.integer: 1 invalid property\n  - 'min'",
  ],
  ['a compression', () => TableFormat.parquet({ compression: text() as 'zstd' }), "'compression'"],
  ['a separator', () => TableFormat.csv({ separator: text() }), "TableFormat.csv: 1 invalid property\n  - 'separator'"],
  [
    'a bucket of states',
    () => StateBackend.s3({ bucket: text(), region: 'eu-north-1' }),
    "StateBackend.s3: 1 invalid property\n  - 'bucket'",
  ],
])('%s must be known before deployment', (_, make, name) => {
  expect(make).toThrow(name);
  expect(make).toThrow(/known.* got a token/);
});
