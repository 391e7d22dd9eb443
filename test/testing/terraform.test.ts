import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import { findTerraform, type Machine, providerInstallation, testApp, validate } from '../../lib/testing';
import { ACME, testStack } from '../support/stack';

const PLATFORM = 'linux_amd64';
const root = fs.mkdtempSync(join(tmpdir(), 'cdktf-machine-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

/** A machine that has only the given files, below its own folder. */
function machine(files: Record<string, string> = {}, env: Record<string, string> = {}): Machine {
  const home = fs.mkdtempSync(join(root, 'home-'));
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(join(home, path, '..'), { recursive: true });
    fs.writeFileSync(join(home, path), text, { mode: 0o755 });
  }
  const own = Object.entries(env).map(([name, value]) => [name, value.replaceAll('~', home)]);
  return {
    home,
    platform: PLATFORM,
    software: [join(home, 'opt')],
    env: { PATH: '', XDG_DATA_DIRS: '', ...Object.fromEntries(own) },
  };
}

function unpacked(folder: string, provider: string, version: string): Record<string, string> {
  return { [`${folder}/registry.terraform.io/${provider}/${version}/${PLATFORM}/terraform-provider`]: '' };
}

describe('the program', () => {
  test('is terraform, else tofu, in the order of the PATH', () => {
    const both = machine({ 'a/tofu': '', 'b/terraform': '', 'c/terraform': '' }, { PATH: '~/a:~/b:~/c' });
    expect(findTerraform(both)).toEqual({ path: join(both.home, 'b/terraform'), product: 'terraform' });
    const tofu = machine({ 'a/tofu': '' }, { PATH: '~/a' });
    expect(findTerraform(tofu)).toEqual({ path: join(tofu.home, 'a/tofu'), product: 'tofu' });
  });

  test('is the one that TERRAFORM_BINARY_NAME names, by name or by path', () => {
    const files = { 'a/tofu': '', 'a/terraform': '', 'b/opentofu-1.10': '' };
    expect(findTerraform(machine(files, { PATH: '~/a', TERRAFORM_BINARY_NAME: 'tofu' })).product).toBe('tofu');
    const named = machine(files, { PATH: '~/a', TERRAFORM_BINARY_NAME: '~/b/opentofu-1.10' });
    expect(findTerraform(named)).toEqual({ path: join(named.home, 'b/opentofu-1.10'), product: 'tofu' });
  });

  test('that is missing is named, with how to install it', () => {
    expect(() => findTerraform(machine())).toThrow(
      "no 'terraform' or 'tofu' on the PATH: install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu " +
        '(https://opentofu.org/docs/intro/install), or name the program in TERRAFORM_BINARY_NAME',
    );
    expect(() => findTerraform(machine({}, { TERRAFORM_BINARY_NAME: 'terra' }))).toThrow("no 'terra' on the PATH");
  });
});

describe('providers', () => {
  const aws = { aws: '5.100.0' };

  test("are installed by the user's configuration, if it exists", () => {
    const files = {
      '.terraformrc': 'disable_checkpoint = true',
      'ci.rc': 'ci',
      ...unpacked('.terraform.d/plugins', 'hashicorp/aws', '5.100.0'),
    };
    expect(providerInstallation(aws, 'terraform', machine(files))).toEqual({
      from: 'user',
      text: 'disable_checkpoint = true',
    });
    expect(providerInstallation(aws, 'terraform', machine(files, { TF_CLI_CONFIG_FILE: '~/ci.rc' })).text).toBe('ci');
    expect(providerInstallation(aws, 'terraform', machine({}, { TF_CLI_CONFIG_FILE: '~/gone.rc' })).from).not.toBe(
      'user',
    );
    expect(providerInstallation(aws, 'tofu', machine({ '.tofurc': 'tofu', ...files })).text).toBe('tofu');
  });

  test.each([
    ['.terraform.d/plugins', {}],
    ['.terraform.d/plugin-cache', {}],
    ['.local/share/terraform/plugins', {}],
    ['opt/terraform-providers', {}],
    ['opt/terraform/plugins', {}],
    ['cache', { TF_PLUGIN_CACHE_DIR: '~/cache' }],
    ['data/terraform/plugins', { XDG_DATA_DIRS: '~/none:~/data' }],
  ])('are installed from a plugin folder that holds the version: ~/%s', (folder, env) => {
    const here = machine(unpacked(folder, 'hashicorp/aws', '5.100.0'), env);
    expect(providerInstallation({ ...aws, 'hashicorp/google': '7.0.0' }, 'terraform', here)).toEqual({
      from: 'folder',
      text: [
        'provider_installation {',
        '  filesystem_mirror {',
        `    path = "${join(here.home, folder)}"`,
        '    include = ["registry.terraform.io/hashicorp/aws"]',
        '  }',
        '  direct {',
        '    exclude = ["registry.terraform.io/hashicorp/aws"]',
        '  }',
        '}',
        '',
      ].join('\n'),
    });
  });

  test('are installed from there packed, too', () => {
    const folder = '.terraform.d/plugins/registry.terraform.io/hashicorp/aws/terraform-provider-aws';
    expect(providerInstallation(aws, 'terraform', machine({ [`${folder}_5.100.0_${PLATFORM}.zip`]: '' })).from).toBe(
      'folder',
    );
    expect(providerInstallation(aws, 'terraform', machine({ [`${folder}_5.100.0_darwin_arm64.zip`]: '' })).from).toBe(
      'download',
    );
  });

  test('are downloaded if the folder holds another version, platform or registry', () => {
    const download = { from: 'download', text: 'provider_installation {\n  direct {}\n}\n' };
    const held = machine(unpacked('.terraform.d/plugins', 'hashicorp/aws', '5.99.0'));
    expect(providerInstallation({ 'example/other': '1.0.0' }, 'terraform', held)).toEqual(download);
    expect(providerInstallation({ 'hashicorp/aws': '5.98.0' }, 'terraform', held)).toEqual(download);
    expect(providerInstallation({ 'hashicorp/aws': '5.99.0' }, 'tofu', held)).toEqual(download);
    expect(
      providerInstallation({ 'hashicorp/aws': '5.99.0' }, 'terraform', { ...held, platform: 'darwin_arm64' }),
    ).toEqual(download);
    expect(providerInstallation({ 'hashicorp/aws': '~> 5.0' }, 'terraform', held).from).toBe('folder');
    expect(providerInstallation({ 'registry.terraform.io/hashicorp/aws': '5.99.0' }, 'terraform', held).from).toBe(
      'folder',
    );
  });
});

describe('validation by a substitute for Terraform', () => {
  function standIn(script: string) {
    const path = join(fs.mkdtempSync(join(root, 'bin-')), 'terraform');
    fs.writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { path, product: 'terraform' as const };
  }

  test("a failing init throws Terraform's output", async () => {
    const terraform = standIn('echo "no such provider" >&2; exit 1');
    await expect(validate(testStack(), { terraform })).rejects.toThrow(
      `${terraform.path} init -backend=false -input=false -no-color failed: no such provider`,
    );
  });

  test('of one stack leaves out the others of its app, and leaves no file', async () => {
    const app = testApp();
    const [one] = ['one', 'two'].map((id) => {
      const stack = new TerraformStack(app, id);
      new AwsProvider(stack, 'aws', { region: ACME.region });
      return stack;
    });
    const seen = join(root, 'seen');
    const terraform = standIn(`pwd > ${seen}; cat main.tf.json >> ${seen}; echo '{"diagnostics":[]}'`);
    expect(await validate(one!, { terraform })).toEqual([]);
    const [folder, configuration] = fs.readFileSync(seen, 'utf8').split('\n');
    expect(JSON.parse(configuration!)).toEqual({ module: { stack_0: { source: './stacks/one' } } });
    expect(fs.existsSync(folder!)).toBe(false);
  });
});
