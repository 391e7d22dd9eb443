import type { Stage } from './stage';
import { terraformTest } from './terraform-test/terraform-test';

/** The stages of a rehearsal, in order: each gets the stacks that the ones before it could not run. */
export const STAGES: readonly Stage[] = [terraformTest];
