export * from './key';
export * from './key-limits';
