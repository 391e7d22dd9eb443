import { computedArns } from '../../rehearsal/clouds/aws/arns';
import { aws } from '../../rehearsal/clouds/aws/aws';
import { GUARDS } from '../../rehearsal/clouds/aws/guards';
import { OVERRIDES } from '../../rehearsal/clouds/aws/overrides';
import { CLOUDS } from '../../rehearsal/clouds/clouds';
import { confineFiles } from '../../rehearsal/clouds/local/files';
import { liftGuards } from '../../rehearsal/copy/guards';
import { wireRemoteStates } from '../../rehearsal/copy/remote-state';
import { copyStack } from '../../rehearsal/copy/stack-copy';
import { providerOf, type StackConfiguration, type SynthesizedStack } from '../../rehearsal/source/manifest';
import { mockedProviders, runName, testFile } from '../../rehearsal/stages/terraform-test/test-file';

const PLACE = { account: '111122223333', region: 'eu-north-1' };
const REFERENCE = 'data.terraform_remote_state.cross-stack-reference-input-acme-foundation.outputs';
const IN_PLACE = synthesized('acme', {
  provider: { aws: [{ allowed_account_ids: [PLACE.account], region: PLACE.region }] },
});
const STATE: StackConfiguration = {
  terraform: { backend: { s3: { bucket: 'state', key: 'foundation', region: 'x' } } },
};
const FOUNDATION_STATE = { backend: 's3', config: { bucket: 'state', key: 'foundation', role_arn: 'reader' } };
const FOUNDATION = synthesized('acme-foundation', STATE);
const clouds = CLOUDS.map((create) => create([IN_PLACE]));

function synthesized(name: string, configuration: StackConfiguration): SynthesizedStack {
  return { name, folder: `/nowhere/${name}`, configuration, dependencies: [] };
}

function copyOf(configuration: StackConfiguration, name = 'acme-data') {
  const stack = synthesized(name, configuration);
  return copyStack(stack, name === FOUNDATION.name ? [stack] : [FOUNDATION, stack], clouds);
}

/** `acme-data` of an app with other stacks, all before it. */
function wired(configuration: StackConfiguration, ...others: SynthesizedStack[]) {
  const stack = synthesized('acme-data', configuration);
  return wireRemoteStates(stack, [...(others.length > 0 ? others : [FOUNDATION]), stack]);
}

