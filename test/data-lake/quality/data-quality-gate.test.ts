import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../../lib/aws/aws-stack';
import type { Removal } from '../../../lib/core/removal';
import { DataLake } from '../../../lib/data-lake/data-lake';
import { Partition } from '../../../lib/data-lake/partition';
import { DataQualityGate, type DataQualityGateProps } from '../../../lib/data-lake/quality/data-quality-gate';
import { Expectation } from '../../../lib/data-lake/quality/expectation';
import {
  DEFAULT_EVALUATION_TIMEOUT_MINUTES,
  DEFAULT_EVALUATION_WORKERS,
  MAX_RULESET_LENGTH,
} from '../../../lib/data-lake/quality/quality-limits';
import { Table, type TableProps } from '../../../lib/data-lake/table';
import { TableFormat } from '../../../lib/data-lake/table-format';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { CATALOG_READ, catalogEntry, glueArns, lakeIn } from '../../support/lake';
import { acmeStack, DECRYPT, ENCRYPT, READ, roleIn, WRITE } from '../../support/stack';
import { readRuleset } from './dqdl-reader';

function tableIn(s: AwsStack, props: Partial<TableProps> = {}, removal?: Removal): Table {
  return new Table(s, 'Orders', {
    zone: lakeIn(s, { removal, zones: { raw: {} } }).zone('raw'),
    name: 'orders',
    prefix: 'shop/orders',
    owner: 'fraud',
    format: TableFormat.csv({ separator: ';' }),
    columns: { id: 'string', n: 'double' },
    partitions: { day: Partition.date() },
    ...props,
  });
}

function gateIn(s: AwsStack, { table = tableIn(s), ...props }: Partial<DataQualityGateProps> = {}): DataQualityGate {
  const expectations = [Expectation.completeness('id'), Expectation.range('n', { min: 0, max: 9, share: 0.9 })];
  return new DataQualityGate(s, 'Gate', { table, expectations, ...props });
}

