import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../../lib/testing/terraform';
import {
  CLOUDS,
  type CloudFactory,
  type RehearsalEvent,
  type RehearsalOptions,
  rehearse,
  STAGES,
  type Stage,
  type StartOptions,
} from '../../rehearsal';
import { emptyResult } from '../../rehearsal/stages/result';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A substitute for Terraform: records its input, cannot install a provider `missing`, and passes every run. */
const TERRAFORM = `#!/bin/sh
here=$(dirname "$0")
mkdir -p "$here/copies"
env > "$here/$1.env"
if [ "$1" = init ]; then
  if grep -q acme/missing main.tf.json */cdk.tf.json; then echo "no available releases match" >&2; exit 1; fi
  if grep -q acme/full main.tf.json && [ -e rehearsal.tftest.json ]; then echo "no space left" >&2; exit 1; fi
  if [ -e "$here/modules.json" ]; then mkdir -p "$TF_DATA_DIR/modules"; cp "$here/modules.json" "$TF_DATA_DIR/modules"; fi
  if [ -e "$here/lock.hcl" ]; then cp "$here/lock.hcl" .terraform.lock.hcl; fi
  exit 0
fi
cp -r rehearsal.tftest.json . "$here/copies"
cat "$here/said"
`;

/** A synthesized folder of stacks with one resource each, and a Terraform for it. */
function app(
  stacks: Record<string, { provider: string; dependencies?: string[]; reads?: string; more?: object }>,
  status = 'pass',
) {
  const out = mkdtempSync(join(folder, 'app-'));
  const entries = Object.entries(stacks).map(([name, { provider, dependencies = [], reads, more }]) => {
    const state = reads && {
      [`cross-stack-reference-input-${reads}`]: { backend: 's3', config: { bucket: 'state', key: reads } },
    };
    const configuration = {
      terraform: {
        backend: { s3: { bucket: 'state', key: name } },
        required_providers: { [provider]: { source: `acme/${provider}`, version: '9.9.9' } },
      },
      provider: { [provider]: [{ url: 'https://acme.example' }] },
      resource: {
        [`${provider}_box`]: {
          a: {
            deletion_protection: true,
            ...(reads && { id: `\${data.terraform_remote_state.cross-stack-reference-input-${reads}.outputs.id}` }),
          },
        },
        ...(more && { [`${provider}_lid`]: { b: more } }),
      },
      ...(state && { data: { terraform_remote_state: state } }),
      variable: { size: {}, db_password: {}, opaque: { sensitive: true } },
    };
    mkdirSync(join(out, name));
    writeFileSync(join(out, name, 'cdk.tf.json'), JSON.stringify(configuration));
    const path = `${name}/cdk.tf.json`;
    return [
      name,
      { name, constructPath: name, workingDirectory: name, synthesizedStackPath: path, dependencies },
    ] as const;
  });
  writeFileSync(join(out, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(entries) }));

  const terraform = join(out, 'terraform');
  writeFileSync(terraform, TERRAFORM);
  chmodSync(terraform, 0o755);
  const said = Object.entries(stacks).flatMap(([name, { provider, more }]) => {
    const resources = [`${provider}_box.a`, ...(more ? [`${provider}_lid.b`] : [])];
    const root_module = { resources: resources.map((address) => ({ address, mode: 'managed' })) };
    return [
      { type: 'test_run', '@testrun': `apply_${name}`, test_run: { run: `apply_${name}`, status: 'pass' } },
      { '@testrun': `apply_${name}`, test_state: { root_module } },
      { '@testrun': `plan_${name}`, test_plan: { resource_changes: [] } },
    ];
  });
  const lines = [...said, { type: 'test_summary', test_summary: { status } }];
  writeFileSync(join(out, 'said'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const read = (file: string): string => readFileSync(join(out, file), 'utf8');
  return {
    out,
    terraform,
    testFile: () => JSON.parse(read('copies/rehearsal.tftest.json')),
    copy: (stack: string) => JSON.parse(read(`copies/${stack}/cdk.tf.json`)),
    environment: (command: 'init' | 'test'): Record<string, string> =>
      Object.fromEntries([...read(`${command}.env`).matchAll(/^([A-Za-z_]\w*)=(.*)$/gm)].map(([, k, v]) => [k!, v!])),
  };
}

async function rehearsed({ out, terraform }: ReturnType<typeof app>, options: Omit<RehearsalOptions, 'source'> = {}) {
  const events: RehearsalEvent[] = [];
  const result = await rehearse({ source: { folder: out }, terraform, ...options }, (event) => events.push(event));
  return { result, events };
}

describe('a third-party cloud', () => {
  let running = false;
  let told: StartOptions | undefined;
  const toy: CloudFactory = () => ({
    provider: 'toy',
    overrides: { toy_lid: { reason: 'the toy has no lid', values: { colour: 'red' } } },
    guards: { lifted: { deletion_protection: false } },
    computed: (_, type, name) => ({ arn: `toy:${type}:${name}` }),
    adapt: ({ provider }) => {
      for (const block of provider?.toy ?? []) block.retries = 1;
    },
    start: async (options) => {
      running = true;
      told = options;
      return {
        detail: 'toy://here',
        env: { TOY_URL: 'toy://here' },
        hosts: ['toy.example'],
        stop: () => {
          running = false;
        },
      };
    },
  });
  const clouds = [...CLOUDS, toy];

  test('is one more entry in the list: its resources are applied by its own rules', async () => {
    const made = app({ box: { provider: 'toy', more: {} } });
    const { result, events } = await rehearsed(made, { clouds });
    expect(result).toMatchObject({
      held: true,
      errors: [],
      stacks: [{ resources: 2, applied: 1, accepted: 0, overridden: 1, mocked: 0, destroyed: 2 }],
      overridden: [{ stack: 'box', address: 'toy_lid.b', reason: 'the toy has no lid' }],
    });
    expect(result.stacks[0]!.guardsLifted).toEqual(['toy_box.a: deletion_protection']);
    expect(made.testFile().run[0].apply_box.override_resource).toEqual([
      { target: 'toy_lid.b', values: { arn: 'toy:toy_lid:b', colour: 'red' } },
    ]);
    expect(made.copy('box').provider.toy).toEqual([{ url: 'https://acme.example', retries: 1 }]);
    expect(made.testFile()).not.toHaveProperty('mock_provider');
    expect(events).toContainEqual({ type: 'step', step: 'emulator', state: 'done', detail: 'toy://here' });
  });

  test('gives its service only to Terraform, from which no request leaves, and stops it', async () => {
    const made = app({ box: { provider: 'toy' } });
    await rehearsed(made, { clouds, endpoints: { toy: 'toy://named' } });
    expect(made.environment('test')).toMatchObject({
      TOY_URL: 'toy://here',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost,toy.example',
    });
    expect(made.environment('init')).not.toHaveProperty('TOY_URL');
    expect(told).toMatchObject({ endpoint: 'toy://named' });
    expect(running).toBe(false);
  });

  test('is not started if everything is mocked, or if no stack needs it', async () => {
    told = undefined;
    const mocked = app({ box: { provider: 'toy' } });
    const { result } = await rehearsed(mocked, { clouds, mock: true });
    expect(result.stacks).toMatchObject([{ applied: 0, mocked: 1 }]);
    expect(mocked.testFile().mock_provider).toEqual([
      { toy: { mock_resource: { toy_box: { defaults: { arn: 'toy:toy_box:a' } } } } },
    ]);
    const { events } = await rehearsed(app({ box: { provider: 'random' } }), { clouds });
    expect(events).toContainEqual(expect.objectContaining({ step: 'emulator', detail: 'none: no stack needs one' }));
    expect(told).toBeUndefined();
  });

  test('overrides nothing if everything is mocked', async () => {
    const { result } = await rehearsed(app({ box: { provider: 'toy', more: {} } }), { clouds, mock: true });
    expect(result).toMatchObject({ stacks: [{ overridden: 0, mocked: 2 }], overridden: [] });
  });

  test('is stopped if another cannot start', async () => {
    const broken: CloudFactory = () => ({
      provider: 'broken',
      start: () => Promise.reject(new Error('no power')),
    });
    const made = app({ box: { provider: 'toy' }, other: { provider: 'broken' } });
    await expect(rehearsed(made, { clouds: [toy, broken] })).rejects.toThrow('no power');
    expect(running).toBe(false);
  });

  test('that does not exist leaves the resources of its provider mocked', async () => {
    const { result } = await rehearsed(app({ box: { provider: 'toy' } }));
    expect(result.stacks).toMatchObject([{ applied: 0, mocked: 1 }]);
  });
});

test.each(['archive', 'cloudinit', 'local', 'null', 'random', 'terraform', 'time', 'tls'])(
  'the provider %s needs no service: its resources are applied, even where all is mocked',
  async (provider) => {
    const { result } = await rehearsed(app({ box: { provider } }), { mock: true });
    expect(result.stacks).toMatchObject([{ applied: 1, mocked: 0 }]);
  },
);

describe('a provider that cannot be installed', () => {
  const stacks = {
    gone: { provider: 'missing' },
    reads: { provider: 'random', dependencies: ['gone'], reads: 'gone' },
    after: { provider: 'random', dependencies: ['gone'] },
    here: { provider: 'random' },
  };

  test('fails the stacks that need it or read their outputs, by name; the others are rehearsed', async () => {
    const made = app(stacks);
    const { result, events } = await rehearsed(made);
    expect(Object.keys(Object.assign({}, ...made.testFile().run))).toEqual([
      'apply_after',
      'apply_here',
      'plan_after',
      'plan_here',
    ]);
    expect(result.held).toBe(false);
    expect(result.stacks.map(({ stack, applied, changes }) => [stack, applied, changes])).toEqual([
      ['gone', 0, undefined],
      ['reads', 0, undefined],
      ['after', 1, []],
      ['here', 1, []],
    ]);
    expect(result.errors).toEqual([
      {
        stack: 'gone',
        summary: 'not rehearsed: it needs the provider acme/missing 9.9.9, which cannot be installed',
        detail: expect.stringMatching(
          /^to install it, allow this machine to reach registry.terraform.io, or unpack the provider into ~\/\.terraform\.d\/plugins\/registry\.terraform\.io\/acme\/missing\/9\.9\.9\/\w+_\w+\nno available releases match\nrehearsed without it, as they read none of its outputs: after$/,
        ),
      },
      { stack: 'reads', summary: 'not rehearsed: it reads outputs of gone, which was not rehearsed' },
    ]);
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(2);
  });

  test('leaves those stacks to the next stage', async () => {
    const offered: string[][] = [];
    const accepting: Stage = {
      run: async (copies) => {
        offered.push(copies.map(({ stack }) => stack));
        const results = copies.map((copy) => ({ ...emptyResult(copy), accepted: 1, changes: [] }));
        return { results, errors: [], refused: [], held: true };
      },
    };
    const { result } = await rehearsed(app(stacks), { stages: [...STAGES, accepting] });
    expect(offered).toEqual([['gone', 'reads']]);
    expect(result).toMatchObject({ held: true, errors: [] });
    expect(result.stacks.map(({ applied, accepted }) => [applied, accepted])).toEqual([
      [0, 1],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
  });

  test('overrides nothing in the stacks that need it', async () => {
    const cloud: CloudFactory = () => ({
      provider: 'missing',
      overrides: { missing_box: { reason: 'the service has no box' } },
      start: async () => ({ detail: '', env: {}, stop: () => {} }),
    });
    const { result } = await rehearsed(app(stacks), { clouds: [...CLOUDS, cloud] });
    expect(result.overridden).toEqual([]);
  });

  test('differs from an installation that fails for another reason', async () => {
    await expect(rehearsed(app({ box: { provider: 'full' } }))).rejects.toThrow(
      "'terraform init' failed:\nno space left",
    );
  });

  test('is not the only error: a stack that no stage runs is one', async () => {
    const idle: Stage = { run: async () => ({ results: [], errors: [], refused: [], held: true }) };
    const { result } = await rehearsed(app({ box: { provider: 'random' } }), { stages: [idle] });
    expect(result).toMatchObject({
      held: false,
      errors: [{ stack: 'box', summary: 'not rehearsed: no stage runs it' }],
    });
  });

  test('leaves nothing to run if every stack needs it', async () => {
    const made = app({ gone: { provider: 'missing' } });
    const { result } = await rehearsed(made);
    expect(result).toMatchObject({ held: false, errors: [{ stack: 'gone' }], stacks: [{ applied: 0 }] });
    expect(existsSync(join(made.out, 'test.env'))).toBe(false);
  });
});

test('a rehearsal does not hold if a stage did not hold', async () => {
  expect((await rehearsed(app({ box: { provider: 'random' } }, 'fail'))).result.held).toBe(false);
});

describe('the environment of the user', () => {
  const SECRETS = {
    AWS_PROFILE: 'prod',
    AWS_SECRET_ACCESS_KEY: 's3cret',
    AWS_SESSION_TOKEN: 's3cret',
    KUBECONFIG: '/nowhere/s3cret',
    VAULT_TOKEN: 's3cret',
    GITHUB_TOKEN: 's3cret',
    NPM_TOKEN: 's3cret',
    MISE_GITHUB_TOKEN: 's3cret',
    GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/s3cret',
    ARM_CLIENT_SECRET: 's3cret',
    DATABASE_URL: 'postgres://u:s3cret@db',
    TF_CLI_ARGS: '-s3cret',
    TF_VAR_db_password: 's3cret',
    TF_VAR_opaque: 's3cret',
    TF_VAR_undeclared: 's3cret',
  };
  const ALLOWED = { TF_VAR_size: 'large', LC_ALL: 'C.UTF-8', TFENV_TERRAFORM_VERSION: '1.11.4' };
  const FOR_PROVIDERS = { TF_TOKEN_registry_acme_example: 'download' };
  const FOR_PACKAGES = { PIP_CERT: '/nowhere/ca.pem' };
  const before = { ...process.env };
  beforeAll(() => Object.assign(process.env, SECRETS, ALLOWED, FOR_PROVIDERS, FOR_PACKAGES));
  afterAll(() => {
    process.env = before;
  });

  test('passes no secret to Terraform, except credentials for downloads to downloads', async () => {
    const made = app({ box: { provider: 'random' } });
    await rehearsed(made);
    for (const command of ['init', 'test'] as const) {
      expect(Object.values(made.environment(command)).filter((value) => value.includes('s3cret'))).toEqual([]);
      expect(made.environment(command)).toMatchObject({ PATH: process.env.PATH, LC_ALL: 'C.UTF-8' });
    }
    expect(made.environment('init')).toMatchObject(FOR_PROVIDERS);
    for (const name of Object.keys(FOR_PROVIDERS)) expect(made.environment('test')).not.toHaveProperty(name);
    for (const name of Object.keys(FOR_PACKAGES)) expect(made.environment('init')).not.toHaveProperty(name);
    expect(made.environment('test')).toMatchObject({
      ...ALLOWED,
      TF_VAR_db_password: 'rehearsal',
      TF_VAR_opaque: 'rehearsal',
    });
  });

  test('passes no secret to the app, which may read every other variable', async () => {
    const file = join(folder, 'app.env');
    const env = { ...process.env, STAGE: 'dev', EMPTY_TOKEN: '', HTTPS_PROXY: 'http://u:p@proxy' };
    const failing = rehearse({ source: { command: `env > ${file}; exit 1`, env } });
    await expect(failing).rejects.toMatchObject({ name: 'AppFailure' });
    const given = readFileSync(file, 'utf8');
    const hidden = Object.entries(SECRETS).filter(([name]) => /TOKEN|SECRET|password|CREDENTIAL|DATABASE/.test(name));
    for (const [name] of hidden) expect(given).toContain(`${name}=rehearsal\n`);
    expect(given).toContain('STAGE=dev\n');
    expect(given).toContain('EMPTY_TOKEN=\n');
    expect(given).toContain('HTTPS_PROXY=http://u:p@proxy\n'); // the app may download
  });

  test('passes no secret to the service of a cloud', async () => {
    let given: NodeJS.ProcessEnv = {};
    const toy: CloudFactory = () => ({
      provider: 'toy',
      start: async ({ env }) => {
        given = env;
        return { detail: '', env: {}, stop: () => {} };
      },
    });
    await rehearsed(app({ box: { provider: 'toy' } }), { clouds: [toy] });
    expect(Object.values(given).filter((value) => value?.includes('s3cret'))).toEqual([]);
    expect(given).toMatchObject(FOR_PACKAGES);
    expect(given).not.toHaveProperty(Object.keys(FOR_PROVIDERS));
  });
});

test('a stack that needs the provider external is rehearsed: it is mocked, so it runs no program', async () => {
  const { result } = await rehearsed(app({ box: { provider: 'external' } }));
  expect(result.stacks).toMatchObject([{ mocked: 1 }]);
});

test('a CLI configuration of Terraform that is a folder is refused, with its path', async () => {
  const before = { ...process.env };
  const made = app({ box: { provider: 'random' } });
  try {
    Object.assign(process.env, { TF_CLI_CONFIG_FILE: made.out });
    await expect(rehearsed(made)).rejects.toMatchObject({
      name: 'CannotRehearse',
      message: expect.stringContaining(`${made.out}: it is a folder`),
    });
  } finally {
    process.env = before;
  }
});

test('a provider that only a module requires is mocked too', async () => {
  const made = app({ box: { provider: 'random' } });
  const lock = ['acme/random', 'acme/hidden', 'hashicorp/null'].map(
    (source) => `provider "registry.terraform.io/${source}" {\n  version = "9.9.9"\n}\n`,
  );
  writeFileSync(join(made.out, 'lock.hcl'), lock.join(''));
  await rehearsed(made);
  const hidden = { source: 'registry.terraform.io/acme/hidden' };
  expect(made.testFile().mock_provider).toEqual([{ hidden: {} }]);
  expect(made.copy('box').terraform.required_providers).toEqual({
    random: { source: 'acme/random', version: '9.9.9' },
    hidden,
  });
});

test('OpenTofu finds a provider in a folder with the layout of Terraform', async () => {
  const before = { ...process.env };
  const made = app({ box: { provider: 'random' } });
  const { platform } = thisMachine();
  const plugins = join(made.out, '.terraform.d/plugins/registry.terraform.io/acme/random/9.9.9', platform);
  mkdirSync(plugins, { recursive: true });
  copyFileSync(made.terraform, join(made.out, 'tofu'));
  chmodSync(join(made.out, 'tofu'), 0o755);
  try {
    Object.assign(process.env, { HOME: made.out, TF_CLI_CONFIG_FILE: '' });
    await rehearsed({ ...made, terraform: join(made.out, 'tofu') });
  } finally {
    process.env = before;
  }
  expect(made.copy('box').terraform.required_providers.random.source).toBe('registry.terraform.io/acme/random');
});

describe.each([
  ['main.tf', 'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}'],
  ['main.tf', 'resource null_resource x {\n  provisioner local-exec { command = "id" }\n}'],
  ['main.tofu', 'data "external" "x" {\n  program = ["id"]\n}'],
  ['main.tf', 'data "local_command" "x" {\n  command = "id"\n}'],
  ['main.tf', 'action "local_command" "x" {\n  config { command = "id" }\n}'],
  ['main.tf', 'resource "local_file" "x" {\n  filename = "/etc/hosts"\n}'],
  ['main.tf', 'resource "local_file" "x" {\n  filename = "${path.module}/../../x"\n}'],
  ['main.tf.json', '{"data": {"external": {"x": {"program": ["id"]}}}}'],
  ['main.tf.json', '{"resource": {"local_file": {"x": {"filename": "/etc/hosts"}}}}'],
])('a module that runs a program or writes elsewhere: %s %s', (file, text) => {
  test('refuses its stack with the file, wherever the module is; the others are rehearsed', async () => {
    const made = app({
      box: { provider: 'random' },
      reads: { provider: 'random', reads: 'box' },
      other: { provider: 'random' },
    });
    const module = mkdtempSync(join(folder, 'module-'));
    writeFileSync(join(module, file), text);
    const Modules = [{ Key: 'test.rehearsal.tftest.json.apply_box.it', Dir: module }];
    writeFileSync(join(made.out, 'modules.json'), JSON.stringify({ Modules }));
    const { result } = await rehearsed(made);
    expect(result.errors).toMatchObject([
      {
        stack: 'box',
        summary: 'not rehearsed: its modules run a program, or write a file elsewhere',
        detail: join(module, file),
      },
      { stack: 'reads', summary: 'not rehearsed: it reads outputs of box, which was not rehearsed' },
    ]);
    expect(Object.keys(Object.assign({}, ...made.testFile().run))).toEqual(['apply_other', 'plan_other']);
  });
});
