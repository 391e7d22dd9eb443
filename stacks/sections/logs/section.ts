import * as z from 'zod';
import { BUCKET, DEFAULT_NONCURRENT_VERSION_DAYS } from '../../../lib/storage/bucket-limits';
import { days, removal } from '../../environment/schema/fields';
import type { Section } from '../../environment/section';
import { part } from '../../offers';

/** A year of who read what: a leak is found months later, and the audit asks for it. */
export const DEFAULT_ACCESS_LOG_DAYS = 365;

const LogsSchema = z
  .strictObject({
    accessLogDays: days()
      .default(DEFAULT_ACCESS_LOG_DAYS)
      .describe(
        `Days that the record of every request to a bucket is kept; for ${DEFAULT_NONCURRENT_VERSION_DAYS} more it can be restored. A leak is found months later: a year.`,
      ),
    removal: removal('logs'),
  })
  .describe('The records of who did what.')
  .prefault({});

export type Logs = z.output<typeof LogsSchema>;

/** The records of who did what: one bucket of access logs for all others. */
export const logs: Section<'logs', typeof LogsSchema, Logs> = {
  name: 'logs',
  schema: LogsSchema,
  domain: { name: 'logs', description: 'Logs' },
  complete: (written) => written,
  *names() {
    yield { kind: BUCKET, name: 'access-logs', form: 'located' };
  },
  parts: (settings) => [
    part('foundation', (stack) => (require('./make') as typeof import('./make')).makeLogs(stack, settings)),
  ],
};
