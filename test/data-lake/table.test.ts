import { TerraformVariable } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import type { Removal } from '../../lib/core/removal';
import { type IcebergRetention, MIN_SNAPSHOTS } from '../../lib/data-lake/iceberg-retention';
import { DEFAULT_FIRST_DAY, DEFAULT_LAST_DAY, Partition } from '../../lib/data-lake/partition';
import { Table, type TableProps } from '../../lib/data-lake/table';
import { DEFAULT_PARQUET_COMPRESSION, TableFormat } from '../../lib/data-lake/table-format';
import type { IZone, ZoneProps } from '../../lib/data-lake/zone';
import type { Role } from '../../lib/iam/role';
import { Template } from '../../lib/testing';
import { CATALOG_READ, CATALOG_WRITE, catalogEntry, lakeIn } from '../support/lake';
import { acmeStack, DECRYPT, ENCRYPT, READ, roleIn, TWO_KEYS, WRITE } from '../support/stack';

const TEXT = {
  input_format: 'org.apache.hadoop.mapred.TextInputFormat',
  output_format: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
};

function zoneIn(s: AwsStack, removal?: Removal): IZone {
  return lakeIn(s, { removal, zones: { raw: { classification: 'confidential' } } }).zone('raw');
}

const columns = { id: 'string', n: 'bigint' };

function tableIn(s: AwsStack, props: Partial<TableProps> = {}, zone = zoneIn(s)): Table {
  const format = TableFormat.parquet();
  return new Table(s, 'Orders', { zone, name: 'orders', format, columns, owner: 'fraud', ...props });
}

function synthesized(props: Partial<TableProps> = {}) {
  const s = acmeStack();
  tableIn(s, props);
  return Template.synth(s).one('aws_glue_catalog_table');
}

describe('a table with all defaults', () => {
  const s = acmeStack();
  const table = tableIn(s);
  const template = Template.synth(s);

  test('has a folder of its name and the classification of its zone, and is external', () => {
    template.hasResource('aws_glue_catalog_table', {
      database_name: table.zone.databaseName,
      name: 'orders',
      owner: 'fraud',
      table_type: 'EXTERNAL_TABLE',
      parameters: { EXTERNAL: 'TRUE', 'data-classification': 'confidential' },
      partition_keys: [],
      storage_descriptor: { location: `s3://${table.zone.bucket.bucketName}/orders/` },
    });
  });

  test('keeps its columns in the given order', () => {
    expect(template.one('aws_glue_catalog_table').storage_descriptor.columns).toEqual([
      { name: 'id', type: 'string' },
      { name: 'n', type: 'bigint' },
    ]);
  });
});

test('all properties are in the catalog, personal columns are marked', () => {
  const table = synthesized({
    prefix: 'shop/orders',
    classification: 'internal',
    description: 'what was ordered',
    columnComments: { id: 'of the order' },
    personalColumns: ['id'],
  });
  expect(table).toMatchObject({ description: 'what was ordered', parameters: { 'data-classification': 'internal' } });
  expect(table.storage_descriptor.location).toMatch(/\/shop\/orders\/$/);
  expect(table.storage_descriptor.columns[0]).toEqual({
    name: 'id',
    type: 'string',
    comment: 'of the order',
    parameters: { 'data-classification': 'personal' },
  });
});

