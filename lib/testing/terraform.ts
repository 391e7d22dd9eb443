import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

/** Where a machine keeps its programs, its home and its Terraform settings. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** As Terraform names it in plugin folders, e.g. `linux_amd64`, `darwin_arm64`. */
  readonly platform: string;
  /** Folders whose subfolders are installed software. */
  readonly software: readonly string[];
}

/**
 * This machine.
 *
 * The only code of `lib` that reads the process environment: programs are found through `PATH` and configured through
 * `HOME` and `TF_*`, which no property can replace. Tests pass their own `env`.
 */
export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch === 'ia32' ? '386' : process.arch;
  return {
    env,
    home: env.HOME ?? env.USERPROFILE ?? homedir(),
    platform: `${os}_${arch}`,
    software: ['/opt', '/usr/local/lib', '/usr/lib', '/var/lib'],
  };
}

/** An installed Terraform or OpenTofu. */
export interface TerraformProgram {
  /** Absolute path of the executable. */
  readonly path: string;
  readonly product: 'terraform' | 'tofu';
}

/**
 * Finds the program on the `PATH`: the one that `TERRAFORM_BINARY_NAME` names (a variable of cdktf), else `terraform`,
 * else `tofu`.
 *
 * @throws Error with how to install one, if there is none
 */
export function findTerraform(machine: Machine = thisMachine()): TerraformProgram {
  const { TERRAFORM_BINARY_NAME: named, PATH = '', PATHEXT } = machine.env;
  const names = named ? [named] : ['terraform', 'tofu'];
  const extensions = PATHEXT ? PATHEXT.split(';') : [''];
  for (const name of names) {
    const folders = name.includes('/') ? [''] : PATH.split(delimiter).filter(Boolean);
    const path = folders
      .flatMap((folder) => extensions.map((extension) => join(folder, name + extension)))
      .find(isExecutable);
    if (path) return { path, product: basename(path).includes('tofu') ? 'tofu' : 'terraform' };
  }
  const sought = names.map((name) => `'${name}'`).join(' or ');
  throw new Error(
    `no ${sought} on the PATH: install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu ` +
      '(https://opentofu.org/docs/intro/install), or name the program in TERRAFORM_BINARY_NAME',
  );
}

/** Where `init` installs providers from. */
export interface ProviderInstallation {
  /** `user`: the user's CLI configuration; `folder`: folders of this machine; `download`: the public registry. */
  readonly from: 'user' | 'folder' | 'download';
  /** A Terraform CLI configuration: write it to a file, and set `TF_CLI_CONFIG_FILE` to its path. */
  readonly text: string;
}

/**
 * How to install providers on this machine, in this order: by the user's CLI configuration (`TF_CLI_CONFIG_FILE` if the
 * file exists, else `~/.terraformrc` or `~/.tofurc`), else from plugin folders in the usual places, else by download.
 *
 * A plugin folder is used only for providers that it has in the required version; the others are downloaded.
 *
 * @param providers source to version, as in `required_providers`: `{ 'hashicorp/aws': '5.100.0' }`. A short source such
 *   as `aws` means `hashicorp/aws`. A version with an operator (`~> 5.0`) accepts any version in a folder
 * @throws Error if the user's CLI configuration cannot be read
 */
export function providerInstallation(
  providers: Readonly<Record<string, string>>,
  product: TerraformProgram['product'] = 'terraform',
  machine: Machine = thisMachine(),
): ProviderInstallation {
  const own = userConfiguration(product, machine);
  if (own) return { from: 'user', text: readConfiguration(own) };

  const registry = product === 'tofu' ? 'registry.opentofu.org' : 'registry.terraform.io';
  const included = new Map<string, string[]>();
  for (const [source, version] of Object.entries(providers)) {
    const address = fullAddress(source, registry);
    const root = pluginRoots(machine).find((candidate) => holds(candidate, address, version, machine.platform));
    if (root) included.set(root, [...(included.get(root) ?? []), address]);
  }
  if (included.size === 0) return { from: 'download', text: 'provider_installation {\n  direct {}\n}\n' };

  const mirrors = [...included].map(([root, held]) => method('filesystem_mirror', { path: root, include: held }));
  const rest = method('direct', { exclude: [...included.values()].flat() });
  return { from: 'folder', text: `provider_installation {\n${[...mirrors, rest].join('')}}\n` };
}

function userConfiguration(product: TerraformProgram['product'], { env, home }: Machine): string | undefined {
  const named = env.TF_CLI_CONFIG_FILE ?? env.TERRAFORM_CONFIG;
  const inHome = product === 'tofu' ? ['.tofurc', '.terraformrc'] : ['.terraformrc'];
  const onWindows = env.APPDATA ? [join(env.APPDATA, 'terraform.rc')] : [];
  return [...(named ? [named] : []), ...inHome.map((file) => join(home, file)), ...onWindows].find(existsSync);
}

function readConfiguration(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `cannot read the Terraform CLI configuration ${path}: ${code === 'EISDIR' ? 'it is a folder' : message}; ` +
        'set TF_CLI_CONFIG_FILE to a file that can be read',
    );
  }
}

/** Folders that may hold `<registry>/<namespace>/<type>/...`: Terraform's mirrors and cache, installed software. */
function pluginRoots({ env, home, software }: Machine): string[] {
  const data = env.XDG_DATA_HOME ?? join(home, '.local/share');
  const shared = (env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':').filter(Boolean);
  const own = join(home, '.terraform.d');
  const installed = software.flatMap((parent) => list(parent).map((child) => join(parent, child)));
  return [
    join(own, 'plugins'),
    ...[data, ...shared].map((folder) => join(folder, 'terraform/plugins')),
    ...installed.flatMap((folder) => [folder, join(folder, 'plugins'), join(folder, 'providers')]),
    // last: Terraform refuses to install from a cache into the same cache
    ...(env.TF_PLUGIN_CACHE_DIR ? [env.TF_PLUGIN_CACHE_DIR] : []),
    join(own, 'plugin-cache'),
  ];
}

/** Accepts both layouts: `<version>/<platform>/` and `terraform-provider-<type>_<version>_<platform>.zip`. */
function holds(root: string, address: string, version: string, platform: string): boolean {
  const folder = join(root, address);
  const exact = /^=?\s*(\d+\.\d+\.\d+\S*)$/.exec(version)?.[1];
  const packed = `terraform-provider-${basename(address)}_`;
  return list(folder).some((entry) => {
    const held = entry.startsWith(packed) ? entry.slice(packed.length).replace(`_${platform}.zip`, '') : entry;
    const forPlatform = entry.startsWith(packed)
      ? entry.endsWith(`_${platform}.zip`)
      : existsSync(join(folder, entry, platform));
    return forPlatform && (exact === undefined || held === exact);
  });
}

function fullAddress(source: string, registry: string): string {
  const parts = source.split('/');
  if (parts.length === 1) return `${registry}/hashicorp/${source}`;
  return parts.length === 2 ? `${registry}/${source}` : source;
}

function method(kind: string, settings: Record<string, string | readonly string[]>): string {
  const lines = Object.entries(settings).map(([name, value]) => `    ${name} = ${JSON.stringify(value)}\n`);
  return `  ${kind} {\n${lines.join('')}  }\n`;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // missing or not readable
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
