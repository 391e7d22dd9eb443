import type { IConstruct } from 'constructs';
import type { Principal } from './principal';

/** Operator, then condition key, then value: `{ StringEquals: { 'aws:SourceAccount': '111122223333' } }`. */
export type PolicyConditions = Record<string, Record<string, string | readonly string[]>>;

/** One statement of an IAM policy. */
export interface PolicyStatement {
  /** @default - none */
  readonly sid?: string;
  /** @default Allow */
  readonly effect?: 'Allow' | 'Deny';
  /** Only in policies of resources and roles. @default - whoever holds the policy */
  readonly principal?: Principal;
  readonly actions: readonly string[];
  /** @default - none, as in a trust policy */
  readonly resources?: readonly string[];
  /** @default - unconditional */
  readonly conditions?: PolicyConditions;
}

/** Whoever can be given permissions: a role of ours, or one known only by its name. */
export interface IGrantable extends IConstruct {
  addToPolicy(statement: PolicyStatement): void;
}