describe('the format determines the reader and writer classes', () => {
  test.each<[string, TableFormat, object, object]>([
    [
      'Parquet',
      TableFormat.parquet(),
      {
        input_format: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        output_format: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        ser_de_info: { serialization_library: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
      { classification: 'parquet', 'parquet.compression': DEFAULT_PARQUET_COMPRESSION.toUpperCase() },
    ],
    [
      'Parquet with another compression',
      TableFormat.parquet({ compression: 'zstd' }),
      {},
      { 'parquet.compression': 'ZSTD' },
    ],
    [
      'CSV',
      TableFormat.csv(),
      {
        ...TEXT,
        ser_de_info: {
          serialization_library: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
          parameters: { separatorChar: ',', quoteChar: '"' },
        },
      },
      { classification: 'csv', 'skip.header.line.count': '1', delimiter: ',' },
    ],
    [
      'CSV with other options',
      TableFormat.csv({ separator: ';', quote: "'" }),
      { ser_de_info: { parameters: { separatorChar: ';', quoteChar: "'" } } },
      { delimiter: ';' },
    ],
    [
      'CSV that is never quoted',
      TableFormat.csv({ quote: '' }),
      {
        ...TEXT,
        ser_de_info: {
          serialization_library: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          parameters: { 'field.delim': ',' },
        },
      },
      { classification: 'csv', delimiter: ',' },
    ],
    [
      'TSV',
      TableFormat.tsv(),
      {
        ...TEXT,
        ser_de_info: {
          serialization_library: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
          parameters: { 'field.delim': '\t' },
        },
      },
      { classification: 'csv', 'skip.header.line.count': '1', delimiter: '\t' },
    ],
    [
      'JSON',
      TableFormat.json(),
      { ...TEXT, ser_de_info: { serialization_library: 'org.apache.hive.hcatalog.data.JsonSerDe' } },
      { classification: 'json' },
    ],
  ])('%s', (_, format, storage_descriptor, parameters) =>
    expect(synthesized({ format })).toMatchObject({ storage_descriptor, parameters }),
  );

  test.each([TableFormat.csv({ header: false }), TableFormat.tsv({ header: false })])(
    'without a header, no line is skipped',
    (format) => expect(synthesized({ format }).parameters).not.toHaveProperty(['skip.header.line.count']),
  );

  test('a CSV that is never quoted may have dates, a quoted one may not', () => {
    const typed = { columns: { at: 'date' } };
    expect(() => synthesized({ ...typed, format: TableFormat.csv({ quote: '' }) })).not.toThrow();
    expect(() => synthesized({ ...typed, format: TableFormat.csv() })).toThrow(
      "'columns.at' must be string, boolean, int, bigint or double in csv, got 'date'; use string, and a conversion to parquet for other types",
    );
  });

  test.each([{ separator: '' }, { separator: '||' }, { quote: '""' }, { separator: '"' }])(
    'a CSV needs two different characters: %p',
    (options) =>
      expect(() => TableFormat.csv(options)).toThrow("'separator' and 'quote' must be two different characters"),
  );
});

describe('an Iceberg table', () => {
  test('gets its first metadata from Glue; later only engines change it', () => {
    const table = synthesized({ format: TableFormat.iceberg() });
    expect(table.open_table_format_input).toEqual({ iceberg_input: { metadata_operation: 'CREATE', version: '2' } });
    expect(table.lifecycle.ignore_changes).toEqual([
      'parameters',
      'storage_descriptor',
      'table_type',
      'open_table_format_input',
      'owner',
      'description',
    ]);
    expect(table).not.toHaveProperty('partition_keys');
    expect(table.storage_descriptor).not.toHaveProperty('ser_de_info');
  });

  test.each(TWO_KEYS)('stack %s, lake %s: its metadata pointer may be destroyed: %s', (ofStack, removal, may) => {
    const s = acmeStack({ removal: ofStack });
    tableIn(s, { format: TableFormat.iceberg() }, zoneIn(s, removal));
    const { lifecycle } = Template.synth(s).one('aws_glue_catalog_table');
    expect(lifecycle.prevent_destroy ?? false).toBe(!may);
  });
});

describe('an Iceberg table and the age of its files', () => {
  const icebergIn = (zone: ZoneProps, props: Partial<TableProps> = {}) => {
    const s = acmeStack();
    const table = tableIn(
      s,
      { format: TableFormat.iceberg(), ...props },
      lakeIn(s, { zones: { raw: zone } }).zone('raw'),
    );
    return { table, template: Template.synth(s) };
  };

  test('is refused in a zone whose lifecycle takes files by age, which would take live ones', () => {
    expect(() => icebergIn({ expireAfterDays: 365, archiveAfterDays: 90 })).toThrow(
      [
        'test/Orders: 2 invalid properties',
        "  - 'format' must not be iceberg in zone raw, whose expireAfterDays takes files that the table still needs, got 'iceberg'; use a zone without expireAfterDays, and snapshotDays of the table to delete what it no longer needs",
        "  - 'format' must not be iceberg in zone raw, whose archiveAfterDays takes files that the table still needs, got 'iceberg'; use a zone without archiveAfterDays, and snapshotDays of the table to delete what it no longer needs",
      ].join('\n'),
    );
    expect(() => icebergIn({ tierAfterDays: 0, noncurrentVersionDays: 1 })).not.toThrow();
  });

  test('keeps every snapshot by default', () =>
    icebergIn({}).template.resourceCount('aws_glue_catalog_table_optimizer', 0));

  test('deletes old snapshots and unneeded files, as a role of this table only', () => {
    const { table, template } = icebergIn({}, { snapshotDays: 7 });
    const retention = table.node.findChild('Retention') as IcebergRetention;
    const { bucketArn, encryptionKey } = table.zone.bucket;
    const common = { catalog_id: '111122223333', database_name: table.zone.databaseName, table_name: table.tableName };
    template.hasResource('aws_glue_catalog_table_optimizer', {
      ...common,
      type: 'retention',
      configuration: [
        {
          enabled: true,
          role_arn: retention.role.roleArn,
          retention_configuration: [
            {
              iceberg_configuration: [
                {
                  snapshot_retention_period_in_days: 7,
                  number_of_snapshots_to_retain: MIN_SNAPSHOTS,
                  clean_expired_files: true,
                },
              ],
            },
          ],
        },
      ],
    });
    template.hasResource('aws_glue_catalog_table_optimizer', {
      ...common,
      type: 'orphan_file_deletion',
      configuration: [
        {
          orphan_file_deletion_configuration: [
            { iceberg_configuration: [{ orphan_file_retention_period_in_days: 7, location: table.location }] },
          ],
        },
      ],
    });
    const needed = [
      { actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: `${bucketArn}/orders/*` },
      { actions: 's3:ListBucket', resources: bucketArn },
      {
        actions: [...new Set([...DECRYPT, ...ENCRYPT])],
        resources: encryptionKey!.keyArn,
      },
      {
        actions: ['glue:GetTable', 'glue:UpdateTable'],
        resources: catalogEntry(table.zone.databaseName, table.tableName),
      },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: ['iceberg-retention', 'iceberg-orphan-file-deletion'].map(
          (name) => `arn:aws:logs:eu-north-1:111122223333:log-group:/aws-glue/${name}/logs:*`,
        ),
      },
    ];
    const policy = template.policyOf(retention.role);
    for (const access of needed) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(needed)).toEqual([]);
    const written = template.resource(retention.role.node.findChild('Policy')).policy;
    expect(written).not.toContain('s3:prefix'); // HeadBucket is a listing without a prefix
  });

  test('only its snapshots have an age', () => {
    expect(() => synthesized({ snapshotDays: 7 })).toThrow(
      "'snapshotDays' must not be set for a table in format parquet, which has no snapshots; remove it",
    );
    expect(() => icebergIn({}, { snapshotDays: 0 })).toThrow("'snapshotDays' must be between 1 and 36500, got 0");
  });
});

