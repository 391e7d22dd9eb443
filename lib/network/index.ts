export * from './connections';
export * from './endpoints';
export * from './flow-log';
export * from './ipv4-block';
export * from './network';
export * from './port';
export * from './security-group';
export * from './subnet-plan';
