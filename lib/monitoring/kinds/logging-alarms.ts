import {
  type AlarmSpec,
  COUNT,
  DEAD_WITHOUT_DATA,
  judged,
  metric,
  PERCENT,
  SILENT_WHEN_WELL,
  UNKNOWN_WITHOUT_DATA,
} from '../alarms/alarm-spec';

/** A domain of logs and the delivery to it, as far as their alarms depend on them. */
export interface MonitoredLogs {
  readonly domainName: string;
  /** Account of the domain. */
  readonly account: string;
  /** Data nodes and masters. */
  readonly nodes: number;
  /** GiB of each data node. */
  readonly storageGb: number;
  /** Stream of Firehose. */
  readonly streamName: string;
  /** The function that makes documents of lines. */
  readonly splitterName: string;
}

/** Names of the alarms of logs. */
export const LOGGING_ALARMS = [
  'lost-shards',
  'refused-writes',
  'no-key',
  'low-storage',
  'few-nodes',
  'few-copies',
  'high-memory',
  'high-cpu',
  'failed-snapshots',
  'refused-logs',
  'late-logs',
  'unsplit-logs',
] as const;
/** One of {@link LOGGING_ALARMS}. */
export type LoggingAlarm = (typeof LOGGING_ALARMS)[number];

const MIB_PER_GIB = 1024;
/** The service blocks writes at 20 percent of a small volume, or 20 GiB. */
const FREE_SHARE = 0.25;
const LATE_SECONDS = 900;

type Own = Omit<
  AlarmSpec,
  | 'periodSeconds'
  | 'periods'
  | 'badPeriods'
  | 'missing'
  | 'whyMissing'
  | 'bad'
  | 'threshold'
  | 'thresholdLimits'
  | 'unit'
>;

/** The alarms of a domain and of the delivery to it (OpenSearch guide, "Recommended CloudWatch alarms"). */
export function loggingAlarms(facts: MonitoredLogs): AlarmSpec[] {
  return [...domainAlarms(facts), ...deliveryAlarms(facts)];
}

