export * from './awake-schedule';
export * from './mlflow-tracking';
export * from './tensorboard-logs';
export * from './tracking-actions';
export * from './tracking-limits';
export * from './working-hours';
