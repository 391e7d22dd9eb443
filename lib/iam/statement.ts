import type { IConstruct } from 'constructs';
import { Properties } from '../core/properties';
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

/**
 * Checks a statement before it joins a policy.
 *
 * @param required what its kind of policy requires besides actions
 * @throws InputError that names what is missing
 */
export function validateStatement(
  owner: IConstruct,
  statement: PolicyStatement,
  ...required: readonly ('principal' | 'resources')[]
): void {
  const { actions, effect, resources, principal } = statement ?? {};
  Properties.of(owner)
    .present(statement, 'actions', ...required)
    .oneOf('effect', effect, ['Allow', 'Deny'])
    .require(actions?.length !== 0, "'actions' must have at least one action, got none")
    .require(resources?.length !== 0, "'resources' must have at least one resource, got none")
    .require(
      required.includes('principal') || principal === undefined,
      "'principal' must not be set: the identity that has the policy is its principal; remove it",
    )
    .throwIfInvalid();
}
