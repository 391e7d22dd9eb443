import { type App, TerraformOutput } from 'cdktf';
import { InputError } from '../../lib/core/input-error';
import type { Removal } from '../../lib/core/removal';
import { addresses, Template, testApp } from '../../lib/testing';
import { BootstrapStack, type Environment, loadEnvironment, Platform, parseEnvironment, SECTIONS } from '../../stacks';
import { lintPolicies } from '../support/iam-lint';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const environment = (name: string) => loadEnvironment(`environments/${name}.yaml`);

function composed(...environments: Environment[]): { app: App; templates: Record<string, Template> } {
  const app = testApp();
  BootstrapStack.forEach(app, environments);
  for (const one of environments) new Platform(app, one);
  return { app, templates: Template.all(app) };
}

const smallest = (more = '') =>
  parseEnvironment(
    `project: acme
environment: mini
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
network: { cidr: 10.0.0.0/16 }
${more}`,
    'mini.yaml',
  );

describe.each(ENVIRONMENTS)('%s', (name) => {
  const { app, templates } = composed(environment(name));

  test('keeps the address of every resource: another one would be made, and this one destroyed', () => {
    expect(addresses(app)).toMatchSnapshot();
  });

  test('grants only what exists: actions, kinds of resources and condition keys that AWS knows', async () => {
    const faults = await Promise.all(Object.values(templates).map(lintPolicies));
    expect(faults.flat()).toEqual([]);
  });

  test('crosses from state to state only with what the cloud makes up: keys, the network and its parts', () => {
    const outputs = Object.values(templates).flatMap((template) => Object.keys(template.json.output ?? {}));
    const crossing = /^cross-stack-output-aws_(kms_key.*arn|vpc.*id|route_table_association.*subnet_id)$/;
    expect(outputs.filter((output) => !crossing.test(output))).toEqual([]);
  });

  test('is deployed to its own account, tagged with who answers for it', () => {
    for (const template of Object.values(templates)) {
      expect(template.providers('aws')).toEqual([
        expect.objectContaining({
          allowed_account_ids: ['111122223333'],
          region: 'eu-north-1',
          default_tags: [{ tags: expect.objectContaining({ project: 'acme', owner: 'ml-platform@acme.example' }) }],
        }),
      ]);
    }
  });
});

test('an environment that asks for nothing gets a network, keys, a lake and a model store', () => {
  const { templates } = composed(smallest());
  expect(Object.keys(templates)).toEqual(['acme-mini-foundation', 'acme-mini-data']);
  const data = templates['acme-mini-data']!;
  expect(data.all('aws_glue_catalog_database').map(({ name }) => name)).toEqual([
    'acme_mini_curated',
    'acme_mini_features',
    'acme_mini_raw',
  ]);
  expect(data.all('aws_db_instance')).toEqual([]);
  expect(data.all('aws_athena_workgroup')).toEqual([]);
});

test('an existing network is used as it is', () => {
  const text = 'vpcId: vpc-0a1b2c3d4e5f60718, privateSubnetIds: [subnet-0a1b2c3d4e5f60718, subnet-0a1b2c3d4e5f60719]';
  const existing = smallest('registry: { database: {} }');
  const { network } = parseEnvironment(
    `project: acme
environment: mini
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
network: { ${text} }`,
    'mini.yaml',
  );
  const { templates } = composed({ ...existing, network });
  expect(templates['acme-mini-foundation']!.all('aws_vpc')).toEqual([]);
  expect(templates['acme-mini-data']!.one('aws_db_subnet_group').subnet_ids).toEqual([
    'subnet-0a1b2c3d4e5f60718',
    'subnet-0a1b2c3d4e5f60719',
  ]);
});

test('a zone in an existing bucket makes none, and reaches its key', () => {
  const arn = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const { templates } = composed(
    smallest(`lake: { zones: { landing: { bucketArn: "arn:aws:s3:::partner-landing", keyArn: "${arn}" } } }`),
  );
  const data = templates['acme-mini-data']!;
  expect(data.one('aws_glue_catalog_database').location_uri).toBe('s3://partner-landing/');
  expect(data.all('aws_s3_bucket').map(({ bucket }) => bucket)).not.toContain('partner-landing');
});

