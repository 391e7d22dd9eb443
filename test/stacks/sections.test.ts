import '../../lib/testing/jest';
import { InputError } from '../../lib/core/input-error';
import { Principal, Role } from '../../lib/iam';
import { SecurityGroup } from '../../lib/network';
import { COMMON_ENDPOINTS } from '../../lib/network/network-limits';
import { Template, testApp } from '../../lib/testing';
import { type Environment, LayerStack, loadEnvironment, Platform, parseEnvironment, SECTIONS } from '../../stacks';
import { EnvironmentFormat } from '../../stacks/environment';
import { changed, errorOf, GOOD } from './environment-text';
import { toy } from './toy-section/section';

const sections = [...SECTIONS, toy] as const;
const format = new EnvironmentFormat<(typeof sections)[number]>(sections);
const withToy = (text: string, more = '') =>
  format.parse(`${GOOD.replace('environment: dev', `environment: dev\n${more}`)}toy: ${text}\n`, 'dev.yaml');
const errorsOf = (text: string, more?: string) =>
  errorOf(() => withToy(text, more))
    .split('\n')
    .slice(1);

describe('a new section is a folder and a line in the list', () => {
  test('its keys are read, checked by its rules, and completed with defaults by size and profile', () => {
    expect(withToy('{ owner: fraud }').toy).toEqual({
      owner: 'fraud',
      removal: 'retain',
      container: undefined,
      games: {},
    });
    expect(withToy('{ owner: fraud, container: {} }').toy?.container).toEqual({ engine: 'box', size: 1 });
    expect(withToy('{ owner: fraud, container: {} }', 'size: large').toy?.container).toEqual({
      engine: 'box',
      size: 8,
    });
    expect(withToy('{ owner: fraud, container: {} }', 'profile: kubernetes').toy?.container).toEqual({
      engine: 'crate',
      planks: 3,
    });
    expect(errorsOf('{ owner: ads }')).toContain(
      'dev.yaml:21:15 toy.owner: must not be ads, got ads; name another team',
    );
  });

  test('its references and ARNs are checked like all others', () => {
    expect(errorsOf('{ owner: nobody, source: "arn:aws-cn:s3:::acme-toys" }')).toEqual([
      "dev.yaml:21:15 toy.owner: must be a name under teams, got 'nobody'; use one of fraud",
      "dev.yaml:21:31 toy.source: must begin with arn:aws: in region eu-north-1, got 'arn:aws-cn:s3:::acme-toys'; correct the ARN or the region",
    ]);
  });

  test('its names must differ from all others, if the file has the section', () => {
    const zone = changed({ 'curated: {}': 'toys: {}' });
    expect(() => format.parse(zone, 'dev.yaml')).not.toThrow();
    expect(errorOf(() => format.parse(`${zone}toy: { owner: fraud }\n`, 'dev.yaml'))).toBe(
      "dev.yaml: 1 error\ndev.yaml:9:21 lake.zones.toys: makes the S3 bucket name 'acme-dev-toys-111122223333-eu-north-1', which the platform makes for toy; choose another name",
    );
  });

  test('its JSON Schema has no custom keywords, and does not require an engine with a default', () => {
    const { properties } = format.jsonSchema;
    const [box] = properties!.toy!.properties!.container!.anyOf!;
    expect(box).toMatchObject({
      properties: { size: { description: 'Ports of the box. Default: 1, for size large 8.' } },
    });
    expect(box!.required).toEqual([]);
    expect(JSON.stringify(format.jsonSchema)).not.toMatch(/refersTo|isArn|defaultEngine/);
  });

  test('it creates resources in the layers of the platform, with its own key', () => {
    const app = testApp();
    new Platform(app, withToy('{ owner: fraud, removal: destroy }', 'removal: destroy') as Environment, sections);
    const { 'acme-dev-foundation': foundation, 'acme-dev-data': data } = Template.all(app);
    expect(foundation!.all('aws_kms_alias').map(({ name }) => name)).toContain('alias/acme-dev-toy');
    expect(data!.all('aws_s3_bucket').map(({ bucket }) => bucket)).toContain('acme-dev-toys-111122223333-eu-north-1');
  });
});

