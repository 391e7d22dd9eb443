import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { providerInstallation } from '../../lib/testing';
import { cacheFolder } from '../../rehearsal/cache';

/** Pinned, as the lowest supported line. */
const VERSION = '1.10.10';

/** OpenTofu: built once from its Go module, into the user's cache. */
export function openTofu(): string {
  const root = join(cacheFolder({ env: process.env, home: homedir() }), 'opentofu');
  const program = join(root, VERSION, 'tofu');
  if (existsSync(program)) return program;
  mkdirSync(join(root, VERSION), { recursive: true });
  const scratch = mkdtempSync(join(root, 'build-'));
  try {
    // its go.mod has replacements, which 'go install' refuses
    const module = `github.com/opentofu/opentofu@v${VERSION}`;
    const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }));
    const source = join(scratch, 'source');
    cpSync(Dir, source, { recursive: true });
    makeWritable(source);
    const flags = `-s -w -X github.com/opentofu/opentofu/version.dev=no`;
    const built = join(scratch, 'tofu');
    execFileSync('go', ['build', '-ldflags', flags, '-o', built, './cmd/tofu'], {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    renameSync(built, program);
    return program;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Settings with which OpenTofu finds a provider that is installed for Terraform. */
export function openTofuInstallation(folder: string, version: string): string {
  const { from, text } = providerInstallation({ 'registry.terraform.io/hashicorp/aws': version });
  const installed = /path = "(.*)"/.exec(text)?.[1];
  if (from !== 'folder' || installed === undefined) return 'provider_installation {\n  direct {}\n}\n';
  const mirror = join(folder, 'opentofu-mirror');
  linkFiles(
    join(installed, 'registry.terraform.io/hashicorp/aws'),
    join(mirror, 'registry.opentofu.org/hashicorp/aws'),
  );
  return `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
}

/** Links each file: OpenTofu does not follow a link to a folder above the packages. */
function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else symlinkSync(source, target);
  }
}

/** Files of the module cache are read-only, and so would be the folders of a copy. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(folder, entry.name));
  }
}
