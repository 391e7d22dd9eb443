import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { InputError } from '../../lib/core/input-error';
import { producerOf as producerOfState, remoteStates } from './states';

/** The parts of a stack's Terraform JSON that a rehearsal reads. */
export interface StackConfiguration {
  terraform?: {
    backend?: Record<string, unknown>;
    cloud?: unknown;
    required_providers?: Record<string, RequiredProvider>;
  };
  provider?: Record<string, Record<string, unknown>[]>;
  variable?: Record<string, Record<string, unknown>>;
  data?: Record<string, Record<string, Record<string, unknown>>>;
  resource?: Record<string, Record<string, Record<string, unknown>>>;
  module?: Record<string, unknown>;
  import?: unknown;
  output?: Record<string, Record<string, unknown>>;
  [block: string]: unknown;
}

export interface RequiredProvider {
  source: string;
  readonly version?: string;
}

/** Every resource block of a configuration. */
export function managedResources(configuration: StackConfiguration) {
  return Object.entries(configuration.resource ?? {}).flatMap(([type, resources]) =>
    Object.entries(resources).map(([name, resource]) => ({ type, name, resource })),
  );
}

/** Name of the provider that a resource's type or address belongs to: `aws` for `module.lake.aws_s3_bucket.raw`. */
export function providerOf(address: string): string {
  return address.replace(/^(module\.[^.]+\.)+/, '').split('_')[0]!;
}

/** A synthesized stack. */
export interface SynthesizedStack {
  readonly name: string;
  /** Absolute path of its folder: assets are found relative to it. */
  readonly folder: string;
  readonly configuration: StackConfiguration;
  /** Names of the stacks that must be deployed before it, e.g. because it reads their states. */
  readonly dependencies: readonly string[];
}

interface ManifestEntry {
  readonly name: string;
  readonly constructPath: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
  readonly dependencies: readonly string[];
}

/**
 * The stacks of a synthesized folder, in dependency order.
 *
 * @param folder the output folder of cdktf, `cdktf.out`
 * @param advice what to do if the folder contains no stack
 * @throws InputError if the folder contains no stack
 */
export function readStacks(folder: string, advice = 'run the app first, or set --app'): SynthesizedStack[] {
  const path = join(folder, 'manifest.json');
  if (!existsSync(path)) {
    throw new InputError(`${folder} contains no synthesized stacks (no manifest.json): ${advice}`);
  }
  const entries = Object.values(
    (JSON.parse(readFileSync(path, 'utf8')) as { stacks: Record<string, ManifestEntry> }).stacks,
  );
  if (entries.length === 0) throw new InputError(`${folder} contains no stack: the app creates none`);
  const nameOfPath = new Map(entries.map(({ constructPath, name }) => [constructPath, name]));
  const stacks = entries.map((entry) => ({
    name: entry.name,
    folder: inFolder(folder, entry.workingDirectory),
    configuration: readConfiguration(inFolder(folder, entry.synthesizedStackPath)),
    dependencies: entry.dependencies.map((dependency) => nameOfPath.get(dependency) ?? dependency),
  }));
  return inDependencyOrder(
    stacks.map((stack) => ({
      ...stack,
      dependencies: [...new Set([...stack.dependencies, ...readBy(stack, stacks)])],
    })),
  );
}

/** The stacks whose states a stack reads: cdktf does not know those whose data source a user writes. */
function readBy(stack: SynthesizedStack, stacks: readonly SynthesizedStack[]): string[] {
  return Object.values(remoteStates(stack.configuration)).flatMap(
    (state) => producerOfState(state, stack, stacks)?.name ?? [],
  );
}

function readConfiguration(path: string): StackConfiguration {
  if (!path.endsWith('.json'))
    throw new InputError(`${path} is HCL: unset SYNTH_HCL_OUTPUT, because a rehearsal requires JSON`);
  return inOneForm(JSON.parse(readFileSync(path, 'utf8')) as StackConfiguration);
}

/** Terraform takes a block alone or in a list. */
function inOneForm(configuration: StackConfiguration): StackConfiguration {
  const { provider = {} } = configuration;
  for (const [name, blocks] of Object.entries(provider)) provider[name] = [blocks].flat();
  for (const blocks of Object.values({ ...configuration.resource, ...configuration.data })) {
    for (const [name, block] of Object.entries(blocks)) blocks[name] = [block].flat()[0]!;
  }
  for (const { resource } of managedResources(configuration)) {
    if (Array.isArray(resource.lifecycle)) resource.lifecycle = resource.lifecycle[0];
  }
  return configuration;
}

/** Producers first; otherwise stacks keep their order. cdktf refuses cycles, except those of states that users read. */
export function inDependencyOrder<S extends Pick<SynthesizedStack, 'name' | 'dependencies'>>(
  stacks: readonly S[],
): S[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const visited = new Set<S>();
  const ordered = new Set<S>();
  const visit = (stack: S): void => {
    if (visited.has(stack)) return;
    visited.add(stack);
    for (const dependency of stack.dependencies) {
      const producer = byName.get(dependency);
      if (producer) visit(producer);
    }
    ordered.add(stack);
  };
  stacks.forEach(visit);
  return [...ordered];
}

/** The stacks whose name matches a pattern (`*` matches anything), and all stacks that they depend on. */
export function selectStacks(stacks: readonly SynthesizedStack[], pattern: string): SynthesizedStack[] {
  const expression = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`);
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const chosen = new Set<SynthesizedStack>();
  const choose = (stack: SynthesizedStack): void => {
    if (chosen.has(stack)) return;
    chosen.add(stack);
    for (const dependency of stack.dependencies) {
      const producer = byName.get(dependency);
      if (producer) choose(producer);
    }
  };
  stacks.filter(({ name }) => expression.test(name)).forEach(choose);
  if (chosen.size === 0) {
    throw new InputError(
      `no stack matches '${pattern}': the stacks are ${stacks.map(({ name }) => `'${name}'`).join(', ')}`,
    );
  }
  return stacks.filter((stack) => chosen.has(stack));
}

function inFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
