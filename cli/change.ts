import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { InputError } from '../lib/core/input-error';
import { environmentFile } from '../stacks/environment';
import { proposedText, readProposal } from '../stacks/environment/text/proposal';
import { ExitCode } from './exit-code';
import type { Terminal } from './terminal';

interface Flags {
  readonly check?: boolean;
}

export function changeCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('change')
    .summary('write the change that a retraining loop asks for into an environment file')
    .description(
      "Reads an event 'Model Change Proposed', and writes its versions and weights into the file of its environment. " +
        'Comments and order stay. Commit it, and open it for review: docs/loop.md has the job that does so.',
    )
    .argument('<environment>', 'a name, as in environments/<name>.yaml, or a file')
    .argument('[event]', "file with the event, or its 'detail', as JSON (default: the standard input)")
    .option('--check', 'write nothing; fail if the file does not have these values yet')
    .addHelpText(
      'after',
      `
Exit code: 0 written, or there already; 1 not there yet; 2 wrong usage, or an event that this file must not take.

Examples:
  $ cdktf-mlops change prod event.json
  $ aws sqs receive-message --queue-url ... | jq -r '.Messages[0].Body' | cdktf-mlops change prod`,
    )
    .action((environment: string, event: string | undefined, { check }: Flags) => {
      const file = environmentFile(environment);
      if (!existsSync(file)) throw new InputError(`${file}: does not exist; name a file, or one in environments/`);
      const proposal = readProposal(eventIn(event, terminal), event ?? 'standard input');
      const before = readFileSync(file, 'utf8');
      const after = proposedText(before, file, proposal);
      terminal.out(`${proposal.text}\n`);
      if (after === before) {
        terminal.out(`${file}: has these values\n`);
        return;
      }
      terminal.out(differences(file, before, after));
      if (check) {
        finish(ExitCode.failed);
        return;
      }
      replace(file, after);
      terminal.out(`${file}: written\n`);
    });
}

function eventIn(event: string | undefined, terminal: Terminal): string {
  if (event !== undefined) {
    if (!existsSync(event)) throw new InputError(`${event}: does not exist; name a file with an event, or pipe it in`);
    return readFileSync(event, 'utf8');
  }
  if (!terminal.read) throw new InputError('no event: name a file with it, or pipe it in');
  return terminal.read();
}

/** As `diff -U0` prints them: a change replaces numbers, so that no line comes or goes. */
function differences(file: string, before: string, after: string): string {
  const lines = after.split('\n');
  const hunks = before.split('\n').flatMap((line, index) => {
    return line === lines[index] ? [] : [`@@ -${index + 1} +${index + 1} @@`, `-${line}`, `+${lines[index]}`];
  });
  return [`--- a/${file}`, `+++ b/${file}`, ...hunks].map((line) => `${line}\n`).join('');
}

/** Replaces a file at once: who reads it finds the old text or the new one. */
function replace(file: string, text: string): void {
  const target = realpathSync(file);
  const fresh = `${target}.new`;
  try {
    writeFileSync(fresh, text, { mode: statSync(target).mode });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
}
