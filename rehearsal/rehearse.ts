import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../lib/core/input-error';
import { type TerraformProgram, thisMachine } from '../lib/testing/terraform';
import type { Cloud, CloudFactory } from './clouds/cloud';
import { CLOUDS } from './clouds/clouds';
import { copyStack, type StackCopy } from './copy/stack-copy';
import { withStandIns } from './copy/stand-ins';
import { AppFailure } from './errors';
import type { RehearsalError, RehearsalResult, Report, StackResult } from './events';
import { type Services, startServices } from './services';
import { providerOf, readStacks, type SynthesizedStack, selectStacks } from './source/manifest';
import { type App, synthesize } from './source/synthesize';
import { emptyResult } from './stages/result';
import type { Stage, StageContext } from './stages/stage';
import { STAGES } from './stages/stages';
import { NOT_FOUND_BY_CDKTF, rehearsalProgram, withProgram } from './terraform/program';

export interface RehearsalOptions {
  /** A command that synthesizes the stacks, or a folder of synthesized stacks (`cdktf.out`). */
  readonly source: App | { readonly folder: string };
  /** Pattern of the stacks to rehearse (`*` matches anything), with all that they depend on. @default - all */
  readonly stacks?: string;
  /** Mocks every provider that needs a service; no service is started or called. @default false */
  readonly mock?: boolean;
  /** URLs of running services, by provider, e.g. `{ aws: 'http://127.0.0.1:4566' }`. @default - started */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** The Terraform or OpenTofu to run: a name on the PATH, or a path. @default - `terraform`, else `tofu` */
  readonly terraform?: string;
  /** Keeps the scratch folder (copy, test file, logs). @default false */
  readonly keep?: boolean;
  /** Interrupts the rehearsal, which destroys what it created before it ends. @default - never */
  readonly signal?: AbortSignal;
  /** Substitutes for the services of providers; a provider without one is mocked. @default CLOUDS */
  readonly clouds?: readonly CloudFactory[];
  /** Stages that run the stacks. @default STAGES */
  readonly stages?: readonly Stage[];
}

/**
 * Deploys synthesized stacks with the real Terraform and providers to substitutes for their clouds: applies each in
 * dependency order, plans each again, and destroys them in reverse. Errors of the stacks are in the result.
 *
 * @throws AppFailure if the app does not synthesize, InputError if there is nothing to rehearse, CannotRehearse if a
 *   program is missing, Interrupted
 */
export async function rehearse(options: RehearsalOptions, report: Report = () => {}): Promise<RehearsalResult> {
  const started = Date.now();
  const { stages = STAGES, terraform, signal } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'cdktf-mlops-rehearsal-'));
  const clean = (): void => {
    if (!options.keep) rmSync(scratch, { recursive: true, force: true });
  };
  process.once('exit', clean); // a second Ctrl-C
  let services: Services | undefined;
  try {
    const stacks = await stacksOf(options, join(scratch, 'synthesized'), report);
    const clouds = (options.clouds ?? CLOUDS).map((create) => create(stacks));
    const own = stacks.map((stack) => copyStack(stack, stacks, clouds));
    const isMocked = mocking(clouds, options.mock ?? false);
    const { copies, standIns } = withStandIns(
      own,
      clouds.filter(({ provider }) => !isMocked(provider)),
    );
    for (const stage of stages) stage.check?.({ terraform });

    services = await servicesFor(copies, clouds, scratch, options, report);
    report({ type: 'stacks', stacks: copies.map(emptyResult).map(({ stack, resources }) => ({ stack, resources })) });
    const context = { clouds, isMocked, services: services.env, env: thisMachine().env, terraform, signal, report };
    const { results, errors, held } = await runStages(stages, copies, context, scratch);
    return {
      held,
      stacks: own.map((copy) => results.get(copy.stack) ?? emptyResult(copy)),
      overridden: overriddenIn(
        copies.filter(({ stack }) => results.has(stack)),
        isMocked,
      ),
      standIns,
      errors,
      seconds: Math.round((Date.now() - started) / 100) / 10,
      scratch: options.keep ? scratch : undefined,
    };
  } finally {
    await services?.stop();
    process.off('exit', clean);
    clean();
  }
}

