import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProviderInstallation, type TerraformProgram, thisMachine } from '../lib/testing/terraform';
import { copyStack } from './copy/stack-copy';
import { mockedProviders, providerOf, testFile } from './copy/test-file';
import { type Emulator, NOWHERE, startEmulator, useEndpoint } from './emulator/emulator';
import { emulatorPython } from './emulator/installation';
import { CannotRehearse, Interrupted } from './errors';
import type { RehearsalResult, Report } from './events';
import { run } from './process';
import { readStacks, type SynthesizedStack, selectStacks } from './source/manifest';
import { type Place, placeOf } from './source/place';
import { type App, synthesize } from './source/synthesize';
import { begunResource, parseLine, spokenLine } from './terraform/messages';
import { terraformProgram } from './terraform/program';
import { installationFor } from './terraform/providers';
import { writeScratch } from './terraform/scratch';
import { Tally } from './terraform/tally';

export interface RehearsalOptions {
  /** A command that synthesizes the stacks, or a folder that holds them already (`cdktf.out`). */
  readonly source: App | { readonly folder: string };
  /** Pattern of the stacks to rehearse, `*` stands for anything; what they depend on is rehearsed with them. @default - all */
  readonly stacks?: string;
  /** Makes every resource up: no emulator, no service called. @default false */
  readonly mock?: boolean;
  /** URL of a running AWS emulator. @default - one is installed and started */
  readonly endpoint?: string;
  /** The Terraform or OpenTofu to run: a name on the PATH, or a path. @default - `terraform`, else `tofu` */
  readonly terraform?: string;
  /** Leaves the scratch folder (copy, test file, logs) behind. @default false */
  readonly keep?: boolean;
  /** Interrupts the rehearsal; what it made is torn down before it ends. @default - never */
  readonly signal?: AbortSignal;
}

/**
 * Deploys synthesized stacks with the real Terraform and providers against emulated services: applies each in dependency order,
 * plans each again, and destroys them in reverse.
 *
 * @throws AppFailure if the app does not synthesize, InputError if there is nothing to rehearse, CannotRehearse if a program is
 *   missing, Interrupted; faults of the stacks themselves are in the result
 */
export async function rehearse(options: RehearsalOptions, report: Report = () => {}): Promise<RehearsalResult> {
  const started = Date.now();
  const scratch = mkdtempSync(join(tmpdir(), 'cdktf-mlops-rehearsal-'));
  let emulator: Emulator | undefined;
  try {
    const stacks = await stacksOf(options, join(scratch, 'synthesized'), report);
    const place = placeOf(stacks);
    const names = stacks.map(({ name }) => name);
    const copies = stacks.map((stack) => copyStack(stack, names, place));
    const mocked = mockedProviders(copies, options.mock ?? false);
    const isMocked = (address: string): boolean => mocked.includes(providerOf(address));
    const program = terraformProgram(options.terraform);
    const installation = installationFor(program, copies);
    const root = join(scratch, 'root');
    mkdirSync(root);
    writeScratch(root, stacks, copies, testFile(copies, mocked, place));

    emulator = await emulatorOf(options, place, scratch, report);
    const env = terraformEnvironment(scratch);
    await initialize(program, root, installation, env, options, report);
    const tally = new Tally(copies, isMocked, report);
    await test(program, root, { ...env, ...emulator.env, TF_LOG_CORE: 'info' }, tally, options, report);
    return {
      held: tally.held,
      stacks: tally.results,
      overridden: copies.flatMap(({ stack, overrides }) =>
        overrides
          .filter(({ address }) => !isMocked(address))
          .map(({ address, reason }) => ({ stack, address, reason })),
      ),
      faults: tally.faults,
      seconds: Math.round((Date.now() - started) / 100) / 10,
      scratch: options.keep ? scratch : undefined,
    };
  } finally {
    emulator?.stop();
    if (!options.keep) rmSync(scratch, { recursive: true, force: true });
  }
}

async function stacksOf(options: RehearsalOptions, folder: string, report: Report): Promise<SynthesizedStack[]> {
  const { source, signal } = options;
  if ('command' in source) {
    report({ type: 'step', step: 'synthesize', state: 'started', detail: source.command });
    await synthesize(source, folder, signal);
  }
  const stacks = readStacks('command' in source ? folder : source.folder);
  const chosen = options.stacks === undefined ? stacks : selectStacks(stacks, options.stacks);
  report({ type: 'step', step: 'synthesize', state: 'done', detail: `${chosen.length} stacks` });
  return chosen;
}

async function emulatorOf(options: RehearsalOptions, place: Place, scratch: string, report: Report): Promise<Emulator> {
  const { signal, endpoint } = options;
  if (endpoint || options.mock) {
    report({ type: 'step', step: 'emulator', state: 'done', detail: endpoint ?? 'none, all is mocked' });
    return useEndpoint(endpoint ?? NOWHERE, place);
  }
  const { env, home } = thisMachine();
  report({ type: 'step', step: 'emulator', state: 'started', detail: 'starting' });
  const installing = () => report({ type: 'step', step: 'emulator', state: 'started', detail: 'installing, once' });
  const python = await emulatorPython(env, home, installing, signal);
  const emulator = await startEmulator({ python, ...place, logs: scratch, env: withoutAws(env), signal });
  report({ type: 'step', step: 'emulator', state: 'done', detail: emulator.env.AWS_ENDPOINT_URL! });
  return emulator;
}

async function initialize(
  program: TerraformProgram,
  root: string,
  installation: ProviderInstallation,
  env: NodeJS.ProcessEnv,
  { signal }: RehearsalOptions,
  report: Report,
): Promise<void> {
  report({ type: 'step', step: 'initialize', state: 'started', detail: program.product });
  writeFileSync(env.TF_CLI_CONFIG_FILE!, installation.text);
  const { code, stdout, stderr } = await run(program.path, ['init', '-no-color', '-input=false'], {
    cwd: root,
    env,
    signal,
  });
  if (signal?.aborted) throw new Interrupted();
  if (code !== 0) throw new CannotRehearse(`'${program.product} init' failed:\n${(stderr || stdout).trim()}`);
  report({ type: 'step', step: 'initialize', state: 'done', detail: `providers: ${installation.from}` });
}

async function test(
  program: TerraformProgram,
  root: string,
  env: NodeJS.ProcessEnv,
  tally: Tally,
  { signal }: RehearsalOptions,
  report: Report,
): Promise<void> {
  const log = createWriteStream(join(root, 'test.log'));
  await run(program.path, ['test', '-json', '-verbose', '-no-color'], {
    cwd: root,
    env,
    signal,
    onLine: (line) => {
      log.write(`${line}\n`);
      const spoken = spokenLine(line);
      if (spoken !== undefined) report({ type: 'output', line: spoken });
      const message = parseLine(line);
      if (message) tally.hear(message);
    },
    onErrorLine: (line) => {
      const address = begunResource(line);
      if (address) tally.begin(address);
    },
  });
  log.end();
  tally.finish();
  if (signal?.aborted) throw new Interrupted();
}

function terraformEnvironment(scratch: string): NodeJS.ProcessEnv {
  return {
    ...withoutAws(thisMachine().env),
    TF_CLI_CONFIG_FILE: join(scratch, 'terraform.rc'),
    TF_DATA_DIR: join(scratch, 'data'),
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
  };
}

/** The user's environment without their identity in the cloud, and without settings that would bend the run. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^AWS_|^TF_(?!VAR_|TOKEN_|PLUGIN_)/.test(name)));
}
