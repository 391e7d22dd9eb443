import { Command, CommanderError } from 'commander';
import { InputError } from '../lib/core/input-error';
import { setCurrentDay } from '../lib/training/framework/day';
import { AppFailure, CannotRehearse, Interrupted } from '../rehearsal';
import { DAY_VARIABLE } from '../stacks/environment/files';
import { changeCommand } from './change';
import { checkCommand } from './check';
import { ExitCode } from './exit-code';
import { guardCommand } from './guard';
import { initCommand } from './init';
import { locksCommand } from './locks';
import { moveCommand, recordCommand, releaseCommand } from './record';
import { rehearseCommand } from './rehearse';
import { PROCESS_TERMINAL, type Terminal } from './terminal';

/**
 * Runs the command line.
 *
 * @param args without the interpreter and the script
 * @returns exit code
 */
export async function runProgram(args: readonly string[], terminal: Terminal = PROCESS_TERMINAL): Promise<number> {
  let code: number = ExitCode.held;
  const finish = (result: number): void => {
    code = result;
  };
  const program = new Command('cdktf-mlops').description('An MLOps platform from one file per environment.');
  program.version(
    (require('cdktf-mlops/package.json') as { version: string }).version,
    '--version',
    'print the version',
  );
  program
    .addCommand(initCommand(terminal))
    .addCommand(checkCommand(terminal, finish))
    .addCommand(rehearseCommand(terminal, finish))
    .addCommand(locksCommand(terminal, finish))
    .addCommand(recordCommand(terminal, finish))
    .addCommand(changeCommand(terminal, finish))
    .addCommand(moveCommand(terminal))
    .addCommand(releaseCommand(terminal))
    .addCommand(guardCommand(terminal, finish));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
      .showHelpAfterError('(--help lists all)');
  }
  try {
    const day = process.env[DAY_VARIABLE];
    if (day) setCurrentDay(day);
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return printError(error, terminal);
  }
}

/** Prints an error and chooses the exit code. Only an unexpected error has a stack trace. */
function printError(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.held : ExitCode.usage; // printed
  if (error instanceof AppFailure) {
    terminal.err(error.stderr.endsWith('\n') ? error.stderr : `${error.stderr}\n`);
    if (error.exitCode === ExitCode.usage) return ExitCode.usage;
  }
  if (error instanceof InputError) {
    terminal.err(`${error.message}\n`);
    return ExitCode.usage;
  }
  if (error instanceof Interrupted) {
    terminal.err('interrupted: everything is torn down\n');
    return ExitCode.interrupted;
  }
  const isExpected = error instanceof AppFailure || error instanceof CannotRehearse;
  terminal.err(`${isExpected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  return ExitCode.failed;
}
