import type { Draft } from '../../environment/draft';

/** The valid parts of `lake`. */
export type DraftLake = NonNullable<Draft['lake']>;
export type DraftTable = NonNullable<NonNullable<DraftLake['tables']>[string]>;
