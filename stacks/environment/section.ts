import type * as z from 'zod';
import type { AwsNameKind } from '../../lib/aws/name-kind';
import type { Removal } from '../../lib/core/removal';
import type { EndpointUse } from '../../lib/network/needs/endpoint-needs';
import type { EndpointService } from '../../lib/network/network-limits';
import type { Draft } from './draft';
import type { Environment, ValidEnvironment } from './environment';
import type { FileError, Path } from './errors';
import type { AnyPart } from './part';
import type { ServiceNeed } from './rules/service-needs';

/** A kind of data with its own encryption key. */
export interface DataDomain {
  /** Alias of the key after the stack's prefix, and argument of `foundation.keys.of`. */
  readonly name: string;
  /** Description of the key. */
  readonly description: string;
}

/** A physical name that a section creates. */
export interface DeclaredName {
  readonly kind: AwsNameKind;
  /** The part after the prefix `<project>-<environment>-`, or the whole name. */
  readonly name: string;
  /** `prefixed`: with the prefix; `located`: also with account and region, as for buckets; `whole`: unchanged. */
  readonly form: 'prefixed' | 'located' | 'whole';
  /** Place of the name in the file. @default - none: a name of the platform */
  readonly path?: Path;
  /** Whether the thing exists already: environments may share it. @default false */
  readonly existing?: boolean;
  /** Region of the thing. @default - that of the environment */
  readonly region?: string;
}

/**
 * One section of the environment file: its schema, defaults, rules, names and parts.
 *
 * A section is one folder and one line in the list of sections. The file's schema, its type, the defaults, the rules
 * and the stacks follow from the list.
 */
export interface Section<Name extends string, Schema extends z.ZodType, Settings> {
  /** Key in the file. */
  readonly name: Name;
  /** Schema of the section. The description of each key gives its effect and its default. */
  readonly schema: Schema;
  /** Data of the section with its own encryption key; requires a `removal` in the settings, and may have a `keyArn` (`domainKey`). @default - none */
  readonly domain?: DataDomain;
  /** Fills in the defaults that depend on other values of the file. */
  complete(written: z.output<Schema>, file: ValidEnvironment): Settings;
  /** Rules beyond the types of values. @default - none */
  rules?(own: Draft<NonNullable<z.input<Schema>>>, file: Draft): Iterable<FileError>;
  /** Physical names of the section, which are checked for length and uniqueness. @default - none */
  names?(own: Draft<NonNullable<z.input<Schema>>>, file: Draft): Iterable<DeclaredName>;
  /**
   * What the section of `one` must change because of `other`, an environment beside it. @default - only names collide
   *
   * @param otherName what the user calls the other environment
   */
  collisions?(one: Environment, other: Environment, otherName: string): Iterable<FileError>;
  /**
   * What the parts of the section call from the private subnets: kinds of workload of `ENDPOINT_NEEDS`, or single
   * services. Without internet access the network gets their endpoints. @default - nothing
   */
  endpoints?(settings: Settings, environment: Environment): readonly (EndpointUse | EndpointService)[];
  /**
   * Rules of the section that serves the others, judged once the file has no other error. @default - none
   *
   * @param needs what the sections of the file call
   */
  unserved?(own: z.output<Schema>, settings: Settings, needs: readonly ServiceNeed[]): Iterable<FileError>;
  /** The settings of the section that serves the others, with what they call. @default - unchanged */
  serve?(own: z.output<Schema>, settings: Settings, needs: readonly ServiceNeed[]): Settings;
  /** Parts of the section, each made by `part` or `Engines.part`. @default - none */
  parts?(settings: Settings, environment: Environment): readonly AnyPart[];
}

/** A section of any name. */
// biome-ignore lint/suspicious/noExplicitAny: sections in a list have different types; each gets only its own
export type AnySection = Section<string, any, any>;

/** A data domain with the `removal` and the `keyArn` of its section. */
export interface KeptData extends DataDomain {
  readonly removal: Removal;
  /** ARN of the existing key. @default - a new key */
  readonly keyArn?: string;
}
