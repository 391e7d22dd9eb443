import '../../lib/testing/jest';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApprovedBaseline } from '../../lib/monitoring/drift/approved-baseline';
import { Baseline } from '../../lib/monitoring/drift/baseline';
import { DriftBaseline } from '../../lib/monitoring/drift/drift-baseline';
import { DEFAULT_THRESHOLDS, FEATURE_METRICS } from '../../lib/monitoring/drift/drift-limits';
import { DriftMonitor } from '../../lib/monitoring/drift/drift-monitor';
import type { DriftMonitorProps } from '../../lib/monitoring/drift/drift-props';
import { Source } from '../../lib/scheduler/trigger/source';
import { CaptureSource } from '../../lib/serving/captured/capture-source';
import { SMOKE_INFERENCE_ID } from '../../lib/serving/smoke/smoke-limits';
import { matchesEvent, Template } from '../../lib/testing';
import { Pipeline } from '../../lib/training/pipeline/pipeline';
import { approvedBaselinePropsIn, baselinePropsIn, driftPropsIn, lakeBucketIn } from '../support/drift';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, READ, WRITE } from '../support/stack';

const TOPIC = 'arn:aws:sns:eu-north-1:111122223333:alerts';

function monitorIn(props: Partial<DriftMonitorProps> = {}, s = acmeStack()): [DriftMonitor, Template] {
  const monitor = new DriftMonitor(s, 'Fraud', { ...driftPropsIn(s), ...props });
  return [monitor, Template.synth(s)];
}

/** What the program is told, as JSON. */
function settingsOf(template: Template) {
  const object = template.all('aws_s3_object').find(({ key }) => String(key).endsWith('/settings.json'));
  return JSON.parse(String(object!.content));
}

/** Statements of a role that name an action. */
function statements(template: Template, monitor: DriftMonitor, action: string) {
  return template.policyOf(monitor.role).statements.filter(({ actions }) => actions?.includes(action));
}

test('the programs leave out the requests of smoke tests by the ids that those send', () => {
  const program = readFileSync('lib/serving/captured/program/captured/records.py', 'utf8');
  expect(program).toContain(`SMOKE_TEST = "${SMOKE_INFERENCE_ID}"`);
});

