/** How one resource ended: held by a service, planned by its real provider but not sent, or made up altogether. */
export type ResourceClass = 'applied' | 'overridden' | 'mocked';

/** What a rehearsal does with a stack, in this order. */
export type Phase = 'apply' | 'plan' | 'destroy';

/** What stands before the stacks. */
export type Step = 'synthesize' | 'emulator' | 'initialize';

/** Something that is wrong, as Terraform or its provider says it. */
export interface Fault {
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

/** What became of one stack. */
export interface StackResult {
  readonly stack: string;
  /** Resource instances; data sources do not count. */
  readonly resources: number;
  readonly applied: number;
  readonly overridden: number;
  readonly mocked: number;
  /** What the second plan wants to change: nothing, if all is well. @default - the second plan was not reached */
  readonly changes?: readonly PlannedChange[];
  readonly destroyed: number;
  /** Guards against destruction that the rehearsal lifted in its copy, e.g. `aws_db_instance.registry: deletion_protection`. */
  readonly guardsLifted: readonly string[];
  /** Applying, planning again and destroying. OpenTofu tells all at its end, so it is 0 there. */
  readonly seconds: number;
}

/** What became of a rehearsal. */
export interface RehearsalResult {
  /** Everything applied, every second plan empty, everything destroyed. */
  readonly held: boolean;
  readonly stacks: readonly StackResult[];
  readonly overridden: readonly OverriddenResource[];
  readonly faults: readonly Fault[];
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
  | { readonly type: 'fault'; readonly fault: Fault }
  | { readonly type: 'output'; readonly line: string };

/** Receives what a rehearsal reports. */
export type Report = (event: RehearsalEvent) => void;
