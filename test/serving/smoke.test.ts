import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import {
  Invocation,
  ModelSource,
  Rollout,
  type SageMakerEndpointProps,
  type SmokeOptions,
  SmokeTest,
} from '../../lib/serving';
import { Bucket } from '../../lib/storage/bucket';
import { alarmStates, Template } from '../../lib/testing';
import '../../lib/testing/jest';
import { lintPolicies } from '../support/iam-lint';
import { describeWith } from '../support/machine';
import { endpointIn, modelIn } from '../support/serving';
import { acmeStack, keyIn, READ } from '../support/stack';
import { faultsOfMachine } from '../support/state-machine';

const ENDPOINT = 'arn:aws:sagemaker:eu-north-1:111122223333:endpoint/acme-dev-card-fraud';
const PACKAGE = 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-dev-card-fraud';

function testedIn(s = acmeStack(), smoke: Partial<SmokeOptions> = {}, props: Partial<SageMakerEndpointProps> = {}) {
  const bucket = new Bucket(s, 'Store', { encryptionKey: keyIn(s, 'StoreKey') });
  const samples = 'card-fraud/smoke.json';
  return { bucket, endpoint: endpointIn(s, { smoke: { bucket, samples, ...smoke }, ...props }) };
}

describe('an endpoint that is tested after each deployment', () => {
  const s = acmeStack();
  const reports = new Bucket(s, 'Reports', { encryptionKey: keyIn(s) });
  const packages = new ModelPackageGroup(s, 'Group', { name: 'card-fraud' });
  const source = ModelSource.fromPackage({
    packages,
    packageVersion: 12,
    artifacts: [{ bucket: reports, prefix: 'card-fraud/output/*' }],
    contracts: [{ bucket: reports, prefix: 'card-fraud/reports/*' }],
    images: [],
  });
  const { endpoint, bucket } = testedIn(s, { latencyMs: 800 }, { variants: { champion: { model: source } } });
  const smoke = endpoint.smoke!;
  const template = Template.synth(s);
  const alarm = template.all('aws_cloudwatch_metric_alarm').find(({ metric_name }) => metric_name === 'Failed')!;

  test('has the alarm of its test among those that roll back, from its first deployment on', () => {
    const resource = template.one('aws_sagemaker_endpoint');
    const { auto_rollback_configuration: rollback } = resource.deployment_config as never as Record<string, any>;
    expect(rollback.alarms).toHaveLength(2);
    expect(rollback.alarms[1].alarm_name).toMatch(/^\$\{aws_cloudwatch_metric_alarm\.\w*Smoke\w*\.alarm_name\}$/);
  });

  test('is deployed once what tests it listens, and may do what it does', () => {
    const { depends_on } = template.one('aws_sagemaker_endpoint') as { depends_on: string[] };
    expect(depends_on).toContainEqual(expect.stringMatching(/^aws_cloudwatch_event_target\./));
    expect(depends_on.filter((one) => one.startsWith('aws_iam_role_policy.'))).toHaveLength(3);
  });

  test('is tested by its own events, of each step of a deployment and when it is in service, and of no other endpoint', () => {
    const [rule] = template.all('aws_cloudwatch_event_rule');
    expect(JSON.parse(String(rule!.event_pattern))).toEqual({
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Endpoint Deployment State Change', 'SageMaker Endpoint State Change'],
      detail: { EndpointName: ['acme-dev-card-fraud'], EndpointStatus: ['UPDATING', 'IN_SERVICE'] },
    });
    expect(template.one('aws_cloudwatch_event_target')).toMatchObject({ input: '{}' });
  });

  test('is tested by a state machine that Step Functions takes', () => {
    expect(faultsOfMachine(String(template.one('aws_sfn_state_machine').definition))).toEqual([]);
  });

  test('is asked by a function that knows the share of the first step, and the version of each model', () => {
    const [fn] = template.all('aws_lambda_function');
    const { SMOKE } = (fn!.environment as { variables: { SMOKE: string } }).variables;
    expect(JSON.parse(SMOKE)).toMatchObject({
      endpoint: 'acme-dev-card-fraud',
      share: 0.1,
      latencyMs: 800,
      variants: { champion: expect.stringMatching(/model-package\/.*\/12$/) },
      samples: expect.stringMatching(/^s3:\/\/.*\/card-fraud\/smoke\.json$/),
    });
  });

  test('is asked and nothing else: the samples and contracts are read, no artifact, no other endpoint', () => {
    const policy = template.policyOf(smoke.function.role);
    expect(policy).toAllow({
      actions: ['sagemaker:InvokeEndpoint', 'sagemaker:DescribeEndpoint'],
      resources: ENDPOINT,
    });
    expect(policy).toAllow({ actions: READ, resources: `${bucket.bucketArn}/card-fraud/smoke.json` });
    expect(policy).toAllow({ actions: READ, resources: `${reports.bucketArn}/card-fraud/reports/a/contract.json` });
    const no = [
      { actions: READ, resources: `${bucket.bucketArn}/card-fraud/1/model.tar.gz` },
      { actions: READ, resources: `${reports.bucketArn}/card-fraud/output/a/model.tar.gz` },
      { actions: 'sagemaker:InvokeEndpoint', resources: `${ENDPOINT}-2` },
      { actions: 'sagemaker:DescribeModelPackage', resources: `${PACKAGE}/13` },
    ];
    for (const one of no) expect(policy.allowsAny(one)).toBe(false);
    expect(policy.allowsAny({ actions: ['s3:PutObject', 'sagemaker:Update*', 'sagemaker:Create*'] })).toBe(false);
  });

  test('has a machine that calls the function, writes its own metric, and no more', () => {
    const policy = template.policyOf(smoke.role);
    const metric = { actions: 'cloudwatch:PutMetricData', resources: '*' };
    expect(policy).toAllow({ ...metric, conditions: { StringEquals: { 'cloudwatch:namespace': 'MLOps/Smoke' } } });
    expect(policy.allowsAny({ actions: ['sagemaker:*', 's3:*', 'states:*'] })).toBe(false);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('is rolled back by one test that failed, long enough for SageMaker to see it, and can be deployed again later', () => {
    expect(alarm).toMatchObject({ namespace: 'MLOps/Smoke', dimensions: { EndpointName: 'acme-dev-card-fraud' } });
    const after = alarmStates(alarm, { Failed: [null, 0, null, 1, 0, ...Array(15).fill(null)] });
    const alarmed = after.filter((state) => state === 'ALARM').length;
    expect(after.slice(0, 8)).toEqual(['OK', 'OK', 'OK', ...Array(5).fill('ALARM')]);
    expect(alarmed).toBeLessThanOrEqual(10);
    expect(after.at(-1)).toBe('OK');
  });
});

test('a rollout says what its first step is', () => {
  expect(Rollout.canary().firstStep).toEqual({ share: 0.1, minutes: 10 });
  expect(Rollout.linear({ percent: 20, bakeMinutes: 6 }).firstStep).toEqual({ share: 0.2, minutes: 6 });
  expect(Rollout.allAtOnce({ finalBakeMinutes: 7 }).firstStep).toEqual({ share: 1, minutes: 7 });
});

describe('a test is refused', () => {
  const refused = (smoke: Partial<SmokeOptions>, props: Partial<SageMakerEndpointProps> = {}) =>
    expect(() => testedIn(acmeStack(), smoke, props));

  test.each([
    [Rollout.canary({ bakeMinutes: 4 }), 'bakeMinutes'],
    [Rollout.allAtOnce({ finalBakeMinutes: 0 }), 'finalBakeMinutes'],
  ])('if its rollout is over before it is', (rollout, wait) => {
    refused({}, { rollout }).toThrow(
      new RegExp(`'smoke' must have a first step of at least 5 minutes, .*, got \\d minutes; raise '${wait}'`),
    );
  });

  test('of an asynchronous endpoint', () => {
    const s = acmeStack();
    const invocation = Invocation.asynchronous({
      instanceType: 'ml.m5.large',
      bucket: new Bucket(s, 'Requests', { encryptionKey: keyIn(s) }),
    });
    expect(() => testedIn(s, {}, { invocation })).toThrow("'smoke' must not be set on an asynchronous endpoint");
  });

  test.each<[Partial<SmokeOptions>, RegExp]>([
    [{ samples: '' }, /'samples' must be/],
    [{ samples: '/smoke.json' }, /'samples' must be/],
    [{ latencyMs: 0 }, /'latencyMs' must be/],
    [{ latencyMs: 60_001 }, /'latencyMs' must be/],
    [{ alarmTopicArns: ['topic'] }, /'alarmTopicArns\[0\]' must be/],
    [
      { alarmTopicArns: Array(6).fill('arn:aws:sns:eu-north-1:111122223333:a') },
      /'alarmTopicArns' must have at most 5/,
    ],
  ])('with %o', (smoke, message) => {
    refused(smoke).toThrow(message);
  });

  test('if it is one alarm too many', () => {
    const alarmNames = Array.from({ length: 9 }, (_, index) => `alarm-${index}`);
    const rollout = Rollout.canary({ rollback: { alarmNames } });
    refused({}, { rollout }).toThrow("'rollout' must have at most 10 alarms, got 1 of the variants and 10 others");
  });
});

test('an endpoint that somebody else makes can be tested too, without a model of the registry', () => {
  const s = acmeStack();
  const bucket = new Bucket(s, 'Store', { encryptionKey: keyIn(s, 'StoreKey') });
  const props = { bucket, samples: 'churn/smoke.json', name: 'churn', endpointName: 'theirs', encryptionKey: keyIn(s) };
  const rollout = Rollout.linear({ percent: 50 });
  const smoke = new SmokeTest(s, 'Smoke', { ...props, rollout, models: { champion: modelIn(s) } });
  expect(Template.synth(s).one('aws_cloudwatch_metric_alarm').dimensions).toEqual({ EndpointName: 'theirs' });
  expect(faultsOfMachine(JSON.stringify(smoke.definition))).toEqual([]);
  expect(() => new SmokeTest(s, 'None', { ...props, rollout, models: {} })).toThrow("'models' must have at least one");
});

test('a model that is no version of the registry gives its test nothing to read there', () => {
  const s = acmeStack();
  const { endpoint } = testedIn(s, {}, { variants: { champion: { model: modelIn(s) } } });
  const policy = Template.synth(s).policyOf(endpoint.smoke!.function.role);
  expect(policy.allowsAny({ actions: 'sagemaker:DescribeModelPackage' })).toBe(false);
});

describeWith(['python'], 'the program of a test', () => {
  test('fails what a client would not want, and passes nothing that it has not seen', () => {
    const file = join(__dirname, 'smoke_test.py');
    const { status, stderr } = spawnSync('python3', ['-m', 'unittest', '-q', file], {
      encoding: 'utf8',
      cwd: __dirname,
    });
    expect(stderr).toMatch(/Ran \d\d tests/);
    expect(status).toBe(0);
  });
});
