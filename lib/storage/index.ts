export * from './bucket';
export * from './bucket-denials';
export * from './bucket-lifecycle';
export * from './bucket-limits';
export * from './object-lock';
