import type { StackConfiguration } from '../source/manifest';

/**
 * Removes `moved` and `removed` blocks from a configuration, in place: they change a state, and a rehearsal begins with
 * none. Terraform refuses some of them in a module of a test.
 */
export function removeMoves(configuration: StackConfiguration): void {
  delete configuration.moved;
  delete configuration.removed;
}