describe('partitions in the catalog', () => {
  test('are columns without projection, so that every engine finds what is registered', () => {
    const { parameters, partition_keys } = synthesized({
      partitions: { day: Partition.date() },
      partitionDiscovery: 'catalog',
    });
    expect(partition_keys).toEqual([{ name: 'day', type: 'date' }]);
    expect(Object.keys(parameters).filter((key) => /projection|location/.test(key))).toEqual([]);
  });

  test('need partition columns', () =>
    expect(() => synthesized({ partitionDiscovery: 'catalog' })).toThrow(
      "'partitionDiscovery' has no effect without 'partitions'; remove it",
    ));
});

describe('with projection, Athena finds partitions without registration', () => {
  const projected = (partition: Partition) => synthesized({ partitions: { p: partition } });
  const ofColumn = (partition: Partition) => {
    const entries = Object.entries<string>(projected(partition).parameters);
    return Object.fromEntries(entries.filter(([key]) => key.startsWith('projection.p.')));
  };

  test('in folders named after column and value', () => {
    const table = synthesized({ partitions: { day: Partition.date(), region: Partition.injected() } });
    expect(table.partition_keys).toEqual([
      { name: 'day', type: 'date' },
      { name: 'region', type: 'string' },
    ]);
    expect(table.parameters['projection.enabled']).toBe('true');
    // Terraform reads `$$` as `$`
    expect(table.parameters['storage.location.template']).toBe(
      `${table.storage_descriptor.location}day=$\${day}/region=$\${region}/`,
    );
  });

  test.each<[string, Partition, string, Record<string, string>]>([
    [
      'a date, from three years ago to tomorrow',
      Partition.date(),
      'date',
      {
        'projection.p.type': 'date',
        'projection.p.range': `${DEFAULT_FIRST_DAY},${DEFAULT_LAST_DAY}`,
        'projection.p.format': 'yyyy-MM-dd',
        'projection.p.interval': '1',
        'projection.p.interval.unit': 'DAYS',
      },
    ],
    [
      'a value of a list',
      Partition.enum(['eu', 'us west']),
      'string',
      { 'projection.p.type': 'enum', 'projection.p.values': 'eu,us west' },
    ],
    [
      'an integer of a range',
      Partition.integer({ min: 1, max: 12, digits: 2 }),
      'int',
      { 'projection.p.type': 'integer', 'projection.p.range': '1,12', 'projection.p.digits': '2' },
    ],
    [
      'a large integer',
      Partition.integer({ min: 0, max: 2 ** 31 }),
      'bigint',
      { 'projection.p.type': 'integer', 'projection.p.range': '0,2147483648' },
    ],
    [
      'a large negative integer',
      Partition.integer({ min: -(2 ** 31) - 1, max: 0 }),
      'bigint',
      { 'projection.p.type': 'integer', 'projection.p.range': '-2147483649,0' },
    ],
    ['any value', Partition.injected(), 'string', { 'projection.p.type': 'injected' }],
  ])('%s', (_, partition, type, parameters) => {
    expect(projected(partition).partition_keys).toEqual([{ name: 'p', type }]);
    expect(ofColumn(partition)).toEqual(parameters);
  });

  test('dates have the given range', () =>
    expect(ofColumn(Partition.date({ from: '2024-01-31', to: 'NOW' }))).toMatchObject({
      'projection.p.range': '2024-01-31,NOW',
    }));

  test('a list of values must not be empty or contain empty values', () => {
    expect(() => projected(Partition.enum([]))).toThrow("'values' must be one or more different words, got ''");
    expect(() => projected(Partition.enum(['eu', '']))).toThrow("'values' must be words without");
  });

  test('one error lists every invalid partition with its column', () => {
    const partitions = {
      a: Partition.date({ from: '31.1.2024', to: 'TOMORROW' }),
      b: Partition.enum(['x/y', 'x/y']),
      c: Partition.integer({ min: 3, max: 1, digits: 0 }),
    };
    expect(() => synthesized({ partitions })).toThrow(
      [
        'test/Orders: 7 invalid properties',
        "  - 'partitions.a': 'from' must be a day such as 2024-01-01, or NOW-3YEARS, got '31.1.2024'",
        "  - 'partitions.a': 'to' must be a day such as 2024-01-01, or NOW-3YEARS, got 'TOMORROW'",
        "  - 'partitions.b': 'values' must be words without , \" # % ' * / : = ? \\ { } [ ] ^ $, got 'x/y'",
        "  - 'partitions.b': 'values' must be words without , \" # % ' * / : = ? \\ { } [ ] ^ $, got 'x/y'",
        "  - 'partitions.b': 'values' must be one or more different words, got 'x/y,x/y'",
        "  - 'partitions.c': 'min' and 'max' must be whole numbers, 'min' not above 'max', got 3 and 1",
        "  - 'partitions.c': 'digits' must be a whole number of at least 1, got 0",
      ].join('\n'),
    );
  });
});

