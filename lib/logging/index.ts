export * from './logging-limits';
export * from './search/domain-settings';
export * from './search/search-domain';
export * from './shipping/log-shipping';
export * from './shipping/log-splitter';
