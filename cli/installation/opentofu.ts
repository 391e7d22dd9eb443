import { type Machine, thisMachine } from '../../lib/testing/terraform';
import { fetchOpenTofu, OPENTOFU, openTofuPath, type Release } from '../../rehearsal/terraform/opentofu';
import { lacksTerraform } from '../../rehearsal/terraform/program';
import type { Terminal } from '../terminal';

export interface FetchOptions {
  /** Fetches without a question. */
  readonly yes?: boolean;
  readonly signal?: AbortSignal;
  readonly machine?: Machine;
  readonly release?: Release;
}

/**
 * Where this machine has neither Terraform nor OpenTofu, fetches OpenTofu into the user's cache: with `yes`, or if the
 * user agrees. Without either nothing is downloaded, and the rehearsal says what is missing.
 */
export async function offerOpenTofu(terminal: Terminal, options: FetchOptions = {}): Promise<void> {
  const { machine = thisMachine(), release = OPENTOFU, signal } = options;
  if (!lacksTerraform(machine, release)) return;
  const what = `OpenTofu ${release.version} (about 30 MB) from ${new URL(release.base).host}`;
  const missing = 'this machine has neither Terraform nor OpenTofu';
  if (options.yes) {
    terminal.err(`${missing}: fetching ${what}\n`);
  } else if (!(await terminal.ask?.(`${missing}. Fetch ${what}, into ${openTofuPath(machine, release)}? [y/N] `))) {
    return;
  }
  const { path } = await fetchOpenTofu(machine, release, signal);
  terminal.err(`OpenTofu ${release.version}: verified, installed as ${path}\n`);
}
