import type { DataLake, DataLakeProps } from '../../lib/data-lake/data-lake';
import { Table } from '../../lib/data-lake/table';
import { TableFormat } from '../../lib/data-lake/table-format';
import { FeatureGroup, type FeatureGroupProps, type IFeatureGroup } from '../../lib/features/feature-group';
import { MAX_FEATURES, RESERVED_FEATURES } from '../../lib/features/feature-limits';
import { FeatureType } from '../../lib/features/feature-type';
import { OnlineStore } from '../../lib/features/online-store';
import type { IGrantable } from '../../lib/iam/statement';
import { Template } from '../../lib/testing';
import { lintPolicies } from '../support/iam-lint';
import { CATALOG_READ, catalogEntry, lakeIn } from '../support/lake';
import { acmeStack, DECRYPT, keyIn, roleIn, TWO_KEYS } from '../support/stack';

type Stack = ReturnType<typeof acmeStack>;

const FEATURES = { customer_id: FeatureType.string, at: FeatureType.string, spent_7d: FeatureType.fractional };
const ABOUT = { name: 'customers', features: FEATURES, recordIdentifier: 'customer_id', eventTime: 'at' };

function groupIn(s: Stack, props: Partial<FeatureGroupProps> = {}, lake?: Partial<DataLakeProps>): FeatureGroup {
  const zone = (s.node.tryFindChild('Lake') as DataLake | undefined) ?? lakeIn(s, lake);
  return new FeatureGroup(s, 'Customers', { ...ABOUT, zone: zone.zone('features'), ...props });
}

