import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import type { Removal } from '../../lib/core/removal';
import { glueScheduleError } from '../../lib/data-lake/conversion/glue-schedule';
import { DataLake } from '../../lib/data-lake/data-lake';
import {
  CONVERSION_LOG_DAYS,
  CONVERSION_RETRIES,
  DEFAULT_CONVERSION_TIMEOUT_MINUTES,
  DEFAULT_MAX_REJECTED_PERCENT,
  MIN_CONVERSION_WORKERS,
  ParquetConversion,
  type ParquetConversionProps,
} from '../../lib/data-lake/parquet-conversion';
import { Partition } from '../../lib/data-lake/partition';
import { Table, type TableProps } from '../../lib/data-lake/table';
import { TableFormat } from '../../lib/data-lake/table-format';
import type { Key } from '../../lib/encryption/key';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { CATALOG_READ, CATALOG_WRITE, catalogEntry, lakeIn } from '../support/lake';
import { describeWith } from '../support/machine';
import { acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, WRITE } from '../support/stack';

const partitions = { day: Partition.date() };
const text = { name: 'orders', format: TableFormat.csv(), columns: { id: 'string', n: 'string' }, partitions };
const typed = { name: 'orders', format: TableFormat.parquet(), columns: { n: 'decimal(12,2)' }, partitions };

interface Setting {
  readonly source?: Partial<TableProps>;
  readonly target?: Partial<TableProps>;
  readonly removal?: Removal;
}

function tablesIn(s: AwsStack, { source, target, removal }: Setting = {}) {
  const lake = lakeIn(s, { removal, zones: { raw: {}, curated: {} } });
  return {
    source: new Table(s, 'Source', { owner: 'fraud', zone: lake.zone('raw'), ...text, ...source }),
    target: new Table(s, 'Target', { owner: 'fraud', zone: lake.zone('curated'), ...typed, ...target }),
  };
}

function conversionIn(s: AwsStack, props: Partial<ParquetConversionProps> = {}): ParquetConversion {
  return new ParquetConversion(s, 'Convert', { ...tablesIn(s), ...props });
}

