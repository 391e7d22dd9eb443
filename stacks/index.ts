export * from './bootstrap-stack';
export * from './data-stack';
export * from './environment';
export * from './foundation-stack';
export * from './layer-stack';
export * from './main';
export * from './platform';
