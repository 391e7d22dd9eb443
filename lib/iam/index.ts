export * from './policy-document';
export * from './policy-limits';
export * from './principal';
export * from './rendered-policy';
export * from './role';
export * from './role-limits';
export * from './statement';
