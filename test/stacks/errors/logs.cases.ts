import '../../../lib/testing/jest';
import { Template, testApp } from '../../../lib/testing';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { DASHBOARDS_OUTPUT } from '../../../stacks/sections/logs/make-search';
import { changed, errorOf, GOOD } from '../environment-text';

type Json = Record<string, any>;

const ROLE = 'arn:aws:iam::111122223333:role/engineers';
const METADATA = '<EntityDescriptor entityID=\\"https://idp.acme.example/saml\\"></EntityDescriptor>';
const SAML = `saml: { entityId: "https://idp.acme.example/saml", metadata: "${METADATA}" }, from: [10.8.0.0/16]`;
/** The valid file with a database, whose log can be shipped. */
const FULL = changed({ 'images: [train]\n': 'images: [train]\n  database: {}\n' });
const TYPES =
  't3.small.search, t3.medium.search, m6g.large.search, m6g.xlarge.search, m6g.2xlarge.search, m6g.4xlarge.search, r6g.large.search, r6g.xlarge.search, r6g.2xlarge.search';

const withLogs = (text: string, file = FULL) => file.replace('teams:\n', `logs: { ${text} }\nteams:\n`);
/** With somebody who searches, if the text says nobody. */
const search = (text = '') => {
  const people = /readers|administrators|nobody/.test(text) ? '' : `readers: ["${ROLE}"]`;
  return withLogs(['engine: opensearch', people, text.replace('nobody', '')].filter(Boolean).join(', '));
};
const errorsIn = (text: string) =>
  errorOf(() => parseEnvironment(text, 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:\d+:\d+ /, ''));

/** What is written under `logs` with OpenSearch, and the errors without their places. */
const BAD: readonly (readonly [text: string, ...errors: string[]])[] = [
  ['nobody', 'logs: must have somebody who searches, got nobody; add readers, or use engine: cloudwatch'],
  [
    'readers: [], administrators: []',
    'logs: must have somebody who searches, got nobody; add readers, or use engine: cloudwatch',
  ],
  ['days: 0', 'logs.days: must be a whole number from 1 to 3650, got the number 0; the nearest is 1'],
  [
    'nodes: 3, instance: m6g.large.search',
    'logs.nodes: must be 1 or a multiple of 2, so that each zone has as many, got the number 3; use 2 or 4 for example',
  ],
  [
    'storageGb: 200',
    'logs.storageGb: must be at most 100 with t3.small.search, got the number 200; use a larger instance, or more nodes with less storage',
  ],
  ['master: m6g.large.search', 'logs.master: has no effect with one node; remove it, or raise nodes'],
  ['sources: []', 'logs.sources: must have at least one source, got none; add one, or use engine: cloudwatch'],
  ['sources: [database, database]', "logs.sources[1]: must be there once, got 'database' again; remove it"],
  ['sources: [airflow]', 'logs.sources[0]: has no effect without scheduler.airflow; remove it'],
  [
    'sources: [jobs, batch, endpoints, triggers]',
    'logs.sources[0]: has no effect without training; remove it',
    'logs.sources[1]: has no effect without training.batch; remove it',
    'logs.sources[2]: has no effect without models; remove it',
    'logs.sources[3]: has no effect without scheduler.triggers; remove it',
  ],
  [
    'readers: [engineers]',
    "logs.readers[0]: must be the ARN of a role without saml, whose groups are not known, got 'engineers'; add saml, or name a role",
  ],
  [`readers: ["${ROLE}", "${ROLE}"]`, `logs.readers[1]: must be there once, got '${ROLE}' again; remove it`],
  [
    `readers: ["${ROLE}"], administrators: ["${ROLE}"]`,
    `logs.readers[0]: must not be in administrators too, who may read, got '${ROLE}'; remove one of them`,
  ],
  ['from: [10.8.0.1/16]', "logs.from[0]: must not have host bits, got '10.8.0.1/16'; write 10.8.0.0/16"],
  [
    'from: [0.0.0.0/0]',
    "logs.from[0]: must have a prefix length of at least /8, got '0.0.0.0/0'; name the addresses of your people only",
  ],
  [
    `readers: [engineers], ${SAML.replace(', from: [10.8.0.0/16]', '')}`,
    'logs.saml: has no effect without from: no address reaches the dashboards; add the addresses there',
  ],
  [SAML, 'logs.saml: needs a group in readers or administrators, got none, so nobody gets in; add one there'],
  [
    `readers: [engineers], ${SAML.replace('entityId: "https://idp.acme.example/saml"', 'entityId: "https://idp.acme.example/other"')}`,
    "logs.saml.entityId: must be that of the metadata, 'https://idp.acme.example/saml', got 'https://idp.acme.example/other'; correct one of them",
  ],
  [
    `readers: [engineers], ${SAML.replace(/ entityID=\\"[^"]*\\"/, ' id=\\"a\\"')}`,
    "logs.saml.metadata: must have the attribute 'entityID', got none; copy the whole document",
  ],
  [
    'version: 2.19',
    'logs.version: must be one of 2.13, 2.15, 2.17, 2.19, in quotes, got the number 2.19; choose one of them',
  ],
  ['instance: m6g.large', `logs.instance: must be one of ${TYPES}, got 'm6g.large'; choose one of them`],
];

