import type * as z from 'zod';
import type { SECTIONS } from '../sections/list';
import type { General, GeneralInput } from './schema/general';
import type { AnySection } from './section';

type Named<S extends AnySection, Name> = Extract<S, { readonly name: Name }>;
type InputOf<S extends AnySection> = { readonly [Name in S['name']]: z.input<Named<S, Name>['schema']> };

/** Makes keys optional if their value may be `undefined`. */
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: T[K] } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** An environment with these sections, with all defaults filled in. */
export type EnvironmentOf<S extends AnySection> = Readonly<General> & {
  readonly [Name in S['name']]: ReturnType<Named<S, Name>['complete']>;
};

type PlatformSection = (typeof SECTIONS)[number];

/** An environment file as written: keys with a default are optional. */
export type EnvironmentInput = GeneralInput & Optional<InputOf<PlatformSection>>;

/** An environment file with valid types and with the defaults that do not depend on other values. */
export type ValidEnvironment = General & {
  readonly [Name in PlatformSection['name']]: z.output<Named<PlatformSection, Name>['schema']>;
};

/** An environment file with all defaults filled in. */
export type Environment = EnvironmentOf<PlatformSection>;
