import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../lib/core/input-error';
import { synthesize } from '../rehearsal/source/synthesize';
import { environmentFile } from '../stacks/environment';
import { drop, move, release } from '../stacks/record/edit';
import { readRecord, recordFileOf, recordText, type Stacks } from '../stacks/record/record';
import { ExitCode } from './exit-code';
import { ENVIRONMENT_VARIABLE, project } from './rehearse';
import type { Terminal } from './terminal';

/** Names the file for the records, to the app. */
const RECORDS_VARIABLE = 'CDKTF_MLOPS_RECORDS';

interface Flags {
  readonly app?: string;
  readonly check?: boolean;
  readonly drop?: readonly string[];
}

export function recordCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('record')
    .summary('write the record of what must not be lost')
    .description(
      'Writes environments/<name>.record.json: every resource that is kept, with the attributes that would replace it. ' +
        'Commit it. From then on, a configuration that would lose one of them is not synthesized.',
    )
    .argument('[environments...]', 'names, as in environments/<name>.yaml, or files (default: all)')
    .option('--app <command>', "command that synthesizes the stacks (default: 'app' of ./cdktf.json)")
    .option('--check', 'write nothing; fail if a record is missing or out of date')
    .option('--drop <paths...>', 'accept the loss of constructs that hold no data')
    .addHelpText(
      'after',
      `
Exit code: 0 written, or up to date; 1 out of date; 2 wrong usage or bad input, or what is kept would be lost.

Examples:
  $ cdktf-mlops record prod
  $ cdktf-mlops record --check
  $ cdktf-mlops record prod --drop acme-prod-foundation/Network/Public/Nat3`,
    )
    .action(async (environments: string[], flags: Flags) => {
      if (flags.drop !== undefined && environments.length !== 1) {
        throw new InputError('--drop needs one environment, as in: record prod --drop <path>');
      }
      if (flags.drop !== undefined && flags.check) throw new InputError('--drop and --check exclude each other');
      const undo = flags.drop === undefined ? undefined : edit(environments[0]!, drop, flags.drop);
      try {
        const texts = await renewedRecords(environments, flags);
        finish(flags.check ? compare(texts, terminal) : write(texts, terminal));
      } catch (error) {
        undo?.();
        throw error;
      }
    });
}

export function moveCommand(terminal: Terminal): Command {
  return new Command('move')
    .summary('write a rename into the record: the resources stay, with their deployed names')
    .description(
      "Writes the rename of a construct into the record: every resource below it gets a 'moved' block, and keeps its " +
        'deployed name. Rename the construct in the file or program too.',
    )
    .argument('<environment>', 'a name, as in environments/<name>.yaml, or a file')
    .argument('<from>', 'path of the construct with its stack, as the refusal prints it')
    .argument('<to>', 'its new path')
    .addHelpText(
      'after',
      `
Exit code: 0 written, 2 wrong usage or bad input.

Example:
  $ cdktf-mlops move prod acme-prod-data/Lake/raw acme-prod-data/Lake/landing`,
    )
    .action((environment: string, from: string, to: string) => {
      edit(environment, (file, record) => move(file, record, from, to));
      terminal.out(`${from} is now ${to}: commit the record, then deploy\n`);
    });
}

export function releaseCommand(terminal: Terminal): Command {
  return new Command('release')
    .summary('write into the record that constructs are let go without being destroyed')
    .description(
      "Writes into the record that constructs, or whole stacks, are let go: every resource below them gets a 'removed' " +
        'block. Terraform forgets it, and it stays in the account. Remove them from the file or program too.',
    )
    .argument('<environment>', 'a name, as in environments/<name>.yaml, or a file')
    .argument('<paths...>', 'paths of the constructs with their stacks, as the refusal prints them')
    .addHelpText(
      'after',
      `
Exit code: 0 written, 2 wrong usage or bad input.

Example:
  $ cdktf-mlops release prod acme-prod-data/Lake/raw`,
    )
    .action((environment: string, paths: string[]) => {
      edit(environment, release, paths);
      terminal.out(`${paths.join(', ')}: let go; commit the record, then deploy\n`);
    });
}

/**
 * The record of a new environment, of the platform alone.
 *
 * @returns `undefined` if the provider is not installed yet, as where npx runs without a repository
 */
export function firstRecord(file: string, text: string): string | undefined {
  const scratch = mkdtempSync(join(tmpdir(), 'cdktf-mlops-record-'));
  try {
    const { parseEnvironment, renewedRecord } = require('../stacks') as typeof import('../stacks');
    return renewedRecord(file, parseEnvironment(text, file), undefined, scratch);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Changes a record, once for each path.
 *
 * @returns what restores it
 */
function edit(
  environment: string,
  change: (file: string, record: Stacks, path: string) => Stacks,
  paths: readonly string[] = [''],
): () => void {
  const file = recordFileOf(environmentFile(environment));
  const record = readRecord(file);
  if (!record) throw new InputError(`${file}: does not exist; write it with 'cdktf-mlops record ${environment}'`);
  const before = readFileSync(file, 'utf8');
  const changed = paths.reduce((result, path) => change(file, result, path), record);
  writeFileSync(file, recordText(changed));
  return () => writeFileSync(file, before);
}

/** The texts of the records, by their files, as the app writes them. */
async function renewedRecords(environments: readonly string[], flags: Flags): Promise<Map<string, string>> {
  const { app, context } = project();
  const command = flags.app ?? app;
  if (!command) throw new InputError("no app: set --app, as in --app 'npx tsx main.ts', or 'app' in cdktf.json");
  const texts = new Map<string, string>();
  const scratch = mkdtempSync(join(tmpdir(), 'cdktf-mlops-record-'));
  try {
    for (const environment of environments.length > 0 ? environments : [undefined]) {
      const output = join(scratch, 'records.json');
      const env: NodeJS.ProcessEnv = { ...process.env, [RECORDS_VARIABLE]: output };
      if (environment !== undefined) env[ENVIRONMENT_VARIABLE] = environment;
      if (context) env.CDKTF_CONTEXT_JSON ??= JSON.stringify(context);
      await synthesize({ command, env }, join(scratch, 'out'));
      if (!existsSync(output)) {
        throw new InputError(`the app '${command}' wrote no record: it must call 'main' of cdktf-mlops/platform`);
      }
      const written: Record<string, string> = JSON.parse(readFileSync(output, 'utf8'));
      for (const [file, text] of Object.entries(written)) texts.set(file, text);
      rmSync(output);
    }
    return texts;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function write(texts: ReadonlyMap<string, string>, terminal: Terminal): number {
  for (const [file, text] of texts) {
    writeFileSync(file, text);
    terminal.out(`${file}: written\n`);
  }
  return ExitCode.held;
}

function compare(texts: ReadonlyMap<string, string>, terminal: Terminal): number {
  const stale = [...texts].filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
  for (const [file] of stale) {
    const fault = existsSync(file) ? 'is out of date' : 'does not exist';
    terminal.err(`${file}: ${fault}; write it with 'npx cdktf-mlops record', review the change and commit it\n`);
  }
  return stale.length === 0 ? ExitCode.held : ExitCode.failed;
}
