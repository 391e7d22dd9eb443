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
    const { lifted: all = {}, typed = {}, implied = {} } = guardsOf(type) ?? {};
    const lifted: Readonly<Record<string, unknown>> = { ...all, ...typed[type] };
    const unset = implied[type];
    if (unset) resource[unset] ??= !lifted[unset];
    const guards = Object.entries(lifted)
      .filter(([guard, value]) => value !== undefined && (resource[guard] ?? null) !== value)
      .filter(([guard]) => resource[guard] !== undefined && resource[guard] !== null)
      .map(([guard, value]) => {
        resource[guard] = value;
        if (value === null) delete resource[guard];
        return guard;
      });

    const lifecycle = resource.lifecycle as Record<string, unknown> | undefined;
    if (lifecycle?.[PREVENT_DESTROY]) {
      lifecycle[PREVENT_DESTROY] = false;
      guards.push(PREVENT_DESTROY);
    }
    return guards.map((guard) => `${type}.${name}: ${guard}`);
  });
}
