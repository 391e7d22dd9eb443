import { readdirSync, readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { parse, stringify } from 'yaml';
import { CLASSIFICATIONS } from '../../lib/data-lake/lake-limits';
import { COMMON_ENDPOINTS } from '../../lib/network/network-limits';
import { type Environment, EnvironmentFileError, loadEnvironment, parseEnvironment } from '../../stacks/environment';
import { FORMAT } from '../../stacks/environment/platform-format';
import type { JsonSchema } from '../../stacks/environment/schema/json-schema';
import { changed } from './environment-text';

const read = (name: string) => readFileSync(`environments/${name}`, 'utf8');
const FILES = readdirSync('environments').filter((file) => file.endsWith('.yaml'));
const environmentOf = (changes: Record<string, string> = {}) => parseEnvironment(changed(changes), 'dev.yaml');

const LEAST = `project: acme
environment: dev
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
network: { cidr: 10.20.0.0/16 }
`;

const TABLE = { zone: 'raw', format: 'parquet', columns: { id: 'string' }, owner: 'fraud' };
const KEY_ARN = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

describe('defaults', () => {
  test('size small, removal retain, logs for a year', () => {
    expect(parseEnvironment(LEAST, 'dev.yaml')).toEqual<Environment>({
      project: 'acme',
      environment: 'dev',
      account: '111122223333',
      region: 'eu-north-1',
      owner: 'ml@acme.example',
      size: 'small',
      profile: 'managed',
      removal: 'retain',
      tags: {},
      state: undefined,
      tracking: undefined,
      training: undefined,
      scheduler: undefined,
      models: {},
      monitoring: undefined,
      iam: {},
      network: {
        cidr: '10.20.0.0/16',
        zones: 2,
        nat: 'single',
        endpoints: [],
        flowLogRetentionDays: 365,
        peers: [],
        resourceAccounts: [],
      },
      logs: { engine: 'cloudwatch', accessLogDays: 365, removal: 'retain' },
      lake: {
        zones: {
          raw: { tierAfterDays: 0, classification: 'confidential' },
          curated: { classification: 'confidential' },
          features: { classification: 'confidential' },
        },
        tables: {},
        queryLimitGb: 100,
        removal: 'retain',
      },
      registry: {
        database: undefined,
        models: { writeOnce: false, replacedVersionDays: 365 },
        packages: {},
        images: {},
        pullThroughCache: {},
        removal: 'retain',
      },
      features: { groups: {}, removal: 'retain' },
      teams: {},
    });
  });

  test.each([
    ['small', { zones: 2, nat: 'single', endpoints: [] }, ['db.t4g.small', false, 20, 3]],
    ['medium', { zones: 2, nat: 'single', endpoints: [] }, ['db.t4g.medium', false, 50, 7]],
    ['large', { zones: 3, nat: 'per-zone', endpoints: COMMON_ENDPOINTS }, ['db.m7g.large', true, 100, 30]],
  ] as const)('of size %s', (size, network, [instance, multiAz, storageGb, backupDays]) => {
    const environment = environmentOf({
      'environment: dev': `environment: dev\nsize: ${size}`,
      'images: [train]': 'database: {}',
    });
    expect(environment.network).toMatchObject(network);
    expect(environment.registry.database).toEqual({
      engine: 'rds',
      engineVersion: '17',
      extendedSupport: true,
      iamAuthentication: true,
      instance,
      multiAz,
      storageGb,
      maxStorageGb: storageGb * 5,
      backupDays,
    });
  });

  test('of profile kubernetes', () => {
    const { registry } = environmentOf({ 'environment: dev': 'environment: dev\nprofile: kubernetes' });
    expect(registry.pullThroughCache).toEqual({ ecrPublic: {}, kubernetes: {}, quay: {} });
  });

  test('without NAT: the endpoints that most workloads call', () => {
    const { network } = environmentOf({ 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  nat: none' });
    expect(network).toMatchObject({ nat: 'none', endpoints: COMMON_ENDPOINTS });
  });

  test('with the largest storage: no growth', () => {
    const { database } = environmentOf({ 'images: [train]': 'database: { storageGb: 65536 }' }).registry;
    expect(database).toMatchObject({ storageGb: 65_536, maxStorageGb: 0 });
  });

  test("of the state: the environment's region", () => {
    const { state } = environmentOf({ 'environment: dev': 'environment: dev\nstate: { bucket: acme-state }' });
    expect(state).toEqual({ bucket: 'acme-state', region: 'eu-north-1', removal: 'retain' });
  });

  test("of a team: the lake's query limit", () => {
    const { teams } = environmentOf({
      'zones: {': 'queryLimitGb: 7\n  zones: {',
      'fraud: {}': 'fraud: {}\n  ads: { queryLimitGb: 9 }',
    });
    expect(teams).toEqual({ fraud: { queryLimitGb: 7 }, ads: { queryLimitGb: 9 } });
  });
});

describe('the file', () => {
  test('overrides every default of a size', () => {
    const environment = environmentOf({
      'environment: dev': 'environment: dev\nsize: large',
      'cidr: 10.20.0.0/16':
        'cidr: 10.20.0.0/16\n  zones: 2\n  nat: none\n  endpoints: [sts, ecr.api, ecr.dkr, logs, kms, secretsmanager]',
      'images: [train]':
        'database: { instance: db.t4g.micro, multiAz: false, storageGb: 20, maxStorageGb: 0, backupDays: 1, iamAuthentication: false, engineVersion: "16" }',
    });
    expect(environment.network).toMatchObject({ zones: 2, nat: 'none' });
    expect(environment.registry.database).toEqual({
      engine: 'rds',
      instance: 'db.t4g.micro',
      multiAz: false,
      storageGb: 20,
      maxStorageGb: 0,
      backupDays: 1,
      iamAuthentication: false,
      engineVersion: '16',
      extendedSupport: true,
    });
  });

  test('may have an existing network', () => {
    const { network } = environmentOf({
      'cidr: 10.20.0.0/16': 'vpcId: vpc-0a1b2c3d\n  privateSubnetIds: [subnet-0a1b2c3d, subnet-0a1b2c3e]',
    });
    expect(network).toEqual({
      vpcId: 'vpc-0a1b2c3d',
      privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
      publicSubnetIds: [],
      endpoints: [],
      routeTableIds: [],
    });
  });

  test('may have images by name or with options', () => {
    expect(environmentOf().registry.images).toEqual({ train: { mutableTags: false, keepImages: 100 } });
    const { images } = environmentOf({ '[train]': '{ train: { mutableTags: true }, serve: {} }' }).registry;
    expect(images).toEqual({
      train: { mutableTags: true, keepImages: 100 },
      serve: { mutableTags: false, keepImages: 100 },
    });
  });

  test('may have partitions in a short or long form', () => {
    const { tables } = environmentOf({
      'columns: {': 'partitions: { day: date, shop: string, hour: { type: int, min: 0, max: 23 } }\n      columns: {',
    }).lake;
    expect(tables.orders?.partitions).toEqual({
      day: { type: 'date' },
      shop: { type: 'string' },
      hour: { type: 'int', min: 0, max: 23 },
    });
  });

  test('may have names that look like numbers: they are kept as they are written', () => {
    const { tags } = environmentOf({
      'environment: dev':
        'environment: dev\ntags: { 2.50: a, 0123: b, 1e3: c, 0x10: d, 1.0: e, 1: f, "01": g, yes: h, null: i }',
    });
    const written = { '2.50': 'a', '0123': 'b', '1e3': 'c', '0x10': 'd', '1.0': 'e', 1: 'f', '01': 'g' };
    expect(tags).toEqual({ ...written, yes: 'h', null: 'i' });
  });

  test('may have the name of its project and environment', () => {
    expect(parseEnvironment(changed({}), 'environments/acme-dev.yml').environment).toBe('dev');
  });
});

describe('classification', () => {
  test('of a zone: by default that of its most sensitive table', () => {
    const { zones, tables } = environmentOf({
      'format: parquet': 'format: parquet\n      classification: personal',
    }).lake;
    expect([zones.raw?.classification, zones.curated?.classification]).toEqual(['personal', 'confidential']);
    expect(tables.orders?.classification).toBe('personal');
  });

  test('of a table: by default that of its zone', () => {
    const { tables } = environmentOf({ 'raw: {}': 'raw: { classification: public }' }).lake;
    expect(tables.orders?.classification).toBe('public');
  });

  test('is confidential by default', () => {
    const { zones, tables } = environmentOf().lake;
    expect([zones.raw?.classification, tables.orders?.classification]).toEqual(['confidential', 'confidential']);
    expect(CLASSIFICATIONS).toContain('confidential');
  });
});

describe('the environments of this repository', () => {
  test.each(FILES)('%s is accepted', (file) => {
    expect(loadEnvironment(`environments/${file}`).project).toBe('acme');
  });

  test('have different addresses', () => {
    const blocks = FILES.map((file) => loadEnvironment(`environments/${file}`).network);
    expect(new Set(blocks.map((network) => ('cidr' in network ? network.cidr : '')))).toHaveProperty('size', 3);
  });

  test('retain all data of prod', () => {
    const { removal, lake, registry, logs } = loadEnvironment('environments/prod.yaml');
    expect([removal, lake.removal, registry.removal, logs.removal]).toEqual(Array(4).fill('retain'));
  });
});

describe('the schema for editors', () => {
  const schema = FORMAT.jsonSchema;
  const accepts = new Ajv({ strictRequired: false, keywords: ['defaultSnippets'] }).compile(schema);

  test('is up to date: npm run schema', () => {
    expect(JSON.stringify(JSON.parse(read('environment.schema.json')))).toBe(JSON.stringify(schema));
  });

  test.each(FILES)('accepts %s', (file) => {
    accepts(parse(read(file)));
    expect(accepts.errors ?? []).toEqual([]);
  });

  test('refuses an unknown key, an incomplete network, a wrong type', () => {
    const good = parse(LEAST);
    expect(accepts(good)).toBe(true);
    for (const change of [{ sise: 'small' }, { network: { nat: 'none' } }, { account: 111122223333 }]) {
      expect(accepts({ ...good, ...change })).toBe(false);
    }
  });

  test.each([
    ['a new and an existing VPC', 'network', { cidr: '10.0.0.0/16', vpcId: 'vpc-0a1b2c3d' }, 'vpcId'],
    [
      'NAT in an existing VPC',
      'network',
      { vpcId: 'vpc-0a1b2c3d', privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'], nat: 'single' },
      'nat',
    ],
    [
      'the lifecycle of an existing bucket',
      'lake',
      { zones: { raw: { bucketArn: 'arn:aws:s3:::acme', expireAfterDays: 9 } } },
      'expireAfterDays',
    ],
    ['the key of no bucket', 'lake', { zones: { raw: { keyArn: KEY_ARN } } }, 'keyArn'],
    ['a separator of parquet', 'lake', { tables: { t: { ...TABLE, separator: ';' } } }, 'separator'],
    ['a header of json', 'lake', { tables: { t: { ...TABLE, format: 'json', header: true } } }, 'header'],
    ['snapshots of csv', 'lake', { tables: { t: { ...TABLE, format: 'csv', snapshotDays: 9 } } }, 'snapshotDays'],
    ['a role without account', 'state', { bucket: 'acme-state', role: 'arn:aws:iam::999900001111:role/state' }, 'role'],
    [
      'the removal of a bucket elsewhere',
      'state',
      { bucket: 'acme-state', account: '999900001111', removal: 'retain' },
      'removal',
    ],
  ])('marks %s at the key, as the parser refuses it', (_, section, value, key) => {
    const file = { ...parse(LEAST), teams: { fraud: {} }, [section]: value };
    expect(accepts(file)).toBe(false);
    expect(accepts.errors!.filter(({ keyword }) => keyword !== 'if')).toMatchObject([
      { keyword: 'false schema', instancePath: expect.stringMatching(new RegExp(`/${key}$`)) },
    ]);
    expect(outcome(stringify(file))).toContain(key);
    expect(outcome(stringify(file))).not.toBe('accepted');
  });

  const snippets = snippetsOf(schema);
  /** What the snippets of triggers and of models name. */
  const STARTED = {
    scheduler: { airflow: {} },
    lake: { zones: { raw: {}, features: {} }, tables: { transactions: { ...TABLE, zone: 'raw' } } },
    training: {
      pipelines: {
        churn: {
          team: 'fraud',
          framework: 'scikit-learn',
          frameworkVersion: '1.9-0',
          instance: 'ml.m5.xlarge',
          inputs: { train: { zone: 'features', prefix: 'churn/train' } },
          testData: { zone: 'features', prefix: 'churn/test' },
          task: 'classification',
          target: 'churned',
          metrics: { auc: { min: 0.8 } },
          packages: 'churn',
        },
      },
    },
  };

  test('offers a value for every section with required keys, and for every mapping from names', () => {
    expect([...new Set(snippets.map(({ path }) => path.join('.')))]).toEqual([
      'state',
      'network',
      'lake.zones',
      'lake.tables',
      'teams',
      'features.groups',
      'registry.database',
      'registry.images',
      'registry.packages',
      'tracking.awake',
      'training.fileSystems',
      'training.batch',
      'training.pretrained.models',
      'training.notebooks.teams',
      'training.pipelines',
      'scheduler.airflow',
      'scheduler.airflow.configuration',
      'scheduler.triggers',
      'models',
      'monitoring',
    ]);
  });

  test.each(snippets)('offers $label at $path, which is accepted as it is inserted', ({ path, body }) => {
    const inserted = JSON.parse(JSON.stringify(body).replaceAll(/\$\{\d+:([^}]*)\}/g, '$1'));
    const file = replaced(
      {
        ...parse(LEAST),
        teams: { fraud: {} },
        lake: {},
        features: {},
        registry: { packages: { churn: { team: 'fraud' } } },
        ...((path[0] === 'scheduler' || path[0] === 'models') && STARTED),
      },
      [...path],
      inserted,
    );
    expect(outcome(stringify(file))).toBe('accepted');
    accepts(file);
    expect(accepts.errors ?? []).toEqual([]);
  });

  test('suggests one region as an example; the parser knows them all', () => {
    expect(schema.properties!.region!.examples).toEqual(['eu-north-1']);
    expect(outcome(LEAST.replace('eu-north-1', 'eu-west1'))).toContain("did you mean 'eu-west-1'?");
  });

  test('has a description for every key, and an example for every required key', () => {
    const silent = keysOf(schema).filter(({ schema: { description = '' } }) => description.length < 5);
    expect(silent.map(({ path }) => path)).toEqual([]);
    const without = keysOf(schema).filter(
      ({ schema: { examples, const: value }, required }) => required && !examples && value === undefined,
    );
    expect(without.map(({ path }) => path)).toEqual([]);
  });
});

function outcome(text: string): string {
  try {
    parseEnvironment(text, 'dev.yaml');
    return 'accepted';
  } catch (error) {
    if (error instanceof EnvironmentFileError) return error.message;
    throw error;
  }
}

interface Snippet {
  readonly path: string[];
  readonly label: string;
  readonly body: unknown;
}

function snippetsOf({ defaultSnippets = [], properties = {} }: JsonSchema, path: string[] = []): Snippet[] {
  return [
    ...defaultSnippets.map((one) => ({ path, ...one })),
    ...Object.entries(properties).flatMap(([name, property]) => snippetsOf(property, [...path, name])),
  ];
}

interface Key {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** Every key of the schema, at any depth. */
function keysOf(schema: JsonSchema, path = ''): Key[] {
  const inner = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const here = `${path}.${name}`;
      return [
        { path: here, schema: property, required: schema.required?.includes(name) ?? false },
        ...keysOf(property, here),
      ];
    }),
    ...inner.flatMap((part) => (part ? keysOf(part, `${path}.*`) : [])),
  ];
}

function replaced(value: any, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  (copy as any)[key] = replaced(value?.[key], rest, by);
  return copy;
}
