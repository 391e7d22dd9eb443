import type { Cloud } from '../clouds/cloud';
import type { StackCopy } from '../copy/stack-copy';
import type { RehearsalError, Report, StackResult } from '../events';

/** Runs stacks with substitutes for their clouds, and destroys them. */
export interface Stage {
  /**
   * Runs before anything is started.
   *
   * @throws CannotRehearse if a program is missing
   */
  check?(options: Pick<StageContext, 'terraform'>): void;
  /**
   * Runs the stacks that it can run. The next stage gets the others. After the last stage, the reasons for refusing
   * them are errors of the rehearsal.
   *
   * @param stacks in dependency order
   * @throws Interrupted after everything is destroyed, CannotRehearse if a program is missing or fails
   */
  run(stacks: readonly StackCopy[], context: StageContext): Promise<StageResult>;
}

export interface StageContext {
  /** An empty folder for this stage. */
  readonly folder: string;
  /** The clouds of this rehearsal. */
  readonly clouds: readonly Cloud[];
  /** Whether a provider is mocked: it needs a service, and there is none. */
  readonly isMocked: (provider: string) => boolean;
  /** Environment variables with which Terraform uses the services, and no request leaves the machine. */
  readonly services: NodeJS.ProcessEnv;
  /** The user's environment. A stage passes only `runningEnvironment` or `downloadEnvironment` of it to a program. */
  readonly env: NodeJS.ProcessEnv;
  /** The Terraform or OpenTofu that the user names. @default - `terraform`, else `tofu` */
  readonly terraform?: string;
  readonly signal?: AbortSignal;
  readonly report: Report;
}

export interface StageResult {
  /** Results of the stacks that it ran, and their errors. */
  readonly results: readonly StackResult[];
  readonly errors: readonly RehearsalError[];
  /** Reasons for not running the other stacks: at least one error for each, with `stack`. */
  readonly refused: readonly RehearsalError[];
  /** Whether every stack that it ran was applied, has an empty second plan, and was destroyed. */
  readonly held: boolean;
}
