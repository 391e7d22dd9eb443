import '../../lib/testing/jest';
import { ModelMonitor, type ModelMonitorProps } from '../../lib/monitoring/drift/model-monitor';
import { Template } from '../../lib/testing';
import { modelMonitorPropsIn } from '../support/drift';
import { lintPolicies } from '../support/iam-lint';
import { endpointIn } from '../support/serving';
import { acmeStack, READ } from '../support/stack';

function monitorIn(props: Partial<ModelMonitorProps> = {}, s = acmeStack()): [ModelMonitor, Template] {
  const monitor = new ModelMonitor(s, 'Monitor', { ...modelMonitorPropsIn(s), ...props });
  return [monitor, Template.synth(s)];
}

const definitionOf = (template: Template) => template.one('aws_sagemaker_data_quality_job_definition');
const scheduleOf = (template: Template) => template.one('aws_sagemaker_monitoring_schedule');
const cronIn = (everyHours: number) =>
  scheduleOf(monitorIn({ everyHours })[1]).monitoring_schedule_config.schedule_config.schedule_expression;

describe('Model Monitor', () => {
  const [monitor, template] = monitorIn();

  test('reads what the endpoint captures, in the network, with the key and on the instance of the workspace', () => {
    expect(template.resolve(definitionOf(template))).toMatchObject({
      data_quality_app_specification: {
        image_uri: '895015795356.dkr.ecr.eu-north-1.amazonaws.com/sagemaker-model-monitor-analyzer',
        environment: { publish_cloudwatch_metrics: 'Enabled' },
      },
      data_quality_job_input: { endpoint_input: { local_path: '/opt/ml/processing/input/endpoint' } },
      job_resources: { cluster_config: { instance_count: 1, instance_type: 'ml.m5.xlarge', volume_size_in_gb: 30 } },
      network_config: { enable_network_isolation: false, vpc_config: { subnets: expect.anything() } },
      stopping_condition: { max_runtime_in_seconds: 3600 },
    });
    const { kms_key_id, monitoring_outputs } = definitionOf(template).data_quality_job_output_config;
    expect(kms_key_id).toMatch(/^\$\{aws_kms_key\./); // reports are about what people sent
    expect(monitoring_outputs.s3_output.s3_uri).toMatch(/\/model-monitor\/card-fraud\/$/);
  });

  test('goes over to a changed definition without a gap: a definition is immutable, and in use', () => {
    const [, changed] = monitorIn({ maxRuntimeMinutes: 30 });
    expect(definitionOf(changed).name).not.toBe(definitionOf(template).name);
    expect(definitionOf(changed).lifecycle).toEqual({ create_before_destroy: true });
    expect(scheduleOf(changed).name).toBe(scheduleOf(template).name);
    expect(definitionOf(monitorIn()[1]).name).toBe(definitionOf(template).name);
  });

  test('runs when SageMaker can: on the hour, in one of three forms', () => {
    expect([1, 6, 24].map(cronIn)).toEqual(['cron(0 * ? * * *)', 'cron(0 0/6 ? * * *)', 'cron(0 0 ? * * *)']);
  });

  test('may read captures and baseline, write its reports, publish its metrics, and pull the analyzer', async () => {
    const { statements } = template.policyOf(monitor.role);
    const of = (action: string) => statements.filter(({ actions }) => actions?.includes(action));
    const readable = of(READ[0]!).flatMap(({ resources }) => resources ?? []);
    expect(readable.map((arn) => String(arn).replace(/^.*\}/, '')).sort()).toEqual([
      '/baselines/constraints.json',
      '/baselines/statistics.json',
      expect.stringMatching(/\/champion\/\*$/),
    ]);
    expect(of('cloudwatch:PutMetricData').at(-1)!.conditions).toEqual({
      StringLike: {
        'cloudwatch:namespace': ['aws/sagemaker/Endpoints/data-metric*', '/aws/sagemaker/Endpoints/data-metric*'],
      },
    });
    expect(of('ecr:BatchGetImage')[0]!.resources).toEqual([
      'arn:aws:ecr:eu-north-1:895015795356:repository/sagemaker-model-monitor-analyzer',
    ]);
    expect(await lintPolicies(template)).toEqual([]);
  });
});

test.each<[title: string, Partial<ModelMonitorProps>, ...messages: string[]]>([
  [
    'a new customer',
    { existingCustomer: false as unknown as true },
    "'existingCustomer' must be true, got false: AWS takes no new customers of Model Monitor since 2026-07-30; make a DriftMonitor",
  ],
  [
    'two mistakes, at once',
    { everyHours: 25, name: 'Card Fraud' },
    "'everyHours' must be between 1 and 24, got 25",
    "'name' must",
  ],
  [
    'an hourly monitor that runs longer than an hour',
    { everyHours: 1, maxRuntimeMinutes: 90 },
    "'maxRuntimeMinutes' must be between 1 and 60, got 90",
  ],
  ['a type that the workspace has not', { instanceType: 'ml.c5.large' }, "'instanceType' must be one of"],
])('%s: is refused', (_, props, ...messages) => {
  for (const message of messages) expect(() => monitorIn(props)).toThrow(message);
});

test('an endpoint that captures nothing, and a region without Model Monitor, are refused', () => {
  const s = acmeStack();
  expect(() => monitorIn({ endpoint: endpointIn(s, { name: 'silent' }, 'Silent') }, s)).toThrow(
    /'endpoint' must capture its requests/,
  );
  expect(() => monitorIn({}, acmeStack({ region: 'ap-southeast-7' }))).toThrow(
    /the region must be one with Model Monitor, af-south-1, .*got ap-southeast-7; make a DriftMonitor/,
  );
});
