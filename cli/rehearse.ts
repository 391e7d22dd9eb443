import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { InputError } from '../lib/core/input-error';
import { type RehearsalOptions, rehearse } from '../rehearsal';
import { ExitCode } from './exit-code';
import { offerOpenTofu } from './installation/opentofu';
import { Interruption } from './interruption';
import { liveProgress } from './output/live-progress';
import { plainProgress } from './output/plain-progress';
import type { Progress } from './output/progress';
import { summary } from './output/summary';
import type { Terminal } from './terminal';

/** Environment variable with the name or file of the environment, for the app. */
export const ENVIRONMENT_VARIABLE = 'CDKTF_MLOPS_ENVIRONMENT';

const PROJECT_FILE = 'cdktf.json';

interface Flags {
  readonly app?: string;
  readonly stack?: string;
  readonly mock?: boolean;
  readonly endpoint?: string;
  readonly terraform?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly keep?: boolean;
  readonly yes?: boolean;
}

export function rehearseCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('rehearse')
    .summary('deploy an environment with real Terraform, to emulated services')
    .description(
      'Deploys an environment with the real Terraform and providers to an AWS emulator on this machine: ' +
        'applies every stack in order, plans each again (which must show no change), destroys all in reverse. ' +
        'No account is needed.',
    )
    .argument(
      '[environment]',
      'a name, as in environments/<name>.yaml, or a file (default: all that the app synthesizes)',
    )
    .option('--app <command>', "command that synthesizes the stacks (default: 'app' of ./cdktf.json)")
    .option('--stack <pattern>', "only these stacks and what they depend on, e.g. '*-data'")
    .option('--mock', 'mock every resource: without an emulator or any service')
    .option('--endpoint <url>', 'use this running AWS emulator')
    .option('--terraform <program>', 'Terraform or OpenTofu to run (default: from the PATH)')
    .option('--json', 'print the result as JSON, and progress on stderr')
    .option('--verbose', 'print the output of Terraform')
    .option('--yes', 'fetch OpenTofu without a question if there is neither Terraform nor OpenTofu, as in CI')
    .option('--keep', 'keep the scratch folder: copy, test file, logs')
    .addHelpText(
      'after',
      `
Each resource is one of
  applied     Terraform applied it to a service
  accepted    a real API server accepted it, without Terraform (shown only if there are any)
  overridden  its provider planned it, but the emulator does not support it; listed with the reason
  mocked      there was no service for it

Exit code: 0 everything held, 1 an error was found, 2 wrong usage or bad input.

Examples:
  $ cdktf-mlops rehearse dev
  $ cdktf-mlops rehearse environments/prod.yaml --stack '*-foundation' --verbose
  $ cdktf-mlops rehearse --app 'npx tsx main.ts' --json > rehearsal.json`,
    )
    .action(async (environment: string | undefined, flags: Flags) => {
      finish(await rehearseAndPrint(environment, flags, terminal));
    });
}

async function rehearseAndPrint(environment: string | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  const options = optionsOf(environment, flags);
  let progress: Progress | undefined;
  const interruption = new Interruption(() => progress?.say('interrupted: tearing down; Ctrl-C again to stop now'));
  try {
    if (flags.terraform === undefined) await offerOpenTofu(terminal, { yes: flags.yes, signal: interruption.signal });
    progress = await progressOf(flags, terminal);
    const result = await rehearse({ ...options, signal: interruption.signal }, progress.report);
    await progress.end();
    terminal.out(flags.json ? `${JSON.stringify(result, null, 2)}\n` : summary(result, terminal.columns));
    return result.held ? ExitCode.held : ExitCode.failed;
  } finally {
    await progress?.end();
    interruption.forget();
  }
}

function optionsOf(environment: string | undefined, flags: Flags): RehearsalOptions {
  if (flags.endpoint !== undefined && !(/^https?:/.test(flags.endpoint) && URL.canParse(flags.endpoint))) {
    throw new InputError(`--endpoint must be a URL such as http://127.0.0.1:4566, got '${flags.endpoint}'`);
  }
  if (flags.endpoint !== undefined && flags.mock) {
    throw new InputError('--endpoint and --mock exclude each other: a mocked rehearsal calls no endpoint; remove one');
  }
  const { app, context } = project();
  const command = flags.app ?? app;
  if (!command) {
    throw new InputError(`no app to rehearse: set --app, as in --app 'npx tsx main.ts', or 'app' in ${PROJECT_FILE}`);
  }
  const env: NodeJS.ProcessEnv = { ...process.env };
  if (environment !== undefined) env[ENVIRONMENT_VARIABLE] = environment;
  if (context) env.CDKTF_CONTEXT_JSON ??= JSON.stringify(context);
  const { stack: stacks, mock, endpoint, terraform, keep } = flags;
  const endpoints = endpoint === undefined ? undefined : { aws: endpoint };
  return { source: { command, env }, stacks, mock, endpoints, terraform, keep };
}

/** A project file; every key is optional. */
export interface Project {
  readonly app?: string;
  /** What `node.getContext` finds; cdktf passes it to the app in an environment variable. */
  readonly context?: Record<string, unknown>;
}

/** The project file of the working directory. */
export function project(): Project {
  if (!existsSync(PROJECT_FILE)) return {};
  try {
    return JSON.parse(readFileSync(PROJECT_FILE, 'utf8')) as Project;
  } catch (error) {
    throw new InputError(`${PROJECT_FILE} is not valid JSON: ${(error as Error).message}`);
  }
}

function progressOf(flags: Flags, terminal: Terminal): Progress {
  if (flags.json) return plainProgress(terminal.err, flags.verbose);
  return terminal.live && !flags.verbose ? liveProgress(process.stdout) : plainProgress(terminal.out, flags.verbose);
}
