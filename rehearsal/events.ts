/**
 * How a resource ended:
 *
 * - `applied`: Terraform applied it and a service held it
 * - `accepted`: a real API server took the object that the stack would create, without Terraform
 * - `overridden`: its real provider planned it, but the service that stands in cannot hold it
 * - `mocked`: there was no service, so Terraform made its values up
 */
export const RESOURCE_CLASSES = ['applied', 'accepted', 'overridden', 'mocked'] as const;

export type ResourceClass = (typeof RESOURCE_CLASSES)[number];

/** What a rehearsal does with a stack, in this order. */
export type Phase = 'apply' | 'plan' | 'destroy';

/** What is done before the stacks. */
export type Step = 'synthesize' | 'emulator' | 'initialize';

/** An error of a stack, in the words of Terraform or its provider where these found it. */
export interface RehearsalError {
  /** @default - not about one stack */
  readonly stack?: string;
  /** Address of the resource, e.g. `aws_s3_bucket.raw`. @default - not about one resource */
  readonly address?: string;
  readonly summary: string;
  /** May have several lines. @default - the summary says it all */
  readonly detail?: string;
}

/** A resource that no service held, and why. */
export interface OverriddenResource {
  readonly stack: string;
  readonly address: string;
  readonly reason: string;
}

/** A change that the second plan wants to make to what was applied just before. */
export interface PlannedChange {
  readonly address: string;
  /** As Terraform names them: `update`, `delete`, `create`. */
  readonly actions: readonly string[];
  /** Attributes that would change. */
  readonly attributes: readonly string[];
}

/** What a rehearsal found for one stack, with its number of resources of each class. */
export interface StackResult extends Readonly<Record<ResourceClass, number>> {
  readonly stack: string;
  /** Resource instances; data sources do not count. */
  readonly resources: number;
  /** What the second plan wants to change: nothing, if all is well. @default - the second plan was not reached */
  readonly changes?: readonly PlannedChange[];
  readonly destroyed: number;
  /** Guards against destruction that the rehearsal lifted in its copy, e.g. `aws_db_instance.registry: deletion_protection`. */
  readonly guardsLifted: readonly string[];
  /** Addresses of the resources whose provisioners were not run: a rehearsal runs none. */
  readonly provisionersRemoved: readonly string[];
  /** Applying, planning again and destroying. 0 with OpenTofu, which reports everything at its end. */
  readonly seconds: number;
}

/** What a rehearsal found. */
export interface RehearsalResult {
  /** Every stack applied, every second plan empty, everything destroyed. */
  readonly held: boolean;
  readonly stacks: readonly StackResult[];
  readonly overridden: readonly OverriddenResource[];
  readonly errors: readonly RehearsalError[];
  readonly seconds: number;
  /** Folder with the copy, the test file and the logs. @default - removed */
  readonly scratch?: string;
}

/** What a rehearsal reports while it runs. */
export type RehearsalEvent =
  | { readonly type: 'step'; readonly step: Step; readonly state: 'started' | 'done'; readonly detail: string }
  | { readonly type: 'stacks'; readonly stacks: readonly { readonly stack: string; readonly resources: number }[] }
  | {
      readonly type: 'phase';
      readonly stack: string;
      readonly phase: Phase;
      readonly state: 'started' | 'running' | 'done' | 'failed';
      /** Resources begun so far. */
      readonly begun: number;
      readonly resources: number;
    }
  | { readonly type: 'error'; readonly error: RehearsalError }
  | { readonly type: 'output'; readonly line: string };

/** Receives what a rehearsal reports. */
export type Report = (event: RehearsalEvent) => void;
