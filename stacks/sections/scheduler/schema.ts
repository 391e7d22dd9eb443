import * as z from 'zod';
import { SCHEDULER_KEYS } from './keys';

/** What may be written under `scheduler`. */
export const SchedulerSchema = z
  .strictObject({ ...SCHEDULER_KEYS.shape })
  .describe('What starts runs. Default: none, and nothing is made for it.')
  .optional();