describe('two keys to destroy data', () => {
  /** Types that hold what cannot be made again. */
  const STATEFUL = [
    'aws_s3_bucket',
    'aws_kms_key',
    'aws_db_instance',
    'aws_ecr_repository',
    'aws_cloudwatch_log_group',
    'aws_glue_catalog_database',
  ];
  const stateful = (template: Template) =>
    STATEFUL.flatMap((type) => Object.entries(template.resources(type))) as [string, any][];
  const guarded = ({ lifecycle, force_destroy, force_delete, deletion_protection, skip_final_snapshot }: any) =>
    lifecycle?.prevent_destroy === true &&
    !force_destroy &&
    !force_delete &&
    deletion_protection !== false &&
    skip_final_snapshot !== true;

  /** Sections that say whether their data may be destroyed, with the constructs that hold it. */
  const HOLDERS: Record<string, RegExp> = {
    lake: /Lake|Tables|Conversions|Workgroups/,
    registry: /Registry|Models|Images|Database/,
    logs: /^(AccessLogs|LogsKey|Network_)/,
  };
  const sections = SECTIONS.flatMap(({ name, domain }) => (domain ? [name] : []));
  const holderOf = (address: string) => sections.filter((name) => HOLDERS[name]!.test(address.split('.')[1]!))[0]!;

  /** dev, where the environment and the sections say what they say. */
  function platform(whole: Removal, says: (section: string) => Removal): [string, any][] {
    const base = environment('dev');
    const changed = Object.fromEntries(
      sections.map((name) => [name, { ...(base[name as 'lake'] as object), removal: says(name) }]),
    );
    return Object.values(composed({ ...base, removal: whole, ...changed }).templates).flatMap(stateful);
  }

  test('every section with data is tried', () => {
    expect(sections.toSorted()).toEqual(Object.keys(HOLDERS).toSorted());
  });

  test.each<[string, Removal, (section: string) => Removal]>([
    ['nothing where no key says destroy', 'retain', () => 'retain'],
    ['nothing where only the sections say destroy', 'retain', () => 'destroy'],
    ['nothing where only the environment says destroy', 'destroy', () => 'retain'],
    ['everything where all keys say destroy', 'destroy', () => 'destroy'],
    ...sections.map((kept): [string, Removal, (section: string) => Removal] => [
      `all but what ${kept} keeps`,
      'destroy',
      (section) => (section === kept ? 'retain' : 'destroy'),
    ]),
  ])('let go of %s', (_, whole, says) => {
    const all = platform(whole, says);
    const wrong = all.filter(([address, resource]) => {
      const mayGo = whole === 'destroy' && says(holderOf(address)) === 'destroy';
      return guarded(resource) === mayGo;
    });
    expect(all.length).toBeGreaterThan(15);
    expect(wrong.map(([address]) => address)).toEqual([]);
  });

  test.each<[Removal, Removal]>([
    ['retain', 'destroy'],
    ['destroy', 'retain'],
    ['destroy', 'destroy'],
  ])('environment: %s, state: %s', (whole, state) => {
    const { templates } = composed({
      ...environment('dev'),
      removal: whole,
      state: { bucket: 'acme-state', region: 'eu-north-1', removal: state },
    });
    const resources = stateful(templates['acme-111122223333-eu-north-1-bootstrap']!);
    const mayGo = whole === 'destroy' && state === 'destroy';
    expect(resources.map(([, resource]) => guarded(resource))).toEqual(resources.map(() => !mayGo));
  });
});

