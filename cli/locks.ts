import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import type { TerraformProgram } from '../lib/testing/terraform';
import { CannotRehearse } from '../rehearsal';
import { run } from '../rehearsal/process';
import { readStacks } from '../rehearsal/source/manifest';
import { terraformProgram } from '../rehearsal/terraform/program';
import { ExitCode } from './exit-code';
import type { Terminal } from './terminal';

/** Id of no lock: force-unlock with it unlocks nothing, and its output describes the existing lock. */
const NO_LOCK = 'none';

/** Terraform's output without a lock: in S3, and for a local file, whose lock ends with its process. */
const UNLOCKED = /NoSuchKey|LocalState not locked/;

const OPERATIONS: Record<string, string> = { OperationTypeApply: 'apply', OperationTypePlan: 'plan' };

interface Lock {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly created: string;
}

export function locksCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('locks')
    .summary('list the locked states, and how to unlock them')
    .description(
      'Reads the lock of every synthesized stack from its backend. A deployment that was killed leaves its lock, and ' +
        'Terraform refuses every later one until the state is unlocked.',
    )
    .option('--output <folder>', 'folder of the synthesized stacks', 'cdktf.out')
    .addHelpText('after', '\nExit code: 0 no state is locked, 1 a state is locked, 2 wrong usage or bad input.')
    .action(async ({ output }: { output: string }) => {
      const stacks = readStacks(
        output,
        "synthesize first, as 'npx cdktf synth' does, or name the folder with --output",
      );
      const program = terraformProgram();
      let code: number = ExitCode.held;
      for (const { name, folder } of stacks) {
        const lock = await lockOf(folder, program);
        if (!lock) continue;
        code = ExitCode.failed;
        terminal.out(
          `${name} is locked since ${lock.created} by ${lock.who} for ${lock.operation}: ` +
            `if that run has ended, unlock it with\n  ${program.product} -chdir=${relative('', folder)} force-unlock ${lock.id}\n`,
        );
      }
      finish(code);
    });
}

async function lockOf(folder: string, { path, product }: TerraformProgram): Promise<Lock | undefined> {
  const options = { cwd: folder, env: { ...process.env, TF_CLI_ARGS: '-no-color' } };
  if (!existsSync(join(folder, '.terraform'))) {
    const { code, stderr } = await run(path, ['init', '-input=false'], options);
    if (code !== 0) throw new CannotRehearse(`'${product} init' failed in ${folder}:\n${stderr.trim()}`);
  }
  const { stderr } = await run(path, ['force-unlock', '-force', NO_LOCK], options);
  const field = (name: string) => new RegExp(`^ +${name}: +(.*?) *$`, 'm').exec(stderr)?.[1] ?? '';
  const id = field('ID');
  if (!id && UNLOCKED.test(stderr)) return undefined;
  if (!id) throw new CannotRehearse(`cannot read the lock of the state of ${folder}:\n${stderr.trim()}`);
  const operation = field('Operation');
  return { id, who: field('Who'), operation: OPERATIONS[operation] ?? operation, created: field('Created') };
}
