import { Source } from '../../lib/scheduler/trigger/source';
import { Target } from '../../lib/scheduler/trigger/target';
import { BatchInference, type BatchInferenceProps } from '../../lib/serving';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import '../../lib/testing/jest';
import { triggerIn } from '../scheduler/samples';
import { lintPolicies } from '../support/iam-lint';
import { modelIn } from '../support/serving';
import { acmeStack, keyIn, READ, roleIn, WRITE } from '../support/stack';
import { faultsOfMachine } from '../support/state-machine';
import { workspaceIn } from '../support/training';

function batchIn(s = acmeStack(), props: (bucket: Bucket) => Partial<BatchInferenceProps> = () => ({})) {
  const lake = new Bucket(s, 'Lake', { encryptionKey: keyIn(s, 'LakeKey') });
  const batch = new BatchInference(s, 'Batch', {
    name: 'card-fraud',
    workspace: workspaceIn(s),
    model: modelIn(s),
    input: { bucket: lake, prefix: 'card-fraud/requests' },
    output: { bucket: lake, prefix: 'card-fraud/answers' },
    instanceType: 'ml.m5.xlarge',
    ...props(lake),
  });
  return { batch, lake };
}

describe('predictions for files', () => {
  const s = acmeStack();
  const { batch, lake } = batchIn(s, () => ({ inputFilter: '$[1:]', environment: { MODE: 'strict' } }));
  const starter = roleIn(s, 'Starter');
  batch.grantStart(starter);
  const trigger = triggerIn(s, {
    on: Source.cron('cron(0 3 ? * MON *)', 'Europe/Stockholm'),
    start: Target.transformJob(batch),
  });
  const template = Template.synth(s);
  const request = batch.request() as Record<string, any>;
  const arn = 'arn:aws:sagemaker:eu-north-1:111122223333';

  test('come from a model whose containers can call nothing, in the private subnets of the workspace', () => {
    expect(template.one('aws_sagemaker_model')).toMatchObject({
      name: expect.stringMatching(/^acme-dev-card-fraud-batch-/),
      enable_network_isolation: true,
      vpc_config: { subnets: ['subnet-11111111', 'subnet-22222222'] },
    });
  });

  test('have the lines that were asked in front, the key of the workspace, and are asked without their key column', () => {
    expect(request).toMatchObject({
      BatchStrategy: 'MultiRecord',
      TransformInput: { ContentType: 'text/csv', SplitType: 'Line' },
      TransformOutput: { Accept: 'text/csv', AssembleWith: 'Line' },
      DataProcessing: { JoinSource: 'Input', InputFilter: '$[1:]' },
      TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    });
    expect(request.TransformInput.DataSource.S3DataSource.S3Uri).toMatch(/\/card-fraud\/requests\/$/);
    expect(request.TransformOutput.KmsKeyId).toBe(request.TransformResources.VolumeKmsKeyId);
  });

  test('take no key for the volume on a type with an instance store', () => {
    const stored = batchIn(acmeStack(), () => ({ instanceType: 'ml.g5.xlarge' })).batch.request() as Record<
      string,
      any
    >;
    expect(stored.TransformResources).not.toHaveProperty('VolumeKmsKeyId');
    expect(stored.TransformOutput).toHaveProperty('KmsKeyId');
  });

  test('are whole files, one for each request, of types without lines', () => {
    const type = { contentType: 'application/x-image', accept: 'application/json', join: false };
    expect(batchIn(acmeStack(), () => type).batch.request()).toMatchObject({
      BatchStrategy: 'SingleRecord',
      TransformInput: { SplitType: 'None' },
      TransformOutput: { Accept: 'application/json', AssembleWith: 'None' },
      DataProcessing: { JoinSource: 'None' },
    });
  });

  test('are read and written by the role of the containers in their folders, and nowhere else', () => {
    const policy = template.policyOf(batch.role);
    expect(policy).toAllow({ actions: READ, resources: `${lake.bucketArn}/card-fraud/requests/day=1/a.csv` });
    expect(policy).toAllow({ actions: WRITE, resources: `${lake.bucketArn}/card-fraud/answers/run=1/a.csv.out` });
    const no = [
      { actions: READ, resources: `${lake.bucketArn}/other/a.csv` },
      { actions: WRITE, resources: `${lake.bucketArn}/card-fraud/requests/a.csv` },
    ];
    for (const one of no) expect(policy.allowsAny(one)).toBe(false);
  });

  test('are started of this model only, on its instance type, with its keys, and no role is passed', () => {
    const policy = template.policyOf(starter);
    const [create] = policy.statements.filter(({ actions }) => actions?.includes('sagemaker:CreateTransformJob'));
    expect(create!.resources).toEqual([`${arn}:transform-job/acme-dev-card-fraud-*`]);
    expect(create!.conditions).toMatchObject({
      'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': 'ml.m5.xlarge' },
      Null: { 'sagemaker:InstanceTypes': 'false' },
      ArnEquals: {
        'sagemaker:ModelArn': expect.stringContaining(':model/'),
        'sagemaker:OutputKmsKeyArn': expect.anything(),
        'sagemaker:VolumeKmsKeyArn': expect.anything(),
      },
    });
    expect(policy.allowsAny({ actions: ['iam:PassRole', 'sagemaker:StopTransformJob', 's3:*'] })).toBe(false);
  });

  test('are started by a trigger, one run at a time, each with answers of its own, and know why', () => {
    expect(faultsOfMachine(String(template.one('aws_sfn_state_machine').definition))).toEqual([]);
    const states = JSON.parse(JSON.stringify(trigger.definition)).States;
    const start = Object.values<any>(states)
      .flatMap((state) => [state, ...(state.Branches ?? []).flatMap((one: any) => Object.values(one.States))])
      .find(({ Resource }) => Resource?.endsWith('createTransformJob'));
    const name = "States.Format('acme-dev-card-fraud-{}', States.Hash($$.Execution.Id, 'MD5'))";
    expect(start.Parameters).toMatchObject({
      'TransformJobName.$': name,
      Environment: { MODE: 'strict', 'MLOPS_CAUSE.$': '$.cause' },
      TransformOutput: { 'S3OutputPath.$': expect.stringMatching(/\/card-fraud\/answers\/run=\{\}\/', States\.Hash/) },
    });
    expect(start.Parameters.TransformOutput).not.toHaveProperty('S3OutputPath');
    expect(start.Catch[0]).toEqual({
      ErrorEquals: ['SageMaker.ResourceInUseException'],
      Next: 'Started',
      ResultPath: null,
    });
    expect(states.Started).toMatchObject({ Parameters: { 'id.$': name }, ResultPath: '$.run', Next: 'Record' });
  });

  test('name actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});

describe('predictions for files are refused', () => {
  const LINES = 'text/csv or application/jsonlines';
  test.each<[Partial<BatchInferenceProps>, string]>([
    [{ name: 'Card' }, "'name' must be"],
    [{ instanceType: 'ml.p5.48xlarge' }, "'instanceType' must be one of"],
    [{ instanceCount: 0 }, "'instanceCount' must be"],
    [{ instanceCount: 101 }, "'instanceCount' must be"],
    [{ contentType: 'csv' }, "'contentType' must be"],
    [{ accept: 'json' }, "'accept' must be"],
    [{ contentType: 'application/json' }, `'join' must be of one type that has lines, ${LINES}, on both sides`],
    [{ accept: 'application/json' }, 'got text/csv and application/json; take one of them for both, or do not join'],
    [{ payloadMb: 0 }, "'payloadMb' must be"],
    [{ payloadMb: 101 }, "'payloadMb' must be"],
    [{ concurrency: 17 }, "'concurrency' must send an instance at most 100 MB at a time, got 17 requests of 6 MB"],
    [{ payloadMb: 51, concurrency: 2 }, 'got 2 requests of 51 MB'],
    [{ requestSeconds: 3601 }, "'requestSeconds' must be"],
    [{ requestRetries: 4 }, "'requestRetries' must be"],
    [{ inputFilter: '[1:]' }, "'inputFilter' must be a JSONPath"],
    [{ outputFilter: `$${'a'.repeat(63)}` }, "'outputFilter' must be a JSONPath"],
    [{ environment: { 'a-b': '1' } }, "'environment' must be letters"],
    [
      { environment: Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`A${index}`, '1'])) },
      "'environment' must have at most 14 variables, got 15",
    ],
  ])('with %j', (props, message) => {
    expect(() => batchIn(acmeStack(), () => props)).toThrow(message);
  });

  test.each<[string, string]>([
    ["'input.prefix' must be a folder", '/requests'],
    ["'input.prefix' must be a folder", 'requests/'],
    ["'input.prefix' must be a folder", "requests'{}"],
    ["'output.prefix' must not be in the folder of the input", 'card-fraud'],
    ["'output.prefix' must not be in the folder of the input", 'card-fraud/answers'],
  ])('%s: %s', (message, prefix) => {
    expect(() => batchIn(acmeStack(), (bucket) => ({ input: { bucket, prefix } }))).toThrow(message);
  });
});
