import type * as z from 'zod';
import { DELIVERY_STREAM, SEARCH_DOMAIN } from '../../../lib/logging/logging-limits';
import { FUNCTION } from '../../../lib/monitoring/actions/actions-limits';
import { LOG_RESOURCE_POLICY } from '../../../lib/monitoring/events/event-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import type { Draft } from '../../environment/draft';
import { Engines } from '../../environment/engine';
import type { FileError } from '../../environment/errors';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { cloudwatch } from './cloudwatch';
import { type OpenSearchInput, opensearch } from './opensearch';
import { searchRules } from './rules';

export { DEFAULT_ACCESS_LOG_DAYS } from './access-logs';

/** Name of the domain, of the delivery, and of what belongs to them. */
export const SEARCH_NAME = 'logs';
/** Bucket of documents that OpenSearch refused. */
export const DELIVERY_BUCKET = 'log-delivery';

/** Where logs can be searched. */
export const LOG_ENGINES = new Engines([cloudwatch, opensearch], 'cloudwatch');

const LogsSchema = LOG_ENGINES.schema
  .prefault({ engine: 'cloudwatch' })
  .describe('Logs: of access to data, and where the logs of the platform can be searched.');

export type Logs = ReturnType<typeof LOG_ENGINES.complete>;

/** Logs of access to data: one bucket for the access logs of all others; and where logs can be searched. */
export const logs: Section<'logs', typeof LogsSchema, Logs> = {
  name: 'logs',
  schema: LogsSchema,
  domain: { name: 'logs', description: 'Logs' },
  complete: (written, file) => LOG_ENGINES.complete(written, file),
  rules: logsRules,
  *names(own) {
    yield { kind: BUCKET, name: 'access-logs', form: 'located' };
    if (own.engine === 'opensearch') yield* searchNames();
  },
  parts: (settings) => [
    part('foundation', (stack) => (require('./make') as typeof import('./make')).makeLogs(stack, settings)),
    ...(settings.engine === 'opensearch' ? [LOG_ENGINES.part(settings, 'logSearch')] : []),
  ],
};

function* logsRules(own: Draft<NonNullable<z.input<typeof LogsSchema>>>, file: Draft): Iterable<FileError> {
  if (own.engine === 'opensearch') yield* searchRules(own as Draft<OpenSearchInput>, file);
}

function* searchNames(): Iterable<DeclaredName> {
  yield { kind: SEARCH_DOMAIN, name: SEARCH_NAME, form: 'prefixed' };
  yield { kind: DELIVERY_STREAM, name: SEARCH_NAME, form: 'prefixed' };
  yield { kind: LOG_RESOURCE_POLICY, name: SEARCH_NAME, form: 'prefixed' };
  for (const name of ['settings', 'splitter']) {
    yield { kind: FUNCTION, name: `${SEARCH_NAME}-${name}`, form: 'prefixed' };
  }
  yield { kind: BUCKET, name: DELIVERY_BUCKET, form: 'located' };
}
