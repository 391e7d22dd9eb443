import { type ProviderInstallation, providerInstallation, type TerraformProgram } from '../../lib/testing/terraform';
import type { StackCopy } from '../copy/stack-copy';

const TERRAFORM_REGISTRY = 'registry.terraform.io';

/**
 * Where the copies' providers come from.
 *
 * OpenTofu looks for providers under the name of its own registry. Where this machine has them only in a folder laid out for
 * Terraform, the copies name that registry, so that nothing has to be downloaded.
 */
export function installationFor({ product }: TerraformProgram, copies: readonly StackCopy[]): ProviderInstallation {
  const required = copies.flatMap(({ configuration }) =>
    Object.values(configuration.terraform?.required_providers ?? {}),
  );
  const versions = () => Object.fromEntries(required.map(({ source, version }) => [source, version ?? '>= 0']));
  const installation = providerInstallation(versions(), product);
  if (product === 'terraform' || installation.from !== 'download') return installation;

  const own = required.map(({ source }) => source);
  for (const provider of required) provider.source = underTerraformRegistry(provider.source);
  const shared = providerInstallation(versions(), product);
  if (shared.from === 'folder') return shared;
  required.forEach((provider, index) => {
    provider.source = own[index]!;
  });
  return installation;
}

/** `aws` and `hashicorp/aws` as `registry.terraform.io/hashicorp/aws`. */
function underTerraformRegistry(source: string): string {
  const parts = source.split('/');
  if (parts.length === 1) return `${TERRAFORM_REGISTRY}/hashicorp/${source}`;
  return parts.length === 2 ? `${TERRAFORM_REGISTRY}/${source}` : source;
}
