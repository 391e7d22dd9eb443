import type { IConstruct } from 'constructs';
import type { Principal } from './principal';

/** Condition values by operator and condition key: `{ StringEquals: { 'aws:SourceAccount': '111122223333' } }`. */
export type PolicyConditions = Record<string, Record<string, string | readonly string[]>>;

/** One statement of an IAM policy. */
export interface PolicyStatement {
  /** @default - none */
  readonly sid?: string;
  /** @default Allow */
  readonly effect?: 'Allow' | 'Deny';
  /** Only in resource policies and trust policies. @default - the identity that has the policy */
  readonly principal?: Principal;
  readonly actions: readonly string[];
  /** @default - none, as in a trust policy */
  readonly resources?: readonly string[];
  /** @default - unconditional */
  readonly conditions?: PolicyConditions;
}

/** An identity that can be granted permissions, e.g. a new or an existing role. */
export interface IGrantable extends IConstruct {
  addToPolicy(statement: PolicyStatement): void;
}
