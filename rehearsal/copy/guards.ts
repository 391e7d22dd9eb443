import type { StackConfiguration } from '../source/manifest';

/**
 * What keeps a resource from being destroyed, by attribute, and the value that lifts it. A rehearsal tears production
 * down at its end, so it lifts them, in its copy alone; the stacks themselves keep every one.
 */
export const GUARDS: Readonly<Record<string, boolean>> = {
  prevent_destroy: false,
  deletion_protection: false,
  deletion_protection_enabled: false,
  enable_deletion_protection: false,
  skip_destroy: false,
  force_destroy: true,
  force_delete: true,
  skip_final_snapshot: true,
};

/** Types whose `force_destroy` or the like must be set even where the stack does not mention it. */
const UNSAID: Readonly<Record<string, string>> = {
  aws_s3_bucket: 'force_destroy',
  aws_ecr_repository: 'force_delete',
  aws_athena_workgroup: 'force_destroy',
};

/**
 * Lifts every guard in a configuration, in place.
 *
 * @returns what was lifted, e.g. `aws_s3_bucket.raw: prevent_destroy`
 */
export function liftGuards(configuration: StackConfiguration): string[] {
  const lifted: string[] = [];
  for (const [type, resources] of Object.entries(configuration.resource ?? {})) {
    for (const [name, resource] of Object.entries(resources)) {
      const unsaid = UNSAID[type];
      if (unsaid) resource[unsaid] ??= false;
      const places = [resource, resource.lifecycle].filter((place) => typeof place === 'object' && place !== null);
      for (const place of places as Record<string, unknown>[]) {
        for (const [guard, open] of Object.entries(GUARDS)) {
          if (place[guard] === undefined || place[guard] === open) continue;
          place[guard] = open;
          lifted.push(`${type}.${name}: ${guard}`);
        }
      }
    }
  }
  return lifted;
}
