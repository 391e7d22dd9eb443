import type { Draft } from '../../environment/draft';

/** What is valid of `lake`. */
export type DraftLake = NonNullable<Draft['lake']>;
export type DraftTable = NonNullable<NonNullable<DraftLake['tables']>[string]>;
