import { Token } from 'cdktf';
import { Watch } from '../../lib/monitoring/alarms/watch';
import { endpointAlarms } from '../../lib/monitoring/kinds/endpoint-alarms';
import { ModelStore } from '../../lib/registry/model-store';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import {
  CapturedData,
  DoorAuth,
  DoorReach,
  EndpointDoor,
  EndpointScaling,
  Instances,
  Invocation,
  ModelSource,
  RollbackAlarms,
  Rollout,
  SageMakerEndpoint,
  type SageMakerEndpointProps,
  ServedModel,
  Traffic,
} from '../../lib/serving';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import '../../lib/testing/jest';
import { actionsIn } from '../monitoring/samples';
import { lintPolicies } from '../support/iam-lint';
import { lakeIn } from '../support/lake';
import { captureZoneIn, endpointIn, endpointPropsIn, modelIn, SERVING_IMAGE } from '../support/serving';
import { acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, WRITE } from '../support/stack';

type Stack = ReturnType<typeof acmeStack>;

const CONFIGURATION = 'aws_sagemaker_endpoint_configuration';
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const ARN = 'arn:aws:sagemaker:eu-north-1:111122223333:endpoint/acme-dev-card-fraud';
const scaled = (options: Partial<Parameters<typeof Instances.scaling>[0]> = {}) =>
  Instances.scaling({ min: 2, max: 6, target: 300, ...options });
const twoIn = (s: Stack) => ({ champion: { model: modelIn(s) }, challenger: { model: modelIn(s, 2) } });

function templateOf(props: (s: Stack) => Partial<SageMakerEndpointProps>): Template {
  const s = acmeStack();
  endpointIn(s, props(s));
  return Template.synth(s);
}

/** Names of models and of the configuration, as hashes of their content. */
function namesOf(props: (s: Stack) => Partial<SageMakerEndpointProps>): [models: string[], configuration: string] {
  const template = templateOf(props);
  const models = template.all('aws_sagemaker_model').map(({ name }) => name as string);
  return [models, template.one(CONFIGURATION).name as string];
}

