export * from './drift/baseline';
export * from './drift/drift-baseline';
export * from './drift/drift-limits';
export * from './drift/drift-monitor';
export * from './drift/drift-props';
