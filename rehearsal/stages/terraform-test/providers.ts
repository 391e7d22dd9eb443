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
