export * as core from './core';
export * as dataLake from './data-lake';
export * as encryption from './encryption';
export * as iam from './iam';
export * as network from './network';
export * as registry from './registry';
export * as storage from './storage';
export * as testing from './testing';
