import type * as z from 'zod';
import type { EndpointUse } from '../../lib/network/needs/endpoint-needs';
import type { EndpointService } from '../../lib/network/network-limits';
import { type Draft, ownOf } from './draft';
import type { Environment, ValidEnvironment } from './environment';
import type { FileError } from './errors';
import type { AnyPart } from './part';
import type { AnySection, DeclaredName, Section } from './section';

/** What the types of a file follow from; the rest of a section refers to them. */
interface Declared {
  readonly name: string;
  readonly schema: z.ZodType;
}
type Named<S extends Declared, Name> = Extract<S, { readonly name: Name }>;
type Shape<S extends Declared> = { readonly [Name in S['name']]: Named<S, Name>['schema'] };
type Settings<S> = S extends Section<string, infer _, infer Settings> ? Settings : never;
type Completed<S extends Declared> = { readonly [Name in S['name']]: Settings<Named<S, Name>> };

/** The settings of all keys, by key. */
export type CompletedBy<T> = T extends SubSections<infer S> ? Completed<S> : never;

/**
 * Keys of a section that are declared like sections, each in a folder of its own: the section has their keys, and hands
 * on to them. Their rules and names give whole paths, e.g. `training.pipelines.churn`. They have no domain of their own.
 */
export class SubSections<S extends Declared> {
  /** Schemas of the keys. */
  public readonly shape: Shape<S>;
  private readonly list: readonly AnySection[];

  /** @param list each a {@link Section}, in the order in which they create their parts */
  constructor(list: readonly S[]) {
    this.shape = Object.fromEntries(list.map(({ name, schema }) => [name, schema])) as Shape<S>;
    this.list = list as readonly Declared[] as readonly AnySection[];
  }

  /** The settings by key. */
  public complete(written: object, file: ValidEnvironment): Completed<S> {
    const settings = this.list.map((one) => [one.name, one.complete(written[one.name as never], file)]);
    return Object.fromEntries(settings) as Completed<S>;
  }

  public *rules(own: object, file: Draft): Iterable<FileError> {
    for (const one of this.list) yield* one.rules?.(ownOf(one, own), file) ?? [];
  }

  public *names(own: object, file: Draft): Iterable<DeclaredName> {
    for (const one of this.list) yield* one.names?.(ownOf(one, own), file) ?? [];
  }

  public endpoints(settings: Completed<S>, environment: Environment): readonly (EndpointUse | EndpointService)[] {
    return this.list.flatMap((one) => one.endpoints?.(settings[one.name as never], environment) ?? []);
  }

  public parts(settings: Completed<S>, environment: Environment): readonly AnyPart[] {
    return this.list.flatMap((one) => one.parts?.(settings[one.name as never], environment) ?? []);
  }
}