describe('what a section calls from the private subnets', () => {
  const network = (keys: string) => (text: string) =>
    text.replace('cidr: 10.20.0.0/16', `cidr: 10.20.0.0/16\n  ${keys}`);
  const read = (edit: (text: string) => string, toy: string) =>
    format.parse(edit(`${GOOD}toy: ${toy}\n`), 'dev.yaml') as Environment;
  const BUSY = '{ owner: fraud, container: {}, games: { chess: {} } }';

  test('gets its endpoints without NAT, by what the file uses, beside those of every such network', () => {
    const isolated = network('nat: none');
    expect(read(isolated, '{ owner: fraud }').network.endpoints).toEqual(COMMON_ENDPOINTS);
    expect(read(isolated, BUSY).network.endpoints).toEqual([
      ...COMMON_ENDPOINTS,
      'ecs',
      'ecs-agent',
      'ecs-telemetry',
      'ssm',
      's3express',
    ]);
  });

  test('gets none with NAT, where AWS services are reached anyway, nor in an existing VPC', () => {
    const existing = (text: string) =>
      text.replace(
        'cidr: 10.20.0.0/16',
        'vpcId: vpc-0a1b2c3d4e5f60718\n  privateSubnetIds: [subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719]',
      );
    expect(read(network('nat: single'), BUSY).network.endpoints).toEqual([]);
    expect(read(existing, BUSY).network.endpoints).toEqual([]);
  });

  test('must be among the endpoints that the file names, and the error says who calls what', () => {
    const base = 'sts, ecr.api, ecr.dkr, logs, kms, secretsmanager';
    const errors = (endpoints: string, keys = 'nat: none') =>
      errorOf(() => read(network(`${keys}\n  endpoints: [${endpoints}]`), BUSY))
        .split('\n')
        .slice(1);
    expect(errors(`${base}, s3express`)).toEqual([
      'dev.yaml:9:14 network.endpoints: must include ecs, ecs-agent, ecs-telemetry if nat is none, because toy (AWS Batch on EC2) calls them; add them, or remove endpoints to have all that are needed',
      'dev.yaml:9:14 network.endpoints: must include ssm if nat is none, because toy calls it; add it, or remove endpoints to have all that are needed',
    ]);
    const all = `${base}, s3express, ssm, ecs-telemetry, ecs-agent, ecs`;
    const named = read(network(`nat: none\n  endpoints: [${all}]`), BUSY).network.endpoints;
    expect(named.join(', ')).toBe(all);
    expect(read(network('nat: single\n  endpoints: [sts]'), BUSY).network.endpoints).toEqual(['sts']);
  });
});

describe('a key of a section may have a folder of its own, as a section has', () => {
  test('its settings, rules and names are those of the section', () => {
    expect(withToy('{ owner: fraud, games: { chess: {}, go: { players: 3 } } }', 'size: large').toy?.games).toEqual({
      chess: { players: 4 },
      go: { players: 3 },
    });
    expect(errorsOf('{ owner: fraud, games: { chess: { players: 5 }, raw: {} } }')).toEqual([
      'dev.yaml:21:49 toy.games.chess.players: must not be 5, got 5; use 4 or 6',
      "dev.yaml:21:54 toy.games.raw: makes the S3 bucket name 'acme-dev-raw-111122223333-eu-north-1', which lake.zones.raw also makes; choose another name",
    ]);
  });

  test('its parts are made in their layer, which does not exist without one', () => {
    const stacksOf = (text: string) => {
      const app = testApp();
      const platform = new Platform(app, withToy(text) as Environment, sections);
      return { platform, templates: Template.all(app) };
    };
    const { platform, templates } = stacksOf('{ owner: fraud, games: { chess: {} } }');
    expect(templates['acme-dev-services']!.one('aws_s3_bucket').bucket).toBe('acme-dev-chess-111122223333-eu-north-1');
    expect(platform.services!.dependencies).toContain(platform.foundation);
    const without = stacksOf('{ owner: fraud }');
    expect(without.platform.services).toBeUndefined();
    expect(Object.keys(without.templates)).toEqual(['acme-dev-foundation', 'acme-dev-data']);
  });
});

