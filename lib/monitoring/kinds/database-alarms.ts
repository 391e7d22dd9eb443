import type { DatabaseIdentity } from '../../registry/database-base';
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

/** Names of the alarms of a database. A cluster has neither `low-storage` nor `slow-disk`, an instance no `replica-lag`. */
export const DATABASE_ALARMS = [
  'no-heartbeat',
  'high-cpu',
  'low-memory',
  'low-storage',
  'many-connections',
  'slow-disk',
  'old-transactions',
  'replica-lag',
  'denied-logins',
] as const;
/** One of {@link DATABASE_ALARMS}. */
export type DatabaseAlarm = (typeof DATABASE_ALARMS)[number];

const RDS = 'AWS/RDS';
const GIB = 1_073_741_824;
/** Bytes of memory for each connection, by the default parameter group of PostgreSQL on RDS, which allows 5000 at most. */
const BYTES_PER_CONNECTION = 9_531_392;
const MOST_CONNECTIONS = 5000;
/** Lines of PostgreSQL's log that say that somebody was not let in, or not let do something. */
const DENIED =
  '?"password authentication failed" ?"no pg_hba.conf entry" ?"permission denied" ?"is not permitted to log in"';

/** The alarms of a database. */
export function databaseAlarms({ owner, identifier, memoryGib, pauses, readers }: DatabaseIdentity): AlarmSpec[] {
  const dimension = owner === 'instance' ? 'DBInstanceIdentifier' : 'DBClusterIdentifier';
  const of = (name: string, statistic: string) => metric(RDS, name, { [dimension]: identifier }, statistic);
  const logs = `/aws/rds/${owner}/${identifier}/postgresql`;
  return [
    ...(pauses ? [] : [heartbeat(of('DatabaseConnections', 'SampleCount'))]),
    ...load(of),
    ...(owner === 'instance'
      ? [storage(of('FreeStorageSpace', 'Minimum')), disk(of('DiskQueueDepth', 'Average'))]
      : []),
    ...(memoryGib === undefined ? [] : [connections(of('DatabaseConnections', 'Maximum'), memoryGib)]),
    transactions(of('MaximumUsedTransactionIDs', 'Maximum')),
    ...(owner === 'cluster' && readers ? [lag(of('AuroraReplicaLagMaximum', 'Maximum'))] : []),
    deniedLogins(logs),
  ];
}

type Metric = ReturnType<typeof metric>;

function heartbeat(samples: Metric): AlarmSpec {
  return {
    name: 'no-heartbeat',
    severity: 'critical',
    means: 'The database has reported nothing for fifteen minutes.',
    runbook: 'Look at the events of the database in RDS: is it stopped, restarting, or out of storage?',
    metrics: { samples },
    unit: '',
    bad: 'below',
    threshold: 1,
    thresholdLimits: { min: 1 },
    ...judged(5, 3, 3),
    ...DEAD_WITHOUT_DATA,
  };
}

function load(of: (name: string, statistic: string) => Metric): AlarmSpec[] {
  return [
    {
      name: 'high-cpu',
      severity: 'warning',
      means: 'The database is busy most of the time.',
      runbook: 'Find the statement with the most load in Performance Insights; then an index, or a larger class.',
      metrics: { cpu: of('CPUUtilization', 'Average') },
      unit: '%',
      bad: 'above',
      threshold: 85,
      thresholdLimits: PERCENT,
      ...judged(5, 3, 3),
      ...UNKNOWN_WITHOUT_DATA,
    },
    {
      name: 'low-memory',
      severity: 'warning',
      means: 'The database has little free memory, and soon swaps.',
      runbook: 'Look for many idle connections; then a larger class.',
      metrics: { free: of('FreeableMemory', 'Minimum') },
      expression: `free / ${GIB}`,
      unit: 'GiB',
      bad: 'below',
      threshold: 0.15,
      thresholdLimits: COUNT,
      ...judged(5, 3, 3),
      ...UNKNOWN_WITHOUT_DATA,
    },
  ];
}

function disk(waiting: Metric): AlarmSpec {
  return {
    name: 'slow-disk',
    severity: 'warning',
    means: 'Many reads and writes wait for the disk.',
    runbook: 'Find the statement that reads the most in Performance Insights; then more IOPS.',
    metrics: { waiting },
    unit: '',
    bad: 'above',
    threshold: 64,
    thresholdLimits: COUNT,
    ...judged(5, 3, 3),
    ...SILENT_WHEN_WELL,
  };
}

function storage(free: Metric): AlarmSpec {
  return {
    name: 'low-storage',
    severity: 'critical',
    means: 'The disk of the database is almost full; then it stops.',
    runbook: 'Raise maxStorageGb if the storage has reached it; look for a table or a replication slot that grows.',
    metrics: { free },
    expression: `free / ${GIB}`,
    unit: 'GiB',
    bad: 'below',
    threshold: 4,
    thresholdLimits: COUNT,
    ...judged(5, 2, 2),
    ...UNKNOWN_WITHOUT_DATA,
  };
}

function connections(used: Metric, memoryGib: number): AlarmSpec {
  const most = Math.min(Math.floor((memoryGib * GIB) / BYTES_PER_CONNECTION), MOST_CONNECTIONS);
  return {
    name: 'many-connections',
    severity: 'critical',
    means: 'Most connections of the database are in use; soon new ones are refused.',
    runbook:
      'Count connections by user and application in pg_stat_activity; end the idle ones of the client that grows.',
    metrics: { used },
    expression: `100 * used / ${most}`,
    unit: '%',
    bad: 'above',
    threshold: 80,
    thresholdLimits: PERCENT,
    ...judged(5, 2, 2),
    ...UNKNOWN_WITHOUT_DATA,
  };
}

function transactions(used: Metric): AlarmSpec {
  return {
    name: 'old-transactions',
    severity: 'critical',
    means: 'Transaction ids have not been cleaned up; at two thousand million the database refuses to write.',
    runbook:
      'Look for old transactions and prepared ones, and for a vacuum that does not end; run VACUUM FREEZE by hand.',
    metrics: { used },
    expression: 'used / 1000000',
    unit: '',
    bad: 'above',
    threshold: 1000, // millions: half of the way
    thresholdLimits: { min: 200, max: 2000 },
    ...judged(60, 1, 1),
    ...UNKNOWN_WITHOUT_DATA,
  };
}

function lag(behind: Metric): AlarmSpec {
  return {
    name: 'replica-lag',
    severity: 'warning',
    means: 'A reader is behind the writer, and answers with old data.',
    runbook: 'Look at the load of the writer and the reader; a long query on a reader holds it back.',
    metrics: { behind },
    unit: 'ms',
    bad: 'above',
    threshold: 1000,
    thresholdLimits: COUNT,
    ...judged(5, 3, 3),
    ...UNKNOWN_WITHOUT_DATA,
  };
}

function deniedLogins(logGroupName: string): AlarmSpec {
  return {
    name: 'denied-logins',
    severity: 'warning',
    means: 'Somebody was refused by the database again and again.',
    runbook: 'Read the log for user and address: a client with an old password, or a stranger.',
    metrics: {
      denied: { ...metric('MLOps/Denied', logGroupName, {}, 'Sum'), from: { logGroupName, pattern: DENIED } },
    },
    unit: '',
    bad: 'above',
    threshold: 10,
    thresholdLimits: COUNT,
    ...judged(5, 1, 1),
    ...SILENT_WHEN_WELL,
  };
}