describe('access to a table', () => {
  const granted = (grant: (table: Table, role: Role) => void) => {
    const s = acmeStack();
    const role = roleIn(s);
    const table = tableIn(s);
    grant(table, role);
    const { bucketArn, encryptionKey } = table.zone.bucket;
    const resources = catalogEntry(table.zone.databaseName, table.tableName);
    const reading = [
      { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: bucketArn },
      { actions: READ, resources: `${bucketArn}/orders/*` },
      { actions: DECRYPT, resources: encryptionKey!.keyArn },
      { actions: CATALOG_READ, resources },
    ];
    const writing = [
      {
        actions: [...WRITE, 's3:DeleteObject'], // and no version: what a writer deletes by mistake can be restored
        resources: `${bucketArn}/orders/*`,
      },
      { actions: ENCRYPT, resources: encryptionKey!.keyArn },
      { actions: CATALOG_WRITE, resources },
    ];
    return { policy: Template.synth(s).policyOf(role), reading, writing };
  };

  test('to read: its folder, the key and its catalog entry only', () => {
    const { policy, reading } = granted((table, role) => table.grantRead(role));
    for (const access of reading) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond(reading)).toEqual([]);
  });

  test('to write: also replace the files in its folder', () => {
    const { policy, reading, writing } = granted((table, role) => table.grantWrite(role));
    for (const access of [...reading, ...writing]) expect(policy.missing(access)).toEqual([]);
    expect(policy.beyond([...reading, ...writing])).toEqual([]);
  });

  test('an existing table has the same grants', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const zone = zoneIn(s);
    const table = Table.fromTableAttributes(s, 'Theirs', { zone, tableName: 'clicks', prefix: 'web/clicks' });
    table.grantRead(role);
    expect(table.location).toBe(`s3://${zone.bucket.bucketName}/web/clicks/`);
    const policy = Template.synth(s).policyOf(role);
    expect(policy.allows({ actions: 's3:GetObject', resources: `${zone.bucket.bucketArn}/web/clicks/a` })).toBe(true);
    expect(policy.allows({ actions: 'glue:GetTable', resources: catalogEntry(zone.databaseName, 'clicks') })).toBe(
      true,
    );
  });
});

