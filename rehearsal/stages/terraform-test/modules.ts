import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a module declares a program, in HCL and in JSON. */
const RUNS = {
  '.tf': /^\s*(provisioner|data)\s+"(local-exec|remote-exec|file|external)"/m,
  '.tf.json': /"(provisioner|external)"\s*:/,
} as const;

/** Files of modules that would run a program: provisioners and the data source `external`. */
export function programsIn(folders: readonly string[]): string[] {
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => join(folder, file))
      .filter((file) =>
        Object.entries(RUNS).some(([suffix, runs]) => file.endsWith(suffix) && runs.test(readFileSync(file, 'utf8'))),
      ),
  );
}
