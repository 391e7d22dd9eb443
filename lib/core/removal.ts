import type { TerraformResourceLifecycle } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Properties } from './properties';
import { REMOVALS, Surroundings } from './surroundings';

/** Whether stored data is kept when its construct is removed from the configuration or its stack is destroyed. */
export type Removal = (typeof REMOVALS)[number];

/**
 * Whether stored data may be destroyed: only if both the construct and its stack are set to `destroy`.
 *
 * @throws InputError if `removal` is another word: who writes `Destroy` must not learn only later that it retains
 */
export function mayDestroy(scope: IConstruct, removal: Removal | undefined): boolean {
  Properties.of(scope).oneOf('removal', removal, REMOVALS).throwIfInvalid();
  return removal === 'destroy' && Surroundings.of(scope).removal === 'destroy';
}

/** Makes Terraform refuse to destroy or replace a resource that holds data, unless {@link mayDestroy}. */
export function keepData(scope: IConstruct, removal: Removal | undefined): TerraformResourceLifecycle | undefined {
  return mayDestroy(scope, removal) ? undefined : { preventDestroy: true };
}
