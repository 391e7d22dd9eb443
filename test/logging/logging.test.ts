import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { DomainSettings, LogShipping, LogSplitter, SearchDomain, type SearchDomainProps } from '../../lib/logging';
import { zonesFor } from '../../lib/logging/logging-limits';
import { Network } from '../../lib/network/network';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import '../../lib/testing/jest';
import { lintPolicies } from '../support/iam-lint';
import { describeWith } from '../support/machine';
import { acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';

type Json = Record<string, any>;
const ENGINEERS = 'arn:aws:iam::111122223333:role/engineers';
const PLATFORM = 'arn:aws:iam::111122223333:role/platform';
const SUBNETS = ['subnet-11111111', 'subnet-22222222', 'subnet-33333333'];

function surroundings(stack: AwsStack) {
  const network = Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: SUBNETS,
    availabilityZones: ['eu-north-1a', 'eu-north-1b', 'eu-north-1c'],
  });
  return {
    network,
    encryptionKey: keyIn(stack),
    bucket: new Bucket(stack, 'Delivery', { encryptionKey: keyIn(stack, 'BucketKey') }),
  };
}

function domainIn(stack: AwsStack, props: Partial<SearchDomainProps> = {}) {
  return new SearchDomain(stack, 'Domain', { ...surroundings(stack), name: 'logs', ...props });
}

const stack = acmeStack();
const around = surroundings(stack);
const domain = new SearchDomain(stack, 'Domain', {
  ...around,
  name: 'logs',
  nodes: 3,
  instanceType: 'r6g.large.search',
  storageGb: 300,
  masterType: 'm6g.large.search',
  readers: [ENGINEERS],
  administrators: [PLATFORM],
  from: ['10.8.0.0/16'],
});
const shipping = new LogShipping(stack, 'Shipping', { ...around, domain, name: 'logs' });
shipping.ship('triggers', '/aws/vendedlogs/states/acme-dev-triggers');
shipping.ship('database', '/aws/rds/instance/acme-dev-registry/postgresql', 'ERROR');
const reader = roleIn(stack, 'Reader');
domain.grantSearch(reader);
const template = Template.synth(stack);
const resource = template.one('aws_opensearch_domain') as Json;

