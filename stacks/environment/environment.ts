import type * as z from 'zod';
import type { SECTIONS } from '../sections/list';
import type { General, GeneralInput } from './schema/general';
import type { AnySection } from './section';

type Named<S extends AnySection, Name> = Extract<S, { readonly name: Name }>;
type InputOf<S extends AnySection> = { readonly [Name in S['name']]: z.input<Named<S, Name>['schema']> };

/** Keys whose value may be `undefined` may be left out. */
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: T[K] } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** A file of these sections with every default filled in. */
export type EnvironmentOf<S extends AnySection> = Readonly<General> & {
  readonly [Name in S['name']]: ReturnType<Named<S, Name>['complete']>;
};

type PlatformSection = (typeof SECTIONS)[number];

/** An environment file as it is written: what has a default may be left out. */
export type EnvironmentInput = GeneralInput & Optional<InputOf<PlatformSection>>;

/** An environment file whose values have the right types, with the defaults that depend on nothing else. */
export type ValidEnvironment = General & {
  readonly [Name in PlatformSection['name']]: z.output<Named<PlatformSection, Name>['schema']>;
};

/** An environment file with every default filled in. */
export type Environment = EnvironmentOf<PlatformSection>;
