import type { TerraformResourceLifecycle } from 'cdktf';
import type { IConstruct } from 'constructs';
import { Surroundings } from './surroundings';

/** What becomes of stored data when its construct leaves the configuration or the stack is destroyed. */
export type Removal = 'retain' | 'destroy';

/**
 * Whether data may go: two keys must turn. The construct and its stack must both say `destroy`;
 * either alone keeps the data.
 */
export function mayDestroy(scope: IConstruct, removal: Removal | undefined): boolean {
  return removal === 'destroy' && Surroundings.of(scope).removal === 'destroy';
}

/** Makes Terraform refuse to destroy or replace a resource that holds data, unless both keys say so. */
export function keepData(scope: IConstruct, removal: Removal | undefined): TerraformResourceLifecycle | undefined {
  return mayDestroy(scope, removal) ? undefined : { preventDestroy: true };
}