describe('a domain of logs', () => {
  test('is encrypted, asks everybody who they are, and answers inside the VPC only', () => {
    expect(resource).toMatchObject({
      domain_name: 'acme-dev-logs',
      engine_version: 'OpenSearch_2.19',
      encrypt_at_rest: { enabled: true, kms_key_id: expect.stringContaining('aws_kms_key') },
      node_to_node_encryption: { enabled: true },
      domain_endpoint_options: { enforce_https: true, tls_security_policy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
      advanced_security_options: {
        enabled: true,
        anonymous_auth_enabled: false,
        internal_user_database_enabled: false,
      },
      vpc_options: { subnet_ids: SUBNETS },
    });
  });

  test('is spread over three zones with as many nodes in each, and kept in order by dedicated masters', () => {
    expect(resource.cluster_config).toMatchObject({
      instance_count: 3,
      dedicated_master_enabled: true,
      dedicated_master_count: 3,
      zone_awareness_enabled: true,
      zone_awareness_config: { availability_zone_count: 3 },
    });
    expect([1, 2, 3, 4, 5, 6, 8, 9].map((nodes) => zonesFor(nodes, 3))).toEqual([1, 2, 3, 2, 1, 3, 2, 3]);
    expect([2, 3, 6].map((nodes) => zonesFor(nodes, 2))).toEqual([2, 1, 2]);
  });

  test('with one node has neither masters nor copies, and its subnet is one', () => {
    const small = acmeStack();
    domainIn(small);
    const made = Template.synth(small);
    expect(made.one('aws_opensearch_domain')).toMatchObject({
      cluster_config: { instance_count: 1, dedicated_master_enabled: false, zone_awareness_enabled: false },
      vpc_options: { subnet_ids: SUBNETS.slice(0, 1) },
    });
    expect(JSON.parse(String(made.one('aws_lambda_invocation').input))).toMatchObject({ shards: 1, replicas: 0 });
  });

  test('publishes errors, slow queries and refusals, to groups that it alone writes', () => {
    const logs = resource.log_publishing_options as Json[];
    expect(logs.map(({ log_type }) => log_type).sort()).toEqual([
      'AUDIT_LOGS',
      'ES_APPLICATION_LOGS',
      'INDEX_SLOW_LOGS',
      'SEARCH_SLOW_LOGS',
    ]);
    const policy = JSON.parse(String(template.one('aws_cloudwatch_log_resource_policy').policy_document)) as Json;
    expect(policy.Statement[0]).toMatchObject({
      Principal: { Service: 'es.amazonaws.com' },
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:es:eu-north-1:111122223333:domain/acme-dev-logs' } },
    });
  });

  test('lets in its own roles and those that are named, and no other identity of the account', () => {
    const { Statement } = JSON.parse(String(resource.access_policies)) as Json;
    expect(Statement).toHaveLength(1);
    const principals = Statement[0].Principal.AWS as string[];
    expect(principals).toContain(ENGINEERS);
    expect(principals).toContain(PLATFORM);
    expect(principals).toHaveLength(4); // its administrator and Firehose besides
    expect(principals).not.toContain('*');
  });

  test('tells the program who writes, reads and administers, and how long an index is kept', () => {
    const invocation = template.one('aws_lambda_invocation') as Json;
    expect(invocation.lifecycle_scope).toBe('CREATE_ONLY'); // asked again for other settings or another program only
    expect(JSON.parse(String(invocation.input))).toEqual({
      days: 30,
      shards: 3,
      replicas: 1,
      administrator: expect.stringContaining('aws_iam_role'),
      administrators: [PLATFORM],
      readers: [ENGINEERS],
      writers: [expect.stringContaining('aws_iam_role')],
    });
  });

  test('has a program in the VPC that reaches the domain, and is reached by nobody', () => {
    expect(domain.settings).toBeInstanceOf(DomainSettings);
    const functions = template.all('aws_lambda_function') as Json[];
    const settings = functions.find(({ function_name }) => function_name === 'acme-dev-logs-settings')!;
    expect(settings).toMatchObject({ handler: 'domain_settings.handler', vpc_config: { subnet_ids: SUBNETS } });
    const rules = template.all('aws_vpc_security_group_ingress_rule') as Json[];
    expect(rules).toHaveLength(3); // the block of people, the program and Firehose, all to the domain
    for (const { security_group_id, from_port } of rules) {
      expect([security_group_id, from_port]).toEqual([expect.stringContaining('Domain_SecurityGroup'), 443]);
    }
  });

  test('with SAML lets browsers through to the sign-in, in the network only', () => {
    const signed = acmeStack();
    const metadata = '<EntityDescriptor entityID="https://idp.acme.example/saml"></EntityDescriptor>';
    domainIn(signed, { saml: { entityId: 'https://idp.acme.example/saml', metadata }, readers: ['engineers'] });
    const made = Template.synth(signed);
    expect(made.one('aws_opensearch_domain_saml_options')).toMatchObject({
      saml_options: { enabled: true, roles_key: 'Role', idp: { metadata_content: metadata } },
    });
    expect(JSON.parse(String(made.one('aws_opensearch_domain').access_policies)).Statement[0].Principal).toBe('*');
  });

  test.each(TWO_KEYS)('with the keys %s and %s may be destroyed: %s', (ofStack, removal, goes) => {
    const kept = acmeStack({ removal: ofStack });
    domainIn(kept, { removal });
    const { lifecycle } = Template.synth(kept).one('aws_opensearch_domain') as Json;
    expect(lifecycle?.prevent_destroy ?? false).toBe(!goes);
  });

  test.each<[Partial<SearchDomainProps>, string]>([
    [{ nodes: 5 }, "'nodes' must be 1 or a multiple of 2 or 3, so that each zone has as many, got 5"],
    [{ nodes: 0 }, "'nodes'"],
    [{ storageGb: 200 }, "'storageGb' must be at most 100 with t3.small.search, got 200"],
    [{ masterType: 'm6g.large.search' }, "'masterType' has no use with one node"],
    [{ from: ['0.0.0.0/0'] }, "'from' must have blocks of addresses such as 10.0.0.0/16, not all addresses"],
    [{ readers: ['arn:aws:iam::111122223333:user/ann'] }, "'readers' must be the ARN of a role of IAM"],
    [{ name: 'Logs' }, "'name' must be lower-case letters, digits and hyphens"],
    [{ days: 0 }, "'days'"],
    [{ version: '1.3' as never }, "'version' must be one of 2.13, 2.15, 2.17, 2.19"],
  ])('is refused with %j', (props, message) => {
    expect(() => domainIn(acmeStack(), props)).toThrow(message);
  });

  test('has a name of 28 characters at most', () => {
    expect(() => domainIn(acmeStack({ namePrefix: 'acme-fraud-detection-staging' }))).toThrow(
      "has 33 characters, the limit is 28; shorten the stack's 'namePrefix'",
    );
  });
});

describe('shipping', () => {
  const stream = template.one('aws_kinesis_firehose_delivery_stream') as Json;

  test('writes an index for each day, tries for two hours, and keeps what the domain refuses', () => {
    expect(stream.opensearch_configuration).toMatchObject({
      index_name: 'logs',
      index_rotation_period: 'OneDay',
      retry_duration: 7200,
      s3_backup_mode: 'FailedDocumentsOnly',
      s3_configuration: { prefix: 'refused/', compression_format: 'GZIP', kms_key_arn: expect.any(String) },
    });
    expect(stream.server_side_encryption).toMatchObject({ enabled: true, key_type: 'CUSTOMER_MANAGED_CMK' });
  });

  test('lets Firehose act for the account only, by the condition that Firehose meets', () => {
    const roles = template.all('aws_iam_role').map(({ assume_role_policy: policy }) => JSON.parse(policy as string));
    const statements = roles.flatMap(({ Statement }) => Statement as Json[]);
    expect(statements.find(({ Principal: principal }) => principal.Service === 'firehose.amazonaws.com')).toMatchObject(
      {
        Condition: { StringEquals: { 'sts:ExternalId': '111122223333' } },
      },
    );
  });

  test('makes a document of each line before Firehose, which passes many lines on as one', () => {
    expect(shipping.splitter).toBeInstanceOf(LogSplitter);
    const filters = template.all('aws_cloudwatch_log_subscription_filter') as Json[];
    expect(filters.map(({ log_group_name, filter_pattern }) => [log_group_name, filter_pattern])).toEqual([
      ['/aws/rds/instance/acme-dev-registry/postgresql', 'ERROR'],
      ['/aws/vendedlogs/states/acme-dev-triggers', ''],
    ]);
    for (const { destination_arn } of filters) expect(destination_arn).toContain('aws_lambda_function');
    expect(stream.opensearch_configuration.processing_configuration).toBeUndefined();
  });

  test('begins after the domain knows who may write: otherwise each document would be refused', () => {
    for (const one of [stream, ...(template.all('aws_cloudwatch_log_subscription_filter') as Json[])]) {
      expect(one.depends_on).toContainEqual(expect.stringMatching(/^aws_lambda_invocation\./));
    }
  });

  test('keeps the lines that its function could not pass on', () => {
    expect(template.one('aws_lambda_function_event_invoke_config')).toMatchObject({
      maximum_retry_attempts: 2,
      destination_config: { on_failure: { destination: expect.stringContaining('aws_s3_bucket') } },
    });
    expect(template.policyOf(shipping.splitter.role)).toAllow({
      actions: ['s3:PutObject'],
      resources: `${around.bucket.bucketArn}/aws/lambda/async/f/2026/01/01/a`,
    });
  });

  test('lets only the shipped groups of this account call its function', () => {
    const permissions = template.all('aws_lambda_permission') as Json[];
    expect(permissions.map(({ source_arn }) => source_arn)).toEqual([
      'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/rds/instance/acme-dev-registry/postgresql:*',
      'arn:aws:logs:eu-north-1:111122223333:log-group:/aws/vendedlogs/states/acme-dev-triggers:*',
    ]);
    for (const { principal, source_account } of permissions) {
      expect([principal, source_account]).toEqual(['logs.eu-north-1.amazonaws.com', '111122223333']);
    }
  });

  test('writes logs, and reads nothing of them', () => {
    const policy = template.policyOf(shipping.role);
    const arn = domain.domainArn;
    expect(policy).toAllow({ actions: ['es:ESHttpPost', 'es:ESHttpPut'], resources: `${arn}/_bulk` });
    for (const path of ['_search', 'logs-2026-01-01/_search', '_plugins/_security/api/roles/a', '.kibana/_doc/1']) {
      const isRead = policy.allowsAny({ actions: 'es:ESHttpGet', resources: `${arn}/${path}` });
      expect([path, isRead]).toEqual([path, false]);
    }
    expect(policy.allowsAny({ actions: 'es:ESHttpDelete' })).toBe(false);
  });

  test('refuses an id that is taken, and a pattern that CloudWatch Logs does not take', () => {
    expect(() => shipping.ship('triggers', 'other')).toThrow("'id' must be new, got 'triggers' again");
    expect(() => shipping.ship('long', 'other', 'x'.repeat(1025))).toThrow(
      'a filter pattern of at most 1024 characters',
    );
  });
});

test('a reader searches, and changes nothing', () => {
  const policy = template.policyOf(reader);
  expect(policy).toAllow({
    actions: ['es:ESHttpGet', 'es:ESHttpPost'],
    resources: `${domain.domainArn}/logs-*/_search`,
  });
  expect(policy.allowsAny({ actions: ['es:ESHttpPut', 'es:ESHttpDelete', 'es:ESHttpPatch'] })).toBe(false);
});

test('names actions that exist, on resources and with condition keys that they have', async () => {
  expect(await lintPolicies(template)).toEqual([]);
});

describeWith(['python'], 'the programs', () => {
  const run = (file: string) =>
    spawnSync('python3', ['-m', 'unittest', '-q', join(__dirname, file)], { encoding: 'utf8', cwd: __dirname });

  test('make a document of each line, put again what Firehose refuses, and then give up', () => {
    const { status, stderr } = run('log_splitter_test.py');
    expect(stderr).toMatch(/Ran \d+ tests/);
    expect(status).toBe(0);
  });

  test('tell the domain who may do what, and change a retention that is there', () => {
    const { status, stderr } = run('domain_settings_test.py');
    expect(stderr).toMatch(/Ran \d+ tests/);
    expect(status).toBe(0);
  });
});
