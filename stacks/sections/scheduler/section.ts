import type * as z from 'zod';
import type { Section } from '../../environment/section';
import type { CompletedBy } from '../../environment/sub-sections';
import { SCHEDULER_KEYS } from './keys';
import { SchedulerSchema } from './schema';

type Written = NonNullable<z.output<typeof SchedulerSchema>>;
export type Scheduler =
  | (Omit<Written, keyof typeof SCHEDULER_KEYS.shape> & CompletedBy<typeof SCHEDULER_KEYS>)
  | undefined;

/** What starts runs: managed Airflow, and triggers. */
export const scheduler: Section<'scheduler', typeof SchedulerSchema, Scheduler> = {
  name: 'scheduler',
  schema: SchedulerSchema,
  domain: { name: 'scheduler', description: 'DAGs, the history and logs of Airflow, and its queues' },
  complete: (own, file) => own && { ...own, ...SCHEDULER_KEYS.complete(own, file) },
  rules: (own, file) => SCHEDULER_KEYS.rules(own, file),
  names: (own, file) => SCHEDULER_KEYS.names(own, file),
  endpoints: (settings, environment) => (settings === undefined ? [] : SCHEDULER_KEYS.endpoints(settings, environment)),
  parts: (settings, environment) => (settings === undefined ? [] : SCHEDULER_KEYS.parts(settings, environment)),
};
