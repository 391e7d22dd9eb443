/**
 * Result of a resource:
 *
 * - `applied`: Terraform applied it to a service
 * - `accepted`: a real API server accepted the object that the stack would create, without Terraform
 * - `overridden`: its real provider planned it, but the substitute for the service does not support it
 * - `mocked`: there was no service, so Terraform generated its values
 */
export const RESOURCE_CLASSES = ['applied', 'accepted', 'overridden', 'mocked'] as const;

export type ResourceClass = (typeof RESOURCE_CLASSES)[number];

/** Phases of a stack, in this order. */
export type Phase = 'apply' | 'plan' | 'destroy';

/** Steps before the phases. */
export type Step = 'synthesize' | 'emulator' | 'initialize';

/** An error of a stack, with the text of Terraform or its provider if they found it. */
export interface RehearsalError {
  /** @default - the error is not about one stack */
  readonly stack?: string;
  /** Address of the resource, e.g. `aws_s3_bucket.raw`. @default - the error is not about one resource */
  readonly address?: string;
  readonly summary: string;
  /** May have several lines. @default - the summary is complete */
  readonly detail?: string;
}

/** A resource that was not applied to a service, with the reason. */
export interface OverriddenResource {
  readonly stack: string;
  readonly address: string;
  readonly reason: string;
}

/** A resource that was made before the stacks, for one that exists only in the real cloud. */
export interface StandInResource {
  readonly stack: string;
  readonly address: string;
  /** Id, ARN or name of what it stands for, as the stacks have it. */
  readonly standsFor: string;
}

/** How long a resource took in one phase. */
export interface SlowResource {
  readonly address: string;
  readonly phase: Phase;
  readonly seconds: number;
}

/** A change in the second plan. */
export interface PlannedChange {
  readonly address: string;
  /** As Terraform names them: `update`, `delete`, `create`. */
  readonly actions: readonly string[];
  /** Attributes that would change. */
  readonly attributes: readonly string[];
}

/** Result of one stack, with its number of resources of each class. */
export interface StackResult extends Readonly<Record<ResourceClass, number>> {
  readonly stack: string;
  /** Resource instances, without data sources. */
  readonly resources: number;
  /** Changes in the second plan; empty if all is well. @default - the second plan was not reached */
  readonly changes?: readonly PlannedChange[];
  readonly destroyed: number;
  /** Guards against destruction that the copy does not have, e.g. `aws_db_instance.registry: deletion_protection`. */
  readonly guardsLifted: readonly string[];
  /** Addresses of the resources whose provisioners were not run: a rehearsal runs no provisioner. */
  readonly provisionersRemoved: readonly string[];
  /** Addresses of the resources that were created, not imported: a rehearsal has nothing to import. @default - none */
  readonly importsRemoved?: readonly string[];
  /** The resources that took longest. @default - none, e.g. with OpenTofu, whose log does not show it */
  readonly slowest?: readonly SlowResource[];
  /** Seconds of all three phases. 0 with OpenTofu, which reports everything at its end. */
  readonly seconds: number;
}

/** Result of a rehearsal. */
export interface RehearsalResult {
  /** Whether every stack was applied, every second plan is empty, and everything was destroyed. */
  readonly held: boolean;
  readonly stacks: readonly StackResult[];
  readonly overridden: readonly OverriddenResource[];
  /** Resources that were made for what exists only in the real cloud; `stacks` does not count them. @default - none */
  readonly standIns?: readonly StandInResource[];
  readonly errors: readonly RehearsalError[];
  readonly seconds: number;
  /** Folder with the copy, the test file and the logs. @default - removed */
  readonly scratch?: string;
}

/** Progress of a rehearsal. */
export type RehearsalEvent =
  | { readonly type: 'step'; readonly step: Step; readonly state: 'started' | 'done'; readonly detail: string }
  | { readonly type: 'stacks'; readonly stacks: readonly { readonly stack: string; readonly resources: number }[] }
  | {
      readonly type: 'phase';
      readonly stack: string;
      readonly phase: Phase;
      readonly state: 'started' | 'running' | 'done' | 'failed';
      /** Resources that were started so far. */
      readonly begun: number;
      /** Resources that are finished so far. 0 with OpenTofu, whose log does not show it, until the phase ends. */
      readonly done: number;
      /** Addresses of the resources that are waited for, the longest first. */
      readonly waiting: readonly string[];
      readonly resources: number;
    }
  | { readonly type: 'error'; readonly error: RehearsalError }
  | { readonly type: 'output'; readonly line: string };

/** Receives the progress of a rehearsal. */
export type Report = (event: RehearsalEvent) => void;
