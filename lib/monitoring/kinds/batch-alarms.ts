import { type AlarmSpec, COUNT, judged, metric, SILENT_WHEN_WELL } from '../alarms/alarm-spec';

/** A pool of AWS Batch, as far as its alarms depend on it. */
export interface MonitoredBatch {
  /** ARNs of its queues, by their names in the pool. */
  readonly queueArns: Readonly<Record<string, string>>;
  /** Log group of its jobs. @default - unknown: no alarm on denied calls */
  readonly logGroupName?: string;
}

/** Names of the alarms of a pool. */
export const BATCH_ALARMS = ['failed-jobs', 'denied-calls'] as const;
/** One of {@link BATCH_ALARMS}. */
export type BatchAlarm = (typeof BATCH_ALARMS)[number];

const EVENT = 'Batch Job State Change';
/** What the clients of AWS write when a role does not allow a call. */
const DENIED = '?AccessDenied ?UnauthorizedOperation ?"is not authorized to perform"';

/** The alarms of a pool: of each queue. Batch has no metric of failures: its events are counted. */
export function batchAlarms({ queueArns, logGroupName }: MonitoredBatch): AlarmSpec[] {
  const queues = Object.entries(queueArns);
  const failed = queues.map(
    ([queue, arn]): AlarmSpec => ({
      name: 'failed-jobs',
      ...(queues.length > 1 && { part: queue }),
      severity: 'warning',
      means: 'A job has failed after all of its attempts.',
      runbook: 'Open the job in AWS Batch: the reason is in its status, what it wrote in its log stream.',
      metrics: {
        failed: {
          ...metric('MLOps/Events', 'FailedBatchJobs', { JobQueue: arn }, 'Sum'),
          from: {
            event: EVENT,
            eventPattern: {
              source: ['aws.batch'],
              'detail-type': [EVENT],
              detail: { status: ['FAILED'], jobQueue: [arn] },
            },
            selectors: { JobQueue: '$.detail.jobQueue' },
          },
        },
      },
      unit: '',
      bad: 'above',
      threshold: 0,
      thresholdLimits: COUNT,
      ...judged(5, 1, 1),
      ...SILENT_WHEN_WELL,
    }),
  );
  return logGroupName === undefined ? failed : [...failed, deniedCalls(logGroupName)];
}

/** Calls that a role does not allow, as jobs log them. */
function deniedCalls(logGroupName: string): AlarmSpec {
  return {
    name: 'denied-calls',
    severity: 'warning',
    means: 'Jobs call what their roles do not allow.',
    runbook:
      'Read the line in the log for action and resource: a missing grant, or code that tries what it should not.',
    metrics: {
      denied: { ...metric('MLOps/Denied', logGroupName, {}, 'Sum'), from: { logGroupName, pattern: DENIED } },
    },
    unit: '',
    bad: 'above',
    threshold: 0,
    thresholdLimits: COUNT,
    ...judged(5, 1, 1),
    ...SILENT_WHEN_WELL,
  };
}