function domainAlarms({ domainName, account, nodes, storageGb }: MonitoredLogs): AlarmSpec[] {
  const of = (name: string, statistic: string) =>
    metric('AWS/ES', name, { DomainName: domainName, ClientId: account }, statistic);
  const any = (own: Own): AlarmSpec => ({
    ...own,
    unit: '',
    bad: 'above',
    threshold: 0,
    thresholdLimits: COUNT,
    ...judged(1, 3, 3),
    ...SILENT_WHEN_WELL,
  });
  return [
    any({
      name: 'lost-shards',
      severity: 'critical',
      means: 'A part of an index is on no node: its lines cannot be found.',
      runbook: 'Look at the nodes first; if they are well, restore the index of the day from the newest snapshot.',
      metrics: { red: of('ClusterStatus.red', 'Maximum') },
    }),
    any({
      name: 'refused-writes',
      severity: 'critical',
      means: 'The domain takes no documents, for want of storage or memory.',
      runbook: 'Raise logs.storageGb, or lower logs.days; Firehose keeps trying for two hours, then uses the bucket.',
      metrics: { blocked: of('ClusterIndexWritesBlocked', 'Maximum') },
    }),
    any({
      name: 'no-key',
      severity: 'critical',
      means: 'The domain cannot use its key: it stops, and cannot be restored.',
      runbook: 'Enable the key, or cancel its deletion; then the service recovers by itself.',
      metrics: { error: of('KMSKeyError', 'Maximum'), inaccessible: of('KMSKeyInaccessible', 'Maximum') },
      expression: 'MAX([FILL(error, 0), FILL(inaccessible, 0)])',
    }),
    {
      name: 'low-storage',
      severity: 'warning',
      means: 'A node has little free storage; soon the domain refuses documents.',
      runbook: 'Raise logs.storageGb, or lower logs.days.',
      metrics: { free: of('FreeStorageSpace', 'Minimum') },
      expression: `free / ${MIB_PER_GIB}`,
      unit: 'GiB',
      bad: 'below',
      threshold: storageGb * FREE_SHARE,
      thresholdLimits: COUNT,
      ...judged(5, 3, 3),
      ...UNKNOWN_WITHOUT_DATA,
    },
    {
      name: 'few-nodes',
      severity: 'critical',
      means: 'A node does not answer.',
      runbook: 'The service replaces it by itself; after an hour, ask its support.',
      metrics: { nodes: of('Nodes', 'Minimum') },
      unit: '',
      bad: 'below',
      threshold: nodes,
      thresholdLimits: COUNT,
      ...judged(5, 6, 6),
      ...DEAD_WITHOUT_DATA,
    },
    {
      ...any({
        name: 'few-copies',
        severity: 'warning',
        means: 'A document has no copy in another zone.',
        runbook: 'It passes after a node was replaced; if it stays, look at few-nodes and low-storage.',
        metrics: { yellow: of('ClusterStatus.yellow', 'Maximum') },
      }),
      ...judged(5, 12, 12),
    },
    {
      name: 'high-memory',
      severity: 'warning',
      means: 'The memory of Java is nearly full: searches fail, then nodes.',
      runbook: 'Search fewer days at once; if it stays, take a larger logs.instance.',
      metrics: { used: of('JVMMemoryPressure', 'Maximum') },
      unit: '%',
      bad: 'above',
      threshold: 94,
      thresholdLimits: PERCENT,
      ...judged(1, 3, 3),
      ...UNKNOWN_WITHOUT_DATA,
    },
    {
      name: 'high-cpu',
      severity: 'warning',
      means: 'The processors are busy: logs are late, and searches slow.',
      runbook: 'Look for a heavy search in the slow log; if it is the load, add nodes.',
      metrics: { used: of('CPUUtilization', 'Maximum') },
      unit: '%',
      bad: 'above',
      threshold: 80,
      thresholdLimits: PERCENT,
      ...judged(15, 3, 3),
      ...UNKNOWN_WITHOUT_DATA,
    },
    any({
      name: 'failed-snapshots',
      severity: 'warning',
      means: 'The service could not make its snapshot of the hour.',
      runbook: 'Look at lost-shards: it is the usual reason.',
      metrics: { failed: of('AutomatedSnapshotFailure', 'Maximum') },
    }),
  ];
}

function deliveryAlarms({ streamName, splitterName }: MonitoredLogs): AlarmSpec[] {
  const stream = (name: string, statistic: string) =>
    metric('AWS/Firehose', name, { DeliveryStreamName: streamName }, statistic);
  const splitter = (name: string) => metric('AWS/Lambda', name, { FunctionName: splitterName }, 'Sum');
  return [
    {
      name: 'refused-logs',
      severity: 'warning',
      means: 'The domain refuses documents; they are in the bucket, below refused/.',
      runbook: 'Read the log of the stream for the reason; then send the documents of the bucket again.',
      metrics: { taken: stream('DeliveryToAmazonOpenSearchService.Success', 'Average') },
      expression: '100 * taken',
      unit: '%',
      bad: 'below',
      threshold: 99,
      thresholdLimits: PERCENT,
      ...judged(5, 3, 3),
      ...SILENT_WHEN_WELL,
    },
    {
      name: 'late-logs',
      severity: 'warning',
      means: 'Lines can be searched only after a while.',
      runbook: 'Look at refused-writes and high-cpu; then at the log of the stream.',
      metrics: { age: stream('DeliveryToAmazonOpenSearchService.DataFreshness', 'Maximum') },
      unit: 's',
      bad: 'above',
      threshold: LATE_SECONDS,
      thresholdLimits: COUNT,
      ...judged(5, 3, 3),
      ...SILENT_WHEN_WELL,
    },
    {
      name: 'unsplit-logs',
      severity: 'warning',
      means: 'Lines were not passed on; after two more tries they are in the bucket, below aws/lambda/async/.',
      runbook: 'Read the log of the function; if Firehose is at its limit, ask for a higher quota of records.',
      metrics: { errors: splitter('Errors') },
      unit: '',
      bad: 'above',
      threshold: 0,
      thresholdLimits: COUNT,
      ...judged(5, 1, 1),
      ...SILENT_WHEN_WELL,
    },
  ];
}
