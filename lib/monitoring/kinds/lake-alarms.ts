import { RESULT_EVENT, RESULT_SOURCES } from '../../data-lake/quality/quality-limits';
import { type AlarmSpec, COUNT, judged, metric, SILENT_WHEN_WELL } from '../alarms/alarm-spec';

/** A table whose data quality is evaluated. */
export interface MonitoredGate {
  readonly databaseName: string;
  readonly tableName: string;
}

/** A data lake, as far as its alarms depend on it. */
export interface MonitoredLake {
  /** Names of the Glue jobs that convert files, by the names of their tables. @default - none */
  readonly conversions?: Readonly<Record<string, string>>;
  /** Tables whose data quality is evaluated, by their names in the alarms. @default - none */
  readonly gates?: Readonly<Record<string, MonitoredGate>>;
}

/** Names of the alarms of a lake. */
export const LAKE_ALARMS = ['failed-conversion', 'bad-data'] as const;
/** One of {@link LAKE_ALARMS}. */
export type LakeAlarm = (typeof LAKE_ALARMS)[number];

const JOB_EVENT = 'Glue Job State Change';
const COUNTED = { unit: '', bad: 'above', thresholdLimits: COUNT, threshold: 0, ...SILENT_WHEN_WELL } as const;

/** The alarms of a lake: of each conversion and of each gate. Neither has a metric: their events are counted. */
export function lakeAlarms({ conversions = {}, gates = {} }: MonitoredLake): AlarmSpec[] {
  return [
    ...Object.entries(conversions).map(([table, job]) => conversion(table, job)),
    ...Object.entries(gates).map(([name, table]) => gate(name, table)),
  ];
}

function conversion(table: string, jobName: string): AlarmSpec {
  return {
    name: 'failed-conversion',
    part: table,
    severity: 'warning',
    means: 'New files of the table were not converted.',
    runbook: 'Open the run of the Glue job: its error names the file and the column; the next run tries again.',
    metrics: {
      failed: {
        ...metric('MLOps/Events', 'FailedGlueJobs', { JobName: jobName }, 'Sum'),
        from: {
          event: JOB_EVENT,
          eventPattern: {
            source: ['aws.glue'],
            'detail-type': [JOB_EVENT],
            detail: { jobName: [jobName], state: ['FAILED', 'TIMEOUT'] },
          },
          selectors: { JobName: '$.detail.jobName' },
        },
      },
    },
    ...COUNTED,
    ...judged(5, 1, 1),
  };
}

function gate(part: string, { databaseName, tableName }: MonitoredGate): AlarmSpec {
  return {
    name: 'bad-data',
    part,
    severity: 'warning',
    means: 'New data of the table does not meet its expectations.',
    runbook:
      'Read the report of the evaluation: it names the expectation that failed and the rows; stop what trains on the table.',
    metrics: {
      failed: {
        ...metric('MLOps/Events', 'FailedDataQuality', { Database: databaseName, Table: tableName }, 'Sum'),
        from: {
          event: RESULT_EVENT,
          eventPattern: {
            source: Object.values(RESULT_SOURCES),
            'detail-type': [RESULT_EVENT],
            detail: { state: ['FAILED'], context: { databaseName: [databaseName], tableName: [tableName] } },
          },
          selectors: { Database: '$.detail.context.databaseName', Table: '$.detail.context.tableName' },
        },
      },
    },
    ...COUNTED,
    ...judged(5, 1, 1),
  };
}
