import * as z from 'zod';
import { BUCKET, DEFAULT_NONCURRENT_VERSION_DAYS } from '../../../lib/storage/bucket-limits';
import { days, domainKey, removal } from '../../environment/schema/fields';
import type { Section } from '../../environment/section';
import { part } from '../../offers';

/** One year: a leak is often found months later, and audits require the logs. */
export const DEFAULT_ACCESS_LOG_DAYS = 365;

const LogsSchema = z
  .strictObject({
    accessLogDays: days()
      .default(DEFAULT_ACCESS_LOG_DAYS)
      .describe(
        `Days that access logs of all buckets are kept. They can be restored for another ${DEFAULT_NONCURRENT_VERSION_DAYS} days. Default: ${DEFAULT_ACCESS_LOG_DAYS}, because a leak is often found months later.`,
      ),
    keyArn: domainKey('the flow log of the network'),
    removal: removal('logs'),
  })
  .describe('Logs of access to data.')
  .prefault({});

export type Logs = z.output<typeof LogsSchema>;

/** Logs of access to data: one bucket for the access logs of all others. */
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
