import {
  type ProviderInstallation,
  providerInstallation,
  type TerraformProgram,
  thisMachine,
} from '../../../lib/testing/terraform';
import type { StackCopy } from '../../copy/stack-copy';
import { CannotRehearse } from '../../errors';
import type { RequiredProvider } from '../../source/manifest';

const TERRAFORM_REGISTRY = 'registry.terraform.io';
const REGISTRIES = { terraform: TERRAFORM_REGISTRY, tofu: 'registry.opentofu.org' } as const;

/** Every provider that the copies require, once for each version. */
export function requirementsOf(copies: readonly StackCopy[]): RequiredProvider[] {
  return copies.flatMap(({ configuration }) => Object.values(configuration.terraform?.required_providers ?? {}));
}

/**
 * Providers that only modules require, by the name that their stacks do not use: a stack must require them too, so that
 * they can be mocked.
 *
 * @param lock the lock file that `init` writes; it lists every provider
 */
export function providersOfModules(lock: string, copies: readonly StackCopy[]): Record<string, RequiredProvider> {
  const sources = requirementsOf(copies).map(({ source }) => fullAddress(source, '').split('/').slice(-2).join('/'));
  const names = new Set(
    copies.flatMap(({ configuration: { terraform } }) => Object.keys(terraform?.required_providers ?? {})),
  );
  const found: Record<string, RequiredProvider> = {};
  for (const [, source] of lock.matchAll(/^provider "([^"]+)"/gm)) {
    const [, namespace, name] = source!.split('/') as [string, string, string];
    if (!sources.includes(`${namespace}/${name}`) && !names.has(name)) found[name] = { source: source! };
  }
  return found;
}

/**
 * Where providers come from.
 *
 * OpenTofu looks for providers under the name of its own registry. If this machine has them only in a folder laid out
 * for Terraform, the requirements name Terraform's registry, so that nothing is downloaded.
 *
 * @throws CannotRehearse if the user's CLI configuration cannot be read
 */
export function installationFor(
  { product }: TerraformProgram,
  required: readonly RequiredProvider[],
): ProviderInstallation {
  const versions = () => Object.fromEntries(required.map(({ source, version }) => [source, version ?? '>= 0']));
  const installation = installationOf(versions(), product);
  if (product === 'terraform' || installation.from !== 'download') return installation;

  const own = required.map(({ source }) => source);
  for (const provider of required) provider.source = fullAddress(provider.source, TERRAFORM_REGISTRY);
  const shared = installationOf(versions(), product);
  if (shared.from === 'folder') return shared;
  required.forEach((provider, index) => {
    provider.source = own[index]!;
  });
  return installation;
}

function installationOf(...[versions, product]: Parameters<typeof providerInstallation>): ProviderInstallation {
  try {
    return providerInstallation(versions, product);
  } catch (error) {
    throw new CannotRehearse((error as Error).message);
  }
}

/** How to install a provider that could not be installed. */
export function howToGet({ source, version }: RequiredProvider, { product }: TerraformProgram): string {
  const address = fullAddress(source, REGISTRIES[product]);
  const folder = `~/.terraform.d/plugins/${address}/${version ?? '<version>'}/${thisMachine().platform}`;
  return `to install it, allow this machine to reach ${address.split('/')[0]}, or unpack the provider into ${folder}`;
}

/** `aws` and `hashicorp/aws` as `<registry>/hashicorp/aws`. */
function fullAddress(source: string, registry: string): string {
  const parts = source.split('/');
  if (parts.length === 1) return `${registry}/hashicorp/${source}`;
  return parts.length === 2 ? `${registry}/${source}` : source;
}
