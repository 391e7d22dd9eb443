export * from './column-type';