describe('an output that a stack reads from the state of another', () => {
  const configuration: StackConfiguration = {
    data: {
      terraform_remote_state: { 'cross-stack-reference-input-acme-foundation': FOUNDATION_STATE },
      aws_region: { here: {} },
    },
    resource: {
      aws_s3_object: {
        o: { kms_key_id: `\${${REFERENCE}.key-arn}`, content: `\${${REFERENCE}.key-arn}:\${${REFERENCE}.id}` },
      },
    },
  };
  const { configuration: copy, wires } = wired(configuration);

  test('becomes one variable, wherever it is used', () => {
    expect(copy.variable).toEqual({
      'from_acme-foundation_key-arn': { nullable: false },
      'from_acme-foundation_id': { nullable: false },
    });
    expect(copy.resource?.aws_s3_object?.o).toEqual({
      kms_key_id: '${var.from_acme-foundation_key-arn}',
      content: '${var.from_acme-foundation_key-arn}:${var.from_acme-foundation_id}',
    });
    expect(wires).toContainEqual({ variable: 'from_acme-foundation_id', producer: 'acme-foundation', output: 'id' });
  });

  test('loses the mark of a sensitive output, as in a state', () => {
    const sensitive = { ...FOUNDATION, configuration: { ...STATE, output: { id: { sensitive: true } } } };
    const { configuration: copy } = wired(configuration, sensitive);
    expect(copy.variable?.['from_acme-foundation_id']).toEqual({ nullable: false, sensitive: true });
    expect(copy.resource?.aws_s3_object?.o?.content).toBe(
      '${var.from_acme-foundation_key-arn}:${nonsensitive(var.from_acme-foundation_id)}',
    );
  });

  test('has a variable of its own, whatever the stack and its variables are called', () => {
    const [dotted, plain, digit] = ['a.b', 'a_b', '1ö'].map((name) => ({
      ...synthesized(name, { terraform: { backend: { local: { path: `../${name}.tfstate` } } } }),
    }));
    const reads = (name: string) => ({ backend: 'local', config: { path: `../${name}.tfstate` } });
    const { configuration: copy, wires } = wired(
      {
        variable: { from_a_b_id: { default: 'mine' } },
        data: { terraform_remote_state: { dotted: reads('a.b'), plain: reads('a_b'), digit: reads('1ö') } },
        output: {
          all: {
            value: ['dotted', 'plain', 'digit'].map((name) => `\${data.terraform_remote_state.${name}.outputs.id}`),
          },
        },
      },
      dotted!,
      plain!,
      digit!,
    );
    expect(copy.output?.all?.value).toEqual(['${var.from_a_b_id_2}', '${var.from_a_b_id_3}', '${var.from_1__id}']);
    expect(wires.map(({ producer }) => producer)).toEqual(['a.b', 'a_b', '1ö']);
  });

  test('leaves other data sources, and no empty block, which Terraform refuses', () => {
    expect(copy.data).toEqual({ aws_region: { here: {} } });
    const { aws_region, ...states } = configuration.data!;
    expect(wired({ data: states }).configuration).not.toHaveProperty('data');
  });

  test('leaves no dependency on the state, and text that only looks like a reference', () => {
    const { configuration: copy } = wired({
      ...configuration,
      output: {
        o: {
          value: 'see data.terraform_remote_state.zzz.outputs.yyy',
          depends_on: [REFERENCE.replace(/\.outputs$/, ''), 'aws_kms_key.key'],
        },
      },
    });
    expect(copy.output?.o).toEqual({
      value: 'see data.terraform_remote_state.zzz.outputs.yyy',
      depends_on: ['aws_kms_key.key'],
    });
  });

  test('does not change the synthesized stack', () => {
    expect(configuration.data).toHaveProperty('terraform_remote_state');
    expect(configuration).not.toHaveProperty('variable');
  });

  test('is refused if no stack of the app writes it', () => {
    const elsewhere = synthesized('acme-foundation', { terraform: { backend: { s3: { bucket: 'state', key: 'x' } } } });
    expect(() => wired(configuration, elsewhere)).toThrow(
      'acme-data: data.terraform_remote_state.cross-stack-reference-input-acme-foundation is the state of no stack of this app, ' +
        'so a rehearsal cannot read it: pass the values as environment settings, or rehearse both in one app',
    );
  });

  test('is refused if it is written later', () => {
    const stack = synthesized('acme-data', configuration);
    expect(() => wireRemoteStates(stack, [stack, FOUNDATION])).toThrow(
      'acme-data: data.terraform_remote_state.cross-stack-reference-input-acme-foundation is the state of acme-foundation, ' +
        'which a rehearsal cannot deploy before acme-data: a stack can read only states of stacks that do not depend on it',
    );
  });
});

