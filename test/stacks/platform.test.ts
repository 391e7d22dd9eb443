import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, TerraformOutput, TerraformResource } from 'cdktf';
import { layersOf, PLATFORM_PICTURE, platformPicture } from '../../bench/picture/platform-picture';
import { InputError } from '../../lib/core/input-error';
import type { Removal } from '../../lib/core/removal';
import { SCP } from '../../lib/iam/policy-limits';
import { addresses, Template, testApp } from '../../lib/testing';
import { BootstrapStack, type Environment, loadEnvironment, Platform, parseEnvironment, SECTIONS } from '../../stacks';
import type { Draft } from '../../stacks/environment/draft';
import { DASHBOARDS_OUTPUT } from '../../stacks/sections/logs/make-search';
import { DOORS_OUTPUT } from '../../stacks/sections/models/door/make';
import { DASHBOARD_OUTPUT } from '../../stacks/sections/monitoring/make';
import { AIRFLOW_CONSOLE_OUTPUT, DAG_BUCKET_OUTPUT, WEB_OUTPUT } from '../../stacks/sections/scheduler/airflow/make';
import { CONSOLE_OUTPUTS } from '../../stacks/sections/scheduler/triggers/make';
import { TRACKING_OUTPUTS } from '../../stacks/sections/tracking/make';
import { SCP_OUTPUT } from '../../stacks/sections/training/make';
import { parametersOf } from '../../stacks/sections/training/pipelines/parameters';
import { ROOT } from '../support/house/source';
import { lintPolicies } from '../support/iam-lint';
import { rendered } from '../support/stack';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const environment = (name: string) => loadEnvironment(`environments/${name}.yaml`);

function composed(...environments: Environment[]): { app: App; templates: Record<string, Template> } {
  const app = testApp();
  BootstrapStack.forEach(app, environments);
  for (const one of environments) new Platform(app, one);
  return { app, templates: Template.all(app) };
}

const smallest = (more = '', name = 'mini') =>
  parseEnvironment(
    `project: acme
environment: ${name}
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
network: { cidr: 10.0.0.0/16 }
${more}`,
    `${name}.yaml`,
  );
/** The least environment of a name, where only its surroundings matter. */
const least = (name: string) => smallest('', name);

test('more types of jobs than a service control policy can name are a warning, and leave out its output only', () => {
  const types = Array.from({ length: 200 }, (_, index) => `ml.m5.${index}xlarge`).join(', ');
  const { app, templates } = composed(smallest(`training: { instances: [${types}] }`));
  expect(templates['acme-mini-services']!.outputs).toEqual({});
  const warnings = app.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type.endsWith('warn')));
  expect(warnings.map(({ data }) => data)).toEqual([
    expect.stringMatching(/Training: no output JobsServiceControlPolicy: .*5120; name fewer instance types/s),
  ]);
});

