import { type AlarmSpec, COUNT, DEAD_WITHOUT_DATA, judged, metric, SILENT_WHEN_WELL } from '../alarms/alarm-spec';

/** An Airflow environment, as far as its alarms depend on it. */
export interface MonitoredAirflow {
  readonly airflowName: string;
}

/** Names of the alarms of Airflow. */
export const AIRFLOW_ALARMS = ['no-heartbeat', 'import-errors', 'queued-tasks', 'failed-tasks', 'lost-tasks'] as const;
/** One of {@link AIRFLOW_ALARMS}. */
export type AirflowAlarm = (typeof AIRFLOW_ALARMS)[number];

/** The alarms of an Airflow environment. */
export function airflowAlarms({ airflowName }: MonitoredAirflow): AlarmSpec[] {
  const of = (name: string, dimensions: Readonly<Record<string, string>>, statistic: string) =>
    metric('AmazonMWAA', name, { ...dimensions, Environment: airflowName }, statistic);
  const all = { DAG: 'All', Task: 'All' };
  const counted = { unit: '', bad: 'above', thresholdLimits: COUNT, ...SILENT_WHEN_WELL } as const;
  return [
    {
      name: 'no-heartbeat',
      severity: 'critical',
      means: 'The scheduler of Airflow gives no sign of life; nothing is started.',
      runbook: 'Look at the log of the scheduler; an update of the environment takes half an hour and restarts it.',
      metrics: { beats: of('SchedulerHeartbeat', { Function: 'Scheduler' }, 'Sum') },
      unit: '',
      bad: 'below',
      threshold: 1,
      thresholdLimits: { min: 1 },
      ...judged(5, 3, 3),
      ...DEAD_WITHOUT_DATA,
    },
    {
      name: 'import-errors',
      severity: 'warning',
      means: 'A file of DAGs cannot be read; what is in it does not run.',
      runbook: 'Read the errors on the first page of Airflow, or the log DAGProcessing.',
      metrics: { errors: of('ImportErrors', { Function: 'DAG Processing' }, 'Maximum') },
      ...counted,
      threshold: 0,
      ...judged(5, 2, 2),
    },
    {
      name: 'queued-tasks',
      severity: 'warning',
      means: 'Tasks wait for a worker for half an hour.',
      runbook: 'Raise maxWorkers, or the slots of the pool; look for tasks that only wait, and make them deferrable.',
      metrics: { queued: of('QueuedTasks', { Function: 'Executor' }, 'Minimum') },
      ...counted,
      threshold: 5,
      ...judged(5, 6, 6),
    },
    {
      name: 'failed-tasks',
      severity: 'warning',
      means: 'Many tasks fail.',
      runbook: 'Read the log of the failed tasks in Airflow; what they have in common is the cause.',
      metrics: { failed: of('TaskInstanceFailures', all, 'Sum') },
      ...counted,
      threshold: 5,
      ...judged(15, 1, 1),
    },
    {
      name: 'lost-tasks',
      severity: 'warning',
      means: 'Tasks have ended without a word, as when a worker has no memory left.',
      runbook: 'Look at the memory of the workers; take a larger class, or run fewer tasks on each.',
      metrics: { lost: of('ZombiesKilled', all, 'Sum') },
      ...counted,
      threshold: 0,
      ...judged(15, 2, 2),
    },
  ];
}