describe('an engine', () => {
  test('refuses keys of another engine, and names that engine', () => {
    expect(errorsOf('{ owner: fraud, container: { planks: 4 } }')).toEqual([
      'dev.yaml:21:35 toy.container.planks: is not for engine box; remove it, or choose engine: crate',
    ]);
    expect(errorsOf('{ owner: fraud, container: { engine: crate, plank: 4 } }')).toEqual([
      "dev.yaml:21:50 toy.container.plank: is not a known key; did you mean 'planks'?",
    ]);
  });

  test('must be a known one', () => {
    expect(errorsOf('{ owner: fraud, container: { engine: bax } }')).toEqual([
      "dev.yaml:21:43 toy.container.engine: must be one of box, crate, got 'bax'; did you mean 'box'?",
    ]);
  });

  test('has its own rules', () => {
    expect(errorsOf('{ owner: fraud, container: { engine: crate, planks: 5 } }')).toEqual([
      'dev.yaml:21:58 toy.container.planks: must not be 5, got 5; use 4 or 6',
    ]);
    expect(errorsOf('{ owner: fraud, container: { engine: box, size: 0 } }')).toHaveLength(1);
  });

  test('is created only in its own layer', () => {
    const layersOf = (container: string) =>
      new Platform(
        testApp(),
        withToy(`{ owner: fraud, container: { engine: ${container} } }`) as Environment,
        sections,
      ).parts.map(({ layer }) => layer);
    expect(layersOf('box').at(-1)).toBe('foundation');
    expect(layersOf('crate').at(-1)).toBe('data');
  });
});

describe('the engine of the registry database', () => {
  const database = (words: string, size = 'small') =>
    parseEnvironment(
      changed({ 'environment: dev': `environment: dev\nsize: ${size}`, 'images: [train]': `database: ${words}` }),
      'dev.yaml',
    );
  const dataOf = (environment: Environment) => {
    const app = testApp();
    new Platform(app, environment);
    return Template.all(app)['acme-dev-data']!;
  };

  test('is an instance of RDS, or Aurora where the file says so', () => {
    expect(dataOf(database('{}')).all('aws_rds_cluster')).toEqual([]);
    const data = dataOf(database('{ engine: aurora }'));
    expect(data.all('aws_db_instance')).toEqual([]);
    expect(data.one('aws_rds_cluster').serverlessv2_scaling_configuration).toMatchObject({
      min_capacity: 0,
      max_capacity: 4,
    });
  });

  test.each([
    ['small', { minCapacityAcu: 0, maxCapacityAcu: 4, readers: 0, backupDays: 3 }],
    ['medium', { minCapacityAcu: 2, maxCapacityAcu: 8, readers: 0, backupDays: 7 }],
    ['large', { minCapacityAcu: 2, maxCapacityAcu: 16, readers: 1, backupDays: 30 }],
  ])('of Aurora follows from size %s', (size, settings) => {
    expect(database('{ engine: aurora }', size).registry.database).toMatchObject(settings);
  });

  test('refuses what Aurora would', () => {
    expect(
      errorOf(() => database('{ engine: aurora, maxCapacityAcu: 1, minCapacityAcu: 2.5, pauseAfterSeconds: 300 }')),
    ).toBe(
      [
        'dev.yaml: 2 errors',
        'dev.yaml:18:31 registry.database.maxCapacityAcu: maxCapacityAcu must be at least minCapacityAcu 2.5, got the number 1; raise it or lower minCapacityAcu',
        'dev.yaml:18:71 registry.database.pauseAfterSeconds: has no effect with minCapacityAcu 2.5, which never pauses; remove it, or set minCapacityAcu: 0',
      ].join('\n'),
    );
    expect(errorOf(() => database('{ engine: aurora, minCapacityAcu: 0.3, multiAz: true }'))).toBe(
      [
        'dev.yaml: 2 errors',
        'dev.yaml:18:47 registry.database.minCapacityAcu: must be a multiple of 0.5 from 0 to 256, got the number 0.3; the nearest is 0.5',
        'dev.yaml:18:52 registry.database.multiAz: is not for engine aurora; remove it, or choose engine: rds',
      ].join('\n'),
    );
  });

  test('cannot change once it is deployed, at one address for all engines', () => {
    const keys = ['{}', '{ engine: aurora }'].map((words) => dataOf(database(words)).resources('terraform_data'));
    expect(Object.keys(keys[0]!)).toEqual(Object.keys(keys[1]!));
    const [fixed] = Object.values(keys[1]!);
    expect(fixed).toMatchObject({ input: { choice: 'aurora' }, lifecycle: { ignore_changes: ['input'] } });
    expect(fixed!.lifecycle.postcondition[0].error_message).toMatch(
      /^registry\.database\.engine is .* set it back\. To move the data/,
    );
  });
});

