export * from './airflow/airflow-limits';
export * from './airflow/airflow-props';
export * from './airflow/dag-queue';
export * from './airflow/dag-queue-limits';
export * from './airflow/managed-airflow';
export * from './airflow/version-limits';
