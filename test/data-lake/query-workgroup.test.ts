import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import {
  DEFAULT_BYTES_SCANNED_CUTOFF,
  MIN_BYTES_SCANNED_CUTOFF,
  QUERY_RESULT_DAYS,
  QueryWorkgroup,
  type QueryWorkgroupProps,
} from '../../lib/data-lake/query-workgroup';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import { glueArns } from '../support/lake';
import { acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, TWO_KEYS, WRITE } from '../support/stack';

function workgroupIn(s: AwsStack, props: Partial<QueryWorkgroupProps> = {}): QueryWorkgroup {
  const encryptionKey = props.encryptionKey ?? keyIn(s);
  return new QueryWorkgroup(s, 'Fraud', { team: 'fraud', encryptionKey, ...props });
}

describe('a workgroup with all defaults', () => {
  const s = acmeStack();
  const { results } = workgroupIn(s);
  const template = Template.synth(s);
  const { configuration, ...workgroup } = template.one('aws_athena_workgroup');

  test('is named after the team and retained', () =>
    expect(workgroup).toMatchObject({
      name: 'acme-dev-fraud',
      description: 'queries of team fraud',
      force_destroy: false,
    }));

  test('has the team as a cost allocation tag', () => expect(workgroup.tags).toEqual({ team: 'fraud' }));

  test('stops a query that scans more than 100 GB, and publishes metrics', () =>
    expect(configuration).toMatchObject({
      bytes_scanned_cutoff_per_query: DEFAULT_BYTES_SCANNED_CUTOFF,
      publish_cloudwatch_metrics_enabled: true,
      requester_pays_enabled: false,
      engine_version: { selected_engine_version: 'Athena engine version 3' },
    }));

  test('enforces an encrypted folder of the team for results', () => {
    const [key] = Object.keys(template.resources('aws_kms_key'));
    expect(configuration.enforce_workgroup_configuration).toBe(true);
    expect(configuration.result_configuration).toEqual({
      output_location: expect.stringMatching(/^s3:\/\/\$\{aws_s3_bucket\.Fraud_Results_\w+\.bucket\}\/fraud\/$/),
      expected_bucket_owner: '111122223333',
      encryption_configuration: { encryption_option: 'SSE_KMS', kms_key_arn: `\${${key}.arn}` },
    });
  });

  test('deletes results after 30 days', () => {
    template.hasResource('aws_s3_bucket', { bucket: 'acme-dev-fraud-queries-111122223333-eu-north-1' });
    template.hasResource('aws_s3_bucket_lifecycle_configuration', {
      bucket: results.bucketName,
      rule: [{ expiration: [{ days: QUERY_RESULT_DAYS }], noncurrent_version_expiration: [{ noncurrent_days: 1 }] }],
    });
  });
});

test('all properties: a shared bucket instead of an own one', () => {
  const s = acmeStack();
  const encryptionKey = keyIn(s);
  const results = new Bucket(s, 'Results', { encryptionKey });
  workgroupIn(s, { encryptionKey, results, bytesScannedCutoff: MIN_BYTES_SCANNED_CUTOFF, description: 'fraud only' });
  const template = Template.synth(s);
  template.resourceCount('aws_s3_bucket', 1);
  template.hasResource('aws_athena_workgroup', {
    description: 'fraud only',
    configuration: {
      bytes_scanned_cutoff_per_query: MIN_BYTES_SCANNED_CUTOFF,
      result_configuration: { output_location: `s3://${results.bucketName}/fraud/` },
    },
  });
});

test('access logs of its own bucket go to the given bucket', () => {
  const s = acmeStack();
  const accessLogs = new Bucket(s, 'Logs');
  workgroupIn(s, { accessLogs });
  Template.synth(s).hasResource('aws_s3_bucket_logging', { target_bucket: accessLogs.bucketName });
});

test.each(TWO_KEYS)('stack %s, workgroup %s: its history and results may be destroyed: %s', (ofStack, removal, may) => {
  const s = acmeStack({ removal: ofStack });
  workgroupIn(s, { removal });
  const template = Template.synth(s);
  expect(template.one('aws_athena_workgroup').force_destroy).toBe(may);
  expect(template.one('aws_s3_bucket').force_destroy).toBe(may);
});

test('grantQuery allows the workgroup and the results folder of the team only', () => {
  const s = acmeStack();
  const role = roleIn(s);
  const workgroup = workgroupIn(s);
  workgroup.grantQuery(role);
  const { bucketArn, encryptionKey } = workgroup.results;
  const policy = Template.synth(s).policyOf(role);
  const querying = [
    {
      actions: [
        ...['GetWorkGroup', 'StartQueryExecution', 'StopQueryExecution', 'GetQueryExecution', 'BatchGetQueryExecution'],
        ...['ListQueryExecutions', 'GetQueryResults', 'GetQueryResultsStream', 'GetQueryRuntimeStatistics'],
        ...['ListNamedQueries', 'GetNamedQuery', 'BatchGetNamedQuery'],
      ].map((action) => `athena:${action}`),
      resources: workgroup.resource.arn,
    },
    { actions: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'], resources: bucketArn },
    {
      actions: [...READ, ...WRITE, 's3:ListMultipartUploadParts'],
      resources: `${bucketArn}/fraud/*`,
    },
    {
      actions: [...DECRYPT, ...ENCRYPT],
      resources: encryptionKey!.keyArn,
    },
    { actions: 'glue:GetDatabase', resources: glueArns('catalog', 'database/default') },
  ];
  for (const access of querying) expect(policy.missing(access)).toEqual([]);
  expect(policy.beyond(querying)).toEqual([]);
});

test('a limit known only at deploy time reaches the workgroup', () => {
  const s = acmeStack();
  workgroupIn(s, { bytesScannedCutoff: new TerraformVariable(s, 'limit', { type: 'number' }).numberValue });
  const { configuration } = Template.synth(s).one('aws_athena_workgroup');
  expect(configuration.bytes_scanned_cutoff_per_query).toBe('${var.limit}');
});

test('one error lists every invalid property', () => {
  const s = acmeStack();
  const results = new Bucket(s, 'Results', { encryptionKey: keyIn(s, 'Other') });
  expect(() => workgroupIn(s, { team: 'Fraud', bytesScannedCutoff: 1000, results })).toThrow(
    [
      'test/Fraud: 3 invalid properties',
      "  - 'team' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Fraud'",
      `  - 'bytesScannedCutoff' must be at least ${MIN_BYTES_SCANNED_CUTOFF}, got 1000`,
      "  - 'encryptionKey' must be the key of 'results', which refuses uploads with another key",
    ].join('\n'),
  );
});