describe('guards against destruction', () => {
  const lift = (configuration: StackConfiguration) => liftGuards(configuration, () => GUARDS);

  test('are removed and listed, in the resource and in its lifecycle', () => {
    const configuration: StackConfiguration = {
      resource: {
        aws_db_instance: { db: { deletion_protection: true, skip_final_snapshot: false, multi_az: true } },
        aws_kms_key: { key: { lifecycle: { prevent_destroy: true, ignore_changes: ['tags'] } } },
      },
    };
    expect(lift(configuration)).toEqual([
      'aws_db_instance.db: deletion_protection',
      'aws_db_instance.db: skip_final_snapshot',
      'aws_kms_key.key: prevent_destroy',
    ]);
    expect(configuration.resource).toEqual({
      aws_db_instance: { db: { deletion_protection: false, skip_final_snapshot: true, multi_az: true } },
      aws_kms_key: { key: { lifecycle: { prevent_destroy: false, ignore_changes: ['tags'] } } },
    });
  });

  test('that are the default of a type are removed too', () => {
    const configuration: StackConfiguration = { resource: { aws_s3_bucket: { raw: { bucket: 'acme-raw' } } } };
    expect(lift(configuration)).toEqual(['aws_s3_bucket.raw: force_destroy']);
    expect(configuration.resource?.aws_s3_bucket?.raw).toEqual({ bucket: 'acme-raw', force_destroy: true });
  });

  test.each([
    ['aws_ecr_repository', 'force_delete'],
    ['aws_athena_workgroup', 'force_destroy'],
    ['aws_db_instance', 'skip_final_snapshot'],
    ['aws_rds_cluster', 'skip_final_snapshot'],
  ])('of %s is removed by %s if the stack does not set it', (type, guard) => {
    expect(copyOf({ resource: { [type]: { one: {} } } }).guardsLifted).toEqual([`${type}.one: ${guard}`]);
  });

  test('of another provider are not removed, except those of Terraform itself', () => {
    const resource = () => ({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
    const configuration: StackConfiguration = { resource: { google_sql_database_instance: { db: resource() } } };
    expect(copyOf(configuration).guardsLifted).toEqual(['google_sql_database_instance.db: prevent_destroy']);
  });

  test('have the words of their type: a string is not lifted by a boolean', () => {
    const resource = {
      aws_cognito_user_pool: { users: { deletion_protection: 'ACTIVE' }, open: { deletion_protection: 'INACTIVE' } },
      aws_route53_resolver_firewall_rule_group_association: { dns: { mutation_protection: 'ENABLED' } },
      aws_dynamodb_table: { runs: { deletion_protection_enabled: '${var.keep}' } },
      aws_cloudwatch_log_group: { logs: { skip_destroy: true } },
      aws_elasticache_replication_group: { cache: { final_snapshot_identifier: 'acme-final' } },
      aws_cloudtrail_event_data_store: { trail: {} },
      aws_launch_template: { nodes: { disable_api_termination: true } }, // of its instances
    };
    expect(lift({ resource })).toEqual([
      'aws_cognito_user_pool.users: deletion_protection',
      'aws_route53_resolver_firewall_rule_group_association.dns: mutation_protection',
      'aws_dynamodb_table.runs: deletion_protection_enabled',
      'aws_cloudwatch_log_group.logs: skip_destroy',
      'aws_elasticache_replication_group.cache: final_snapshot_identifier',
      'aws_cloudtrail_event_data_store.trail: termination_protection_enabled',
    ]);
    expect(resource).toEqual({
      aws_cognito_user_pool: { users: { deletion_protection: 'INACTIVE' }, open: { deletion_protection: 'INACTIVE' } },
      aws_route53_resolver_firewall_rule_group_association: { dns: { mutation_protection: 'DISABLED' } },
      aws_dynamodb_table: { runs: { deletion_protection_enabled: false } },
      aws_cloudwatch_log_group: { logs: { skip_destroy: false } },
      aws_elasticache_replication_group: { cache: {} },
      aws_cloudtrail_event_data_store: { trail: { termination_protection_enabled: false } },
      aws_launch_template: { nodes: { disable_api_termination: true } },
    });
  });

  test('that a stack does not have do not count', () => {
    const open = {
      aws_s3_bucket: { raw: { force_destroy: true } },
      aws_lb: { lb: { enable_deletion_protection: false } },
    };
    expect(lift({ resource: open })).toEqual([]);
  });
});

describe('the copy of a stack', () => {
  test('keeps no state in the cloud and uses no credentials of the user', () => {
    const provider = {
      region: 'eu-north-1',
      profile: 'prod',
      allowed_account_ids: ['111122223333'],
      default_tags: [{}],
    };
    const { configuration } = copyOf({
      terraform: { backend: { s3: { bucket: 'state' } }, cloud: { organization: 'acme' } },
      provider: { aws: [provider] },
    });
    expect(configuration.terraform).toEqual({});
    expect(configuration.provider?.aws).toEqual([
      { region: 'eu-north-1', allowed_account_ids: ['111122223333'], default_tags: [{}], max_retries: 2 },
    ]);
  });

  test('reaches the emulators by every provider, whatever way it names, with the settings that say what it makes', () => {
    const way = {
      endpoints: [{ sts: 'https://sts.eu-north-1.amazonaws.com', s3: 'https://minio.acme.example' }],
      https_proxy: 'http://proxy.acme.example',
      use_fips_endpoint: true,
      assume_role_with_web_identity: [{ web_identity_token_file: '/var/token' }],
      shared_credentials_files: ['~/.aws/acme'],
    };
    const role = { assume_role: [{ role_arn: 'arn:aws:iam::111122223333:role/deploy' }] };
    const { configuration } = copyOf({
      provider: {
        aws: [
          { region: 'eu-north-1', ...role, ...way },
          { alias: 'audit', region: 'us-east-1', ...way },
        ],
      },
    });
    expect(configuration.provider?.aws).toEqual([
      { region: 'eu-north-1', ...role, max_retries: 2 },
      { alias: 'audit', region: 'us-east-1', max_retries: 2 },
    ]);
  });

  test('has nothing to move or to remove, as it begins with no state', () => {
    const moved = [{ from: 'terraform_data.old', to: 'terraform_data.new' }];
    const removed = [{ from: 'terraform_data.gone', provisioner: [{ 'local-exec': { command: 'id' } }] }];
    expect(copyOf({ moved, removed }).configuration).toEqual({});
  });

  test('overrides the listed types, limited by their configuration, with the reason', () => {
    const { overrides } = copyOf({
      resource: {
        aws_ecr_pull_through_cache_rule: { quay: {} },
        aws_glue_job: { convert: { command: [] }, standard: { execution_class: 'STANDARD' } },
        aws_s3_bucket: { raw: {} },
      },
    });
    expect(overrides).toEqual([
      {
        address: 'aws_ecr_pull_through_cache_rule.quay',
        reason: OVERRIDES.aws_ecr_pull_through_cache_rule!.reason,
        values: {},
      },
      { address: 'aws_glue_job.convert', reason: OVERRIDES.aws_glue_job!.reason, values: {} },
    ]);
  });
});

test('an overridden resource has ARNs that its readers accept', () => {
  const { overrides } = copyOf({
    resource: {
      aws_ecr_pull_through_cache_rule: { quay: {} },
      aws_s3_object: { o: { content: '${aws_ecr_pull_through_cache_rule.quay[0].arn}' } },
    },
  });
  expect(overrides[0]!.values).toEqual({
    arn: 'arn:aws:ecr:eu-north-1:111122223333:aws_ecr_pull_through_cache_rule/quay',
  });
});

test('ARNs are generated if others read them and the resource does not set them', () => {
  const configuration: StackConfiguration = {
    resource: {
      aws_glue_registry: { events: { kms_arn: 'given' } },
      aws_glue_schema: {
        one: { registry_arn: '${aws_glue_registry.events.arn}', key: '${aws_glue_registry.events.kms_arn}' },
      },
    },
  };
  expect(computedArns(configuration, 'aws_glue_registry', 'events', PLACE)).toEqual({
    arn: 'arn:aws:glue:eu-north-1:111122223333:aws_glue_registry/events',
  });
});

describe('the test file', () => {
  const foundation = copyOf({ resource: { aws_kms_key: { key: {} } } }, 'acme-foundation');
  const data = copyOf({
    data: { terraform_remote_state: { 'cross-stack-reference-input-acme-foundation': FOUNDATION_STATE } },
    resource: {
      aws_s3_object: { o: { kms_key_id: `\${${REFERENCE}.key}` } },
      aws_ecr_pull_through_cache_rule: { quay: {} },
    },
  });

  test('applies every stack before it plans each again, and passes outputs both times', () => {
    const wired = {
      module: { source: './acme-data' },
      variables: { 'from_acme-foundation_key': '${run.apply_acme-foundation.key}' },
      override_resource: [{ target: 'aws_ecr_pull_through_cache_rule.quay', values: {} }],
    };
    expect(testFile([foundation, data], [], clouds)).toEqual({
      run: [
        { 'apply_acme-foundation': { command: 'apply', module: { source: './acme-foundation' }, variables: {} } },
        { 'apply_acme-data': { command: 'apply', ...wired } },
        { 'plan_acme-foundation': { command: 'plan', module: { source: './acme-foundation' }, variables: {} } },
        { 'plan_acme-data': { command: 'plan', ...wired } },
      ],
    });
  });

  test('mocks a provider under each alias, with ARNs that readers accept', () => {
    const copy = copyOf({
      provider: { aws: [{ region: 'eu-north-1' }, { alias: 'audit', region: 'us-east-1' }] },
      resource: { aws_kms_key: { key: {} }, aws_sns_topic: { topic: { kms_master_key_id: '${aws_kms_key.key.arn}' } } },
    });
    const { mock_provider } = testFile([copy], ['aws'], clouds) as { mock_provider: Record<string, any>[] };
    expect(mock_provider.map(({ aws }) => aws.alias)).toEqual([undefined, 'audit']);
    expect(mock_provider[0]!.aws.mock_resource.aws_kms_key.defaults.arn).toMatch(
      /^arn:aws:kms:eu-north-1:111122223333:/,
    );
    expect(mock_provider[0]!.aws.mock_data.aws_caller_identity.defaults.account_id).toBe('111122223333');
  });
});

test('a run is named after its stack alone, in characters that Terraform accepts', () => {
  const names = ['acme-dev', 'a.b', 'a_b', 'a_2e_b', 'größe', '1a'].map((stack) => runName('apply', stack));
  expect(names).toEqual([
    'apply_acme-dev',
    'apply_a_2e_b',
    'apply_a__b',
    'apply_a__2e__b',
    'apply_gr_f6__df_e',
    'apply_1a',
  ]);
});

test('only the providers that copies use are mocked, whether they require them or not', () => {
  const required_providers = { aws: { source: 'aws' }, kubernetes: { source: 'kubernetes' } };
  const copies = [copyOf({ terraform: { required_providers } }), copyOf({ terraform: { required_providers } })];
  expect(mockedProviders(copies, () => true)).toEqual(['aws', 'kubernetes']);
  expect(mockedProviders(copies, (provider) => provider === 'aws')).toEqual(['aws']);
  const undeclared = copyOf({ data: { http: { page: {} } }, resource: { helm_release: { chart: {} } } });
  expect(mockedProviders([undeclared], () => true)).toEqual(['helm', 'http']);
  expect(testFile([undeclared], ['helm'], clouds).mock_provider).toHaveLength(1);
});

test('the type of a resource begins with its provider, in a module too', () => {
  expect(['aws_s3_bucket.raw', 'module.lake_raw.aws_s3_bucket.raw'].map(providerOf)).toEqual(['aws', 'aws']);
});

describe('an effect of a stack on this machine', () => {
  test('is not a program of a data source: it is not read, and has the keys that others read', () => {
    const copy = copyOf({
      data: { external: { git: { program: ['git'] } }, local_command: { id: { command: 'id' } } },
      output: { o: { value: '${data.external.git.result.sha}-${data.external.git.result["branch"]}' } },
    });
    expect(copy.provisionersRemoved).toEqual(['data.external.git', 'data.local_command.id']);
    expect((testFile([copy], [], clouds).run as Record<string, any>[])[0]!['apply_acme-data'].override_data).toEqual([
      { target: 'data.external.git', values: { result: { sha: 'rehearsal', branch: 'rehearsal' } } },
      { target: 'data.local_command.id', values: { exit_code: 0, stdout: '', stderr: '' } },
    ]);
  });

  test('is not an action: it is removed and listed, with its triggers', () => {
    const trigger = { action_trigger: [{ events: ['after_create'], actions: ['action.local_command.run'] }] };
    const { configuration, provisionersRemoved } = copyOf({
      action: { local_command: { run: { config: { command: 'id' } } } },
      resource: { terraform_data: { a: { lifecycle: { ...trigger, ignore_changes: ['input'] } } } },
    });
    expect(provisionersRemoved).toEqual(['action.local_command.run']);
    expect(configuration).toEqual({
      resource: { terraform_data: { a: { lifecycle: { ignore_changes: ['input'] } } } },
    });
  });

  test('is not a command: provisioners are removed and listed, with their connections', () => {
    const { configuration, provisionersRemoved } = copyOf({
      resource: {
        terraform_data: {
          migrate: {
            input: 1,
            connection: { host: 'db.acme.example' },
            provisioner: [{ 'local-exec': { command: 'psql' } }],
          },
          check: { input: 2 },
        },
      },
    });
    expect(provisionersRemoved).toEqual(['terraform_data.migrate']);
    expect(configuration.resource?.terraform_data).toEqual({ migrate: { input: 1 }, check: { input: 2 } });
  });

  test('is not an import: import blocks are removed and listed', () => {
    const { configuration, importsRemoved } = copyOf({
      resource: { terraform_data: { old: { input: 1 } } },
      import: [
        { to: 'terraform_data.old', id: 'i-1' },
        { to: '${aws_s3_bucket.raw["a"]}', id: 'raw' },
      ],
    });
    expect(importsRemoved).toEqual(['terraform_data.old', 'aws_s3_bucket.raw["a"]']);
    expect(configuration).toEqual({ resource: { terraform_data: { old: { input: 1 } } } });
  });

  test.each([
    ['report.txt', 'report.txt'],
    ['out/report.txt', 'out/report.txt'],
    ['./out/report.txt', './out/report.txt'],
    ['${path.module}/report.txt', '${path.module}/report.txt'],
    ['${path.root}/out.zip', '${path.root}/out.zip'],
    ['/etc/hosts', 'elsewhere/etc/hosts'],
    ['~/.ssh/config', 'elsewhere/~/.ssh/config'],
    ['../../report.txt', 'elsewhere/_/_/report.txt'],
    ['${path.module}/../report.txt', 'elsewhere/${path.module}/_/report.txt'],
    ['${pathexpand("~/report.txt")}', 'elsewhere/${pathexpand("~/report.txt")}'],
    ['C:\\report.txt', 'elsewhere/C:\\report.txt'],
  ])('stays in the scratch folder: %s is written to %s', (path, inside) => {
    const { configuration } = copyOf({
      resource: { local_file: { f: { filename: path } }, local_sensitive_file: { f: { filename: path } } },
      data: { archive_file: { f: { output_path: path } }, local_file: { f: { filename: path } } },
    });
    expect(configuration.resource).toEqual({
      local_file: { f: { filename: inside } },
      local_sensitive_file: { f: { filename: inside } },
    });
    expect(configuration.data).toEqual({
      archive_file: { f: { output_path: inside } },
      local_file: { f: { filename: path } }, // reads
    });
  });
});

test('each local provider keeps its own files inside', () => {
  const configuration: StackConfiguration = {
    resource: { local_file: { f: { filename: '/a' } } },
    data: { archive_file: { f: { output_path: '/a' } } },
  };
  confineFiles(configuration, 'archive');
  expect(configuration.resource?.local_file?.f).toEqual({ filename: '/a' });
  expect(configuration.data?.archive_file?.f).toEqual({ output_path: 'elsewhere/a' });
});

test('the AWS provider gets its account and region from the stacks', () => {
  expect(aws([IN_PLACE]).mockData?.aws_region).toEqual({ name: 'eu-north-1' });
});