describe('bootstrap', () => {
  const state = { bucket: 'acme-state', region: 'eu-north-1', removal: 'destroy' as const };

  test('makes one bucket for all environments that share it, and lets it go only when all do', () => {
    const { templates } = composed(
      { ...environment('dev'), state },
      { ...environment('prod'), state: { ...state, removal: 'retain' } },
    );
    const bootstrap = templates['acme-111122223333-eu-north-1-bootstrap']!;
    expect(bootstrap.one('aws_s3_bucket')).toMatchObject({
      bucket: 'acme-state',
      lifecycle: { prevent_destroy: true },
    });
    expect(bootstrap.one('aws_kms_alias').name).toBe('alias/acme-state');
  });

  test.each([
    [
      'a bucket in two accounts',
      { account: '444455556666' },
      {},
      "acme-prod: 'state.bucket' is made for acme-dev already, with another project, account or region, got 'acme-state': choose another name",
    ],
    [
      'one alias for two buckets',
      {},
      { bucket: 'acme-other' },
      "acme-prod: 'state.kmsKey' makes alias/state for a second bucket, after that of acme-dev: choose another alias",
    ],
    [
      'two keys for one bucket',
      {},
      { kmsKey: 'alias/other' },
      "acme-prod: 'state.kmsKey' must be that of acme-dev, which shares the bucket, 'alias/state', got 'alias/other'",
    ],
  ])('refuses %s, which AWS would not make', (_, prod, ofProd, fault) => {
    const keyed = { ...state, kmsKey: 'alias/state' };
    const environments = [
      { ...environment('dev'), state: keyed },
      { ...environment('prod'), ...prod, state: { ...keyed, ...ofProd } },
    ];
    expect(() => composed(...environments)).toThrow(new InputError(fault));
  });

  test('names a key after a bucket whose name no alias could have, and takes the one that any sharer names', () => {
    const dotted = { ...state, bucket: 'state.acme.example' };
    const alias = (...environments: Environment[]) =>
      composed(...environments).templates['acme-111122223333-eu-north-1-bootstrap']!.one('aws_kms_alias').name;
    expect(alias({ ...environment('dev'), state: dotted })).toBe('alias/state-acme-example');
    const named = { ...environment('prod'), state: { ...dotted, kmsKey: 'alias/terraform' } };
    expect(alias({ ...environment('dev'), state: dotted }, named)).toBe('alias/terraform');
  });

  test('keeps its own state in a file, since there is no bucket before it', () => {
    const { templates } = composed({ ...environment('dev'), state });
    expect(templates['acme-111122223333-eu-north-1-bootstrap']!.backend.type).toBe('local');
    expect(templates['acme-dev-data']!.backend).toEqual({
      type: 's3',
      bucket: 'acme-state',
      region: 'eu-north-1',
      key: 'acme-dev-data.tfstate',
      use_lockfile: true,
    });
  });

  test('makes a key of the alias that was said, and none beside a key that exists', () => {
    const keyed = (kmsKey: string) => composed({ ...environment('dev'), state: { ...state, kmsKey } }).templates;
    expect(keyed('alias/terraform')['acme-111122223333-eu-north-1-bootstrap']!.one('aws_kms_alias').name).toBe(
      'alias/terraform',
    );
    const arn = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const existing = keyed(arn);
    expect(existing['acme-111122223333-eu-north-1-bootstrap']!.all('aws_kms_key')).toEqual([]);
    expect(existing['acme-dev-data']!.backend).toMatchObject({ kms_key_id: arn, encrypt: true });
    const byAlias = keyed('arn:aws:kms:eu-north-1:111122223333:alias/acme')['acme-dev-data']!;
    expect(byAlias.backend).not.toHaveProperty('kms_key_id'); // the bucket's policy knows the key as the bucket does
  });
});

test('what a platform made is open to stacks of one’s own', () => {
  const app = testApp();
  const { data } = new Platform(app, environment('dev'));
  new TerraformOutput(data, 'Transactions', { value: data.tables.get('transactions')!.tableName });
  expect([...data.workgroups.keys()]).toEqual(['fraud', 'ads']);
  expect([...data.images.keys()]).toEqual(['fraud-train', 'fraud-serve']);
  expect(Template.all(app)['acme-dev-data']!.outputs).toHaveProperty('Transactions');
});
