import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Interrupts the program once, so that it finishes its clean-up. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program until it ends, in its own process group: Ctrl-C in the terminal then reaches it once, through
 * `signal`. After a second interrupt, Terraform does not finish its clean-up.
 *
 * @param args of the program; without them `command` is a shell command line
 */
export function run(command: string, args: readonly string[] | undefined, options: RunOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args ?? [], {
      cwd: options.cwd,
      env: options.env,
      shell: args === undefined,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const interrupt = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    };
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    options.signal?.addEventListener('abort', interrupt, { once: true });
    process.once('exit', kill); // a second Ctrl-C leaves no program behind

    const stdout: string[] = [];
    const stderr: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout.push(line);
      options.onLine?.(line);
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (options.onErrorLine)
        options.onErrorLine(line); // may be a log of many megabytes
      else stderr.push(line);
    });
    child.on('error', (error) => {
      process.off('exit', kill);
      reject(error);
    });
    child.on('close', (code) => {
      options.signal?.removeEventListener('abort', interrupt);
      process.off('exit', kill);
      resolve({ code: code ?? 1, stdout: stdout.join('\n'), stderr: stderr.join('\n') });
    });
  });
}