describe('a conversion with all defaults', () => {
  const s = acmeStack();
  const { source, target } = tablesIn(s);
  const conversion = new ParquetConversion(s, 'Convert', { source, target });
  const template = Template.synth(s);
  const encryptionKey = target.zone.bucket.encryptionKey!;

  test('is a Glue job with two workers, one concurrent run, a timeout and one retry', () =>
    expect(template.one('aws_glue_job')).toMatchObject({
      name: 'acme-dev-convert',
      glue_version: '5.0',
      worker_type: 'G.1X',
      number_of_workers: MIN_CONVERSION_WORKERS,
      timeout: DEFAULT_CONVERSION_TIMEOUT_MINUTES,
      max_retries: CONVERSION_RETRIES,
      execution_property: { max_concurrent_runs: 1 },
    }));

  test('has its tables, and the locations of its state and of rejected rows, as arguments', () =>
    template.hasResource('aws_glue_job', {
      default_arguments: {
        '--job-bookmark-option': 'job-bookmark-disable',
        '--source': `${source.zone.databaseName}.${source.tableName}`,
        '--target': `${target.zone.databaseName}.${target.tableName}`,
        '--rejected': `s3://${target.zone.bucket.bucketName}/_rejected/${target.tableName}/`,
        '--memory': `s3://${conversion.workspace.bucketName}/acme-dev-convert/memory.json`,
        '--max_rejected_percent': `${DEFAULT_MAX_REJECTED_PERCENT}`,
      },
    }));

  test('runs on demand', () => template.resourceCount('aws_glue_trigger', 0));

  test('encrypts files, logs and bookmarks with the key of the target', () => {
    const kms_key_arn = encryptionKey.keyArn;
    template.hasResource('aws_glue_security_configuration', {
      encryption_configuration: {
        s3_encryption: { s3_encryption_mode: 'SSE-KMS', kms_key_arn },
        cloudwatch_encryption: { cloudwatch_encryption_mode: 'SSE-KMS', kms_key_arn },
        job_bookmarks_encryption: { job_bookmarks_encryption_mode: 'CSE-KMS', kms_key_arn },
      },
    });
  });

  test.each(['output', 'error'])('keeps its %s log for a year, under the name that Glue uses', (stream) =>
    template.hasResource('aws_cloudwatch_log_group', {
      name: `/aws-glue/jobs/acme-dev-convert-role/${conversion.role.roleName}/${stream}`,
      retention_in_days: CONVERSION_LOG_DAYS,
      kms_key_id: encryptionKey.keyArn,
    }),
  );

  test('allows CloudWatch Logs to use the key, as log groups require', () => {
    const principal = 'logs.eu-north-1.amazonaws.com';
    expect(template.policyOf(encryptionKey).allows({ actions: 'kms:Encrypt', resources: '*', principal })).toBe(true);
  });

  test('has a script, and the module that it imports, that Terraform does not interpret', () => {
    const objects = template.all('aws_s3_object');
    const keys = ['catalog_text.py', 'parquet_conversion.py'].map((name) => `acme-dev-convert/${name}`);
    expect(objects.map(({ key }) => key)).toEqual(keys);
    const [module, script] = objects.map(({ content }) => String(content));
    expect(script).toContain('from catalog_text import');
    expect(module).toContain('def cells_of(');
    for (const { content, kms_key_id, override_provider } of objects) {
      expect(kms_key_id).toMatch(/^\$\{aws_kms_key/);
      expect(content).not.toMatch(/\$\{|%\{|^EOF$/m); // templates, and the end of a heredoc
      expect(override_provider).toEqual({ default_tags: { tags: {} } }); // S3 allows only ten tags on an object
    }
    const { command, default_arguments } = template.one('aws_glue_job') as Record<string, any>;
    const uriOf = (id: string) => expect.stringMatching(`^s3://.*Convert_${id}_[^,]*\\.key\\}$`);
    expect(command).toMatchObject({ script_location: uriOf('Script') });
    expect(default_arguments).toMatchObject({ '--extra-py-files': uriOf('Module') });
  });

  test('may only read the source, rewrite the target and rejected rows, keep its state and log', () => {
    const policy = template.policyOf(conversion.role);
    const entry = ({ zone, tableName }: Table) => catalogEntry(zone.databaseName, tableName);
    const raw = source.zone.bucket.bucketArn;
    const curated = target.zone.bucket.bucketArn;
    const workspace = conversion.workspace.bucketArn;
    const logs = 'arn:aws:logs:eu-north-1:111122223333:log-group:/aws-glue/jobs/acme-dev-convert-role';
    const markers = `${curated}/*_$folder$`;
    const folders = [`${curated}/orders/*`, `${curated}/_rejected/${target.tableName}/*`];
    const needed = [
      {
        actions: READ,
        resources: [`${raw}/orders/*`, ...folders, markers, `${workspace}/acme-dev-convert/*`],
      },
      // folders that Spark requests as objects
      {
        actions: 's3:GetObject',
        resources: ['orders', '_rejected', `_rejected/${target.tableName}`].map((folder) => `${curated}/${folder}`),
      },
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [raw, curated, workspace] },
      {
        actions: WRITE,
        resources: [...folders, markers, `${workspace}/acme-dev-convert/*`],
      },
      { actions: 's3:DeleteObject', resources: [...folders, markers] },
      {
        actions: [...DECRYPT, ...ENCRYPT],
        resources: encryptionKey.keyArn,
      },
      { actions: CATALOG_READ, resources: [...entry(source), ...entry(target)] },
      { actions: CATALOG_WRITE, resources: entry(target) },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:AssociateKmsKey'],
        resources: `${logs}/${conversion.role.roleName}/*`,
      },
      {
        actions: 'cloudwatch:PutMetricData',
        resources: '*',
        conditions: { StringEquals: { 'cloudwatch:namespace': 'Glue' } },
      },
    ];
    for (const access of needed) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(needed)).toEqual([]);
  });

  test('may list the whole buckets of both tables: otherwise S3 answers 403 for a missing folder object', () => {
    const unbounded = template
      .policyOf(conversion.role)
      .statements.filter(({ actions, conditions }) => actions?.includes('s3:ListBucket') && !conditions);
    const buckets = [source, target].map(({ zone }) => template.resolve(zone.bucket.bucketArn));
    expect(unbounded.flatMap(({ resources }) => resources)).toEqual(expect.arrayContaining(buckets));
  });
});

