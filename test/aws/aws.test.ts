import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { ref, TerraformOutput, TerraformStack, TerraformVariable, Token } from 'cdktf';
import { Construct } from 'constructs';
import {
  Aws,
  type AwsNameKind,
  AwsStack,
  lastPartOfArn,
  partitionOf,
  physicalName,
  resourceOfArn,
} from '../../lib/aws';
import { brokenTimeZone, skippedTimes } from '../../lib/aws/time-zone';
import { Template, testApp } from '../../lib/testing';
import { ACME, acmeStack } from '../support/stack';

describe('an AWS stack', () => {
  test('deploys only to its own account, and tags every resource', () => {
    const stack = acmeStack({ tags: { project: 'acme' } });
    expect(Template.synth(stack).json.provider.aws).toEqual([
      {
        allowed_account_ids: ['111122223333'],
        default_tags: [{ tags: { project: 'acme' } }],
        region: 'eu-north-1',
      },
    ]);
  });
});

test('an AWS stack lists all that AWS refuses in its properties', () => {
  expect(() =>
    acmeStack({
      namePrefix: 'Acme Dev',
      removal: 'delete' as 'destroy',
      account: '1111',
      region: 'Stockholm',
      partition: 'amazon',
      permissionsBoundaryArn: 'boundary',
      tags: { 'aws:owner': 'ml', Team: 'a', team: 'b', 'a#b': 'c', empty: undefined as never, cost: 'a#' },
    }),
  ).toThrow(
    [
      'test: 11 invalid properties',
      "'namePrefix' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Acme Dev'",
      "'removal' must be one of retain, destroy, got 'delete'",
      "'tags.aws:owner' must not begin with aws: or rds:, in key or value, got 'aws:owner: ml'; AWS reserves these prefixes",
      "'tags.team' must differ from 'Team' in more than case; keep one of them, IAM ignores case",
      "'tags' must be 1 to 128 letters, digits, spaces and . : / = + @ - _, got 'a#b'",
      "'tags.empty' must be set, got undefined",
      "'tags.cost' must be up to 256 letters, digits, spaces and . : / = + @ - _, got 'a#'",
      "'account' must be an account id of 12 digits, got '1111'",
      "'region' must be an AWS region such as eu-north-1, got 'Stockholm'",
      "'partition' must be a partition such as aws, aws-cn or aws-us-gov, got 'amazon'",
      "'permissionsBoundaryArn' must be the ARN of a managed policy such as arn:aws:iam::111122223333:policy/name, got 'boundary'",
    ].join('\n  - '),
  );
});

