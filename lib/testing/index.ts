export * from './attributes';
export * from './matching';
export * from './policy';
export { testApp } from './synthesis';
export * from './template';
export * from './terraform';
