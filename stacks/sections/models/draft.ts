import type * as z from 'zod';
import type { Draft } from '../../environment/draft';
import type { ModelsSchema } from './schema';

/** The valid parts of `models`. */
export type DraftModels = Draft<NonNullable<z.input<typeof ModelsSchema>>>;
/** The valid parts of one model. */
export type DraftModel = NonNullable<DraftModels[string]>;
