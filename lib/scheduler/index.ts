export * from './states/state';
export * from './trigger/dag-queue';
export * from './trigger/source';
export * from './trigger/target';
export * from './trigger/trigger';
export * from './trigger/trigger-limits';
export * from './trigger/trigger-table';
