import type { Guards } from '../clouds/cloud';
import { managedResources, type StackConfiguration } from '../source/manifest';

/** Terraform's own guard, in `lifecycle`. */
const PREVENT_DESTROY = 'prevent_destroy';

/**
 * Removes every guard against destruction from a configuration, in place: a rehearsal destroys at its end. The
 * synthesized stack is not changed.
 *
 * @param guardsOf the guards of a type's provider
 * @returns the removed guards, e.g. `aws_s3_bucket.raw: prevent_destroy`
 */
export function liftGuards(
  configuration: StackConfiguration,
  guardsOf: (type: string) => Guards | undefined,
): string[] {
  return managedResources(configuration).flatMap(({ type, name, resource }) => {
    const { lifted = {}, implied = {} } = guardsOf(type) ?? {};
    const unset = implied[type];
    if (unset) resource[unset] ??= !lifted[unset];
    const guards = Object.keys(lifted).filter(
      (guard) => resource[guard] !== undefined && resource[guard] !== lifted[guard],
    );
    for (const guard of guards) resource[guard] = lifted[guard];

    const lifecycle = resource.lifecycle as Record<string, unknown> | undefined;
    if (lifecycle?.[PREVENT_DESTROY]) {
      lifecycle[PREVENT_DESTROY] = false;
      guards.push(PREVENT_DESTROY);
    }
    return guards.map((guard) => `${type}.${name}: ${guard}`);
  });
}