test('a type known only at deploy time passes', () => {
  const s = acmeStack();
  tableIn(s, { columns: { id: new TerraformVariable(s, 'type', { type: 'string' }).stringValue } });
  expect(Template.synth(s).one('aws_glue_catalog_table').storage_descriptor.columns[0].type).toBe('${var.type}');
});

test('a name may have 255 characters', () => {
  expect(() => synthesized({ name: 'x'.repeat(255) })).not.toThrow();
  expect(() => synthesized({ name: 'x'.repeat(256) })).toThrow("'name' must be up to 255");
});

test('one error lists every invalid property of a table', () => {
  const props = {
    name: 'Orders',
    prefix: '/orders/',
    classification: 'personal' as const,
    description: 'x'.repeat(2049),
    columns: { '1st': 'string', n: 'integer', day: 'date' },
    columnComments: { n: 'x'.repeat(256), m: '', day: 'two\nlines' },
    personalColumns: ['email'],
    format: TableFormat.iceberg(),
    partitions: { day: Partition.date(), 'the hour': Partition.injected() },
  };
  const identifier = 'up to 255 lower-case letters, digits and underscores, not beginning with a digit';
  expect(() => synthesized(props)).toThrow(
    [
      'test/Orders: 13 invalid properties',
      `  - 'name' must be ${identifier}, got 'Orders'`,
      "  - 'prefix' must be folders such as shop/orders, each beginning with a letter or digit, without a slash at either end, got '/orders/'",
      "  - 'length of description' must be at most 2048, got 2049",
      "  - 'classification' must not be above the zone's (confidential), got 'personal'; raise the zone's classification or choose another zone",
      "  - 'partitions' must not be set for an Iceberg table; add them with the engine, e.g. ALTER TABLE ... ADD PARTITION FIELD",
      `  - 'columns' must be ${identifier}, got '1st'`,
      "  - 'columns.n' must be a Glue and Athena type: boolean, tinyint, smallint, int, bigint, float, double, date, timestamp, string, binary, decimal, char, varchar, array, map, struct, got 'integer'; for 'integer' use int",
      "  - 'partitions.day' must not be in 'columns' too; remove it there, its value is in the folder name",
      `  - 'partitions' must be ${identifier}, got 'the hour'`,
      `  - 'columnComments.n' must be one line of at most 255 characters, got '${'x'.repeat(60)}…'`,
      "  - 'columnComments.day' must be one line of at most 255 characters, got 'two\\nlines'",
      "  - 'columnComments' must be one of 1st, n, day, got 'm'",
      "  - 'personalColumns' must be one of 1st, n, day, got 'email'",
    ].join('\n'),
  );
  expect(() => synthesized({ columns: {} })).toThrow("'columns' must have at least one column");
});
