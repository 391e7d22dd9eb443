export type { Attributes, AttributesOf, ElementClass, ElementType, MetaArguments, SubsetOf } from './attributes';
export { matchers } from './matchers';
export { type Difference, differences } from './matching';
export { type Access, Policy, type PolicyOptions, type Statement } from './policy';
export { addresses, snapshotOf, snapshotSerializer } from './snapshot';
export { testApp } from './synthesis';
export { Template } from './template';
export * from './terraform';
export { type Problem, type ValidateOptions, validate } from './validate';