test.each(BAD)('logs with OpenSearch: %s', (text, ...messages) => {
  expect(errorsIn(search(text))).toEqual(messages);
});

test.each<[string, string, ...string[]]>([
  [
    'an engine that there is not',
    withLogs('engine: elastic'),
    "logs.engine: must be one of cloudwatch, opensearch, got 'elastic'; choose one of them",
  ],
  [
    'keys of OpenSearch with CloudWatch',
    withLogs('days: 30'),
    'logs.days: is not for engine cloudwatch; remove it, or choose engine: opensearch',
  ],
  [
    'nothing to ship',
    withLogs(`engine: opensearch, readers: ["${ROLE}"]`, GOOD),
    'logs: has nothing to ship to OpenSearch: no part of the file has such logs; use engine: cloudwatch',
  ],
  [
    'one node, and a type that is throttled, in a large environment',
    search('nodes: 1, instance: t3.medium.search, storageGb: 100').replace('owner:', 'size: large\nowner:'),
    'logs.nodes: must be at least 2 with size large, so that the loss of a node loses nothing, got the number 1; raise it',
    "logs.instance: must be no t3 type with size large, whose processors are throttled after a while, got 't3.medium.search'; use r6g.large.search for example",
  ],
  [
    'connections of a VPC that exists',
    search('sources: [connections]').replace(
      'cidr: 10.20.0.0/16',
      'vpcId: vpc-11111111\n  privateSubnetIds: [subnet-11111111, subnet-22222222]',
    ),
    'logs.sources[0]: has no effect with an existing VPC, whose flow log is not known; remove it',
  ],
  [
    'alarms without OpenSearch',
    FULL.replace(
      'teams:\n',
      'monitoring: { receivers: { email: [a@acme.example] }, alarms: { logs: { high-cpu: false } } }\nteams:\n',
    ),
    'monitoring.alarms.logs: has no effect without logs.engine opensearch; remove it',
  ],
])('%s: refused', (_, file, ...messages) => {
  const found = errorsIn(file);
  expect(found).toHaveLength(messages.length);
  for (const [index, message] of messages.entries()) expect(found[index]).toContain(message);
});

test('a name of the domain that is too long: refused', () => {
  const long = search()
    .replace('project: acme', 'project: acme-fraud-check')
    .replace('environment: dev', 'environment: production');
  expect(errorOf(() => parseEnvironment(long, 'production.yaml'))).toContain(
    "the OpenSearch domain name 'acme-fraud-check-production-logs'",
  );
});

describe('an environment whose logs are searched', () => {
  const file = search(`readers: ["${ROLE}"]`).replace(
    'teams:\n',
    'monitoring: { receivers: { email: [a@acme.example] }, alarms: { logs: { high-cpu: { threshold: 70 } } } }\nteams:\n',
  );
  const app = testApp();
  const platform = new Platform(app, parseEnvironment(file, 'dev.yaml'));
  const templates = Template.all(app);
  const template = templates['acme-dev-monitoring']!;

  test('ships what the file has, and neither connections nor its own logs', () => {
    const groups = (template.all('aws_cloudwatch_log_subscription_filter') as Json[]).map((one) => one.log_group_name);
    expect(groups).toEqual(['/aws/rds/instance/acme-dev-registry/postgresql']);
  });

  test('has a domain of its size, watched with the changes of the file', () => {
    expect(template.one('aws_opensearch_domain')).toMatchObject({
      domain_name: 'acme-dev-logs',
      cluster_config: { instance_type: 't3.small.search', instance_count: 1 },
      ebs_options: { volume_size: 20 },
    });
    const alarms = template.all('aws_cloudwatch_metric_alarm') as Json[];
    expect(alarms.find(({ alarm_name }) => alarm_name === 'acme-dev-logs-high-cpu')).toMatchObject({ threshold: 70 });
  });

  test('says where its dashboards are, and is deployed after what it ships', () => {
    expect(template.json).toMatchObject({ output: { [DASHBOARDS_OUTPUT]: expect.anything() } });
    expect(platform.monitoring!.dependencies).toContain(platform.data);
    expect(platform.monitoring!.logSearch!.domain.domainName).toBeDefined();
  });
});

test('logs stay in CloudWatch unless the file says otherwise', () => {
  const { logs } = parseEnvironment(GOOD, 'dev.yaml');
  expect(logs).toEqual({ engine: 'cloudwatch', accessLogDays: 365, removal: 'retain' });
  expect(parseEnvironment(withLogs('accessLogDays: 90'), 'dev.yaml').logs.engine).toBe('cloudwatch');
});

test('a large environment has three dedicated masters, and nodes in three zones', () => {
  const large = parseEnvironment(search().replace('owner:', 'size: large\nowner:'), 'dev.yaml');
  expect(large.logs).toMatchObject({ nodes: 3, instance: 'r6g.large.search', master: 'm6g.large.search' });
});
