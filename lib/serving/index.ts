export * from './captured/captured-data';
export * from './experiment/experiment-limits';
export * from './experiment/experiment-plan';
export * from './experiment/experiment-report';