async function stacksOf(options: RehearsalOptions, folder: string, report: Report): Promise<SynthesizedStack[]> {
  const { source, signal, terraform } = options;
  if ('command' in source) {
    report({ type: 'step', step: 'synthesize', state: 'started', detail: source.command });
    await synthesizeWith(terraform, source, folder, signal);
    if (!existsSync(join(folder, 'manifest.json'))) {
      throw new InputError(
        `the app '${source.command}' wrote no stacks: it must call 'app.synth()', and give 'new App' no 'outdir'`,
      );
    }
  }
  const stacks = readStacks('command' in source ? folder : source.folder);
  const chosen = options.stacks === undefined ? stacks : selectStacks(stacks, options.stacks);
  report({
    type: 'step',
    step: 'synthesize',
    state: 'done',
    detail: `${chosen.length} stack${chosen.length === 1 ? '' : 's'}`,
  });
  return chosen;
}

/** Synthesizes the app with the program of the rehearsal, and says what is missing if cdktf found none. */
async function synthesizeWith(
  named: string | undefined,
  app: App,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  let program: TerraformProgram | undefined;
  let missing: unknown;
  try {
    program = rehearsalProgram(named);
  } catch (error) {
    missing = error; // most apps synthesize without it; a stage says so afterwards
  }
  try {
    await synthesize({ ...app, env: withProgram(app.env, program) }, folder, signal);
  } catch (error) {
    if (missing && error instanceof AppFailure && NOT_FOUND_BY_CDKTF.test(error.stderr)) throw missing;
    throw error;
  }
}

/** Whether a provider is mocked: it needs a service, and there is none. */
function mocking(clouds: readonly Cloud[], all: boolean): (provider: string) => boolean {
  return (provider) => {
    const cloud = clouds.find((candidate) => candidate.provider === provider);
    return !cloud?.isLocal && (all || !cloud?.start);
  };
}

async function servicesFor(
  copies: readonly StackCopy[],
  clouds: readonly Cloud[],
  scratch: string,
  { mock = false, endpoints = {}, signal }: RehearsalOptions,
  report: Report,
): Promise<Services> {
  const used = new Set(
    copies.flatMap(({ configuration }) => Object.keys(configuration.terraform?.required_providers ?? {})),
  );
  const needed = mock ? [] : clouds.filter(({ provider, start }) => start && used.has(provider));
  if (needed.length === 0) {
    const detail = mock ? 'none: everything is mocked' : 'none: no stack needs one';
    report({ type: 'step', step: 'emulator', state: 'done', detail });
  }
  return startServices(needed, { folder: join(scratch, 'services'), endpoints, signal, report });
}

/** Runs the stages in order; each gets the stacks that the stages before it refused. */
async function runStages(
  stages: readonly Stage[],
  copies: readonly StackCopy[],
  context: Omit<StageContext, 'folder'>,
  scratch: string,
) {
  const results = new Map<string, StackResult>();
  const errors: RehearsalError[] = [];
  let held = true;
  let left: readonly StackCopy[] = copies;
  let refused: readonly RehearsalError[] = [];
  for (const [index, stage] of stages.entries()) {
    if (left.length === 0) break;
    const folder = join(scratch, `stage-${index + 1}`);
    mkdirSync(folder);
    const done = await stage.run(left, { ...context, folder });
    for (const result of done.results) results.set(result.stack, result);
    errors.push(...done.errors);
    held &&= done.held;
    refused = done.refused;
    left = left.filter(({ stack }) => !results.has(stack));
  }
  const unexplained = left.filter(({ stack }) => !refused.some((error) => error.stack === stack));
  const missing = [
    ...refused,
    ...unexplained.map(({ stack }) => ({ stack, summary: 'not rehearsed: no stage runs it' })),
  ];
  for (const error of missing) context.report({ type: 'error', error });
  return { results, errors: [...errors, ...missing], held: held && left.length === 0 };
}

function overriddenIn(copies: readonly StackCopy[], isMocked: (provider: string) => boolean) {
  return copies.flatMap(({ stack, overrides }) =>
    overrides
      .filter(({ address }) => !isMocked(providerOf(address)))
      .map(({ address, reason }) => ({ stack, address, reason })),
  );
}
