import type { EmulatorName } from './emulator/services';

/**
 * What an emulator's service forgets or gets wrong, mended in the process that a rehearsal starts. The service holds what is
 * patched, so that counts as applied. A service or an action that an emulator lacks is not written here: that is an override. The versions of the emulators are pinned, so a patch cannot fall behind unnoticed. An emulator that
 * the user names with `--endpoint` is not patched.
 */
export interface Patch {
  readonly emulator: EmulatorName;
  /** Resource types that it makes possible. */
  readonly types: readonly string[];
  /** What goes wrong without it. */
  readonly reason: string;
  /** The gap in the emulator, by version. The patch goes when a later version has closed it. */
  readonly upstream: string;
  /** Runs before the emulator serves. `wrap(owner, method, around)` replaces a method by `around(original, self, ...)`. */
  readonly python: string;
}

/** Everything that is changed in an emulator. */
export const PATCHES: readonly Patch[] = [];

const WRAP = `
def wrap(owner, name, around):
    original = getattr(owner, name)
    setattr(owner, name, lambda *args, **kwargs: around(original, *args, **kwargs))`;

/** Python that patches an emulator in its own process, to run before it serves. */
export function patchesFor(emulator: EmulatorName): string[] {
  const patches = PATCHES.filter((patch) => patch.emulator === emulator);
  if (patches.length === 0) return [];
  // each in a function of its own: several define the same names
  const functions = patches.map(
    ({ python }, index) => `def patch_${index}():${python.replaceAll('\n', '\n    ')}\npatch_${index}()`,
  );
  return [WRAP, ...functions];
}
