/** What an environment of a class has. */
export interface AirflowSize {
  /** DAGs that AWS sizes it for. */
  readonly dags: number;
  /** Tasks that one worker runs at once, unless `celery.worker_autoscale` is set. */
  readonly tasksOfWorker: number;
  readonly schedulers: { readonly min: number; readonly max: number };
  readonly webServers: { readonly min: number; readonly max: number };
  readonly workers: { readonly min: number; readonly max: number };
}

const WEB_SERVERS = { min: 2, max: 5 } as const;
const SCHEDULERS = { min: 2, max: 5 } as const;
const WORKERS = { min: 1, max: 25 } as const;
const ONE = { min: 1, max: 1 } as const;
const scaled = (dags: number, tasksOfWorker: number): AirflowSize => ({
  dags,
  tasksOfWorker,
  schedulers: SCHEDULERS,
  webServers: WEB_SERVERS,
  workers: WORKERS,
});

/**
 * Classes of environments by size (MWAA guide, "Amazon MWAA environment class", "Amazon MWAA endpoints and quotas"). One of
 * class `micro` does not scale: it has one scheduler, one web server and one worker.
 */
export const AIRFLOW_CLASSES = {
  micro: { dags: 25, tasksOfWorker: 3, schedulers: ONE, webServers: ONE, workers: ONE },
  small: scaled(50, 5),
  medium: scaled(250, 10),
  large: scaled(1000, 20),
  xlarge: scaled(2000, 40),
  '2xlarge': scaled(4000, 80),
} as const satisfies Record<string, AirflowSize>;

/** A class in {@link AIRFLOW_CLASSES}. */
export type AirflowClass = keyof typeof AIRFLOW_CLASSES;
/** The names of {@link AIRFLOW_CLASSES}, smallest first. */
export const AIRFLOW_CLASS_NAMES = Object.keys(AIRFLOW_CLASSES) as readonly AirflowClass[];
/** The smallest that survives the loss of a zone. */
export const DEFAULT_AIRFLOW_CLASS: AirflowClass = 'small';
/** Most workers by default, where the class scales: a ceiling of cost. */
export const DEFAULT_MAX_WORKERS = 4;
