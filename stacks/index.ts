export * from './environment';
export * from './layers/bootstrap-stack';
export * from './layers/data-stack';
export * from './layers/foundation-stack';
export * from './layers/layer-stack';
export * from './main';
export * from './offers';
export * from './platform';
export { SECTIONS } from './sections/list';
