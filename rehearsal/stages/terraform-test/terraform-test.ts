import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackCopy } from '../../copy/stack-copy';
import { Interrupted } from '../../errors';
import { providerOf } from '../../source/manifest';
import { rehearsalProgram } from '../../terraform/program';
import type { Stage, StageContext } from '../stage';
import { initialize } from './initialize';
import { begunResource, endedResource, parseLine, readableLine } from './messages';
import { providersOfModules } from './providers';
import { writeScratch } from './scratch';
import { Tally } from './tally';
import { mockedProviders, testFile } from './test-file';
import { Workspace } from './workspace';

/**
 * Deploys stacks with Terraform and their providers: applies each in dependency order, plans each again, and destroys
 * them in reverse. `terraform test` does all three.
 */
export const terraformTest: Stage = {
  check: ({ terraform }) => void rehearsalProgram(terraform),
  run: async (stacks, context) => {
    const { clouds, isMocked } = context;
    const workspace = new Workspace(rehearsalProgram(context.terraform), context);
    const write = (some: readonly StackCopy[]) =>
      writeScratch(workspace.root, some, testFile(some, mockedProviders(some, isMocked), clouds));
    const { ready, refused } = await initialize(workspace, stacks, write, context);
    if (ready.length === 0) return { results: [], errors: [], refused, held: true };
    const complete = withModuleProviders(workspace, ready, isMocked);
    if (complete !== ready) write(complete);
    const { results, errors, held } = await test(workspace, complete, context);
    return { results, errors, refused, held };
  },
};

/** Stacks that also require the mocked providers of their modules, which would be real otherwise. */
function withModuleProviders(
  { root }: Workspace,
  copies: readonly StackCopy[],
  isMocked: (provider: string) => boolean,
): readonly StackCopy[] {
  const lock = join(root, '.terraform.lock.hcl');
  const found = existsSync(lock) ? providersOfModules(readFileSync(lock, 'utf8'), copies) : {};
  const mocked = Object.fromEntries(Object.entries(found).filter(([name]) => isMocked(name)));
  if (Object.keys(mocked).length === 0) return copies;
  return copies.map((copy) => {
    const { terraform } = copy.configuration;
    const required_providers = { ...terraform?.required_providers, ...mocked };
    return { ...copy, configuration: { ...copy.configuration, terraform: { ...terraform, required_providers } } };
  });
}

async function test(
  workspace: Workspace,
  stacks: readonly StackCopy[],
  { isMocked, signal, report }: StageContext,
): Promise<Tally> {
  const tally = new Tally(stacks, (address) => isMocked(providerOf(address)), report);
  const log = createWriteStream(join(workspace.root, 'test.log'));
  await workspace.test(stacks, {
    onLine: (line) => {
      log.write(`${line}\n`);
      const text = readableLine(line);
      if (text !== undefined) report({ type: 'output', line: text });
      const message = parseLine(line);
      if (message) tally.take(message);
    },
    onErrorLine: (line) => {
      const address = begunResource(line);
      if (address) tally.begin(address);
      const ended = endedResource(line);
      if (ended) tally.finishOne(ended);
    },
  });
  await new Promise<void>((resolve) => log.end(resolve));
  tally.finish();
  if (signal?.aborted) throw new Interrupted();
  return tally;
}
