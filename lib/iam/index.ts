export * from './policy-document';
export * from './principal';
export * from './role';
export * from './statement';