test('all properties: a schedule, more workers, another limit, a shared workspace', () => {
  const s = acmeStack();
  const workspace = new Bucket(s, 'Shared', { bucketName: 'acme-jobs' });
  conversionIn(s, {
    workspace,
    schedule: 'cron(0 3 * * ? *)',
    workers: 10,
    timeoutMinutes: 30,
    maxRejectedPercent: 0,
  });
  const template = Template.synth(s);
  expect(template.one('aws_glue_job')).toMatchObject({
    number_of_workers: 10,
    timeout: 30,
    default_arguments: { '--max_rejected_percent': '0' },
  });
  template.hasResource('aws_glue_trigger', {
    type: 'SCHEDULED',
    schedule: 'cron(0 3 * * ? *)',
    start_on_creation: true,
    actions: [{ job_name: `\${${Object.keys(template.resources('aws_glue_job'))[0]}.name}` }],
  });
  template.hasResource('aws_s3_object', { bucket: workspace.bucketName });
  template.resourceCount('aws_s3_bucket', 3);
});

test('access logs of its own bucket go to the given bucket', () => {
  const s = acmeStack();
  const accessLogs = new Bucket(s, 'Logs');
  conversionIn(s, { accessLogs });
  Template.synth(s).hasResource('aws_s3_bucket_logging', { target_bucket: accessLogs.bucketName });
});

test.each<[Removal, Removal | undefined, Removal | undefined, boolean]>([
  ['destroy', undefined, undefined, false],
  ['destroy', 'destroy', undefined, true],
  ['destroy', undefined, 'destroy', true],
  ['retain', 'destroy', 'destroy', false],
])('stack %s, lake %s, conversion %s: state and logs may be destroyed: %s', (ofStack, ofLake, removal, may) => {
  const s = acmeStack({ removal: ofStack });
  const { workspace } = new ParquetConversion(s, 'Convert', { ...tablesIn(s, { removal: ofLake }), removal });
  const template = Template.synth(s);
  expect(template.resource(workspace).force_destroy).toBe(may);
  for (const { lifecycle } of template.all('aws_cloudwatch_log_group')) {
    expect(lifecycle?.prevent_destroy ?? false).toBe(!may);
  }
});

test('grantStart allows starting, reading and stopping runs of the job only', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const conversion = conversionIn(s);
  conversion.grantStart(role);
  const policy = Template.synth(s).policyOf(role);
  const starting = {
    actions: ['glue:StartJobRun', 'glue:GetJobRun', 'glue:GetJobRuns', 'glue:BatchStopJobRun'],
    resources: conversion.resource.arn,
  };
  expect(policy.missing(starting)).toEqual([]);
  expect(policy.beyond([starting])).toEqual([]);
});

test('a number known only at deploy time reaches the job', () => {
  const s = acmeStack();
  conversionIn(s, { workers: new TerraformVariable(s, 'workers', { type: 'number' }).numberValue });
  expect(Template.synth(s).one('aws_glue_job').number_of_workers).toBe('${var.workers}');
});

