import type { EmulatorName } from '../emulator/services';

/**
 * Corrects a service of an emulator in the process that a rehearsal starts. A resource of a corrected service counts as
 * applied. If an emulator lacks the service or the action, use an override instead. The emulators are pinned, so a
 * patch cannot become outdated unnoticed. An emulator that the user names with `--endpoint` is not patched.
 */
export interface Patch {
  readonly emulator: EmulatorName;
  /** Resource types that require it. */
  readonly types: readonly string[];
  /** What goes wrong without it. */
  readonly reason: string;
  /** The error of the emulator, with its version. Remove the patch when a later version has corrected it. */
  readonly upstream: string;
  /**
   * Runs before the emulator serves. `wrap(owner, method, around)` replaces a method by `around(original, self, ...)`.
   */
  readonly python: string;
}
