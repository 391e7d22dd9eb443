import * as z from 'zod';
import { domainKey, removal } from '../../environment/schema/fields';
import { SCHEDULER_KEYS } from './keys';

const DATA = 'DAGs, the history and logs of Airflow, and its queues';

/** What may be written under `scheduler`. */
export const SchedulerSchema = z
  .strictObject({ ...SCHEDULER_KEYS.shape, keyArn: domainKey(DATA), removal: removal(DATA) })
  .describe('What starts runs. Default: none, and nothing is made for it.')
  .optional();
