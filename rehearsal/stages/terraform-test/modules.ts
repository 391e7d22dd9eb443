import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runName } from './test-file';
import type { Workspace } from './workspace';

/** How a module declares what runs a program, or writes a file that its own folder does not hold. */
const FORBIDDEN = {
  hcl: [
    /^[^#\n]*\bprovisioner\s+"?[\w-]+"?\s*\{/m,
    /^[^#\n]*\b(data|action)\s+"?(external|local_command)"?\s/m,
    /^\s*(?:filename|output_path)\s*=(?!\s*"\$\{path\.(?:module|root)\}\/(?!.*\.\.))/m,
  ],
  json: [
    /"(provisioner|external|local_command)"\s*:/,
    /"(filename|output_path)"\s*:\s*"(?!\$\{path\.(?:module|root)\}\/(?!.*\.\.))/,
  ],
} as const;

/** Whether a file has a resource or data source that writes files. */
const WRITES = /\b(local_file|local_sensitive_file|archive_file)\b/;

/** Files of the modules of a stack that would run a program, or write a file anywhere else. */
export function programsIn({ root, data }: Workspace, stack: string): string[] {
  const list = join(data, 'modules/modules.json');
  if (!existsSync(list)) return [];
  const { Modules } = JSON.parse(readFileSync(list, 'utf8')) as { Modules: { Key: string; Dir: string }[] };
  const own = `.${runName('apply', stack)}.`;
  const folders = Modules.filter(({ Key }) => Key.includes(own)).map(({ Dir }) => resolve(root, Dir));
  return [...new Set(folders)].filter(existsSync).flatMap((folder) =>
    readdirSync(folder)
      .map((file) => join(folder, file))
      .filter((file) => /\.(tf|tofu)(\.json)?$/.test(file) && isForbidden(file)),
  );
}

function isForbidden(file: string): boolean {
  const text = readFileSync(file, 'utf8');
  const [provisioner, ...others] = file.endsWith('.json') ? FORBIDDEN.json : FORBIDDEN.hcl;
  const writing = others.pop()!;
  return [provisioner, ...others].some((runs) => runs.test(text)) || (WRITES.test(text) && writing.test(text));
}
