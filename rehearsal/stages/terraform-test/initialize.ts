import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackCopy } from '../../copy/stack-copy';
import { CannotRehearse } from '../../errors';
import type { RehearsalError } from '../../events';
import type { Finished } from '../../process';
import type { RequiredProvider } from '../../source/manifest';
import type { StageContext } from '../stage';
import { programsIn } from './modules';
import { howToGet, requirementsOf } from './providers';
import type { Workspace } from './workspace';

/** A provider that could not be installed, and Terraform's reason. */
interface MissingProvider {
  readonly provider: RequiredProvider;
  readonly output: string;
}

/**
 * Installs the providers and modules of the stacks. If a provider cannot be installed, the stacks that need it and the
 * stacks that read their outputs are refused; the others are ready.
 *
 * @param write writes the files of some stacks into the workspace
 * @throws CannotRehearse if it fails for another reason
 */
export async function initialize(
  workspace: Workspace,
  stacks: readonly StackCopy[],
  write: (stacks: readonly StackCopy[]) => void,
  { report }: StageContext,
): Promise<{ readonly ready: readonly StackCopy[]; readonly refused: readonly RehearsalError[] }> {
  const { product } = workspace.program;
  report({ type: 'step', step: 'initialize', state: 'started', detail: product });
  const attempt = (some: readonly StackCopy[]) => workspace.init(requirementsOf(some), () => write(some));

  let ready = stacks;
  let refused: RehearsalError[] = [];
  let finished = await attempt(ready);
  if (finished.code !== 0) {
    const missing = await missingProviders(workspace, stacks);
    if (missing.length === 0) throw failed(product, finished);
    refused = refusals(stacks, missing, (provider) => howToGet(provider, workspace.program));
    ready = stacks.filter(({ stack }) => !refused.some((error) => error.stack === stack));
    if (ready.length > 0) finished = await attempt(ready);
    if (ready.length > 0 && finished.code !== 0) throw failed(product, finished);
  }
  const running = ready.length > 0 ? refuseModules(workspace, ready) : [];
  if (running.length > 0) {
    refused = [...refused, ...running];
    ready = ready.filter(({ stack }) => !running.some((error) => error.stack === stack));
    if (ready.length > 0) finished = await attempt(ready);
  }
  report({ type: 'step', step: 'initialize', state: 'done', detail: `providers: ${finished.from}` });
  return { ready, refused };
}

function failed(product: string, finished: Finished): CannotRehearse {
  return new CannotRehearse(`'${product} init' failed:\n${said(finished)}`);
}

function said({ stdout, stderr }: Finished): string {
  return (stderr || stdout).trim();
}

/** The reason in Terraform's output, without blank lines and without advice that does not apply here. */
function reason(finished: Finished): string {
  const [text] = said(finished).split(/^To see which modules/m);
  return text!.trim().replace(/\n\s*\n/g, '\n');
}

/** Tries to install each provider alone. */
async function missingProviders(workspace: Workspace, stacks: readonly StackCopy[]): Promise<MissingProvider[]> {
  const required = new Map(requirementsOf(stacks).map((provider) => [nameOf(provider), provider]));
  const missing: MissingProvider[] = [];
  for (const provider of required.values()) {
    const finished = await workspace.init([provider], () => {
      const terraform = { required_providers: { it: provider } };
      writeFileSync(join(workspace.root, 'main.tf.json'), JSON.stringify({ terraform }));
    });
    if (finished.code !== 0) missing.push({ provider, output: reason(finished) });
  }
  return missing;
}

function nameOf({ source, version }: RequiredProvider): string {
  return version === undefined ? source : `${source} ${version}`;
}

/** One error for each stack that needs a missing provider, or an output of a stack that does. */
function refusals(
  stacks: readonly StackCopy[],
  missing: readonly MissingProvider[],
  advice: (provider: RequiredProvider) => string,
): RehearsalError[] {
  const refused = new Map<string, RehearsalError>();
  for (const copy of stacks) {
    const { stack } = copy;
    const needed = requirementsOf([copy]).map(nameOf);
    const lacking = missing.find(({ provider }) => needed.includes(nameOf(provider)));
    const producer = copy.wires.find((wire) => refused.has(wire.producer))?.producer;
    if (lacking) {
      const summary = `not rehearsed: it needs the provider ${nameOf(lacking.provider)}, which cannot be installed`;
      refused.set(stack, { stack, summary, detail: `${advice(lacking.provider)}\n${lacking.output}` });
    } else if (producer) {
      refused.set(stack, { stack, summary: `not rehearsed: it reads outputs of ${producer}, which was not rehearsed` });
    }
  }
  return [...refused.values()].map((error) => {
    const dependents = stacks.filter((copy) => copy.dependencies.includes(error.stack!) && !refused.has(copy.stack));
    if (dependents.length === 0) return error;
    const note = `rehearsed without it, as they read none of its outputs: ${dependents.map(({ stack }) => stack).join(', ')}`;
    return { ...error, detail: [error.detail, note].filter(Boolean).join('\n') };
  });
}

/**
 * Provisioners are removed from the copy of a stack, but modules are not changed: stacks whose modules run a program, or
 * write files elsewhere, are refused, and so are the readers of their outputs.
 */
function refuseModules(workspace: Workspace, stacks: readonly StackCopy[]): RehearsalError[] {
  const refused = new Map<string, RehearsalError>();
  for (const { stack, wires } of stacks) {
    const files = programsIn(workspace, stack);
    const producer = wires.find((wire) => refused.has(wire.producer))?.producer;
    if (files.length > 0) {
      const summary = 'not rehearsed: its modules run a program, or write a file elsewhere';
      refused.set(stack, { stack, summary, detail: files.join('\n') });
    } else if (producer) {
      refused.set(stack, { stack, summary: `not rehearsed: it reads outputs of ${producer}, which was not rehearsed` });
    }
  }
  return [...refused.values()];
}
