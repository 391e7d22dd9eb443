import { findTerraform, type TerraformProgram, thisMachine } from '../../lib/testing/terraform';
import { CannotRehearse } from '../errors';

/**
 * The Terraform or OpenTofu of this machine.
 *
 * @param named program to use instead of the one on the PATH
 * @throws CannotRehearse with how to install one
 */
export function terraformProgram(named?: string): TerraformProgram {
  const { env, ...machine } = thisMachine();
  try {
    return findTerraform({ ...machine, env: named === undefined ? env : { ...env, TERRAFORM_BINARY_NAME: named } });
  } catch (error) {
    throw new CannotRehearse((error as Error).message);
  }
}
