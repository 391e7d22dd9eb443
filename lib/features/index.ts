export * from './feature-group';
export * from './feature-limits';
export * from './feature-type';
export * from './online-store';
