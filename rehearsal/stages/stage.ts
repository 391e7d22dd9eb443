import type { Cloud } from '../clouds/cloud';
import type { StackCopy } from '../copy/stack-copy';
import type { RehearsalError, Report, StackResult } from '../events';

/** Runs stacks against what stands in for their clouds, and leaves nothing behind. */
export interface Stage {
  /**
   * Runs before anything is started.
   *
   * @throws CannotRehearse if a program is missing
   */
  check?(options: Pick<StageContext, 'terraform'>): void;
  /**
   * Runs the stacks that it can run. The next stage gets the others; after the last stage, its reasons for refusing them
   * are errors of the rehearsal.
   *
   * @param stacks in dependency order
   * @throws Interrupted after everything is torn down, CannotRehearse if a program is missing or fails
   */
  run(stacks: readonly StackCopy[], context: StageContext): Promise<StageResult>;
}

export interface StageContext {
  /** Folder of its own, empty. */
  readonly folder: string;
  /** The clouds of this rehearsal. */
  readonly clouds: readonly Cloud[];
  /** Whether a provider is mocked: its resources need a service, and there is none. */
  readonly isMocked: (provider: string) => boolean;
  /** Environment variables that lead to the started services. With them, no request leaves the machine. */
  readonly services: NodeJS.ProcessEnv;
  /** The user's environment. A stage passes only `runningEnvironment` or `downloadEnvironment` of it to a program. */
  readonly env: NodeJS.ProcessEnv;
  /** The Terraform or OpenTofu that the user names. @default - `terraform`, else `tofu` */
  readonly terraform?: string;
  readonly signal?: AbortSignal;
  readonly report: Report;
}

export interface StageResult {
  /** Results of the stacks that it ran, and errors of those. */
  readonly results: readonly StackResult[];
  readonly errors: readonly RehearsalError[];
  /** Why it did not run the other stacks; at least one error each, with `stack`. */
  readonly refused: readonly RehearsalError[];
  /** Whether every stack that it ran was applied, has an empty second plan, and was destroyed. */
  readonly held: boolean;
}