describe.each(ENVIRONMENTS)('%s', (name) => {
  const { app, templates } = composed(environment(name));

  test('keeps the address of every resource: another one would be made, and this one destroyed', () => {
    expect(addresses(app)).toMatchSnapshot();
  });

  test('grants only what exists: actions, kinds of resources and condition keys that AWS knows', async () => {
    const errors = await Promise.all(Object.values(templates).map(lintPolicies));
    expect(errors.flat()).toEqual([]);
  });

  test('has outputs between stacks only for generated ids: keys, the network and its parts', () => {
    const outputs = Object.values(templates).flatMap((template) => Object.keys(template.json.output ?? {}));
    const crossing =
      /^cross-stack-output-aws_(kms_key.*arn|vpc.*id|security_groupTraining_Jobs.*id|nat_gateway.*id|route_table_association.*subnet_id)$/;
    expect(outputs.filter((output) => !crossing.test(output)).sort()).toEqual(
      [
        WEB_OUTPUT,
        DAG_BUCKET_OUTPUT,
        SCP_OUTPUT,
        DASHBOARD_OUTPUT,
        ...(name === 'prod' ? [DASHBOARDS_OUTPUT] : []),
        ...(name === 'dev' ? [] : [DOORS_OUTPUT]),
        AIRFLOW_CONSOLE_OUTPUT,
        ...Object.values(CONSOLE_OUTPUTS),
        ...Object.values(TRACKING_OUTPUTS),
      ].sort(),
    );
  });

  test('shows what no job may do as a service control policy, which AWS Organizations takes as it is', () => {
    const { value } = templates[`acme-${name}-services`]!.outputs[SCP_OUTPUT]!;
    const { Statement } = JSON.parse(value) as { Statement: { Effect: string }[] };
    expect(new Set(Statement.map(({ Effect }) => Effect))).toEqual(new Set(['Deny']));
    const subnet = 'subnet-0123456789abcdef0'; // as EC2 names it
    const compact = JSON.stringify(JSON.parse(value)); // `jq -c`
    expect(compact.replaceAll(/\$\{[^}]+\}/g, subnet).length).toBeLessThan(SCP.maxCharacters);
    expect(value).toContain('\n'); // cdktf does not escape the quotes of one line in HCL
  });

  if (name === 'prod') {
    test('is what the picture of the README shows: npm run pictures renews it', () => {
      const picture = platformPicture('environments/prod.yaml', templates, layersOf(environment(name)));
      expect(readFileSync(join(ROOT, PLATFORM_PICTURE), 'utf8') === picture).toBe(true); // 11 KB are too long to print
      for (const [section, layer] of layersOf(environment(name))) {
        expect([section, layer, picture.includes(`>${section}:<`)]).toEqual([section, layer, true]);
      }
      for (const text of ['drift', 'retraining', 'review of a new version']) expect(picture).toContain(`>${text}<`);
    });
  }

  test('is deployed only to its own account, tagged with its owner', () => {
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

test('an environment with only required keys has a network, keys, a lake and a model store', () => {
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

test('an existing network is used without changes', () => {
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

test('a zone in an existing bucket creates no bucket', () => {
  const arn = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const { templates } = composed(
    smallest(`lake: { zones: { landing: { bucketArn: "arn:aws:s3:::partner-landing", keyArn: "${arn}" } } }`),
  );
  const data = templates['acme-mini-data']!;
  expect(data.one('aws_glue_catalog_database').location_uri).toBe('s3://partner-landing/');
  expect(data.all('aws_s3_bucket').map(({ bucket }) => bucket)).not.toContain('partner-landing');
});

describe('an existing key by domain', () => {
  const key = (id: string, place = 'eu-north-1:999900001111') =>
    `arn:aws:kms:${place}:key/${id}234abcd-12ab-34cd-56ef-1234567890ab`;
  const keyed = `logs: { keyArn: "${key('1')}" }
lake: { keyArn: "${key('2')}" }
registry: { keyArn: "${key('3')}", images: [train], database: {} }
teams: { fraud: {} }`;

  test('encrypts everything of the domain, and no key is made', () => {
    const { templates } = composed(smallest(keyed));
    const foundation = templates['acme-mini-foundation']!;
    const data = templates['acme-mini-data']!;
    expect([...foundation.all('aws_kms_key'), ...foundation.all('aws_kms_alias')]).toEqual([]);
    expect(foundation.one('aws_cloudwatch_log_group').kms_key_id).toBe(key('1'));
    expect(data.one('aws_db_instance').kms_key_id).toBe(key('3'));
    expect(data.one('aws_ecr_repository').encryption_configuration).toMatchObject([{ kms_key: key('3') }]);
    const keys = data
      .all('aws_s3_bucket_server_side_encryption_configuration')
      .map(({ rule }) => JSON.stringify(rule).match(/arn:aws:kms[^"]*/)?.[0]);
    expect(new Set(keys)).toEqual(new Set([key('2'), key('3')]));
  });

  test('leaves the other domains their new keys, and its alias free', () => {
    const { templates } = composed(smallest(`lake: { keyArn: "${key('2')}" }`));
    expect(
      templates['acme-mini-foundation']!.all('aws_kms_alias')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['alias/acme-mini-logs', 'alias/acme-mini-registry']);
    const state = 'state: { bucket: acme-state, kmsKey: alias/acme-mini-lake }';
    expect(() => smallest(state)).toThrow("the KMS alias name 'acme-mini-lake', which the platform makes for lake");
    expect(() => smallest(`${state}\nlake: { keyArn: "${key('2')}" }`)).not.toThrow();
  });

  test('must be a key of the region, not an alias', () => {
    const far = `lake: { keyArn: "${key('2', 'eu-west-1:111122223333')}" }
registry: { keyArn: "arn:aws:kms:eu-north-1:111122223333:alias/acme" }`;
    expect(() => smallest(far)).toThrow(
      /lake\.keyArn: must be in region eu-north-1.*\n.*registry\.keyArn: must be an ARN such as/,
    );
  });
});

describe('data is destroyed only if environment and section both allow it', () => {
  /** Types of resources that hold data. */
  const STATEFUL = [
    'aws_s3_bucket',
    'aws_kms_key',
    'aws_db_instance',
    'aws_ecr_repository',
    'aws_cloudwatch_log_group',
    'aws_glue_catalog_database',
    'aws_sagemaker_domain',
    'aws_mwaa_environment',
    'aws_efs_file_system',
    'aws_sagemaker_mlflow_tracking_server',
    'aws_opensearch_domain',
  ];
  const stateful = (template: Template) =>
    STATEFUL.flatMap((type) => Object.entries(template.resources(type))) as [string, any][];
  const guarded = ({ lifecycle, force_destroy, force_delete, deletion_protection, skip_final_snapshot }: any) =>
    lifecycle?.prevent_destroy === true &&
    !force_destroy &&
    !force_delete &&
    deletion_protection !== false &&
    skip_final_snapshot !== true;

  /** Sections with data, and the constructs that hold it. */
  const HOLDERS: Record<string, RegExp> = {
    lake: /Lake|Tables|Conversions|Quality|Workgroups|_Captured_/,
    registry: /Registry|Models|Images|Database|^Endpoints_|^Requests_|^PackageCheck_/,
    training: /^(Training|Pretrained|Notebooks|Batch|FileSystem|Pipelines)/,
    tracking: /^Tracking/,
    scheduler: /^(Airflow|SchedulerKey|Triggers_History)/,
    monitoring: /^(Monitoring|AlarmActions|RelayBucket)/,
    logs: /^(AccessLogs|LogsKey|Network_|LogSearch|LogShipping|LogDelivery)/,
  };
  const sections = SECTIONS.flatMap(({ name, domain }) => (domain ? [name] : []));
  const holderOf = (address: string) => sections.filter((name) => HOLDERS[name]!.test(address.split('.')[1]!))[0]!;

  /** dev, with these values of removal. */
  function platform(whole: Removal, removalOf: (section: string) => Removal): [string, any][] {
    const base = environment('dev');
    const changed = Object.fromEntries(
      sections.map((name) => [name, { ...(base[name as 'lake'] as object), removal: removalOf(name) }]),
    );
    const app = testApp();
    new Platform(app, { ...base, removal: whole, ...changed });
    // every section makes one more platform here
    const holders = app.node
      .findAll()
      .filter((node) => TerraformResource.isTerraformResource(node))
      .filter(({ terraformResourceType: type }) => STATEFUL.includes(type));
    return holders.flatMap((holder) => stateful(Template.fromJson(rendered(holder))));
  }

  test('every section with data is tested', () => {
    expect(sections.toSorted()).toEqual(Object.keys(HOLDERS).toSorted());
  });

  test.each<[string, Removal, (section: string) => Removal]>([
    ['nothing, if all are retain', 'retain', () => 'retain'],
    ['nothing, if only the sections are destroy', 'retain', () => 'destroy'],
    ['nothing, if only the environment is destroy', 'destroy', () => 'retain'],
    ['everything, if all are destroy', 'destroy', () => 'destroy'],
    ...sections.map((kept): [string, Removal, (section: string) => Removal] => [
      `everything except ${kept}, if only that is retain`,
      'destroy',
      (section) => (section === kept ? 'retain' : 'destroy'),
    ]),
  ])('may be destroyed: %s', (_, whole, removalOf) => {
    const all = platform(whole, removalOf);
    const wrong = all.filter(([address, resource]) => {
      const may = whole === 'destroy' && removalOf(holderOf(address)) === 'destroy';
      return guarded(resource) === may;
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
      ...least('dev'),
      removal: whole,
      state: { bucket: 'acme-state', region: 'eu-north-1', removal: state },
    });
    const resources = stateful(templates['acme-111122223333-eu-north-1-bootstrap']!);
    const may = whole === 'destroy' && state === 'destroy';
    expect(resources.map(([, resource]) => guarded(resource))).toEqual(resources.map(() => !may));
  });
});

describe('bootstrap', () => {
  const state = { bucket: 'acme-state', region: 'eu-north-1', removal: 'destroy' as const };

  test('creates one bucket for all environments that share it; it may be destroyed only if all allow it', () => {
    const { templates } = composed(
      { ...least('dev'), state },
      { ...least('prod'), state: { ...state, removal: 'retain' } },
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
      "acme-prod: 'state.bucket' must differ from that of acme-dev, which has another project, account or region, got 'acme-state'; choose another name",
    ],
    [
      'one alias for two buckets',
      {},
      { bucket: 'acme-other' },
      "acme-prod: 'state.kmsKey' must differ from that of acme-dev, which has another bucket, got 'alias/state'; choose another alias",
    ],
    [
      'two keys for one bucket',
      {},
      { kmsKey: 'alias/other' },
      "acme-prod: 'state.kmsKey' must be 'alias/state' as in acme-dev, which has the same bucket, got 'alias/other'; use one key",
    ],
  ])('refuses %s, which AWS refuses', (_, prod, ofProd, message) => {
    const keyed = { ...state, kmsKey: 'alias/state' };
    const environments = [
      { ...least('dev'), state: keyed },
      { ...least('prod'), ...prod, state: { ...keyed, ...ofProd } },
    ];
    expect(() => composed(...environments)).toThrow(new InputError(message));
  });

  test('names the key after the bucket, without dots, or with the alias of any environment that shares it', () => {
    const dotted = { ...state, bucket: 'state.acme.example' };
    const alias = (...environments: Environment[]) =>
      composed(...environments).templates['acme-111122223333-eu-north-1-bootstrap']!.one('aws_kms_alias').name;
    expect(alias({ ...least('dev'), state: dotted })).toBe('alias/state-acme-example');
    const named = { ...least('prod'), state: { ...dotted, kmsKey: 'alias/terraform' } };
    expect(alias({ ...least('dev'), state: dotted }, named)).toBe('alias/terraform');
  });

  test('keeps its own state in a file, because no bucket exists before it', () => {
    const { templates } = composed({ ...least('dev'), state });
    expect(templates['acme-111122223333-eu-north-1-bootstrap']!.backend.type).toBe('local');
    expect(templates['acme-dev-data']!.backend).toEqual({
      type: 's3',
      bucket: 'acme-state',
      region: 'eu-north-1',
      key: 'acme-dev-data.tfstate',
      use_lockfile: true,
    });
  });

  test('makes no bucket that exists in another account: projects and accounts share it, by a role there', () => {
    const role = 'arn:aws:iam::999900001111:role/state';
    const kmsKey = 'arn:aws:kms:eu-north-1:999900001111:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const central = { ...state, removal: 'retain' as const, account: '999900001111', role, kmsKey };
    const { templates } = composed(
      { ...least('dev'), state: central },
      { ...least('prod'), project: 'other', account: '444455556666', state: central },
    );
    expect(Object.keys(templates).filter((name) => name.endsWith('bootstrap'))).toEqual([]);
    expect(templates['acme-dev-data']!.backend).toEqual({
      type: 's3',
      bucket: 'acme-state',
      region: 'eu-north-1',
      key: 'acme-dev-data.tfstate',
      assume_role: { role_arn: role },
      kms_key_id: kmsKey,
      encrypt: true,
      use_lockfile: true,
    });
    expect(Object.values(templates['other-prod-data']!.json.data!.terraform_remote_state as object)).toMatchObject([
      { config: { key: 'other-prod-foundation.tfstate', assume_role: { role_arn: role } } },
    ]);
  });

  test('makes the bucket in the account that has it, for others that name that account', () => {
    const own = { ...least('dev'), state };
    const other = {
      ...least('prod'),
      account: '444455556666',
      state: { ...state, removal: 'retain' as const, account: '111122223333' },
    };
    expect(Object.keys(composed(own, other).templates).filter((name) => name.endsWith('bootstrap'))).toEqual([
      'acme-111122223333-eu-north-1-bootstrap',
    ]);
    const wrong = { ...other, state: { ...other.state, account: '999900001111' } };
    expect(() => composed(own, wrong)).toThrow(
      "acme-prod: 'state.account' must be that of acme-dev, which has the same bucket in account 111122223333, got '999900001111'; correct one of them",
    );
  });

  test('creates a key with the given alias, and none if the key exists', () => {
    const keyed = (kmsKey: string) => composed({ ...least('dev'), state: { ...state, kmsKey } }).templates;
    expect(keyed('alias/terraform')['acme-111122223333-eu-north-1-bootstrap']!.one('aws_kms_alias').name).toBe(
      'alias/terraform',
    );
    const arn = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const existing = keyed(arn);
    expect(existing['acme-111122223333-eu-north-1-bootstrap']!.all('aws_kms_key')).toEqual([]);
    expect(existing['acme-dev-data']!.backend).toMatchObject({ kms_key_id: arn, encrypt: true });
    const byAlias = keyed('arn:aws:kms:eu-north-1:111122223333:alias/acme')['acme-dev-data']!;
    expect(byAlias.backend).not.toHaveProperty('kms_key_id'); // the bucket encrypts by default, its policy refuses an alias
  });
});

test('what the file lets a trigger give a pipeline is what the pipeline takes', () => {
  const pipelines = (name: string) => {
    const { services } = new Platform(testApp(), environment(name));
    return [...services!.pipelines!].map(([pipeline, { parameters }]) => [
      pipeline,
      parameters!
        .filter(({ name: own }) => !['Cause', 'StartedBy'].includes(own))
        .map(({ name: own, defaultValue }) => [own, defaultValue === undefined]),
    ]);
  };
  const declared = (name: string) => {
    const file = environment(name) as Draft;
    return Object.entries(file.training!.pipelines!).map(([pipeline, one]) => [
      pipeline,
      [...parametersOf(one!, file)],
    ]);
  };
  for (const name of ENVIRONMENTS.filter((one) => environment(one).training)) {
    expect(new Map(pipelines(name) as never)).toEqual(new Map(declared(name) as never));
  }
});

test('the constructs of a platform are available to other stacks', () => {
  const app = testApp();
  const { data } = new Platform(app, environment('dev'));
  new TerraformOutput(data, 'Transactions', { value: data.tables.get('transactions')!.tableName });
  expect([...data.workgroups.keys()]).toEqual(['fraud', 'ads']);
  expect([...data.images.keys()]).toEqual(['fraud-train', 'fraud-serve', 'ads-serve']);
  expect(Template.all(app)['acme-dev-data']!.outputs).toHaveProperty('Transactions');
});