test('a section that a file leaves out makes no key', () => {
  const app = testApp();
  new Platform(app, format.parse(GOOD, 'dev.yaml') as Environment, sections);
  expect(JSON.stringify(Template.all(app)['acme-dev-foundation']!.all('aws_kms_alias'))).not.toContain('toy');
});

test.each([
  ['the kubernetes profile caches registries', 'profile: kubernetes', {}, ['ecrPublic', 'kubernetes', 'quay']],
  [
    'without NAT nothing is cached by default',
    'profile: kubernetes',
    { 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  nat: none' },
    [],
  ],
  ['in China nothing is cached by default', 'profile: kubernetes', { 'region: eu-north-1': 'region: cn-north-1' }, []],
])('%s', (_, line, changes, caches) => {
  const text = changed({ 'environment: dev': `environment: dev\n${line}`, ...changes });
  expect(Object.keys(parseEnvironment(text, 'dev.yaml').registry.pullThroughCache)).toEqual(caches);
});

test('caches are refused in China, which has none', () => {
  const text = changed({
    'region: eu-north-1': 'region: cn-north-1',
    'images: [train]': 'pullThroughCache: { quay: {} }',
  });
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toBe(
    'dev.yaml: 1 error\ndev.yaml:17:23 registry.pullThroughCache.quay: must not be cached in China, got region cn-north-1; remove it, ECR has no pull-through caches there',
  );
});

describe('a stack of a user', () => {
  /** Uses all offers of the data layer. */
  class Consumer extends LayerStack {
    constructor(app: ConstructorParameters<typeof Platform>[0], { environment, foundation, data }: Platform) {
      super(app, 'consumer', environment);
      const role = new Role(this, 'Role', { assumedBy: Principal.podIdentity() });
      data.lake.zone('raw').grantWrite(role);
      data.tables.get('transactions')!.grantWrite(role);
      data.workgroups.get('fraud')!.grantQuery(role);
      data.images.get('fraud-train')!.grantPush(role);
      data.models.grantPublish(role);
      data.database!.grantConnect(role, 'trainer');
      const jobs = new SecurityGroup(this, 'Jobs', { network: foundation.network, description: 'jobs' });
      data.database!.allowConnectionsFrom(jobs);
    }
  }

  test('adds outputs to the data layer only for generated ids, and is deployed after it', () => {
    const app = testApp();
    const platform = new Platform(app, loadEnvironment('environments/dev.yaml'));
    const consumer = new Consumer(app, platform);
    const templates = Template.all(app);
    expect(Object.keys(templates['acme-dev-data']!.json.output ?? {})).toEqual([
      expect.stringMatching(/aws_db_instance.*resource_id$/),
      expect.stringMatching(/aws_security_group.*id$/),
    ]);
    expect(consumer.dependencies).toContain(platform.data);
    const policy = templates['acme-dev-consumer']!.policyOf(
      Object.keys(templates['acme-dev-consumer']!.resources('aws_iam_role'))[0]!,
    );
    expect(policy).toAllow({
      actions: 's3:PutObject',
      resources: 'arn:aws:s3:::acme-dev-raw-111122223333-eu-north-1/transactions/x',
    });
  });

  test('gets an error with all keys for an unknown one', () => {
    const { foundation } = new Platform(testApp(), loadEnvironment('environments/dev.yaml'));
    expect(() => foundation.keys.of('lakes')).toThrow(
      new InputError(
        "acme-dev-foundation: there is no key for domain 'lakes'; use one of logs, lake, registry, tracking, training, scheduler, monitoring, or declare the domain in a section",
      ),
    );
  });
});

describe('physical names', () => {
  test('of a zone and of the platform must differ; the error is at the zone', () => {
    expect(errorOf(() => parseEnvironment(changed({ 'curated: {}': 'query-results: {}' }), 'dev.yaml'))).toBe(
      "dev.yaml: 1 error\ndev.yaml:9:21 lake.zones.query-results: makes the S3 bucket name 'acme-dev-query-results-111122223333-eu-north-1', which the platform makes for teams; choose another name",
    );
  });

  test('of a zone and of the bucket that another zone names are kept apart, and aliases of keys too', () => {
    const own = 'arn:aws:s3:::acme-dev-raw-111122223333-eu-north-1';
    expect(
      errorOf(() => parseEnvironment(changed({ 'curated: {}': `curated: { bucketArn: "${own}" }` }), 'dev.yaml')),
    ).toMatch(
      /^dev\.yaml: 1 error\ndev\.yaml:9:\d+ lake\.zones\.curated\.bucketArn: makes the S3 bucket name .*lake\.zones\.raw/,
    );
    const state = 'state: { bucket: acme-state, kmsKey: alias/acme-dev-lake }';
    expect(
      errorOf(() => parseEnvironment(changed({ 'environment: dev': `environment: dev\n${state}` }), 'dev.yaml')),
    ).toMatch(/^dev\.yaml: 1 error\ndev\.yaml:3:\d+ state\.kmsKey: makes the KMS alias name 'acme-dev-lake'.*lake/);
  });

  test('of two environments in one account must differ; the error names both constructs', () => {
    const other = (name: string, zone: string) =>
      parseEnvironment(
        changed({ 'environment: dev': `environment: ${name}`, 'raw: {}': `${zone}: {}`, 'zone: raw': `zone: ${zone}` }),
        `${name}.yaml`,
      );
    const app = testApp();
    new Platform(app, other('dev', 'eu-raw'));
    expect(() => new Platform(app, other('dev-eu', 'raw'))).toThrow(
      "acme-dev-eu-data/Lake/raw/Bucket: the S3 bucket name 'acme-dev-eu-raw-111122223333-eu-north-1' is already taken by acme-dev-data/Lake/eu-raw/Bucket; rename one of them",
    );
  });

  test('of a zone and of a bucket in another stack must differ', () => {
    const app = testApp();
    const { environment } = new Platform(app, parseEnvironment(changed({}), 'dev.yaml'));
    const { Bucket } = require('../../lib/storage') as typeof import('../../lib/storage');
    const stack = new LayerStack(app, 'own', environment);
    expect(() => new Bucket(stack, 'Raw', { name: 'raw' })).toThrow(/^acme-dev-own\/Raw: the S3 bucket name/);
  });
});

test('a text is as long as the service counts it, not as Terraform writes it', () => {
  const text = `${'x'.repeat(2044)}\${y}`;
  const file = changed({ 'format: parquet': `format: parquet\n      description: "${text}"` });
  expect(() => new Platform(testApp(), parseEnvironment(file, 'dev.yaml'))).not.toThrow();
});

test('text of a file is data, never a Terraform template', () => {
  const text = 'costs ${var.price} and %{ if true }';
  const environment = parseEnvironment(
    changed({ 'format: parquet': `format: parquet\n      description: "${text}"` }),
    'dev.yaml',
  );
  const app = testApp();
  new Platform(app, environment);
  expect(Template.all(app)['acme-dev-data']!.one('aws_glue_catalog_table').description).toBe(
    'costs $${var.price} and %%{ if true }',
  );
});