describe('a feature group with a zone', () => {
  const s = acmeStack();
  const group = groupIn(s);
  const template = Template.synth(s);
  const resource = template.one('aws_sagemaker_feature_group');

  test('has its version in its name, features in an order of its own, and cannot be destroyed', () => {
    expect(resource).toMatchObject({
      feature_group_name: 'acme-dev-customers-v1',
      record_identifier_feature_name: 'customer_id',
      event_time_feature_name: 'at',
      feature_definition: [
        { feature_name: 'at', feature_type: 'String' },
        { feature_name: 'customer_id', feature_type: 'String' },
        { feature_name: 'spent_7d', feature_type: 'Fractional' },
      ],
      lifecycle: { prevent_destroy: true, ignore_changes: ['description'] },
    });
    expect(resource.online_store_config).toBeUndefined();
  });

  test('keeps every record in an Iceberg table of the zone, encrypted with the key of its bucket', () => {
    const { s3_storage_config, data_catalog_config, ...rest } = resource.offline_store_config;
    expect(rest).toEqual({ table_format: 'Iceberg', disable_glue_table_creation: false });
    expect(data_catalog_config).toMatchObject({ catalog: 'AwsDataCatalog', table_name: 'customers_v1' });
    expect(data_catalog_config.database).toMatch(/aws_glue_catalog_database/);
    expect(s3_storage_config.s3_uri).toMatch(
      /^s3:\/\/\$\{aws_s3_bucket\.\w+\.bucket\}\/feature-groups\/acme-dev-customers-v1$/,
    );
    expect(s3_storage_config.kms_key_id).toMatch(/aws_kms_key/);
    expect(group.offlineTable).toMatchObject({ tableName: 'customers_v1' });
  });

  test('writes it by a role of its own, which reads no record and touches no other table', () => {
    const policy = template.policyOf(group.role);
    const { bucketArn } = group.offlineTable!.zone.bucket;
    const folder = `${bucketArn}/feature-groups/acme-dev-customers-v1`;
    expect(policy.allows({ actions: 's3:PutObject', resources: `${folder}/111122223333/x/data/a.parquet` })).toBe(true);
    expect(policy.allowsAny({ actions: 's3:PutObject', resources: `${bucketArn}/churn/*` })).toBe(false);
    expect(policy.allows({ actions: 's3:GetObject', resources: `${folder}/111122223333/x/metadata/1.json` })).toBe(
      true,
    );
    expect(policy.allows({ actions: 's3:GetObject', resources: `${folder}/111122223333/x/data/a.parquet` })).toBe(
      false,
    );
    expect(policy.allowsAny({ actions: ['s3:Delete*', 'glue:Delete*', 'glue:Create*', 'sagemaker:*'] })).toBe(false);
    expect(policy.allows({ actions: ['kms:GenerateDataKey', 'kms:Decrypt'] })).toBe(true);
    const { assume_role_policy } = template.resource(group.role.node.findChild('Resource'));
    expect(JSON.parse(assume_role_policy).Statement[0]).toMatchObject({
      Principal: { Service: 'sagemaker.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
  });

  test('exists only when that role may write, which Feature Store checks at once', () => {
    expect(resource.depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\.Customers_Role_Policy_/)]);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});

test('with every property: version, online with TTL and key, Parquet files, a description, destroyable', () => {
  const s = acmeStack({ removal: 'destroy' });
  const group = groupIn(s, {
    version: '12',
    offlineFormat: 'glue',
    online: OnlineStore.standard({ ttlDays: 30 }),
    encryptionKey: keyIn(s, 'OnlineKey'),
    description: 'Who buys what',
    removal: 'destroy',
  });
  const resource = Template.synth(s).one('aws_sagemaker_feature_group');
  expect(resource).toMatchObject({
    feature_group_name: 'acme-dev-customers-v12',
    description: 'Who buys what',
    offline_store_config: { table_format: 'Glue', data_catalog_config: { table_name: 'customers_v12' } },
    online_store_config: {
      enable_online_store: true,
      storage_type: 'Standard',
      ttl_duration: { unit: 'Days', value: 30 },
    },
  });
  expect(resource.online_store_config.security_config.kms_key_id).toMatch(/aws_kms_key\.OnlineKey/);
  expect(resource.lifecycle.prevent_destroy).toBeUndefined();
  expect(group.isOnline).toBe(true);
});

test('online only: no table, no permission of its role, and the key that is given', () => {
  const s = acmeStack();
  const group = groupIn(s, { zone: undefined, online: OnlineStore.standard(), encryptionKey: keyIn(s, 'OnlineKey') });
  const template = Template.synth(s);
  expect(template.one('aws_sagemaker_feature_group').offline_store_config).toBeUndefined();
  expect(group.offlineTable).toBeUndefined();
  expect(template.all('aws_iam_role_policy')).toEqual([]);
});

test('an online store has the key of the zone without one of its own, and never expires without a TTL', () => {
  const s = acmeStack();
  const group = groupIn(s, { online: OnlineStore.standard() });
  expect(group.encryptionKey).toBe(group.offlineTable!.zone.bucket.encryptionKey);
  expect(Template.synth(s).one('aws_sagemaker_feature_group').online_store_config.ttl_duration).toBeUndefined();
});

test('in memory: lists, sets and one vector', async () => {
  const s = acmeStack();
  groupIn(s, {
    zone: undefined,
    online: OnlineStore.inMemory(),
    features: {
      ...FEATURES,
      tags: FeatureType.list(FeatureType.string),
      shops: FeatureType.set(FeatureType.integral),
      embedding: FeatureType.vector(384),
    },
  });
  const { feature_definition, online_store_config } = Template.synth(s).one('aws_sagemaker_feature_group');
  expect(online_store_config.storage_type).toBe('InMemory');
  expect(feature_definition).toEqual(
    expect.arrayContaining([
      { feature_name: 'tags', feature_type: 'String', collection_type: 'List' },
      { feature_name: 'shops', feature_type: 'Integral', collection_type: 'Set' },
      {
        feature_name: 'embedding',
        feature_type: 'Fractional',
        collection_type: 'Vector',
        collection_config: { vector_config: { dimension: 384 } },
      },
    ]),
  );
});

test.each(TWO_KEYS)('stack %s and group %s: the group may be destroyed: %s', (ofStack, removal, goes) => {
  const s = acmeStack({ removal: ofStack });
  groupIn(s, { removal });
  const { lifecycle } = Template.synth(s).one('aws_sagemaker_feature_group');
  expect(lifecycle.prevent_destroy).toBe(goes ? undefined : true);
});

test('two versions of a group stand beside each other, with a table each', () => {
  const s = acmeStack();
  const lake = lakeIn(s);
  for (const version of ['1', '2']) {
    new FeatureGroup(s, `customers-v${version}`, { ...ABOUT, zone: lake.zone('features'), version });
  }
  const names = Template.synth(s)
    .all('aws_sagemaker_feature_group')
    .map(({ feature_group_name, offline_store_config }) => [
      feature_group_name,
      offline_store_config.data_catalog_config.table_name,
    ]);
  expect(names.sort()).toEqual([
    ['acme-dev-customers-v1', 'customers_v1'],
    ['acme-dev-customers-v2', 'customers_v2'],
  ]);
});

test('a group and a table of the zone cannot have one name in the catalog', () => {
  const s = acmeStack();
  const zone = lakeIn(s).zone('features');
  new Table(s, 'Table', {
    zone,
    name: 'customers_v1',
    owner: 'shop',
    format: TableFormat.parquet(),
    columns: { id: 'string' },
  });
  expect(() => groupIn(s)).toThrow(
    "test/Customers: the catalog table name 'customers_v1' is already taken by test/Table; rename one of them (its 'name')",
  );
});

describe('grants', () => {
  const GROUP = 'arn:aws:sagemaker:eu-north-1:111122223333:feature-group/acme-dev-customers-v1';
  const granted = (grant: (group: IFeatureGroup, role: IGrantable) => void, isOnline = true) => {
    const s = acmeStack();
    const role = roleIn(s);
    const zone = lakeIn(s).zone('features');
    const group = FeatureGroup.fromFeatureGroupAttributes(s, 'Customers', {
      featureGroupArn: GROUP,
      isOnline,
      encryptionKey: isOnline ? keyIn(s, 'OnlineKey') : undefined,
      offlineTable: Table.fromTableAttributes(s, 'Table', { zone, tableName: 'customers_v1' }),
    });
    grant(group, role);
    return Template.synth(s).policyOf(role);
  };

  test('who ingests writes and deletes records, and reads none', () => {
    const policy = granted((group, role) => group.grantIngest(role));
    expect(policy.allows({ actions: ['sagemaker:PutRecord', 'sagemaker:DeleteRecord'], resources: GROUP })).toBe(true);
    expect(policy.allows({ actions: DECRYPT })).toBe(true);
    expect(
      policy.allowsAny({ actions: ['sagemaker:GetRecord', 's3:*', 'glue:*', 'sagemaker:DeleteFeatureGroup'] }),
    ).toBe(false);
  });

  test('who ingests into an offline store only needs no key', () => {
    expect(granted((group, role) => group.grantIngest(role), false).allowsAny({ actions: 'kms:*' })).toBe(false);
  });

  test('who reads online reads records one by one, and writes none', () => {
    const policy = granted((group, role) => group.grantReadOnline(role));
    expect(policy.allows({ actions: ['sagemaker:GetRecord', 'sagemaker:BatchGetRecord'], resources: GROUP })).toBe(
      true,
    );
    expect(policy.allowsAny({ actions: ['sagemaker:PutRecord', 'sagemaker:DeleteRecord', 's3:*'] })).toBe(false);
  });

  test('who reads offline reads the table and its objects, as any table of the lake', () => {
    const policy = granted((group, role) => group.grantReadOffline(role));
    expect(policy.allows({ actions: CATALOG_READ })).toBe(true);
    expect(policy.allows({ actions: 's3:GetObject' })).toBe(true);
    expect(policy.allowsAny({ actions: ['s3:Put*', 'glue:Update*', 'sagemaker:GetRecord'] })).toBe(false);
  });

  test('a store that is not there cannot be read', () => {
    const s = acmeStack();
    const offline = groupIn(s);
    expect(() => offline.grantReadOnline(roleIn(s))).toThrow(
      "test/Customers: has no online store; set 'online', or read the offline store",
    );
    const other = acmeStack();
    const online = groupIn(other, { zone: undefined, online: OnlineStore.standard() });
    expect(() => online.grantReadOffline(roleIn(other))).toThrow(
      "test/Customers: has no offline store; set 'zone', or read the online store",
    );
  });

  test('a new group is read offline in its own folder', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const group = groupIn(s);
    group.grantReadOffline(role);
    const template = Template.synth(s);
    const { bucketArn } = group.offlineTable!.zone.bucket;
    const policy = template.policyOf(role);
    expect(
      policy.allows({ actions: 's3:GetObject', resources: `${bucketArn}/feature-groups/acme-dev-customers-v1/*` }),
    ).toBe(true);
    expect(
      policy.allowsAny({ actions: 's3:GetObject', resources: `${bucketArn}/feature-groups/acme-dev-customers-v10/*` }),
    ).toBe(false);
    expect(
      policy.allows({
        actions: 'glue:GetTable',
        resources: catalogEntry('acme_dev_features', 'customers_v1').slice(0, 1),
      }),
    ).toBe(true);
  });
});

describe('refused', () => {
  const refuses = (props: Partial<FeatureGroupProps>, ...lines: string[]) => {
    const headline = `test/Customers: ${lines.length} invalid ${lines.length === 1 ? 'property' : 'properties'}`;
    expect(() => groupIn(acmeStack(), props)).toThrow([headline, ...lines].join('\n  - '));
  };

  test.each(RESERVED_FEATURES)('a feature called %s', (name) => {
    refuses(
      { features: { ...FEATURES, [name]: FeatureType.string } },
      `'features.${name}' must not be one of is_deleted, write_time, api_invocation_time, got '${name}'; rename it: Feature Store adds a column of this name`,
    );
  });

  test('an identifier or a time that is no feature', () => {
    refuses(
      { recordIdentifier: 'id', eventTime: 'time' },
      "'recordIdentifier' must be one of the features, got 'id'; add it there, or use one of customer_id, at, spent_7d",
      "'eventTime' must be one of the features, got 'time'; add it there, or use one of customer_id, at, spent_7d",
    );
  });

  test('a time in seconds beside an Iceberg table, which Feature Store makes with a time in words only', () => {
    const features = { ...FEATURES, at: FeatureType.fractional };
    refuses(
      { features },
      "'eventTime' must be a feature of type string (ISO-8601) beside an Iceberg table, not fractional, got 'at'; change its type",
    );
    expect(() => groupIn(acmeStack(), { features, offlineFormat: 'glue' })).not.toThrow();
    expect(() => groupIn(acmeStack(), { features, zone: undefined, online: OnlineStore.inMemory() })).not.toThrow();
  });

  test('an offline store beside a store in memory: nothing would ever be written to it', () => {
    refuses(
      { online: OnlineStore.inMemory() },
      "'zone' must not be set with an online store in memory, which Feature Store copies to no offline store; remove it, or use OnlineStore.standard()",
    );
  });

  test('a time that is a whole number: seconds must be fractional', () => {
    refuses(
      { features: { ...FEATURES, at: FeatureType.integral }, offlineFormat: 'glue' },
      "'eventTime' must be a feature of type string (ISO-8601) or fractional (seconds since 1970), not integral, got 'at'; change its type",
    );
  });

  test('one feature as identifier and time', () => {
    refuses(
      { eventTime: 'customer_id' },
      "'eventTime' must differ from the record identifier, got 'customer_id'; name the feature with the time of the event",
    );
  });

  test('a list without an online store in memory, and as identifier', () => {
    refuses(
      { features: { ...FEATURES, customer_id: FeatureType.list(FeatureType.string) } },
      "'features.customer_id' must be integral, fractional or string without an online store in memory, got 'list<string>'; only that store holds lists, sets and vectors: set its storage to in-memory",
      "'recordIdentifier' must be a feature of type integral, fractional or string, not list<string>, got 'customer_id'; change its type",
    );
  });

  test('a second vector', () => {
    refuses(
      {
        zone: undefined,
        online: OnlineStore.inMemory(),
        features: { ...FEATURES, a: FeatureType.vector(3), b: FeatureType.vector(4) },
      },
      "'features.b' must be the only vector of the group, beside 'a', got 'vector<4>'; use a group for each vector",
    );
  });

  test('no feature at all, and more than Feature Store has room for', () => {
    refuses(
      { features: {}, recordIdentifier: 'a', eventTime: 'b' },
      "'features' must have at least one feature, got 0; add the record identifier and the event time",
      "'recordIdentifier' must be one of the features, got 'a'; add it there, or use one of ",
      "'eventTime' must be one of the features, got 'b'; add it there, or use one of ",
    );
    const many = Array.from({ length: MAX_FEATURES }, (_, index) => [`f${index}`, FeatureType.string] as const);
    refuses(
      { features: { ...FEATURES, ...Object.fromEntries(many) } },
      `'features' must have at most ${MAX_FEATURES} features, got 2503; split the group`,
    );
  });

  test('names that a part of AWS would not take without quotes', () => {
    refuses(
      { name: 'Customers', features: { ...FEATURES, 'spent-7d': FeatureType.fractional } },
      "'name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Customers'",
      "'features' must be up to 64 lower-case letters, digits and underscores, beginning with a letter, not ending with an underscore, got 'spent-7d'",
    );
  });

  test('a name that is too long with prefix and version', () => {
    expect(() => groupIn(acmeStack(), { name: 'c'.repeat(60) })).toThrow(
      `test/Customers: name 'acme-dev-${'c'.repeat(60)}-v1' has 72 characters, the limit is 64; shorten '${'c'.repeat(60)}' by 8`,
    );
  });

  test('no store, and what has no effect without one', () => {
    refuses(
      { zone: undefined, offlineFormat: 'glue' },
      "'zone' or 'online' must be set: a group without a store holds nothing",
      "'offlineFormat' has no effect without 'zone'; remove it, or set 'zone'",
    );
    const s = acmeStack();
    expect(() => groupIn(s, { encryptionKey: keyIn(s, 'OnlineKey') })).toThrow(
      "'encryptionKey' has no effect without 'online'; remove it: the key of the zone's bucket encrypts the offline store",
    );
  });

  test('Iceberg in a zone that takes files by age; Parquet may be there', () => {
    const zones = { features: { expireAfterDays: 30 } };
    expect(() => groupIn(acmeStack(), {}, { zones })).toThrow(
      "'offlineFormat' must not be iceberg in zone features, whose expireAfterDays takes files that the table still needs, got 'iceberg'",
    );
    groupIn(acmeStack(), { offlineFormat: 'glue' }, { zones });
  });

  test('versions, descriptions and formats beyond their limits', () => {
    refuses(
      { version: '0', description: 'x'.repeat(129) },
      "'version' must be a whole number from 1 to 9999, got '0'",
      "'length of description' must be at most 128, got 129",
    );
    refuses({ offlineFormat: 'parquet' as never }, "'offlineFormat' must be one of iceberg, glue, got 'parquet'");
  });

  test('a TTL of no day, a vector of no element, a list of lists, and a type that is none', () => {
    expect(() => OnlineStore.standard({ ttlDays: 0 })).toThrow(
      "OnlineStore.standard: 1 invalid property\n  - 'ttlDays' must be between 1 and 36500, got 0",
    );
    expect(() => FeatureType.vector(9000)).toThrow("'dimension' must be between 1 and 8192, got 9000");
    expect(() => FeatureType.list(FeatureType.vector(3))).toThrow(
      "FeatureType.list: 1 invalid property\n  - 'of' must be integral, fractional or string, got vector<3>",
    );
    expect(() => FeatureType.named('double')).toThrow(
      "'name' must be integral, fractional, string, list<string>, set<integral> or vector<384>, got 'double'",
    );
  });
});

test('every type has the name by which a file names it', () => {
  for (const name of ['integral', 'fractional', 'string', 'list<string>', 'set<integral>', 'vector<384>']) {
    expect(FeatureType.named(name).name).toBe(name);
  }
});
