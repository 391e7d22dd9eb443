import { INVOCATION_KINDS } from '../../serving/endpoint/endpoint-limits';
import type { AlarmSpec } from '../alarms/alarm-spec';
import { AIRFLOW_ALARMS, airflowAlarms } from './airflow-alarms';
import { BATCH_ALARMS, batchAlarms } from './batch-alarms';
import { DATABASE_ALARMS, databaseAlarms } from './database-alarms';
import { ENDPOINT_ALARMS, endpointAlarms } from './endpoint-alarms';
import { LAKE_ALARMS, lakeAlarms } from './lake-alarms';
import { LOGGING_ALARMS, loggingAlarms } from './logging-alarms';
import { NETWORK_ALARMS, networkAlarms } from './network-alarms';
import { PIPELINE_ALARMS, pipelineAlarms } from './pipeline-alarms';

/** Names of the alarms of each kind of thing. */
export const ALARMS = {
  endpoint: ENDPOINT_ALARMS,
  database: DATABASE_ALARMS,
  airflow: AIRFLOW_ALARMS,
  network: NETWORK_ALARMS,
  pipeline: PIPELINE_ALARMS,
  batch: BATCH_ALARMS,
  lake: LAKE_ALARMS,
  logs: LOGGING_ALARMS,
} as const;
/** A kind of thing with alarms. */
export type Kind = keyof typeof ALARMS;

/** Made-up things of each kind, which together have all of its alarms. */
const EXAMPLES: Readonly<Record<Kind, readonly AlarmSpec[]>> = {
  endpoint: INVOCATION_KINDS.flatMap((invocation) =>
    endpointAlarms({ endpointName: 'fraud', invocation, variants: [{ name: 'main', instanceType: 'ml.g5.xlarge' }] }),
  ),
  database: (['instance', 'cluster'] as const).flatMap((owner) =>
    databaseAlarms({ owner, identifier: 'registry', memoryGib: 8, readers: true }),
  ),
  airflow: airflowAlarms({ airflowName: 'airflow' }),
  network: networkAlarms({ natGatewayIds: ['nat-1'], flowLogGroupName: 'flow', vpcCidr: '10.0.0.0/16' }),
  pipeline: pipelineAlarms({ pipelineName: 'churn', everyHours: 24 }),
  batch: batchAlarms({ queueArns: { normal: 'arn' }, logGroupName: 'jobs' }),
  lake: lakeAlarms({ conversions: { a: 'b' }, gates: { b: { databaseName: 'a', tableName: 'b' } } }),
  logs: loggingAlarms({
    domainName: 'logs',
    account: '111122223333',
    nodes: 1,
    storageGb: 20,
    streamName: 'logs',
    splitterName: 'splitter',
  }),
};

/**
 * The default of each alarm of a kind, by name: its severity, threshold and unit. Alarms whose threshold depends on the
 * thing have that of the first kind of thing that they describe.
 */
export function defaultsOf(kind: Kind): ReadonlyMap<string, AlarmSpec> {
  const defaults = new Map<string, AlarmSpec>();
  for (const spec of EXAMPLES[kind]) if (!defaults.has(spec.name)) defaults.set(spec.name, spec);
  return defaults;
}
