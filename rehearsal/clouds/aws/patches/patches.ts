import type { EmulatorName } from '../emulator/services';
import { ALARM_PATCHES } from './alarms';
import { CAPACITY_PATCHES } from './capacity';
import { DATABASE_PATCHES } from './databases';
import { DOMAIN_PATCH } from './domain';
import { FUNCTION_PATCHES } from './functions';
import { LEARNING_PATCHES } from './learning';
import { NETWORK_PATCHES } from './network';
import { ORCHESTRATION_PATCHES } from './orchestration';
import type { Patch } from './patch';
import { SERVING_PATCHES } from './serving';

/** All patches of the emulators. */
export const PATCHES: readonly Patch[] = [
  ...DATABASE_PATCHES,
  ...ALARM_PATCHES,
  ...FUNCTION_PATCHES,
  ...NETWORK_PATCHES,
  ...LEARNING_PATCHES,
  ...CAPACITY_PATCHES,
  ...SERVING_PATCHES,
  DOMAIN_PATCH,
  ...ORCHESTRATION_PATCHES,
];

const WRAP = `
def wrap(owner, name, around):
    original = getattr(owner, name)
    setattr(owner, name, lambda *args, **kwargs: around(original, *args, **kwargs))`;

/** Python that patches an emulator, to run in its process before it serves. */
export function patchesFor(emulator: EmulatorName): string[] {
  const patches = PATCHES.filter((patch) => patch.emulator === emulator);
  if (patches.length === 0) return [];
  // each in its own function, because several define the same names
  const functions = patches.map(
    ({ python }, index) => `def patch_${index}():${python.replaceAll('\n', '\n    ')}\npatch_${index}()`,
  );
  return [WRAP, ...functions];
}