describe('an endpoint with the least', () => {
  const s = acmeStack();
  const endpoint = endpointIn(s);
  const [caller, reader] = ['Caller', 'Reader'].map((id) => roleIn(s, id));
  endpoint.grantInvoke(caller!);
  endpoint.grantRead(reader!);
  const template = Template.synth(s);
  const resource = template.one('aws_sagemaker_endpoint');
  const [model] = template.all('aws_sagemaker_model');

  test('has one instance, and takes changes by a canary that alarms roll back, from the first deployment on', () => {
    expect(template.one(CONFIGURATION).production_variants).toEqual([
      expect.objectContaining({
        variant_name: 'champion',
        initial_instance_count: 1,
        initial_variant_weight: 1,
        instance_type: 'ml.m5.large',
      }),
    ]);
    expect(resource.name).toBe('acme-dev-card-fraud');
    const { auto_rollback_configuration: rollback } = resource.deployment_config as never as Record<string, unknown>;
    expect(rollback).toEqual({
      alarms: [{ alarm_name: expect.stringMatching(/^\$\{aws_cloudwatch_metric_alarm\.[\w-]+\.alarm_name\}$/) }],
    });
  });

  test('fails the apply if SageMaker keeps another configuration, and makes the new one before the old one goes', () => {
    const [postcondition] = (resource.lifecycle as { postcondition: { condition: string; error_message: string }[] })
      .postcondition;
    const [address] = template.addresses().filter((one) => one.startsWith(`${CONFIGURATION}.`));
    expect(postcondition!.condition).toBe(`\${self.endpoint_config_name == ${address}.name}`);
    expect(postcondition!.error_message).toMatch(/^The endpoint acme-dev-card-fraud still has the configuration /);
    expect(resource.endpoint_config_name).toBe(`\${${address}.name}`);
    expect(template.one(CONFIGURATION).lifecycle).toEqual({ create_before_destroy: true });
    expect(model!.lifecycle).toEqual({ create_before_destroy: true });
  });

  test('has containers that can call nothing, in the private subnets; SageMaker loads the model through their group', () => {
    expect(model).toMatchObject({
      enable_network_isolation: true,
      vpc_config: { subnets: ['subnet-11111111', 'subnet-22222222'] },
      primary_container: { image: SERVING_IMAGE },
    });
    // also for isolated containers SageMaker moves artifacts through their subnet (its guide, "Internet-Free Mode")
    expect(template.all('aws_vpc_security_group_egress_rule')).toEqual([
      expect.objectContaining({ ip_protocol: 'tcp', from_port: 443, to_port: 443 }),
    ]);
    expect(template.all('aws_vpc_security_group_ingress_rule')).toEqual([]);
  });

  test('encrypts volumes and log with its key; the log is there before the endpoint, which would make it without', () => {
    const [log] = template.all('aws_cloudwatch_log_group');
    expect(log).toMatchObject({
      name: '/aws/sagemaker/Endpoints/acme-dev-card-fraud',
      retention_in_days: 365,
      lifecycle: { prevent_destroy: true },
    });
    expect(template.one(CONFIGURATION).kms_key_arn).toBe(log!.kms_key_id);
    expect(resource.depends_on).toContainEqual(expect.stringMatching(/^aws_cloudwatch_log_group\./));
  });

  test('has a role that loads the model, writes its log, and nothing else', () => {
    const policy = template.policyOf(endpoint.role);
    const bucketArn = (s.node.findChild('Artifacts') as Bucket).bucketArn;
    expect(policy).toAllow({ actions: READ, resources: `${bucketArn}/card-fraud/1/model.tar.gz` });
    // an instance of the old fleet that starts during a rollout loads the version before
    expect(policy).toAllow({ actions: READ, resources: `${bucketArn}/card-fraud/0/model.tar.gz` });
    expect(policy.allowsAny({ actions: READ, resources: `${bucketArn}/churn/*` })).toBe(false);
    expect(policy).toAllow({
      actions: PULL,
      resources: 'arn:aws:ecr:eu-north-1:111122223333:repository/acme-dev-serve',
    });
    expect(policy.allowsAny({ actions: ['s3:PutObject', 'sagemaker:*', 'iam:*'] })).toBe(false);
    const others = 'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/sagemaker/Endpoints/acme-dev-others';
    expect(policy.allowsAny({ actions: ['logs:CreateLogGroup', 'logs:PutLogEvents'], resources: others })).toBe(false);
  });

  test('has a role that sees the alarms of the endpoint, without which SageMaker rolls nothing back, and no others', () => {
    const policy = template.policyOf(endpoint.role);
    const alarm = (name: string) => ({
      actions: 'cloudwatch:DescribeAlarms',
      resources: `arn:aws:cloudwatch:eu-north-1:111122223333:alarm:${name}`,
    });
    for (const { alarm_name: name } of template.all('aws_cloudwatch_metric_alarm')) {
      expect(policy).toAllow(alarm(name as string));
    }
    expect(policy).not.toAllow(alarm('acme-dev-others-rollback-errors-champion'));
  });

  test('is asked by whoever may invoke it, and by nobody else; a reader sees its state', () => {
    const calls = ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'];
    expect(template.policyOf(caller!)).toAllow({ actions: calls, resources: endpoint.endpointArn });
    expect(template.policyOf(caller!).allowsAny({ actions: calls, resources: `${ARN}-of-others` })).toBe(false);
    expect(template.policyOf(reader!)).toAllow({
      actions: 'sagemaker:DescribeEndpoint',
      resources: endpoint.endpointArn,
    });
    expect(template.policyOf(reader!).allowsAny({ actions: calls })).toBe(false);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('refuses other names of variants at plan time, before anything is made for them', () => {
    expect(template.all('terraform_data')).toContainEqual(expect.objectContaining({ input: { choice: 'champion' } }));
  });
});

describe('names of models and configurations', () => {
  const [models, configuration] = namesOf(() => ({}));

  test('end in a hash that Terraform makes of what it knows only later: groups, keys', () => {
    expect(models).toEqual([
      expect.stringMatching(
        /^acme-dev-card-fraud-champion-\$\{substr\(sha256\(join\(.*\)\), 0, 8\)\}-\$\{substr\(terraform_data\..*\.id, 0, 4\)\}$/,
      ),
    ]);
    expect(models[0]).toMatch(/aws_security_group\.\w+\.id/);
    expect(configuration).toMatch(/^acme-dev-card-fraud-\$\{substr\(sha256\(join\(.*aws_kms_key\.\w+\.arn/);
  });

  test('stay if nothing changes, also if another endpoint of the same content is beside it', () => {
    expect(namesOf(() => ({}))).toEqual([models, configuration]);
  });

  test('are another with another model: its configuration refers to it', () => {
    const [otherModels, other] = namesOf((s) => ({ variants: { champion: { model: modelIn(s, 2) } } }));
    expect(otherModels).not.toEqual(models);
    expect(other).not.toBe(configuration);
  });

  test.each<[string, (s: Stack) => Partial<SageMakerEndpointProps>]>([
    ['another type of instance', () => ({ invocation: Invocation.realTime({ instanceType: 'ml.m5.xlarge' }) })],
    [
      'more instances',
      () => ({ invocation: Invocation.realTime({ instanceType: 'ml.m5.large', instances: Instances.fixed(2) }) }),
    ],
    ['captured data', (s) => ({ capture: { zone: captureZoneIn(s), retentionDays: 30 } })],
  ])('change for the configuration alone with %s', (_, props) => {
    const [sameModels, other] = namesOf(props);
    expect(sameModels).toEqual(models);
    expect(other).not.toBe(configuration);
  });

  test('stay with another rollout, more logs, or a change of scaling that does not reach a deployment', () => {
    expect(namesOf(() => ({ rollout: Rollout.allAtOnce(), logRetentionDays: 30 }))).toEqual([models, configuration]);
    const scaledTo = (max: number) =>
      namesOf(() => ({ invocation: Invocation.realTime({ instanceType: 'ml.m5.large', instances: scaled({ max }) }) }));
    expect(scaledTo(8)).toEqual(scaledTo(6));
  });

  test('are plain text where everything is known', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const source = ModelSource.fromImage({ image: SERVING_IMAGE });
    new ServedModel(s, 'Model', { name: 'plain', source, role });
    const [model] = Template.synth(s).all('aws_sagemaker_model');
    expect(model!.name).toMatch(/^acme-dev-plain-/);
    expect(model!.enable_network_isolation).toBeUndefined();
  });
});

describe('several models', () => {
  const template = templateOf((s) => ({
    variants: twoIn(s),
    traffic: Traffic.split({ champion: 90, challenger: 10 }),
    rollout: Rollout.canary({ rollback: { latencyMs: 300, minRequests: 50, errorPercent: 2 } }),
  }));

  test('share requests by their weights, and are watched one by one', () => {
    const variants = template.one(CONFIGURATION).production_variants as unknown as Record<string, unknown>[];
    expect(variants.map(({ variant_name: name, initial_variant_weight: weight }) => [name, weight])).toEqual([
      ['champion', 90],
      ['challenger', 10],
    ]);
    const alarms = template.all('aws_cloudwatch_metric_alarm');
    expect(alarms.map(({ alarm_name: name }) => name)).toEqual([
      'acme-dev-card-fraud-rollback-errors-challenger',
      'acme-dev-card-fraud-rollback-errors-champion',
      'acme-dev-card-fraud-rollback-latency-challenger',
      'acme-dev-card-fraud-rollback-latency-champion',
    ]);
    expect(alarms.map(({ treat_missing_data: missing }) => missing)).toEqual(alarms.map(() => 'notBreaching'));
    const latency = alarms.at(-1)!;
    expect(latency).toMatchObject({
      metric_name: 'ModelLatency',
      threshold: 300_000, // microseconds
      extended_statistic: 'p99',
      // of the new fleet alone: while the version in production fails, one that mends it must not be rolled back
      dimensions: {
        EndpointName: 'acme-dev-card-fraud',
        VariantName: 'champion',
        EndpointConfigName: expect.stringMatching(/^\$\{aws_sagemaker_endpoint_configuration\.[\w-]+\.name\}$/),
      },
    });
    const [share] = alarms[1]!.metric_query as unknown as { expression: string }[];
    expect(share!.expression).toBe('IF(all >= 50, 100 * FILL(failed, 0) / all, 0)');
    expect(alarms[1]!.threshold).toBe(2);
  });

  test('may have a model that is ready and gets no request', () => {
    const waiting = templateOf((s) => ({
      variants: twoIn(s),
      traffic: Traffic.split({ champion: 1, challenger: 0 }),
    }));
    expect(waiting.one(CONFIGURATION).production_variants).toEqual([
      expect.objectContaining({ variant_name: 'champion', initial_variant_weight: 1 }),
      expect.objectContaining({ variant_name: 'challenger', initial_variant_weight: 0 }),
    ]);
  });

  test('may be one that answers, and one that gets copies', () => {
    const shadowed = templateOf((s) => ({
      variants: twoIn(s),
      traffic: Traffic.shadow({ live: 'champion', shadow: 'challenger', percent: 20 }),
    }));
    expect(shadowed.one(CONFIGURATION)).toMatchObject({
      production_variants: [{ variant_name: 'champion', initial_variant_weight: 1 }],
      shadow_production_variants: [{ variant_name: 'challenger', initial_variant_weight: 0.2 }],
    });
    // a shadow can come and go: it answers nobody
    expect(shadowed.all('terraform_data')).toContainEqual(expect.objectContaining({ input: { choice: 'champion' } }));
    expect(shadowed.all('aws_cloudwatch_metric_alarm')).toHaveLength(1);
  });

  test('may have instances of their own', () => {
    const sized = templateOf((s) => ({
      variants: {
        champion: { model: modelIn(s) },
        challenger: { model: modelIn(s, 2), instanceType: 'ml.g5.xlarge', instances: Instances.fixed(3) },
      },
      traffic: Traffic.split({ champion: 1, challenger: 1 }),
    })).one(CONFIGURATION);
    expect(sized.production_variants).toEqual([
      expect.objectContaining({ instance_type: 'ml.m5.large', initial_instance_count: 1 }),
      expect.objectContaining({ instance_type: 'ml.g5.xlarge', initial_instance_count: 3 }),
    ]);
    // the store of a g5 takes no key, and SageMaker refuses one for the whole configuration
    expect(sized.kms_key_arn).toBeUndefined();
  });
});

type Resources = Record<string, Record<string, Record<string, any>>>;

/** What is made before it is destroyed, and depends on a resource, directly or not. */
function madeBeforeAndAfter(template: Template, address: string): string[] {
  const all = Object.entries(template.json.resource as Resources).flatMap(([type, ones]) =>
    Object.entries(ones).map(([id, one]) => ({ name: `${type}.${id}`, one, text: JSON.stringify(one) })),
  );
  const after = new Set([address]);
  for (let before = 0; before < after.size; ) {
    before = after.size;
    for (const { name, text } of all) {
      if ([...after].some((one) => new RegExp(`\\b${one.replace('.', '\\.')}\\b`).test(text))) after.add(name);
    }
  }
  return all.filter(({ name, one }) => after.has(name) && one.lifecycle?.create_before_destroy).map(({ name }) => name);
}

describe('scaling', () => {
  test('follows the requests of each instance, between limits, from the minimum on', () => {
    const template = templateOf(() => ({
      invocation: Invocation.realTime({
        instanceType: 'ml.m5.large',
        instances: scaled({
          schedules: { morning: { cron: 'cron(0 7 * * ? *)', zone: 'Europe/Stockholm', min: 4, max: 8 } },
        }),
      }),
    }));
    expect(template.one(CONFIGURATION).production_variants).toEqual([
      expect.objectContaining({ initial_instance_count: 2 }),
    ]);
    expect(template.one('aws_appautoscaling_target')).toMatchObject({
      resource_id: 'endpoint/acme-dev-card-fraud/variant/champion',
      min_capacity: 2,
      max_capacity: 6,
      depends_on: [expect.stringMatching(/^aws_sagemaker_endpoint\./)], // it is deregistered before the endpoint goes
    });
    expect(template.one('aws_appautoscaling_policy').target_tracking_scaling_policy_configuration).toMatchObject({
      predefined_metric_specification: { predefined_metric_type: 'SageMakerVariantInvocationsPerInstance' },
      target_value: 300,
      scale_in_cooldown: 300,
      scale_out_cooldown: 60,
    });
    expect(template.one('aws_appautoscaling_scheduled_action')).toMatchObject({
      schedule: 'cron(0 7 * * ? *)',
      timezone: 'Europe/Stockholm',
      scalable_target_action: { min_capacity: '4', max_capacity: '8' },
    });
    // a schedule changes the limits of the target: the next apply must not take them back
    expect(template.one('aws_appautoscaling_target').lifecycle).toMatchObject({
      ignore_changes: ['min_capacity', 'max_capacity'],
    });
  });

  test('without schedules has the limits of the file', () => {
    const { lifecycle } = templateOf(() => ({
      invocation: Invocation.realTime({ instanceType: 'ml.m5.large', instances: scaled() }),
    })).one('aws_appautoscaling_target');
    expect(lifecycle).not.toHaveProperty('ignore_changes');
  });

  test('ends before the endpoint gets another instance type, and begins afterwards: SageMaker refuses it of a target', () => {
    const s = acmeStack();
    const instances = Instances.scaling({
      min: 2,
      max: 6,
      target: 300,
      schedules: { morning: { cron: 'cron(0 7 * * ? *)', zone: 'Europe/Stockholm', min: 4, max: 8 } },
    });
    const endpoint = endpointIn(s, {
      variants: {
        champion: { model: modelIn(s, 1), instances },
        challenger: { model: modelIn(s, 2), instanceType: 'ml.m5.xlarge' },
      },
      traffic: Traffic.split({ champion: 90, challenger: 10 }),
    });
    new EndpointDoor(s, 'Door', {
      name: 'fraud',
      endpoint,
      auth: DoorAuth.iam(),
      reach: DoorReach.vpc('vpce-0a1b2c3d'),
      encryptionKey: keyIn(s, 'DoorKey'),
    });
    const specs = endpointAlarms({
      ...endpoint,
      endpointName: endpoint.endpointName,
      variants: [{ name: 'champion' }],
    });
    new Watch(s, 'Watch', { thing: 'fraud', specs, actions: actionsIn(s) });
    const template = Template.synth(s);
    const types = Object.entries((template.json.resource as Resources).terraform_data!).find(
      ([, one]) => typeof one.triggers_replace === 'object',
    )!;
    const anchor = `terraform_data.${types[0]}`;
    expect(types[1].triggers_replace).toEqual({ champion: 'ml.m5.large', challenger: 'ml.m5.xlarge' });
    expect(template.one('aws_sagemaker_endpoint').depends_on).toContain(anchor);
    const target = template.one('aws_appautoscaling_target');
    expect(target.lifecycle).toMatchObject({ replace_triggered_by: [anchor] });
    for (const type of ['aws_appautoscaling_policy', 'aws_appautoscaling_scheduled_action']) {
      // they go with their target
      expect(template.one(type).lifecycle).toEqual({
        replace_triggered_by: [expect.stringMatching(/^aws_appautoscaling_target\./)],
      });
    }
    // what such a resource depends on is made before it is destroyed as well: the targets would end too late, and an endpoint whose
    // first deployment failed could never be made again under its name
    expect(madeBeforeAndAfter(template, anchor)).toEqual([]);
  });

  test('of an asynchronous endpoint follows the requests that wait, and starts the first instance for one', () => {
    const template = templateOf((s) => ({
      invocation: Invocation.asynchronous({
        instanceType: 'ml.g5.xlarge',
        instances: Instances.scaling({ min: 0, max: 4, target: 5 }),
        bucket: new Bucket(s, 'Requests', { encryptionKey: keyIn(s, 'RequestKey') }),
      }),
    }));
    expect(template.one(CONFIGURATION).production_variants).toEqual([
      expect.objectContaining({ initial_instance_count: 1 }), // SageMaker starts no variant without
    ]);
    const [track, wake] = template.all('aws_appautoscaling_policy');
    expect(track!.target_tracking_scaling_policy_configuration).toMatchObject({
      customized_metric_specification: { metric_name: 'ApproximateBacklogSizePerInstance' },
    });
    expect(wake).toMatchObject({ policy_type: 'StepScaling' });
    const alarms = template.all('aws_cloudwatch_metric_alarm');
    expect(alarms.map(({ metric_name: name }) => name)).toContain('HasBacklogWithoutCapacity');
  });

  test('of an asynchronous endpoint that has no instance at night alone starts one for a request too', () => {
    const night = { cron: 'cron(0 22 * * ? *)', min: 0, max: 4 };
    const template = templateOf((s) => ({
      invocation: Invocation.asynchronous({
        instanceType: 'ml.g5.xlarge',
        instances: Instances.scaling({ min: 1, max: 4, target: 5, schedules: { night } }),
        bucket: new Bucket(s, 'Requests', { encryptionKey: keyIn(s, 'RequestKey') }),
      }),
    }));
    const alarms = template.all('aws_cloudwatch_metric_alarm');
    expect(alarms.map(({ metric_name: name }) => name)).toContain('HasBacklogWithoutCapacity');
  });

  test.each<[string, () => unknown, string]>([
    [
      'fewer instances at a deployment than the scaling keeps',
      () => scaled({ initial: 1 }),
      "'initial' must be at least the minimum 2: each deployment starts with it, got 1; write 2 or more, or remove it",
    ],
    ['a maximum below the minimum', () => scaled({ max: 1 }), "'max' must be at least the minimum 2, got 1; raise it"],
    ['more at a deployment than ever', () => scaled({ initial: 7 }), "'initial' must be at most the maximum 6, got 7"],
    ['no target', () => scaled({ target: 0 }), "'target' must be at least 0.001, got 0"],
    [
      'a time with a maximum below its minimum',
      () => scaled({ schedules: { night: { cron: 'cron(0 22 * * ? *)', zone: 'UTC', min: 3, max: 1 } } }),
      "'schedules.night.max' must be at least the minimum 3, got 1; raise it",
    ],
    ['no instance at all', () => Instances.fixed(0), "'count' must be between 1 and 1000, got 0"],
    [
      'nobody who answers at once',
      () => Invocation.realTime({ instanceType: 'ml.m5.large', instances: scaled({ min: 0 }) }),
      "'instances' must be at least 1, got a minimum of 0: who asks would wait for none; take Invocation.asynchronous",
    ],
  ])('is refused with %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('captured data', () => {
  const s = acmeStack();
  const zone = captureZoneIn(s);
  const endpoint = endpointIn(s, {
    variants: twoIn(s),
    traffic: Traffic.shadow({ live: 'champion', shadow: 'challenger' }),
    capture: { zone, samplingPercent: 50, retentionDays: 30, classification: 'personal' },
  });
  const analyst = roleIn(s, 'Analyst');
  endpoint.captured!.grantRead(analyst);
  const template = Template.synth(s);

  test('is written both ways into the zone, with its key', () => {
    expect(template.one(CONFIGURATION).data_capture_config).toMatchObject({
      enable_capture: true,
      initial_sampling_percentage: 50,
      capture_options: [{ capture_mode: 'Input' }, { capture_mode: 'Output' }],
      capture_content_type_header: { csv_content_types: ['text/csv'], json_content_types: ['application/json'] },
      destination_s3_uri: expect.stringMatching(/^s3:\/\/\$\{aws_s3_bucket\.\w+\.bucket\}\/captured$/),
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.CaptureKey\w*\.arn\}$/),
    });
    const policy = template.policyOf(endpoint.role);
    const folder = `${zone.bucket.bucketArn}/captured/acme-dev-card-fraud`;
    expect(policy).toAllow({ actions: WRITE, resources: `${folder}/champion/2026/11/27/14/a.jsonl` });
    expect(policy).toAllow({ actions: [...ENCRYPT, ...DECRYPT], resources: zone.bucket.encryptionKey!.keyArn });
    expect(policy.allowsAny({ actions: WRITE, resources: `${zone.bucket.bucketArn}/captured/other/a.jsonl` })).toBe(
      false,
    );
  });

  test('is a table whose partitions Athena computes from the folders that SageMaker makes', () => {
    const table = template.all('aws_glue_catalog_table').find(({ name }) => name === 'captured_card_fraud')!;
    expect(table).toMatchObject({
      owner: 'fraud',
      partition_keys: [
        { name: 'variant', type: 'string' },
        { name: 'hour', type: 'string' },
      ],
      parameters: {
        'data-classification': 'personal',
        'projection.variant.values': 'champion,challenger',
        'projection.hour.format': 'yyyy/MM/dd/HH',
        'projection.hour.interval.unit': 'HOURS',
        'storage.location.template': expect.stringMatching(
          /\/captured\/acme-dev-card-fraud\/\$\$\{variant\}\/\$\$\{hour\}$/,
        ),
      },
    });
    expect(template.policyOf(analyst)).toAllow({ actions: ['glue:GetTable', 's3:GetObject'] });
    const { columns, ser_de_info: reader } = table.storage_descriptor as never as {
      columns: { name: string; type: string }[];
      ser_de_info: object;
    };
    // a list, which this reader makes of a text too: nobody has documented which of the two SageMaker writes
    expect(columns.find(({ name }) => name === 'eventmetadata')!.type).toContain('<customattributes:array<string>,');
    expect(reader).toEqual({ serialization_library: 'org.openx.data.jsonserde.JsonSerDe' });
  });

  test('is deleted after its days, before other data of the zone', () => {
    const rules = template
      .all('aws_s3_bucket_lifecycle_configuration')
      .flatMap(({ rule }) => rule as unknown as Record<string, unknown>[]);
    expect(rules).toContainEqual(
      expect.objectContaining({
        filter: [{ prefix: 'captured/acme-dev-card-fraud/' }],
        expiration: [{ days: 30 }],
      }),
    );
  });

  const capture = (props: object) => () => {
    const own = acmeStack();
    endpointIn(own, { capture: { zone: captureZoneIn(own), classification: 'internal', ...props } });
  };
  test.each<[string, () => unknown, string]>([
    [
      'personal data without an end',
      capture({ classification: 'personal' }),
      "'retentionDays' must be set for personal data, got undefined; say after how many days requests and answers are deleted",
    ],
    [
      'data that the zone must not hold',
      () => {
        const own = acmeStack();
        endpointIn(own, { capture: { zone: lakeIn(own).zone('raw'), classification: 'personal' } });
      },
      "'classification' must not be above the zone's (confidential), got 'personal'; take a zone for such data",
    ],
    ['more than everything', capture({ samplingPercent: 101 }), "'samplingPercent' must be between 1 and 100, got 101"],
    ['nothing', capture({ samplingPercent: 0 }), "'samplingPercent' must be between 1 and 100, got 0"],
    ['no day', capture({ retentionDays: 0 }), "'retentionDays' must be between 1 and 36500, got 0"],
  ])('is refused with %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a serverless endpoint', () => {
  const serverless = (s: Stack): Partial<SageMakerEndpointProps> => ({
    invocation: Invocation.serverless({ memoryMib: 4096, maxConcurrency: 20, provisionedConcurrency: 2 }),
    network: undefined,
    variants: { champion: { model: modelIn(s) } },
  });

  test('has memory and concurrency, and neither a VPC nor a key nor isolation', () => {
    const template = templateOf(serverless);
    const configuration = template.one(CONFIGURATION);
    expect(configuration.production_variants).toEqual([
      {
        variant_name: 'champion',
        model_name: expect.stringMatching(/^\$\{aws_sagemaker_model\./),
        initial_variant_weight: 1,
        serverless_config: { memory_size_in_mb: 4096, max_concurrency: 20, provisioned_concurrency: 2 },
      },
    ]);
    expect(configuration.kms_key_arn).toBeUndefined();
    const [model] = template.all('aws_sagemaker_model');
    expect(model!.vpc_config).toBeUndefined();
    expect(model!.enable_network_isolation).toBeUndefined();
    expect(template.all('aws_security_group')).toEqual([]);
  });

  const refused = (props: (s: Stack) => Partial<SageMakerEndpointProps>) => () => {
    const s = acmeStack();
    endpointIn(s, { ...serverless(s), ...props(s) });
  };
  test.each<[string, () => unknown, string]>([
    [
      'a network',
      refused((s) => ({ network: endpointPropsIn(s).network })),
      "'network' must not be set on a serverless endpoint, which runs in no VPC; remove it, or take instances",
    ],
    [
      'captured data',
      refused((s) => ({ capture: { zone: captureZoneIn(s), retentionDays: 30 } })),
      "'capture' must not be set on a serverless endpoint, which captures nothing; remove it, or take instances",
    ],
    [
      'two models that answer',
      refused((s) => ({ variants: twoIn(s), traffic: Traffic.split({ champion: 1, challenger: 1 }) })),
      "'traffic' must not divide the requests of a serverless endpoint, which has one variant; keep one model, or take instances",
    ],
    [
      'a shadow',
      refused((s) => ({
        variants: twoIn(s),
        traffic: Traffic.shadow({ live: 'champion', shadow: 'challenger' }),
      })),
      "'traffic' must not be set on a serverless endpoint, which has no shadow; remove it, or take instances",
    ],
    [
      'a rolling update',
      refused(() => ({ rollout: Rollout.rolling({ percent: 50 }) })),
      "'rollout' must not be rolling on a serverless endpoint, which has no instances to replace one by one; take canary or linear",
    ],
    ['isolation', refused(() => ({ isolated: true })), "'isolated' must not be true on a serverless endpoint"],
    [
      'instances of a variant',
      refused((s) => ({ variants: { champion: { model: modelIn(s), instanceType: 'ml.m5.large' } } })),
      "'variants.champion' must have no instances: the endpoint is serverless",
    ],
    [
      'memory in other steps',
      () => Invocation.serverless({ memoryMib: 1500 }),
      "'memoryMib' must be a multiple of 1024, got 1500",
    ],
    [
      'too much memory',
      () => Invocation.serverless({ memoryMib: 7168 }),
      "'memoryMib' must be between 1024 and 6144, got 7168",
    ],
    [
      'more capacity ready than it has',
      () => Invocation.serverless({ maxConcurrency: 5, provisionedConcurrency: 6 }),
      "'provisionedConcurrency' must be between 1 and 5, got 6",
    ],
  ])('is refused with %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('an asynchronous endpoint', () => {
  const asynchronous = (s: Stack, more: object = {}): Partial<SageMakerEndpointProps> => ({
    invocation: Invocation.asynchronous({
      instanceType: 'ml.m5.large',
      bucket: new Bucket(s, 'Requests', { encryptionKey: keyIn(s, 'RequestKey') }),
      concurrency: 4,
      errorTopicArn: 'arn:aws:sns:eu-north-1:111122223333:failures',
      ...more,
    }),
  });

  test('takes requests from a folder and writes answers beside it; who asks writes there and reads here', () => {
    const s = acmeStack();
    const endpoint = endpointIn(s, asynchronous(s));
    const caller = roleIn(s, 'Caller');
    endpoint.grantInvoke(caller);
    const template = Template.synth(s);
    const { bucketArn } = endpoint.requests!.bucket;
    expect(template.one(CONFIGURATION).async_inference_config).toMatchObject({
      client_config: { max_concurrent_invocations_per_instance: 4 },
      output_config: {
        s3_output_path: expect.stringMatching(/\/acme-dev-card-fraud\/answers$/),
        s3_failure_path: expect.stringMatching(/\/acme-dev-card-fraud\/failures$/),
        notification_config: { error_topic: 'arn:aws:sns:eu-north-1:111122223333:failures' },
      },
    });
    const own = template.policyOf(endpoint.role);
    expect(own).toAllow({ actions: READ, resources: `${bucketArn}/acme-dev-card-fraud/requests/1.json` });
    expect(own).toAllow({ actions: WRITE, resources: `${bucketArn}/acme-dev-card-fraud/answers/1.out` });
    expect(own).toAllow({ actions: 'sns:Publish', resources: 'arn:aws:sns:eu-north-1:111122223333:failures' });
    const policy = template.policyOf(caller);
    expect(policy).toAllow({ actions: 'sagemaker:InvokeEndpointAsync', resources: endpoint.endpointArn });
    expect(policy).toAllow({ actions: WRITE, resources: `${bucketArn}/acme-dev-card-fraud/requests/1.json` });
    expect(policy.allowsAny({ actions: WRITE, resources: `${bucketArn}/acme-dev-card-fraud/answers/1.out` })).toBe(
      false,
    );
    expect(policy.allowsAny({ actions: 'sagemaker:InvokeEndpoint' })).toBe(false);
    const [alarm] = template.all('aws_cloudwatch_metric_alarm');
    expect(JSON.stringify(alarm!.metric_query)).toContain('InvocationFailures');
  });

  test.each<[string, (s: Stack) => Partial<SageMakerEndpointProps>, string]>([
    [
      'captured data',
      (s) => ({ capture: { zone: captureZoneIn(s), retentionDays: 30 } }),
      "'capture' must not be set on an asynchronous endpoint, whose requests and answers are in its bucket already",
    ],
    [
      'a shadow',
      (s) => ({ variants: twoIn(s), traffic: Traffic.shadow({ live: 'champion', shadow: 'challenger' }) }),
      "'traffic' must not be set on an asynchronous endpoint, which has no shadow",
    ],
  ])('is refused with %s', (_, props, message) => {
    const s = acmeStack();
    expect(() => endpointIn(s, { ...asynchronous(s), ...props(s) })).toThrow(message);
  });
});

describe('where a model comes from', () => {
  test('is a version of the registry: who serves it reads its files and pulls its image', () => {
    const s = acmeStack();
    const packages = new ModelPackageGroup(s, 'Group', { name: 'card-fraud' });
    const artifacts = { bucket: new Bucket(s, 'Training'), prefix: 'card-fraud/output/*' };
    const grantPull = jest.fn();
    const source = ModelSource.fromPackage({
      packages,
      packageVersion: 12,
      artifacts: [artifacts],
      images: [{ grantPull }],
    });
    const endpoint = endpointIn(s, { variants: { champion: { model: source } } });
    const template = Template.synth(s);
    const [model] = template.all('aws_sagemaker_model');
    expect(model!.primary_container).toEqual({
      model_package_name: expect.stringMatching(/^arn:aws:sagemaker:eu-north-1:111122223333:model-package\/.*\/12$/),
    });
    expect(grantPull).toHaveBeenCalledWith(endpoint.role);
    const policy = template.policyOf(endpoint.role);
    expect(policy).toAllow({
      actions: READ,
      resources: `${artifacts.bucket.bucketArn}/card-fraud/output/1/model.tar.gz`,
    });
  });

  test('is a version of another account, an archive of the store, or an image alone', () => {
    const s = acmeStack();
    const store = new ModelStore(s, 'Store', { encryptionKey: keyIn(s) });
    const bucket = new Bucket(s, 'Files');
    const packageArn = 'arn:aws:sagemaker:eu-north-1:444455556666:model-package/acme-card-fraud/3';
    expect(ModelSource.fromPackageArn({ packageArn, artifacts: [{ bucket }], images: [] }).packageArn).toBe(packageArn);
    const stored = ModelSource.fromStore({ store, model: 'churn', version: '7', image: SERVING_IMAGE });
    expect(Template.synth(s).resolve(stored.container.modelDataUrl!)).toMatch(/\/churn\/7\/model\.tar\.gz$/);
    expect(ModelSource.fromImage({ image: SERVING_IMAGE, environment: { MODE: 'fast' } }).container).toEqual({
      image: SERVING_IMAGE,
      environment: { MODE: 'fast' },
    });
  });

  test.each<[string, () => unknown, string]>([
    [
      'version 0',
      () => ModelSource.fromPackage({ packages: {} as never, packageVersion: 0, artifacts: [], images: [] }),
      "'packageVersion' must be between 1 and 1000000, got 0",
    ],
    [
      'the ARN of a group',
      () =>
        ModelSource.fromPackageArn({
          packageArn: 'arn:aws:sagemaker:eu-north-1:444455556666:model-package-group/a',
          artifacts: [],
          images: [],
        }),
      "'packageArn' must be the ARN of a version of a model package such as",
    ],
    ['an image that may move', () => ModelSource.fromImage({ image: 'serve' }), "'image' must be an image in ECR"],
    [
      'an artifact that is no archive',
      () => ModelSource.fromImage({ image: SERVING_IMAGE, artifact: { bucket: {} as never, key: 'model.pkl' } }),
      "'artifact.key' must be the key of an archive such as churn/12/model.tar.gz, got 'model.pkl'",
    ],
    [
      'a variable that is none',
      () => ModelSource.fromImage({ image: SERVING_IMAGE, environment: { 'a-b': '1' } }),
      "'environment' must be letters, digits and _, got 'a-b'",
    ],
  ])('is refused with %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('an endpoint is refused', () => {
  test.each<[string, (s: Stack) => Partial<SageMakerEndpointProps>, string]>([
    [
      'without a network',
      () => ({ network: undefined }),
      "'network' must be set, got undefined: the containers run in it",
    ],
    ['without a model', () => ({ variants: {} }), "'variants' must be 1 to 10, got 0"],
    [
      'with two models and no word about the requests',
      (s) => ({ variants: twoIn(s) }),
      "'traffic' must say how requests are divided among the variants, got undefined",
    ],
    [
      'with traffic of others',
      (s) => ({ variants: twoIn(s), traffic: Traffic.split({ champion: 1, other: 1 }) }),
      "'traffic' must name each of the variants champion, challenger, got champion, other",
    ],
    [
      'with a rolling update of two models',
      (s) => ({
        variants: twoIn(s),
        traffic: Traffic.split({ champion: 1, challenger: 1 }),
        rollout: Rollout.rolling({ percent: 50 }),
      }),
      "'rollout' must not be rolling while two models answer: SageMaker rolls one variant only; take canary or linear, or remove the other model",
    ],
    [
      'with a shadow beside two models that answer',
      (s) => ({
        variants: { ...twoIn(s), third: { model: modelIn(s, 3) } },
        traffic: Object.assign(Traffic.split({ champion: 1, challenger: 1 }), {
          shadow: { name: 'third', percent: 10 },
        }),
      }),
      "'traffic' must not be set while two models answer: SageMaker copies requests of one model only; remove the shadow, or the other model",
    ],
    [
      'with more alarms than a rollback takes',
      () => ({
        rollout: Rollout.canary({ rollback: { alarmNames: Array.from({ length: 10 }, (_, index) => `a${index}`) } }),
      }),
      "'rollout' must have at most 10 alarms, got 1 of the variants and 10 others; combine the others into one",
    ],
    [
      'with a retention that a log does not have',
      () => ({ logRetentionDays: 31 }),
      "'logRetentionDays' must be one of 1, 3, 5",
    ],
    [
      'with a variant that has no name',
      (s) => ({ variants: { Champion: { model: modelIn(s) } } }),
      "'variants' must be up to 63",
    ],
    [
      'with a variant of a burstable type that is scaled',
      (s) => ({ variants: { champion: { model: modelIn(s), instanceType: 'ml.t2.medium', instances: scaled() } } }),
      "'variants.champion.instanceType' must not be a burstable type while it is scaled: Application Auto Scaling takes none, got 'ml.t2.medium'; take another",
    ],
    [
      'with a variant that waits for nobody at night',
      (s) => {
        const night = { cron: 'cron(0 22 * * ? *)', min: 0, max: 1 };
        return { variants: { champion: { model: modelIn(s), instances: scaled({ schedules: { night } }) } } };
      },
      "'variants.champion.instances' must be at least 1, got a minimum of 0: who asks would wait for none",
    ],
    [
      'with a variant that waits for nobody',
      (s) => ({ variants: { champion: { model: modelIn(s), instances: scaled({ min: 0 }) } } }),
      "'variants.champion.instances' must be at least 1, got a minimum of 0: who asks would wait for none",
    ],
  ])('%s', (_, props, message) => {
    const s = acmeStack();
    expect(() => endpointIn(s, props(s))).toThrow(message);
  });
});

test('an endpoint that exists is asked as one of the app', () => {
  const s = acmeStack();
  const endpoint = SageMakerEndpoint.fromEndpointAttributes(s, 'Other', { endpointName: 'acme-dev-card-fraud' });
  const caller = roleIn(s, 'Caller');
  endpoint.grantInvoke(caller);
  expect(endpoint.endpointArn).toBe(ARN);
  expect(Template.synth(s).policyOf(caller)).toAllow({ actions: 'sagemaker:InvokeEndpoint', resources: ARN });
});

test('logs go with the endpoint only if both keys say so', () => {
  const removal = (stack: 'retain' | 'destroy', own: 'retain' | 'destroy') => {
    const s = acmeStack({ removal: stack });
    endpointIn(s, { removal: own });
    return Template.synth(s).all('aws_cloudwatch_log_group')[0]!;
  };
  expect(removal('destroy', 'destroy').skip_destroy).toBe(false);
  expect(removal('destroy', 'retain').skip_destroy).toBe(true);
  expect(removal('retain', 'destroy').lifecycle).toEqual({ prevent_destroy: true });
});

test('parts can be made by themselves', () => {
  const s = acmeStack();
  const endpoint = endpointIn(s);
  new EndpointScaling(s, 'Scaling', {
    endpointName: endpoint.endpointName,
    name: 'mine',
    variantName: 'champion',
    invocation: 'real-time',
    options: { min: 1, max: Token.asNumber(4), target: 10 },
    after: endpoint.resource,
  });
  new RollbackAlarms(s, 'Alarms', {
    endpointName: endpoint.endpointName,
    name: 'mine',
    invocation: 'real-time',
    variantNames: ['champion'],
    rollback: Rollout.canary().rollback,
  });
  new CapturedData(s, 'Captured', {
    zone: captureZoneIn(s),
    endpointName: 'of-others',
    retentionDays: 7,
    tableName: 'captured_others',
    variantNames: ['all'],
    owner: 'fraud',
  });
  expect(Template.synth(s).all('aws_appautoscaling_target')).toHaveLength(1);
});
