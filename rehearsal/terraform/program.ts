import { basename, delimiter, dirname } from 'node:path';
import { findTerraform, type Machine, type TerraformProgram, thisMachine } from '../../lib/testing/terraform';
import { CannotRehearse } from '../errors';
import { fetchedOpenTofu, OPENTOFU, type Release } from './opentofu';

/**
 * The Terraform or OpenTofu that the user installed on this machine.
 *
 * @param named program to use instead of the one on the PATH
 * @throws CannotRehearse with how to install one
 */
export function terraformProgram(named?: string, machine: Machine = thisMachine()): TerraformProgram {
  const { env } = machine;
  try {
    return findTerraform({ ...machine, env: named === undefined ? env : { ...env, TERRAFORM_BINARY_NAME: named } });
  } catch (error) {
    throw new CannotRehearse((error as Error).message);
  }
}

/**
 * As `terraformProgram`, or else the OpenTofu that was fetched, which is for rehearsals only: a deployment is made with
 * a program that the user has chosen.
 */
export function rehearsalProgram(
  named?: string,
  machine: Machine = thisMachine(),
  release: Release = OPENTOFU,
): TerraformProgram {
  try {
    return terraformProgram(named, machine);
  } catch (error) {
    if (named !== undefined || machine.env.TERRAFORM_BINARY_NAME) throw error; // no other one takes its place
    const fetched = fetchedOpenTofu(machine, release);
    if (fetched) return fetched;
    const offer = `or let 'cdktf-mlops rehearse --yes' fetch OpenTofu ${release.version}`;
    throw new CannotRehearse(`${(error as Error).message}, ${offer}`);
  }
}

/** Whether this machine has no program, and none was asked for: one may be fetched. */
export function lacksTerraform(machine: Machine = thisMachine(), release: Release = OPENTOFU): boolean {
  if (machine.env.TERRAFORM_BINARY_NAME) return false;
  try {
    rehearsalProgram(undefined, machine, release);
    return false;
  } catch {
    return true;
  }
}

/** What cdktf says as it synthesizes a construct that needs a version of Terraform, where it finds no Terraform. */
export const NOT_FOUND_BY_CDKTF = /Could not determine version of/;

/**
 * The environment of an app with the program of the rehearsal: cdktf runs it while it synthesizes some constructs. By
 * name, because cdktf does not quote a path.
 */
export function withProgram(env: NodeJS.ProcessEnv, program: TerraformProgram | undefined): NodeJS.ProcessEnv {
  if (program === undefined) return env;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const folder = dirname(program.path);
  const PATH = (folders.includes(folder) ? folders : [...folders, folder]).join(delimiter);
  return { ...env, PATH, TERRAFORM_BINARY_NAME: basename(program.path) };
}
