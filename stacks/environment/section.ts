import type * as z from 'zod';
import type { AwsNameKind } from '../../lib/aws/name-kind';
import type { Removal } from '../../lib/core/removal';
import type { AwsLayerName, Part } from '../offers';
import type { Draft } from './draft';
import type { Environment, ValidEnvironment } from './environment';
import type { FileError, Path } from './errors';

/** A kind of data that has an encryption key of its own. */
export interface DataDomain {
  /** Alias of the key after the stack's prefix, and what `foundation.keys.of` takes. */
  readonly name: string;
  /** What is encrypted, for whoever reads the key's description. */
  readonly description: string;
}

/** A physical name that a section makes. */
export interface DeclaredName {
  readonly kind: AwsNameKind;
  /** What follows the prefix `<project>-<environment>-`, or the whole name. */
  readonly name: string;
  /** How the name is completed: with the prefix, with prefix and account and region as buckets have it, or not at all. */
  readonly form: 'prefixed' | 'located' | 'whole';
  /** Where the file says it. @default - nowhere: the platform's own */
  readonly path?: Path;
}

/**
 * One section of the environment file: what may be written, what it means, what it makes.
 *
 * A section is one folder and one line in the list of sections; the file's schema, its type, the defaults, the rules and the
 * stacks follow from the list.
 */
export interface Section<Name extends string, Schema extends z.ZodType, Settings> {
  /** Key in the file. */
  readonly name: Name;
  /** What may be written under the key. Each key says in its description what it does and its default. */
  readonly schema: Schema;
  /** Data of the section that gets a key of its own; its settings then have a `removal`. @default - none */
  readonly domain?: DataDomain;
  /** Fills in what depends on other values of the file. */
  complete(written: z.output<Schema>, file: ValidEnvironment): Settings;
  /** What is wrong beyond the type of a value. @default - nothing */
  rules?(own: Draft<NonNullable<z.input<Schema>>>, file: Draft): Iterable<FileError>;
  /** Physical names that follow from the section: each must fit and be the only one of its kind. @default - none */
  names?(own: Draft<NonNullable<z.input<Schema>>>, file: Draft): Iterable<DeclaredName>;
  /** What the section makes, in which layers. @default - nothing */
  parts?(settings: Settings, environment: Environment): readonly Part<AwsLayerName>[];
}

/** A section of any name. */
// biome-ignore lint/suspicious/noExplicitAny: a list holds sections of different types, each is used with its own
export type AnySection = Section<string, any, any>;

/** What a section with a {@link DataDomain} says of its data. */
export interface KeptData extends DataDomain {
  readonly removal: Removal;
}