describe('a schedule is what Glue takes', () => {
  test.each([
    'cron(0 3 * * ? *)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(15 10 L * ? 2026-2030)',
    'cron(0 0 ? JAN,jul 6L *)',
    'cron(5,35 */2 15W * ? *)',
  ])('%s', (schedule) => expect(glueScheduleError(schedule)).toBeUndefined());

  test.each([
    ['0 5 * * *', 'six fields in UTC, minute hour day month weekday year; for these five write cron(0 5 * * ? *)'],
    [
      'cron(30 2 * * 1-5)',
      'six fields in UTC, minute hour day month weekday year; for these five write cron(30 2 ? * 2-6 *)',
    ],
    ['0 0 1 * *', 'six fields in UTC, minute hour day month weekday year; for these five write cron(0 0 1 * ? *)'],
    ['rate(1 day)', 'an AWS cron expression in UTC; write for example cron(0 3 * * ? *) for every day at 03:00'],
    ['0 5 * * ? *', 'six fields in UTC in cron(...); write cron(0 5 * * ? *)'],
    ['nightly', 'an AWS cron expression in UTC; write for example cron(0 3 * * ? *) for every day at 03:00'],
    ['cron(0 3 * ?)', 'six fields in UTC, minute hour day month weekday year; write for example cron(0 3 * * ? *)'],
    ['cron(60 3 * * ? *)', "valid in minutes, 0-59; change '60'"],
    ['cron(0 24 * * ? *)', "valid in hours, 0-23; change '24'"],
    ['cron(0 3 32 * ? *)', "valid in day of month, 1-31; change '32'"],
    ['cron(0 3 * MAI ? *)', "valid in month, 1-12 or JAN-DEC; change 'MAI'"],
    ['cron(0 3 ? * 0 *)', "valid in day of week, 1-7 or SUN-SAT; change '0'"],
    ['cron(0 17-8 * * ? *)', "valid in hours, 0-23; change '17-8'"],
    ['cron(0 3 * * ? 1969)', "valid in year, 1970-2199; change '1969'"],
    ['cron(0 3 * * * *)', '? in either day of month or day of week, a value in the other; write cron(0 3 * * ? *)'],
    ['cron(0 3 ? * ? *)', '? in either day of month or day of week, a value in the other; write cron(0 3 * * ? *)'],
    ['cron(0 3 1 * MON *)', '? in either day of month or day of week, a value in the other; write cron(0 3 ? * MON *)'],
    ['cron(* 3 * * ? *)', "at least 5 minutes apart; write for example 0/15 for '*'"],
    ['cron(0/2 * * * ? *)', "at least 5 minutes apart; write for example 0/15 for '0/2'"],
  ])('not %s', (schedule, must) => expect(glueScheduleError(schedule)).toBe(must));
});

describe('errors', () => {
  test('are reported together', () => {
    const s = acmeStack();
    const tables = tablesIn(s, {
      source: { format: TableFormat.parquet(), partitions: {} },
      target: { format: TableFormat.json(), columns: { n: 'array<int>', m: 'string' } },
    });
    const encryptionKey = keyIn(s, 'Other');
    const wrong = { schedule: 'rate(1 day)', workers: 1, timeoutMinutes: 0, maxRejectedPercent: 101, encryptionKey };
    expect(() => new ParquetConversion(s, 'Convert', { ...tables, ...wrong })).toThrow(
      [
        'test/Convert: 10 invalid properties',
        "  - 'format of source' must be one of csv, tsv, json, got 'parquet'",
        "  - 'format of target' must be one of parquet, got 'json'",
        "  - 'target' must have the partitions of 'source' (none), got day",
        "  - 'target' must not have columns that 'source' lacks, got m",
        "  - 'target' must not have nested or binary columns with a text source, got n (array<int>)",
        "  - 'encryptionKey' must be the key of the target's bucket, which refuses uploads with another key",
        "  - 'schedule' must be an AWS cron expression in UTC, got 'rate(1 day)'; write for example cron(0 3 * * ? *) for every day at 03:00",
        `  - 'workers' must be at least ${MIN_CONVERSION_WORKERS}, got 1`,
        "  - 'timeoutMinutes' must be between 1 and 10080, got 0",
        "  - 'maxRejectedPercent' must be between 0 and 100, got 101",
      ].join('\n'),
    );
  });

  test('an existing bucket without a known key needs encryptionKey', () => {
    const s = acmeStack();
    const existingBucket = Bucket.fromBucketAttributes(s, 'Theirs', { bucketArn: 'arn:aws:s3:::theirs' });
    const encryptionKey = keyIn(s, 'TheirKey');
    const zone = new DataLake(s, 'Other', { encryptionKey, zones: { gold: { existingBucket } } }).zone('gold');
    const tables = tablesIn(s, { target: { zone } });
    const make = (id: string, key?: Key) => new ParquetConversion(s, id, { ...tables, encryptionKey: key });
    expect(() => make('Without')).toThrow("'encryptionKey' must be set: the key of the target's bucket is not known");
    expect(() => make('With', encryptionKey)).not.toThrow();
  });

  test('JSON may be converted to nested columns', () => {
    const s = acmeStack();
    const columns = { n: 'array<int>' };
    const tables = tablesIn(s, { source: { format: TableFormat.json(), columns }, target: { columns } });
    expect(() => new ParquetConversion(s, 'Convert', tables)).not.toThrow();
  });
});

describeWith(['python'], 'the script', () => {
  test('passes its own tests', () => {
    const { status, stderr } = spawnSync('python3', [join(__dirname, 'parquet_conversion_test.py')], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