describe('the account, region and partition', () => {
  test('are literals if the stack sets them: nothing is read at plan time', () => {
    const stack = acmeStack();
    const here = Aws.of(new Construct(stack, 'Deep'));
    expect(here.arn('glue', 'catalog')).toBe('arn:aws:glue:eu-north-1:111122223333:catalog');
    expect(here.arn('iam', 'root', { region: '' })).toBe('arn:aws:iam::111122223333:root');
    expect(Template.synth(stack).json).not.toHaveProperty('data');
  });

  test('a region that is a token has the partition that the plan reads', () => {
    const stack = acmeStack({ region: Token.asString(ref('var.region')) });
    new TerraformOutput(stack, 'Arn', { value: Aws.of(stack).arn('sns', 'alarms') });
    expect(Template.synth(stack).outputs.Arn!.value).toMatch(
      /^arn:\$\{data\.aws_partition\..*\.partition\}:sns:\$\{var\.region\}:/,
    );
  });

  test('use a given partition before the partition of the region', () => {
    expect(Aws.of(acmeStack({ partition: 'aws-iso' })).arn('s3', 'x')).toMatch(/^arn:aws-iso:s3:/);
    expect(Aws.of(acmeStack({ region: 'cn-north-1' })).arn('s3', 'x')).toMatch(/^arn:aws-cn:s3:/);
  });

  test('in a plain stack are read once, from the credentials', () => {
    const stack = new TerraformStack(testApp(), 'plain');
    new AwsProvider(stack, 'Aws', {});
    for (const id of ['One', 'Two']) {
      new TerraformOutput(stack, id, { value: Aws.of(new Construct(stack, `In${id}`)).arn('s3', 'x') });
    }
    const { data, output } = Template.synth(stack).json;
    expect(Object.keys(data).sort()).toEqual(['aws_caller_identity', 'aws_partition', 'aws_region']);
    expect(Object.keys(data.aws_region)).toHaveLength(1);
    expect(output.One.value).toMatch(
      /^arn:\$\{data\.aws_partition\..*\.partition\}:s3:\$\{data\.aws_region\..*\.id\}:\$\{data\.aws_caller_identity\..*\.account_id\}:x$/,
    );
  });

  test('can be declared for a plain stack, but not after they were read', () => {
    const stack = new TerraformStack(testApp(), 'plain');
    expect(Aws.declare(stack, ACME)).toBe(Aws.of(stack));
    expect(() => Aws.declare(stack, ACME)).toThrow(
      'plain: Aws.declare must be called once: the settings of the stack are already declared; a platform stack declares them from its properties',
    );
    const late = new TerraformStack(testApp(), 'late');
    void Aws.of(new Construct(late, 'Lake')).account;
    expect(() => Aws.declare(late, ACME)).toThrow(
      'late: Aws.declare is too late: late/Lake has already read the settings of the stack; declare them before the first construct',
    );
  });

  test.each([
    ['eu-north-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('%s is in partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});

describe('physical names', () => {
  const ROLE: AwsNameKind = { kind: 'IAM role', maxLength: 64, uniqueIn: 'account' };
  const JOB: AwsNameKind = { kind: 'Glue job', maxLength: 64, uniqueIn: 'region' };
  const DATABASE: AwsNameKind = { kind: 'Glue database', maxLength: 64, separator: '_', uniqueIn: 'region' };
  const claim = (stack: TerraformStack, kind: AwsNameKind, id: string) =>
    physicalName(new Construct(stack, id), kind, 'runs');
  const stacks = (...all: object[]) => {
    const app = testApp();
    return all.map((props, index) => new AwsStack(app, `stack${index}`, { ...ACME, ...props })) as [AwsStack, AwsStack];
  };

  test('are refused if another resource of the kind has them, in any stack of the account and region', () => {
    const [one, other] = stacks({}, {});
    expect(claim(one, JOB, 'One')).toBe('acme-dev-runs');
    expect(() => claim(other, JOB, 'Other')).toThrow(
      "stack1/Other: the Glue job name 'acme-dev-runs' is already taken by stack0/One; rename one of them (its 'name')",
    );
  });

  test('may be equal for another kind, region or account, according to the service', () => {
    const [one, other] = stacks({}, { region: 'eu-west-1' });
    claim(one, JOB, 'Job');
    expect(claim(one, DATABASE, 'Database')).toBe('acme_dev_runs');
    claim(other, JOB, 'Job');
    claim(one, ROLE, 'Role');
    expect(() => claim(other, ROLE, 'Role')).toThrow(/^stack1\/Role: the IAM role name/);
    const [here, there] = stacks({}, { account: '444455556666' });
    claim(here, ROLE, 'Role');
    claim(there, ROLE, 'Role');
  });

  test('are compared only within one stack if the account is not known', () => {
    const [one, other] = stacks({ account: undefined }, { account: undefined });
    claim(one, ROLE, 'Role');
    claim(other, ROLE, 'Role');
    expect(() => claim(one, ROLE, 'Again')).toThrow(/is already taken by stack0\/Role/);
  });

  test('that differ only in case are one name to IAM, and two to others', () => {
    const [one] = stacks({});
    const named = (id: string, kind: AwsNameKind, name: string) => physicalName(new Construct(one, id), kind, name);
    named('Reader', { ...ROLE, ignoresCase: true }, 'Reader');
    expect(() => named('Other', { ...ROLE, ignoresCase: true }, 'reader')).toThrow(/already taken|is that of/);
    named('Job', JOB, 'Load');
    named('OtherJob', JOB, 'load');
  });

  test('of buckets are unique in a partition', () => {
    const BUCKET: AwsNameKind = { kind: 'S3 bucket', maxLength: 63, uniqueIn: 'partition' };
    const [here, there] = stacks({}, { region: 'cn-north-1' });
    claim(here, BUCKET, 'Bucket');
    claim(there, BUCKET, 'Bucket');
    const [, elsewhere] = stacks({}, { region: 'eu-west-1' });
    claim(elsewhere, BUCKET, 'Bucket');
    const [anywhere, nowhere] = stacks({ region: undefined }, { region: undefined });
    claim(anywhere, BUCKET, 'Bucket');
    expect(() => claim(nowhere, BUCKET, 'Bucket')).toThrow(/already taken by stack0\/Bucket; rename one of them/);
  });

  test('with underscores, known only at deploy time, are made by Terraform', () => {
    const [one] = stacks({});
    const later = new TerraformVariable(one, 'later', {}).stringValue;
    const name = physicalName(new Construct(one, 'Database'), DATABASE, later);
    expect(Template.synth(one).resolve(name)).toBe('${replace("acme-dev_${var.later}", "-", "_")}');
  });

  test('are compared within one stack where the region is not known before the deployment', () => {
    const [one, other] = stacks({ region: undefined }, { region: undefined });
    claim(one, JOB, 'Job');
    claim(other, JOB, 'Job');
  });

  test('are free again when their construct is removed', () => {
    const [one] = stacks({});
    claim(one, JOB, 'Job');
    one.node.tryRemoveChild('Job');
    claim(one, JOB, 'Job');
  });
});

describe('parts of an ARN', () => {
  test('are taken from the text, or by Terraform where the ARN is a token', () => {
    expect(resourceOfArn('arn:aws:s3:::acme-raw')).toBe('acme-raw');
    expect(lastPartOfArn('arn:aws:iam::111122223333:role/teams/reader')).toBe('reader');
    const stack = acmeStack();
    const arn = new TerraformVariable(stack, 'arn', {}).stringValue;
    new TerraformOutput(stack, 'Resource', { value: resourceOfArn(arn) });
    new TerraformOutput(stack, 'Last', { value: lastPartOfArn(arn) });
    const { Resource, Last } = Template.synth(stack).outputs;
    expect(Resource!.value).toBe('${element(split(":", var.arn), 5)}');
    expect(Last!.value).toBe('${element(reverse(split("/", var.arn)), 0)}');
  });
});

describe('a time zone is written as the IANA database writes it, because services of AWS know no other spelling:', () => {
  test.each([
    'UTC',
    'CET',
    'Etc/GMT+5',
    'US/Eastern',
    'Asia/Kolkata',
    'Europe/Kyiv',
    'America/Port-au-Prince',
    'America/Port_of_Spain',
    'America/Argentina/Buenos_Aires',
    'Africa/Dar_es_Salaam',
    'Antarctica/McMurdo',
  ])('%s is taken', (zone) => expect(brokenTimeZone(zone)).toEqual([]));

  test.each([
    ['Europe/stockholm', 'write Europe/Stockholm'],
    ['EUROPE/STOCKHOLM', 'write Europe/Stockholm'],
    ['Utc', 'write UTC'],
    ['US/EASTERN', 'write its continent and city, such as Europe/Stockholm'],
    ['PST', 'write its continent and city, such as Europe/Stockholm'],
    ['SystemV/EST5', 'write its continent and city, such as Europe/Stockholm'],
    ['Europe/Stokholm', 'write its continent and city, such as Europe/Stockholm'],
  ])('%s is refused', (zone, fix) => expect(brokenTimeZone(zone).map((rule) => rule.fix)).toEqual([fix]));
});

test.each([
  ['Europe/Stockholm', [{ weekday: 0, from: 120, to: 180 }]],
  ['Africa/Cairo', [{ weekday: 5, from: 0, to: 60 }]],
  ['Australia/Lord_Howe', [{ weekday: 0, from: 120, to: 150 }]],
  ['Asia/Kolkata', []],
])('in 2026, %s skips what its clocks skip', (zone, skipped) => expect(skippedTimes(zone)).toEqual(skipped));