describe('a gate with all defaults', () => {
  const s = acmeStack();
  const gate = gateIn(s);
  const evaluator = roleIn(s, 'Evaluator');
  gate.grantEvaluate(evaluator);
  const template = Template.synth(s);
  const { table } = gate;
  const raw = table.zone.bucket.bucketArn;
  const workspace = gate.workspace.bucketArn;
  const key = table.zone.bucket.encryptionKey!.keyArn;
  const objectOf = (name: string) =>
    template.all('aws_s3_object').find((object) => object.key === `acme-dev-gate/code/${name}`)!;

  test('is a ruleset of the table that an empty table does not pass', () => {
    const { name, ruleset, target_table } = template.one('aws_glue_data_quality_ruleset');
    expect(name).toBe('acme-dev-gate');
    expect(target_table).toMatchObject(
      template.resolve({ database_name: table.zone.databaseName, table_name: table.tableName }) as object,
    );
    expect(readRuleset(String(ruleset)).map(({ type }) => type)).toEqual(['RowCount', 'Completeness', 'CustomSql']);
  });

  test('has a program and its specification in a workspace that is encrypted with the key of the table', () => {
    for (const name of ['data_quality.py', 'expectations.py', 'table_files.py', 'catalog_text.py', 'spec.json']) {
      expect(objectOf(name)).toMatchObject({ kms_key_id: template.resolve(key) });
    }
    expect(objectOf('data_quality.py').override_provider).toEqual({ default_tags: { tags: {} } }); // S3 allows ten
    expect(template.resource(gate.workspace).bucket).toBe('acme-dev-gate-workspace-111122223333-eu-north-1');
  });

  test('has programs that Terraform does not interpret', () => {
    for (const name of ['data_quality.py', 'expectations.py', 'table_files.py', 'catalog_text.py']) {
      expect(String(objectOf(name).content)).not.toMatch(/\$\{|%\{|^EOF$/m); // templates, and the end of a heredoc
    }
  });

  test('says in the specification where the data is, how to read it and what to expect', () => {
    expect(JSON.parse(String(objectOf('spec.json').content))).toEqual({
      version: 1,
      database: expect.stringContaining('name'),
      table: expect.stringContaining('name'),
      ruleset: expect.stringContaining('aws_glue_data_quality_ruleset'),
      data: expect.stringMatching(/^s3:\/\/.*\/shop\/orders\/$/),
      quarantine: expect.stringMatching(/^s3:\/\/.*\/_quarantine\/.*\/$/),
      reports: expect.stringMatching(/^s3:\/\/.*\/acme-dev-gate\/reports\/$/),
      format: { name: 'csv', header: true, separator: ';', quote: '"' },
      columns: [
        ['id', 'string'],
        ['n', 'double'],
      ],
      partitions: [['day', 'date']],
      expectations: [
        { name: 'completeness.id', kind: 'completeness', columns: ['id'], min: '1' },
        { name: 'range.n', kind: 'range', columns: ['n'], min: '0', max: '9', share: '0.9', ignoreNull: false },
      ],
    });
  });

  test('gives a processing job its code, its arguments and the place of its report', () => {
    const { codeUri, reportUri, ...job } = gate.processing();
    expect([codeUri, reportUri].map((uri) => template.resolve(uri))).toEqual([
      expect.stringMatching(/\/acme-dev-gate\/code\/$/),
      expect.stringMatching(/\/acme-dev-gate\/reports\/$/),
    ]);
    expect(job).toEqual({
      entryPoint: 'data_quality.py',
      arguments: ['--spec', '/opt/ml/processing/input/code/spec.json'],
    });
  });

  test('takes the name of the run and a partition from a pipeline', () => {
    const execution = { toJSON: () => ({ Get: 'Execution.PipelineExecutionId' }) };
    const job = gate.processing({ codePath: '/code', run: execution, partition: 'day=2026-01-31' });
    expect(JSON.parse(JSON.stringify(job.arguments))).toEqual([
      '--spec',
      '/code/spec.json',
      '--run',
      { Get: 'Execution.PipelineExecutionId' },
      '--partition',
      'day=2026-01-31',
    ]);
  });

  test('lets the program read its table and code, and write only what it reports and quarantines', () => {
    const policy = template.policyOf(evaluator);
    const needed = [
      { actions: READ, resources: [`${raw}/shop/orders/*`, `${workspace}/acme-dev-gate/code/*`] },
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [raw, workspace] },
      {
        actions: 's3:ListBucketVersions',
        resources: raw,
        conditions: { StringLike: { 's3:prefix': 'shop/orders/*' } },
      },
      {
        actions: WRITE,
        resources: [`${raw}/_quarantine/${table.tableName}/*`, `${workspace}/acme-dev-gate/reports/*`],
      },
      { actions: [...DECRYPT, ...ENCRYPT], resources: key },
      {
        actions: 'cloudwatch:PutMetricData',
        resources: '*',
        conditions: { StringEquals: { 'cloudwatch:namespace': 'MLOps/DataQuality' } },
      },
      {
        actions: 'events:PutEvents',
        resources: 'arn:aws:events:eu-north-1:111122223333:event-bus/default',
        conditions: { StringEquals: { 'events:source': 'cdktf-mlops.data-quality' } },
      },
    ];
    for (const access of needed) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(needed)).toEqual([]);
  });

  test('lets Glue read the table, and write only results, logs and metrics', () => {
    const policy = template.policyOf(gate.role);
    const needed = [
      { actions: READ, resources: `${raw}/shop/orders/*` },
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: raw },
      { actions: WRITE, resources: `${workspace}/acme-dev-gate/glue/*` },
      { actions: [...DECRYPT, ...ENCRYPT], resources: key },
      { actions: CATALOG_READ, resources: catalogEntry(table.zone.databaseName, table.tableName) },
      {
        actions: ['glue:GetDataQualityRuleset', 'glue:GetDataQualityRulesetEvaluationRun', 'glue:PublishDataQuality'],
        resources: glueArns('dataQualityRuleset/*'),
      },
      { actions: 's3:GetObject', resources: 'arn:aws:s3:::aws-glue-ml-data-quality-assets-eu-north-1/*' },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: 'arn:aws:logs:eu-north-1:111122223333:log-group:/aws-glue/*',
      },
      {
        actions: 'cloudwatch:PutMetricData',
        resources: '*',
        conditions: { StringEquals: { 'cloudwatch:namespace': 'Glue Data Quality' } },
      },
    ];
    for (const access of needed) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(needed)).toEqual([]);
  });

  test('runs in Glue on demand', () => template.resourceCount('aws_scheduler_schedule', 0));
});

