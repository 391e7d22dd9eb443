import type { StackConfiguration, SynthesizedStack } from '../source/manifest';

/**
 * Stands in for one provider during a rehearsal. All members but the name are optional: a provider whose resources are
 * only planned needs no more than its `overrides`.
 */
export interface Cloud {
  /** The provider's name in `required_providers`; the types of its resources begin with it, e.g. `aws`. */
  readonly provider: string;
  /** Whether the provider works without a service, so that `mock` does not replace it either. @default false */
  readonly isLocal?: boolean;
  /** What the stand-in cannot hold, by resource type. @default - it holds every type */
  readonly overrides?: Readonly<Record<string, Override>>;
  /** What keeps the provider's resources from being destroyed. @default - nothing but `prevent_destroy`, which is Terraform's */
  readonly guards?: Guards;
  /** Results of data sources where the provider is mocked, by type. @default - Terraform makes them up */
  readonly mockData?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Changes the copy of a stack in place: above all its provider blocks. @default - left as it is */
  adapt?(configuration: StackConfiguration): void;
  /**
   * Values for computed attributes of an overridden or mocked resource that others read. Terraform makes up eight random
   * letters for each; it is needed only where the readers' validation refuses those. @default - none
   */
  computed?(configuration: StackConfiguration, type: string, name: string): Readonly<Record<string, string>>;
  /** Starts the service that holds the resources. @default - there is none, so the resources are mocked unless `isLocal` */
  start?(options: StartOptions): Promise<Service>;
}

/**
 * Makes the cloud for the stacks of one rehearsal.
 *
 * @throws InputError if it cannot stand in for these stacks together
 */
export type CloudFactory = (stacks: readonly SynthesizedStack[]) => Cloud;

/** A resource that the service of a cloud cannot hold: its provider plans it, but no service is called. */
export interface Override {
  /** What the service lacks, as the report shows it. */
  readonly reason: string;
  /** Narrows it to some resources of the type, by their synthesized configuration. @default - all of the type */
  readonly when?: (configuration: Readonly<Record<string, unknown>>) => boolean;
  /** Computed attributes that others read, in their right form, besides those of `Cloud.computed`. @default - none */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What keeps resources from being destroyed, and how the copy of a stack lifts it. */
export interface Guards {
  /** Value that lifts a guard, by attribute. */
  readonly lifted: Readonly<Record<string, boolean>>;
  /** Attribute of `lifted` that protects a type even where the stack does not set it, by type. @default - none */
  readonly implied?: Readonly<Record<string, string>>;
}

export interface StartOptions {
  /** Folder for logs and for all that the service writes. */
  readonly folder: string;
  /** The part of the user's environment that a program needs to run and to download. */
  readonly env: NodeJS.ProcessEnv;
  /** URL of a running service that the user names. @default - one is started */
  readonly endpoint?: string;
  /** Shows the user what is being done. */
  readonly progress: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** A service that runs. */
export interface Service {
  /** Shown in the report, e.g. its URL. */
  readonly detail: string;
  /** Environment variables for Terraform and the provider: where the service is, and credentials that open nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** Hosts that may be reached, besides loopback. @default - none */
  readonly hosts?: readonly string[];
  stop(): void | Promise<void>;
}
