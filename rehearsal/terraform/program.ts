import { findTerraform, type Machine, type TerraformProgram, thisMachine } from '../../lib/testing/terraform';
import { CannotRehearse } from '../errors';
import { fetchedOpenTofu, OPENTOFU, type Release } from './opentofu';

/**
 * The Terraform or OpenTofu of this machine, or else the OpenTofu that was fetched.
 *
 * @param named program to use instead of the one on the PATH
 * @throws CannotRehearse with how to get one
 */
export function terraformProgram(
  named?: string,
  machine: Machine = thisMachine(),
  release: Release = OPENTOFU,
): TerraformProgram {
  const { env } = machine;
  try {
    return findTerraform({ ...machine, env: named === undefined ? env : { ...env, TERRAFORM_BINARY_NAME: named } });
  } catch (error) {
    const isChosen = named !== undefined || env.TERRAFORM_BINARY_NAME; // then no other one takes its place
    const fetched = isChosen ? undefined : fetchedOpenTofu(machine, release);
    if (fetched) return fetched;
    const offer = isChosen ? '' : `, or let 'cdktf-mlops rehearse --yes' fetch OpenTofu ${release.version}`;
    throw new CannotRehearse((error as Error).message + offer);
  }
}

/** Whether this machine has no program, and none was asked for: one may be fetched. */
export function lacksTerraform(machine: Machine = thisMachine(), release: Release = OPENTOFU): boolean {
  if (machine.env.TERRAFORM_BINARY_NAME) return false;
  try {
    terraformProgram(undefined, machine, release);
    return false;
  } catch {
    return true;
  }
}