test('a schedule starts runs in Glue, encrypted, with a role that may do just that', () => {
  const s = acmeStack();
  const gate = gateIn(s, { schedule: 'cron(0 5 * * ? *)' });
  const template = Template.synth(s);
  const { target, ...schedule } = template.one('aws_scheduler_schedule');
  const key = gate.table.zone.bucket.encryptionKey!.keyArn;
  expect(schedule).toMatchObject({ schedule_expression: 'cron(0 5 * * ? *)', kms_key_arn: template.resolve(key) });
  const { arn, input } = target as { arn: string; input: string };
  expect(arn).toBe('arn:aws:scheduler:::aws-sdk:glue:startDataQualityRulesetEvaluationRun');
  expect(JSON.parse(input)).toMatchObject({
    DataSource: { GlueTable: { DatabaseName: expect.any(String), TableName: expect.any(String) } },
    RulesetNames: [expect.stringContaining('aws_glue_data_quality_ruleset')],
    Role: template.resolve(gate.role.roleArn),
    NumberOfWorkers: DEFAULT_EVALUATION_WORKERS,
    Timeout: DEFAULT_EVALUATION_TIMEOUT_MINUTES,
    ClientToken: '<aws.scheduler.execution-id>',
    AdditionalRunOptions: { CloudWatchMetricsEnabled: true, ResultsS3Prefix: expect.stringMatching(/\/glue\/$/) },
  });
  const caller = s.node.findAll().find(({ node }) => node.path.endsWith('Gate/Glue/Caller'))!;
  const policy = template.policyOf(caller as never);
  const needed = [
    {
      actions: ['glue:StartDataQualityRulesetEvaluationRun', 'glue:GetDataQualityRuleset', 'glue:GetDataQualityResult'],
      resources: gate.rulesetArn,
    },
    {
      actions: ['glue:GetDataQualityRulesetEvaluationRun', 'glue:CancelDataQualityRulesetEvaluationRun'],
      resources: glueArns('dataQualityRuleset/*'),
    },
    {
      actions: 'iam:PassRole',
      resources: gate.role.roleArn,
      conditions: { StringEquals: { 'iam:PassedToService': 'glue.amazonaws.com' } },
    },
    { actions: DECRYPT, resources: key },
  ];
  for (const access of needed) expect(policy.missing(access)).toEqual([]);
  expect(policy.beyond(needed)).toEqual([]);
});

test('all properties: workers, a limit of time, a shared workspace', () => {
  const s = acmeStack();
  const workspace = new Bucket(s, 'Shared', { bucketName: 'acme-jobs' });
  gateIn(s, { workspace, schedule: 'cron(0 5 * * ? *)', workers: 10, timeoutMinutes: 30 });
  const template = Template.synth(s);
  const { input } = template.one('aws_scheduler_schedule').target as { input: string };
  expect(JSON.parse(input)).toMatchObject({ NumberOfWorkers: 10, Timeout: 30 });
  template.resourceCount('aws_s3_bucket', 2);
  for (const { bucket } of template.all('aws_s3_object')) expect(bucket).toBe(template.resolve(workspace.bucketName));
});

test('its results, of Glue and of the program, are sent to a target', () => {
  const s = acmeStack();
  const gate = gateIn(s);
  gate.onResult('Alert', 'arn:aws:sns:eu-north-1:111122223333:alerts');
  gate.onResult('Log', 'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/events/quality', { failedOnly: false });
  const template = Template.synth(s);
  const [alert, log] = template.all('aws_cloudwatch_event_rule').map((rule) => JSON.parse(String(rule.event_pattern)));
  const context = { databaseName: [expect.any(String)], tableName: [expect.any(String)] };
  expect(alert).toEqual({
    source: ['aws.glue-dataquality', 'cdktf-mlops.data-quality'],
    'detail-type': ['Data Quality Evaluation Results Available'],
    detail: { state: ['FAILED'], context },
  });
  expect(log.detail).toEqual({ context });
  expect(template.all('aws_cloudwatch_event_target').map(({ arn }) => arn)).toEqual([
    'arn:aws:sns:eu-north-1:111122223333:alerts',
    'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/events/quality',
  ]);
  expect(() => gate.onResult('Bad', 'alerts')).toThrow("'targetArn' must be an ARN such as arn:aws:sns:");
});

test('the rows of an Iceberg table are in its metadata, which only Glue reads', () => {
  const s = acmeStack();
  const table = tableIn(s, { format: TableFormat.iceberg(), partitions: undefined });
  const gate = gateIn(s, { table });
  Template.synth(s).resourceCount('aws_s3_object', 0);
  expect(() => gate.processing()).toThrow(
    "test/Gate: 1 invalid property\n  - 'table' must not be an Iceberg table, got test/Orders; run the ruleset in Glue, or the gate on a Parquet table",
  );
});