describe('a drift monitor', () => {
  const [monitor, template] = monitorIn({ alarmTopicArns: [TOPIC] });
  const alarms = template.all('aws_cloudwatch_metric_alarm');
  const alarm = (end: string) => alarms.find(({ alarm_name }) => String(alarm_name).endsWith(end))!;

  test('shows the worst features of a dashboard by a search, since their names are those of the data', () => {
    const [drifted, psi, missing] = monitor.graphs;
    expect(drifted!.lines[0]!.metrics.features).toMatchObject({
      name: 'DriftedFeatures',
      dimensions: { Monitor: 'acme-dev-fraud' },
    });
    expect(psi).toMatchObject({
      title: 'Population stability index: worst features',
      lines: [
        {
          expression:
            'SORT(SEARCH(\'{MLOps/Drift,Monitor,Feature} MetricName="PSI" Monitor="acme-dev-fraud"\', \'Maximum\', 86400), MAX, DESC, 5)',
        },
      ],
      threshold: { level: 0.1 },
    });
    // what matters is how the part changes, which no line in the graph can show
    expect(missing).not.toHaveProperty('threshold');
  });

  test('shows the metrics that it publishes, with the levels that it was given', () => {
    const [other] = monitorIn({ featureMetrics: ['NewCategories'], thresholds: { newCategories: 0.2 } });
    expect(other.graphs.map(({ title }) => title)).toEqual([
      'Drifted features',
      'New categories, as a part: worst features',
    ]);
    expect(other.graphs[1]!.threshold!.level).toBe(0.2);
  });

  test('ships its program beside the module that reads captured data', () => {
    const files = template.all('aws_s3_object').map(({ key }) => String(key).split('/').slice(3).join('/'));
    expect(files).toEqual(
      expect.arrayContaining(['drift.py', 'settings.json', 'captured/records.py', 'drift_report/main.py']),
    );
    const total = template.all('aws_s3_object').map(({ content }) => String(content));
    for (const content of total) expect(content).not.toMatch(/^EOF$/m); // the end of a heredoc
  });

  test('judges the last day of captured data each morning, and knows the time of its schedule', () => {
    const words = (monitor.job.request().AppSpecification as { ContainerArguments: string[] }).ContainerArguments;
    const name = /\$\{aws_s3_bucket\.LakeBucket\w+\.bucket\}/g;
    expect(String(template.resolve(words.join(' '))).replace(name, 'acme-lake')).toBe(
      'judge --monitor acme-dev-fraud --settings /opt/ml/processing/input/code/settings.json ' +
        '--captured s3://acme-lake/captured/card-fraud/ --baseline s3://acme-lake/baselines/card-fraud/profile.json ' +
        `--report ${template.resolve(monitor.reportsUri)}`,
    );
    expect(template.one('aws_scheduler_schedule').schedule_expression).toBe('cron(0 6 * * ? *)');
    expect(settingsOf(template)).toEqual({
      variants: ['champion', 'challenger'],
      windowHours: 24,
      delayMinutes: 15,
      level: 0.01,
      minRows: 500,
      maxRows: 200_000,
      psi: 0.1,
      missing: 0.05,
      newCategories: 0.01,
      maxUnreadable: 0.05,
      namespace: 'MLOps/Drift',
      featureMetrics: ['PSI', 'MissingRate'],
    });
  });

  test('has the defaults of its program', () => {
    const program = readFileSync(
      join(__dirname, '../../lib/monitoring/drift/program/drift_report/settings.py'),
      'utf8',
    );
    const { psi, missing, newCategories } = DEFAULT_THRESHOLDS;
    const values = { level: 0.01, min_rows: 500, psi, missing, new_categories: newCategories, window_hours: 24 };
    for (const [name, value] of Object.entries(values))
      expect(program).toMatch(new RegExp(`^    ${name}: \\w+ = ${value}$`, 'm'));
    for (const name of FEATURE_METRICS) expect(program).toContain(`"${name}"`);
  });

  test('may read what it judges, write its reports and publish its metrics, and nothing else', () => {
    const read = statements(template, monitor, 's3:GetObject').flatMap(({ resources }) => resources);
    const shown = read.map((one) => template.resolve(String(one)));
    expect(
      shown.map((one) =>
        String(one)
          .replace(/^.*?\//, '')
          .replace(/[0-9a-f]{12}/, 'hash'),
      ),
    ).toEqual([
      expect.stringMatching(/program\/hash\/\*$/),
      'captured/card-fraud/champion/*',
      'captured/card-fraud/challenger/*',
      'baselines/card-fraud/profile.json',
    ]);
    const [write, ...others] = statements(template, monitor, 's3:PutObject');
    expect(others).toEqual([]);
    expect(String(write!.resources)).toMatch(/\/drift\/acme-dev-fraud\/\*$/);
    expect(write!.actions).toEqual(WRITE);
    expect(statements(template, monitor, 's3:GetObject')[0]!.actions).toEqual(READ);
    const metrics = statements(template, monitor, 'cloudwatch:PutMetricData');
    expect(metrics.map(({ conditions }) => conditions)).toContainEqual({
      StringEquals: { 'cloudwatch:namespace': 'MLOps/Drift' },
    });
  });

  test('raises an alarm when a feature has drifted, which holds until a run finds none', () => {
    expect(alarm('-drift')).toMatchObject({
      alarm_name: 'acme-dev-fraud-drift',
      metric_name: 'DriftedFeatures',
      dimensions: { Monitor: 'acme-dev-fraud' },
      comparison_operator: 'GreaterThanThreshold',
      threshold: 0,
      treat_missing_data: 'ignore',
      alarm_actions: [TOPIC],
    });
    expect(template.resolve(monitor.driftAlarmArn)).toMatch(/aws_cloudwatch_metric_alarm|alarm:acme-dev-fraud-drift/);
  });

  test('raises another when nothing was judged for two days: a run that fails publishes nothing', () => {
    expect(alarm('-silent')).toMatchObject({
      metric_name: 'Judged',
      period: 86_400,
      evaluation_periods: 2,
      datapoints_to_alarm: 2,
      treat_missing_data: 'breaching',
    });
  });

  test('is started by a trigger, which keeps what could not be started', () => {
    expect(template.one('aws_sqs_queue')).toBeDefined();
    const { definition } = template.one('aws_sfn_state_machine');
    const { Start, Follow } = JSON.parse(String(template.resolve(String(definition)))).States;
    expect(Start.Resource).toBe('arn:aws:states:::aws-sdk:sagemaker:createProcessingJob');
    expect(JSON.stringify(Follow)).toContain('describeProcessingJob');
  });

  test('has a name of its own, if one is given', () => {
    const [named, other] = monitorIn({ name: 'fraud-drift' });
    expect(named.monitorName).toBe('acme-dev-fraud-drift');
    expect(other.one('aws_sfn_state_machine').name).toBe('acme-dev-trigger-fraud-drift');
    expect(() => monitorIn({ name: 'Fraud' })).toThrow("'name' must be lower-case letters, digits and single hyphens");
  });

  test('has policies that IAM takes', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});

describe('a drift monitor with everything set', () => {
  const s = acmeStack();
  const bucket = lakeBucketIn(s);
  const [monitor, template] = monitorIn(
    {
      baseline: Baseline.dataSet(bucket, 'card-fraud/train', 'csv'),
      features: ['amount', 'country'],
      predictions: ['fraud'],
      ignored: ['id'],
      categories: ['country'],
      on: Source.rate(6, 'hours'),
      windowHours: 6,
      delayMinutes: 0,
      level: 0.001,
      minRows: 100,
      maxRows: 5000,
      thresholds: { psi: 0.25, missing: 0.1, newCategories: 0 },
      featureMetrics: ['KolmogorovSmirnov'],
      silentDays: 1,
      maxRuntimeMinutes: 30,
    },
    s,
  );

  test('tells its program', () => {
    expect(settingsOf(template)).toMatchObject({
      features: ['amount', 'country'],
      predictions: ['fraud'],
      ignored: ['id'],
      categories: ['country'],
      windowHours: 6,
      delayMinutes: 0,
      level: 0.001,
      minRows: 100,
      maxRows: 5000,
      psi: 0.25,
      missing: 0.1,
      newCategories: 0,
      featureMetrics: ['KolmogorovSmirnov'],
      baselineFormat: 'csv',
    });
    expect(monitor.job.request().StoppingCondition).toEqual({ MaxRuntimeInSeconds: 1800 });
    expect(template.one('aws_scheduler_schedule').schedule_expression).toBe('rate(6 hours)');
  });

  test('may read the whole data set that is its baseline', () => {
    const resources = statements(template, monitor, 's3:GetObject').flatMap((one) => one.resources ?? []);
    expect(resources.map(String)).toContainEqual(expect.stringMatching(/\/card-fraud\/train\/\*$/));
  });
});

describe('a program of a user', () => {
  const home = mkdtempSync(join(tmpdir(), 'drift-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  writeFileSync(join(home, 'judge.py'), 'from captured.records import records\n');

  test('takes the place of the shipped one, with the same words and the module that reads captured data', () => {
    const [monitor, template] = monitorIn({ program: { folder: home, entryPoint: 'judge.py' } });
    const { ContainerEntrypoint, ContainerArguments } = monitor.job.request().AppSpecification as Record<
      string,
      string[]
    >;
    expect([ContainerEntrypoint!.at(-1), ContainerArguments![0]]).toEqual([
      '/opt/ml/processing/input/code/judge.py',
      'judge',
    ]);
    const files = template.all('aws_s3_object').map(({ key }) => String(key).split('/').slice(3).join('/'));
    expect(files).toEqual(expect.arrayContaining(['judge.py', 'captured/records.py', 'settings.json']));
    expect(files).not.toContain('drift.py');
  });

  test('must be there', () => {
    expect(() => monitorIn({ program: { folder: home, entryPoint: 'drift.py' } })).toThrow(
      "'program.entryPoint' must be a file of the folder, got 'drift.py'; it has judge.py",
    );
  });
});

describe('what cannot be judged', () => {
  test('is refused with everything that is wrong', () => {
    const wrong = {
      features: ['amount', 'amount'],
      ignored: ['id'],
      categories: ['id'],
      predictions: [],
      windowHours: 745,
      delayMinutes: -1,
      level: 0.5,
      minRows: 5000,
      maxRows: 2000,
      thresholds: { psi: -1, missing: 2, newCategories: 2 },
      featureMetrics: ['KS' as never],
      silentDays: 8,
      alarmTopicArns: ['alerts'],
    };
    expect(() => monitorIn(wrong)).toThrow(
      [
        'test/Fraud: 13 invalid properties',
        "  - 'windowHours' must be between 1 and 744, got 745",
        "  - 'delayMinutes' must be between 0 and 1440, got -1",
        "  - 'level' must be between 0.000001 and 0.2, got 0.5",
        "  - 'minRows' must be at most 'maxRows', got 5000 and 2000",
        "  - 'thresholds.psi' must be between 0 and 10, got -1",
        "  - 'thresholds.missing' must be between 0 and 1, got 2",
        "  - 'thresholds.newCategories' must be between 0 and 1, got 2",
        "  - 'silentDays' must be between 1 and 7, got 8",
        "  - 'featureMetrics' must be one of PSI, KolmogorovSmirnov, JensenShannon, MissingRate, NewCategories, Drifted, got 'KS'",
        "  - 'alarmTopicArns[0]' must be the ARN of a topic such as arn:aws:sns:eu-north-1:111122223333:alerts, got 'alerts'",
        "  - 'features' must not have a name twice, got amount",
        "  - 'predictions' must have at least one name, got none; remove it",
        "  - 'ignored' must not have what 'categories' or 'predictions' have, got id; remove it from one of them",
      ].join('\n'),
    );
  });

  test('is no baseline, and no folder of captured data', () => {
    const bucket = lakeBucketIn(acmeStack());
    expect(() => Baseline.profile(bucket, '/a')).toThrow("'key' must be the key of an object such as");
    expect(() => Baseline.dataSet(bucket, 'a/', 'orc' as never)).toThrow(
      /'prefix' must be a folder of objects.*\n.*'format' must be one of parquet, csv, json, got 'orc'/,
    );
    expect(() => CaptureSource.folder(bucket, '/a', ['x_y'])).toThrow(
      /'prefix' must be a folder such as.*\n.*'variants' must be 1 to 63 letters, digits and hyphens, got 'x_y'/,
    );
    expect(() => CaptureSource.folder(bucket, 'a', [])).toThrow("'variants' must have at least one name, got none");
  });
});

describe('a baseline that a pipeline makes', () => {
  test('is made without a network, of data that SageMaker copies, where a monitor reads it', () => {
    const s = acmeStack();
    const props = baselinePropsIn(s);
    const baseline = new DriftBaseline(s, 'Baseline', { ...props, features: ['amount'], ignored: ['id'] });
    new Pipeline(s, 'Pipeline', { workspace: props.workspace, steps: [baseline.step('Baseline')] });
    const template = Template.synth(s);
    const { Steps } = JSON.parse(String(template.one('aws_sagemaker_pipeline').pipeline_definition));
    expect(baseline.key).toBe('baselines/card-fraud/profile.json');
    expect(Steps[0].Arguments).toMatchObject({
      AppSpecification: {
        ContainerArguments: [
          ...[
            'baseline',
            '--settings',
            '/opt/ml/processing/input/code/settings.json',
            '--data',
            '/opt/ml/processing/data',
          ],
          ...['--format', 'parquet', '--profile', '/opt/ml/processing/baseline/profile.json'],
        ],
      },
      NetworkConfig: { EnableNetworkIsolation: true },
    });
    expect(Steps[0].Arguments.ProcessingOutputConfig.Outputs[0].S3Output.S3Uri).toMatch(/\/baselines\/card-fraud$/);
    expect(settingsOf(template)).toEqual({ features: ['amount'], ignored: ['id'], minRows: 500, maxRows: 200_000 });
    const written = template
      .policyOf(props.role as never)
      .statements.filter(({ actions }) => actions?.includes('s3:PutObject'))
      .flatMap(({ resources }) => resources);
    expect(written.map(String)).toEqual([expect.stringMatching(/\/baselines\/card-fraud\/profile\.json$/)]);
  });

  test('is refused with everything that is wrong', () => {
    const s = acmeStack();
    const wrong = { ...baselinePropsIn(s), format: 'orc' as never, folder: 'a/', minRows: 1, maxRows: 1 };
    expect(() => new DriftBaseline(s, 'Baseline', wrong)).toThrow('test/Baseline: 4 invalid properties');
  });
});

describe('a baseline that follows approvals', () => {
  const s = acmeStack();
  const props = approvedBaselinePropsIn(s);
  const { workspace, framework, instanceType, locks } = props;
  const approved = new ApprovedBaseline(s, 'Profile', {
    ...props,
    ignored: ['fraud', 'id'],
    alarmTopicArns: [TOPIC],
  });
  const monitor = new DriftMonitor(s, 'Fraud', {
    ...{ workspace, framework, instanceType, locks },
    captured: CaptureSource.folder(lakeBucketIn(s), 'captured/card-fraud', ['champion']),
    baseline: approved.baseline,
  });
  const template = Template.synth(s);

  test('is made when a person approves a version, and not when a pipeline registers one', () => {
    const rule = template.all('aws_cloudwatch_event_rule').find(({ name }) => name === 'acme-dev-profile-trigger')!;
    const event = (detail: object) => ({
      source: 'aws.sagemaker',
      'detail-type': 'SageMaker Model Package State Change',
      detail: { ModelPackageGroupName: 'acme-dev-card-fraud', ...detail },
    });
    const pattern = JSON.parse(String(rule.event_pattern));
    const changedTo = (status: string) =>
      event({ ModelApprovalStatus: status, UpdatedModelPackageFields: ['ModelApprovalStatus'] });
    expect(matchesEvent(pattern, changedTo('Approved'))).toBe(true);
    expect(matchesEvent(pattern, changedTo('Rejected'))).toBe(false);
    expect(matchesEvent(pattern, event({ ModelApprovalStatus: 'PendingManualApproval' }))).toBe(false);
  });

  test('is where its monitor reads it', () => {
    const wordsOf = (job: { request(): object }) => JSON.stringify(template.resolve(JSON.stringify(job.request())));
    const profile = 'baselines/card-fraud/profile.json';
    expect(approved.key).toBe(profile);
    for (const job of [approved.job, monitor.job]) expect(wordsOf(job)).toContain(profile);
    expect(template.policyOf(monitor.role)).toAllow({
      actions: 's3:GetObject',
      resources: `${lakeBucketIn(s).bucketArn}/${profile}`,
    });
  });

  test('may read its data and write its profile, and neither the other way round', () => {
    const policy = template.policyOf(approved.job.role);
    const { bucketArn } = lakeBucketIn(s);
    const access = (actions: string, key: string) => ({ actions, resources: `${bucketArn}/${key}` });
    expect(policy).toAllow(access('s3:GetObject', 'card-fraud/test/a.parquet'));
    expect(policy).toAllow(access('s3:PutObject', 'baselines/card-fraud/profile.json'));
    expect(policy).not.toAllow(access('s3:PutObject', 'card-fraud/test/a.parquet'));
    expect(policy).not.toAllow(access('s3:PutObject', 'baselines/other/profile.json'));
    expect(policy).not.toAllow(access('s3:GetObject', 'captured/card-fraud/champion/a.jsonl'));
    const metrics = policy.statements.filter(({ actions }) => actions?.includes('cloudwatch:PutMetricData'));
    expect(metrics.map(({ conditions }) => conditions)).toEqual([
      {
        StringEquals: {
          'cloudwatch:namespace': [expect.stringMatching('^/aws/sagemaker/'), expect.anything(), expect.anything()],
        },
      },
    ]); // those of every job of SageMaker: the metrics of drift are the monitor's
  });

  test('tells its topics of an approval that has started no job', () => {
    const [alarm] = approved.alarms;
    expect(template.resource(alarm!).alarm_actions).toEqual([TOPIC]);
  });

  test('is made of a data set, not of a profile', () => {
    const other = acmeStack();
    const props = approvedBaselinePropsIn(other);
    const data = Baseline.profile(lakeBucketIn(other), 'a.json');
    expect(() => new ApprovedBaseline(other, 'Profile', { ...props, data })).toThrow(
      "'data' must be a data set, got a profile; use Baseline.dataSet",
    );
  });
});
