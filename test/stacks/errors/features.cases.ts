import { Template, testApp } from '../../../lib/testing';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { changed, errorOf } from '../environment-text';

const GROUP = `
  groups:
    customers:
      team: fraud
      columns: { customer_id: string, at: string, spent: fractional }
      id: customer_id
      eventTime: at
`;

/** The valid file with a feature group, and with the group changed. */
function file(inGroup: Record<string, string>, elsewhere: Record<string, string> = {}): string {
  const group = Object.entries(inGroup).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nothing to replace: '${from}'`);
    return text.replace(from, () => to);
  }, GROUP);
  return changed({
    'curated: {} }': 'curated: {}, features: {} }',
    'teams:\n': `features:${group}teams:\n`,
    ...elsewhere,
  });
}

/** Line 20 of the file is `customers:`, line 21 its team, 22 its columns, 23 its id, 24 its eventTime. */
function refuses(title: string, inGroup: Record<string, string>, lines: string[], elsewhere?: Record<string, string>) {
  test(title, () => {
    const header = `dev.yaml: ${lines.length} ${lines.length === 1 ? 'error' : 'errors'}`;
    const message = errorOf(() => parseEnvironment(file(inGroup, elsewhere), 'dev.yaml'));
    expect(message.split('\n')).toEqual([header, ...lines.map((line) => `dev.yaml:${line}`)]);
  });
}

test('the file is valid as it is', () => {
  expect(parseEnvironment(file({}), 'dev.yaml').features.groups.customers).toMatchObject({
    version: 1,
    zone: 'features',
  });
});

const TIME = 'string (ISO-8601) or fractional (seconds since 1970)';

refuses('an id that is no column', { 'id: customer_id': 'id: customer' }, [
  "23:11 features.groups.customers.id: must be one of the features, got 'customer'; add it there, or use one of customer_id, at, spent",
]);
refuses('an event time in seconds beside an Iceberg table', { 'at: string': 'at: fractional' }, [
  "24:18 features.groups.customers.eventTime: must be a feature of type string (ISO-8601) beside an Iceberg table, not fractional, got 'at'; change its type",
]);
refuses(
  'an offline store beside a store in memory',
  { 'eventTime: at': 'eventTime: at\n      online: { storage: in-memory }\n      zone: raw\n      format: glue' },
  ['zone', 'format'].map(
    (key, index) =>
      `${26 + index}:7 features.groups.customers.${key}: has no effect with an online store in memory, which has no offline store beside it; remove it, or set online.storage to standard`,
  ),
);
test('a store in memory takes a time in seconds and vectors, has the key of the lake, and needs no zone', () => {
  const text = file(
    {
      'at: string': 'at: fractional, taste: vector<8>',
      'eventTime: at': 'eventTime: at\n      online: { storage: in-memory }',
    },
    { 'curated: {}, features: {} }': 'curated: {} }' },
  );
  const app = testApp();
  const platform = new Platform(app, parseEnvironment(text, 'dev.yaml'));
  const template = Template.all(app)['acme-dev-data']!;
  const group = template.one('aws_sagemaker_feature_group');
  expect(group.offline_store_config).toBeUndefined();
  expect(group.online_store_config).toMatchObject({
    storage_type: 'InMemory',
    security_config: { kms_key_id: expect.stringContaining('LakeKey') },
  });
  const role = template.policyOf(platform.data.featureRoles.get('fraud')!);
  expect(role.allows({ actions: 'sagemaker:GetRecord' })).toBe(true);
});
refuses(
  'an event time of a whole number',
  { 'at: string': 'at: integral', 'eventTime: at': 'eventTime: at\n      format: glue' },
  [
    `24:18 features.groups.customers.eventTime: must be a feature of type ${TIME}, not integral, got 'at'; change its type`,
  ],
);
refuses('one column as id and event time', { 'eventTime: at': 'eventTime: customer_id' }, [
  "24:18 features.groups.customers.eventTime: must differ from the record identifier, got 'customer_id'; name the feature with the time of the event",
]);
refuses('a column that Feature Store adds itself', { 'spent: fractional': 'write_time: string' }, [
  "22:51 features.groups.customers.columns.write_time: must not be one of is_deleted, write_time, api_invocation_time, got 'write_time'; rename it: Feature Store adds a column of this name",
]);
refuses('a column of a type of the lake', { 'spent: fractional': 'spent: double' }, [
  "22:58 features.groups.customers.columns.spent: must be integral, fractional, string, list<string>, set<integral> or vector<384>, got 'double'; correct it, or remove it",
]);
refuses('a column name that Athena takes in quotes only', { 'spent:': 'spent-7d:' }, [
  "22:51 features.groups.customers.columns.spent-7d: the name must be up to 64 lower-case letters, digits and underscores, beginning with a letter, not ending with an underscore, got 'spent-7d'; write spent_7d",
]);
refuses('a vector without a store in memory', { 'spent: fractional': 'taste: vector<8>' }, [
  "22:58 features.groups.customers.columns.taste: must be integral, fractional or string without an online store in memory, got 'vector<8>'; only that store holds lists, sets and vectors: set its storage to in-memory",
]);
refuses(
  'a vector in a standard store, and one that is too long',
  { 'spent: fractional': 'taste: vector<9000>', 'eventTime: at': 'eventTime: at\n      online: {}' },
  [
    "22:58 features.groups.customers.columns.taste: must be integral, fractional or string without an online store in memory, got 'vector<9000>'; only that store holds lists, sets and vectors: set its storage to in-memory",
    "22:58 features.groups.customers.columns.taste: must have at most 8192 elements, got 'vector<9000>'; shorten the vector",
  ],
);
refuses('a time to live of no day', { 'eventTime: at': 'eventTime: at\n      online: { ttlDays: 0 }' }, [
  '25:26 features.groups.customers.online.ttlDays: must be a whole number from 1 to 36500, got the number 0; the nearest is 1',
]);
refuses('a time to live without an online store', { 'eventTime: at': 'eventTime: at\n      ttlDays: 30' }, [
  '25:7 features.groups.customers.ttlDays: is not a known key; known here: name, version, team, readers, columns, id, eventTime, zone, format, online',
]);
refuses('a team that is not there', { 'team: fraud': 'team: fruad' }, [
  "21:13 features.groups.customers.team: must be a name under teams, got 'fruad'; did you mean 'fraud'?",
]);
refuses('a team that reads what it writes', { 'team: fraud': 'team: fraud\n      readers: [fraud]' }, [
  "22:17 features.groups.customers.readers[0]: must be another team, got 'fraud'; remove it, who writes a group reads it too",
]);
refuses('a name that is too long with prefix and version', { 'customers:': `${'c'.repeat(60)}:` }, [
  `20:5 features.groups.${'c'.repeat(60)}: makes the feature group name 'acme-dev-${'c'.repeat(51)}…' of 72 characters, the limit is 64; shorten it by 8`,
]);
refuses(
  'the same name and version twice',
  {
    'eventTime: at\n':
      'eventTime: at\n    others:\n      { name: customers, team: fraud, columns: { id: string, at: string }, id: id, eventTime: at }\n',
  },
  [
    "25:5 features.groups.others: makes the feature group name 'acme-dev-customers-v1', which features.groups.customers also makes; choose another name",
  ],
);
refuses(
  'an offline store in a zone that is not there',
  {},
  [
    "20:5 features.groups.customers.zone: must be a name under lake.zones, got 'features'; use one of raw, curated (its default)",
  ],
  { 'curated: {}, features: {} }': 'curated: {} }' },
);
refuses(
  'Iceberg in a zone that takes files by age',
  {},
  [
    "20:5 features.groups.customers.format: must not be iceberg in zone features, whose expireAfterDays takes files that the table still needs, got 'iceberg'; use a zone without expireAfterDays, or format: glue",
  ],
  { 'features: {} }': 'features: { expireAfterDays: 30 } }' },
);
refuses(
  'a table of the lake with the name of the group',
  {},
  [
    "20:5 features.groups.customers: makes the table 'customers_v1' in zone features, which lake.tables.customers_v1 also makes; choose another name",
  ],
  { '    orders:\n      zone: raw': '    customers_v1:\n      zone: features' },
);
refuses(
  'a table of the lake in the folder of the groups',
  {},
  [
    "13:15 lake.tables.orders.prefix: must not be in the folder feature-groups, where the feature groups of zone features are, got 'feature-groups/x'; set another prefix",
  ],
  { '      zone: raw': '      zone: features\n      prefix: feature-groups/x' },
);
