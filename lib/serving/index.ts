export * from './endpoint/endpoint-base';
export * from './endpoint/endpoint-limits';
