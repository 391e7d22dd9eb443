import type { StackConfiguration } from '../source/manifest';

/**
 * Removes `import` blocks from a configuration, in place: what they import exists only in the real cloud, and Terraform
 * refuses them in a module of a test.
 *
 * @returns addresses of the resources that had one
 */
export function removeImports(configuration: StackConfiguration): string[] {
  const imports = [configuration.import ?? []].flat() as { readonly to?: unknown }[];
  delete configuration.import;
  return imports.map(({ to }) => String(to).replace(/^\$\{(.*)\}$/, '$1'));
}
