import type { StackConfiguration, SynthesizedStack } from '../source/manifest';

/**
 * Replaces the service of one provider during a rehearsal. All members but the name are optional: if resources are only
 * planned, `overrides` is enough.
 */
export interface Cloud {
  /** Name of the provider in `required_providers`; its resource types begin with it, e.g. `aws`. */
  readonly provider: string;
  /** Whether the provider needs no service, so that `mock` does not replace it. @default false */
  readonly isLocal?: boolean;
  /** Resource types that the service does not support. @default - it supports every type */
  readonly overrides?: Readonly<Record<string, Override>>;
  /** Guards against destruction of the provider's resources. @default - only `prevent_destroy`, which Terraform has */
  readonly guards?: Guards;
  /** Results of data sources if the provider is mocked, by type. @default - Terraform generates them */
  readonly mockData?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Changes the copy of a stack in place, especially its provider blocks. @default - no change */
  adapt?(configuration: StackConfiguration): void;
  /**
   * Computed attributes of an overridden or mocked resource that others read. Required only if their validation refuses
   * the eight random letters that Terraform generates. @default - none
   */
  computed?(configuration: StackConfiguration, type: string, name: string): Readonly<Record<string, string>>;
  /**
   * Stand-ins for what the stacks ask for and none of them creates, because it exists only in the real cloud.
   *
   * @default - none
   */
  standIns?(stacks: readonly StackConfiguration[]): StandIns | undefined;
  /** Starts the service of the resources. @default - none, so the resources are mocked unless `isLocal` */
  start?(options: StartOptions): Promise<Service>;
}

/**
 * Creates the cloud for the stacks of one rehearsal.
 *
 * @throws InputError if it cannot serve these stacks together
 */
export type CloudFactory = (stacks: readonly SynthesizedStack[]) => Cloud;

/** A resource that the service does not support: its provider plans it, but the service is not called. */
export interface Override {
  /** What the service does not support, for the report. */
  readonly reason: string;
  /** Limits it to some resources of the type, by their synthesized configuration. @default - all of the type */
  readonly when?: (configuration: Readonly<Record<string, unknown>>) => boolean;
  /** Computed attributes that others read, in their valid form, besides those of `Cloud.computed`. @default - none */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Guards that keep resources from being destroyed, and the values that remove them. */
export interface Guards {
  /** Value that removes a guard, by attribute. */
  readonly lifted: Readonly<Record<string, boolean>>;
  /**
   * Exceptions of some types from `lifted`; null unsets the attribute, undefined means that it is no guard.
   *
   * @default - none
   */
  readonly typed?: Readonly<Record<string, Readonly<Record<string, string | null | undefined>>>>;
  /** Attribute of `lifted` that protects a type by default, by type. @default - none */
  readonly implied?: Readonly<Record<string, string>>;
}

/** A resource that is made before a rehearsal, for one that exists only in the real cloud. */
export interface StandIn {
  readonly address: string;
  /** Id, ARN or name of what it stands for. */
  readonly standsFor: string;
  /** Output with what replaces `standsFor` in the stacks. @default - it has the same name */
  readonly output?: string;
}

/** Stand-ins, and the stack that makes them. */
export interface StandIns {
  readonly standIns: readonly StandIn[];
  readonly configuration: StackConfiguration;
}

export interface StartOptions {
  /** Folder for logs and for all files of the service. */
  readonly folder: string;
  /** The part of the user's environment that a program needs to run and that pip needs to download. */
  readonly env: NodeJS.ProcessEnv;
  /** URL of a running service that the user names. @default - one is started */
  readonly endpoint?: string;
  /** Shows progress to the user. */
  readonly progress: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** A running service. */
export interface Service {
  /** Shown in the report, e.g. its URL. */
  readonly detail: string;
  /** Environment variables for Terraform and the provider: URLs, and credentials that are valid nowhere else. */
  readonly env: Readonly<Record<string, string>>;
  /** Hosts that can be reached, besides loopback. @default - none */
  readonly hosts?: readonly string[];
  stop(): void | Promise<void>;
}