test('a rule that only Glue evaluates is refused where the program would fail', () => {
  const s = acmeStack();
  const gate = gateIn(s, { expectations: [Expectation.custom('mean', 'Mean "n" > 1')] });
  expect(() => gate.processing()).toThrow('must not have rules that only Glue evaluates, got custom.mean; move them');
});

test('an own number of rows takes the place of the least one', () => {
  const s = acmeStack();
  gateIn(s, { expectations: [Expectation.rowCount({ min: 5 })] });
  expect(readRuleset(String(Template.synth(s).one('aws_glue_data_quality_ruleset').ruleset))).toEqual([
    { type: 'RowCount', parameters: [], rest: ['>=', '5'] },
  ]);
});

test.each<[Removal, Removal | undefined, Removal | undefined, boolean]>([
  ['destroy', undefined, undefined, false],
  ['destroy', 'destroy', undefined, true],
  ['destroy', undefined, 'destroy', true],
  ['retain', 'destroy', 'destroy', false],
])('stack %s, lake %s, gate %s: reports may be destroyed: %s', (ofStack, ofLake, removal, may) => {
  const s = acmeStack({ removal: ofStack });
  const { workspace } = gateIn(s, { table: tableIn(s, {}, ofLake), removal });
  expect(Template.synth(s).resource(workspace).force_destroy).toBe(may);
});

describe('errors', () => {
  test('are reported together', () => {
    const s = acmeStack();
    const expectations = [
      Expectation.completeness('id'),
      Expectation.completeness('id', { min: 0.5 }),
      Expectation.range('id', { min: 1 }),
      Expectation.values('missing', ['x']),
      Expectation.freshness('day', { maxHours: 24 }),
      Expectation.values('n', ['x', 'y']),
    ];
    expect(() => gateIn(s, { expectations, schedule: 'rate(1 day)', workers: 1, timeoutMinutes: 0 })).toThrow(
      [
        'test/Gate: 8 invalid properties',
        "  - 'schedule' must be an AWS cron expression in UTC, got 'rate(1 day)'; write for example cron(0 3 * * ? *) for every day at 03:00",
        "  - 'workers' must be between 2 and 299, got 1",
        "  - 'timeoutMinutes' must be between 1 and 2880, got 0",
        "  - 'expectations' must have completeness.id once; merge both",
        "  - 'expectations' must be about a column of type tinyint, smallint, int, bigint, float, double or decimal; id is string, got 'range.id'; use another column",
        "  - 'expectations' must be about columns of the table; missing is none, got 'values.missing'; use id, n, day",
        "  - 'expectations' must be a number, as the column is double, got 'values.n'; write it without quotes",
        "  - 'expectations' must be a number, as the column is double, got 'values.n'; write it without quotes",
      ].join('\n'),
    );
  });

  test('of no expectations, and of a ruleset that Glue does not take', () => {
    const s = acmeStack();
    const table = tableIn(s);
    expect(() => gateIn(s, { table, expectations: [] })).toThrow("'expectations' must have at least one, got none");
    const values = [...Array(1200).keys()].map((index) => `${index}${'x'.repeat(50)}`);
    expect(() => new DataQualityGate(s, 'Long', { table, expectations: [Expectation.values('id', values)] })).toThrow(
      new RegExp(
        `must make a ruleset of at most ${MAX_RULESET_LENGTH} characters, got \\d+; use fewer or shorter ones`,
      ),
    );
  });

  test('of a bucket whose key is not known', () => {
    const s = acmeStack();
    const existingBucket = Bucket.fromBucketAttributes(s, 'Theirs', { bucketArn: 'arn:aws:s3:::theirs' });
    const zones = { gold: { existingBucket } };
    const lake = new DataLake(s, 'Other', { encryptionKey: lakeIn(s).encryptionKey, zones });
    const table = new Table(s, 'T', {
      zone: lake.zone('gold'),
      name: 't',
      owner: 'x',
      format: TableFormat.json(),
      columns: { id: 'string' },
    });
    expect(() => gateIn(s, { table })).toThrow(
      "'encryptionKey' must be set: the key of the table's bucket is not known",
    );
  });

  test('of what is known only at deploy time', () => {
    const s = acmeStack();
    const workers = new TerraformVariable(s, 'workers', { type: 'number' }).numberValue;
    expect(() => gateIn(s, { workers })).toThrow("'workers' must be known before deployment, got a token");
  });
});
