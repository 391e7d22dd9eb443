import type { Cloud } from '../clouds/cloud';
import { managedResources, providerOf, type StackConfiguration, type SynthesizedStack } from '../source/manifest';
import { liftGuards } from './guards';
import { removeImports } from './imports';
import { removeMoves } from './moves';
import { type Program, programsOf } from './programs';
import { removeProvisioners } from './provisioners';
import { type Wire, wireRemoteStates } from './remote-state';

/** A resource whose service is not called. */
export interface CopiedOverride {
  readonly address: string;
  readonly reason: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The rehearsed form of a stack: the same resources, without its connections to the real cloud. */
export interface StackCopy {
  readonly stack: string;
  /** Absolute path of the synthesized stack's folder. */
  readonly folder: string;
  readonly configuration: StackConfiguration;
  /** Names of the stacks that must be deployed before it. */
  readonly dependencies: readonly string[];
  readonly wires: readonly Wire[];
  readonly overrides: readonly CopiedOverride[];
  readonly guardsLifted: readonly string[];
  /** Data sources that are not read, because they run a program. */
  readonly programs: readonly Program[];
  /** Everything that would run a program: provisioners, actions, data sources. */
  readonly provisionersRemoved: readonly string[];
  readonly importsRemoved: readonly string[];
}

/**
 * Copies one stack; the synthesized one is not changed.
 *
 * @param stacks all stacks of the app, in dependency order
 */
export function copyStack(
  stack: SynthesizedStack,
  stacks: readonly SynthesizedStack[],
  clouds: readonly Cloud[],
): StackCopy {
  const { configuration: copy, wires } = wireRemoteStates(stack, stacks);
  delete copy.terraform?.backend;
  delete copy.terraform?.cloud;
  requireProviders(copy);
  const programs = programsOf(copy);
  const provisionersRemoved = [...removeProvisioners(copy), ...programs.map(({ address }) => address)];
  const importsRemoved = removeImports(copy);
  removeMoves(copy);
  for (const cloud of clouds) cloud.adapt?.(copy);
  const cloudOf = (type: string) => clouds.find(({ provider }) => provider === providerOf(type));
  const overrides = overridesIn(copy, cloudOf);
  const guardsLifted = liftGuards(copy, (type) => cloudOf(type)?.guards);
  return {
    stack: stack.name,
    folder: stack.folder,
    configuration: copy,
    dependencies: stack.dependencies,
    wires,
    overrides,
    guardsLifted,
    programs,
    provisionersRemoved,
    importsRemoved,
  };
}

/** Requires the providers that Terraform would infer from types of resources, so that they are known. */
function requireProviders(configuration: StackConfiguration): void {
  const { data, resource } = configuration;
  const inferred = [...Object.entries(resource ?? {}), ...Object.entries(data ?? {})]
    .filter(([type, blocks]) => type !== 'terraform_data' && Object.values(blocks).some(({ provider }) => !provider))
    .map(([type]) => providerOf(type))
    .filter((name) => configuration.terraform?.required_providers?.[name] === undefined);
  if (inferred.length === 0) return;
  const required = Object.fromEntries(inferred.map((name) => [name, { source: `hashicorp/${name}` }]));
  const { terraform } = configuration;
  configuration.terraform = { ...terraform, required_providers: { ...terraform?.required_providers, ...required } };
}

function overridesIn(
  configuration: StackConfiguration,
  cloudOf: (type: string) => Cloud | undefined,
): CopiedOverride[] {
  return managedResources(configuration).flatMap(({ type, name, resource }) => {
    const cloud = cloudOf(type);
    const override = cloud?.overrides?.[type];
    if (!override || override.when?.(resource) === false) return [];
    const values = { ...cloud?.computed?.(configuration, type, name), ...override.values };
    return [{ address: `${type}.${name}`, reason: override.reason, values }];
  });
}
