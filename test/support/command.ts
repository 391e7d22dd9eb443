import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs a command to its end, as a user's shell would in `cwd`.
 *
 * @returns what it prints
 * @throws Error with all output, if it fails
 */
export async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    const options = { cwd, env: { ...process.env, NODE_ENV: undefined, ...env }, maxBuffer: 1 << 28 };
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout: string; stderr: string };
    throw new Error([message, stdout, stderr].join('\n'));
  }
}
