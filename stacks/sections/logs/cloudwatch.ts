import * as z from 'zod';
import type { Engine } from '../../environment/engine';
import { ACCESS_LOGS } from './access-logs';

const CloudWatchSchema = z
  .strictObject({
    engine: z.literal('cloudwatch').describe('CloudWatch alone: logs are searched with Logs Insights.'),
    ...ACCESS_LOGS,
  })
  .describe('Logs of access to data, and logs that stay in CloudWatch.');

type CloudWatchSettings = z.output<typeof CloudWatchSchema>;

/** Logs stay in CloudWatch. */
export const cloudwatch: Engine<'cloudwatch', typeof CloudWatchSchema, CloudWatchSettings, undefined, 'monitoring'> = {
  engine: 'cloudwatch',
  layer: 'monitoring',
  schema: CloudWatchSchema,
  complete: (written) => written,
  make: () => undefined,
};
