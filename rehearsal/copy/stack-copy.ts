import { overrideOf } from '../overrides';
import type { StackConfiguration, SynthesizedStack } from '../source/manifest';
import type { Place } from '../source/place';
import { liftGuards } from './guards';
import { madeUpArns } from './made-up';
import { type Wire, wireRemoteStates } from './remote-state';

/** Settings of the AWS provider in a copy, which have no environment variable. */
const AWS_SETTINGS = {
  max_retries: 2, // an action that the emulator lacks answers 500; the default of 25 retries takes minutes
};

/** What would take credentials from the user's machine. */
const AWS_IDENTITY = [
  'profile',
  'shared_config_files',
  'shared_credentials_files',
  'access_key',
  'secret_key',
  'token',
];

/** A resource whose service is not called. */
export interface CopiedOverride {
  readonly address: string;
  readonly reason: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A stack as it is rehearsed: the same resources, without what binds it to the real cloud. */
export interface StackCopy {
  readonly stack: string;
  readonly configuration: StackConfiguration;
  readonly wires: readonly Wire[];
  readonly overrides: readonly CopiedOverride[];
  readonly guardsLifted: readonly string[];
}

/** Makes the copy of one stack; the synthesized one is left as it is. */
export function copyStack(
  { name, configuration }: SynthesizedStack,
  stacks: readonly string[],
  place: Place,
): StackCopy {
  const { configuration: copy, wires } = wireRemoteStates(name, configuration, stacks);
  delete copy.terraform?.backend;
  delete copy.terraform?.cloud;
  for (const provider of copy.provider?.aws ?? []) {
    for (const key of AWS_IDENTITY) delete provider[key];
    Object.assign(provider, AWS_SETTINGS);
  }
  const overrides = overridesIn(copy, place);
  return { stack: name, configuration: copy, wires, overrides, guardsLifted: liftGuards(copy) };
}

function overridesIn(configuration: StackConfiguration, place: Place): CopiedOverride[] {
  return managedResources(configuration).flatMap(({ type, name, resource }) => {
    const override = overrideOf(type, resource);
    if (!override) return [];
    const values = { ...madeUpArns(configuration, type, name, place), ...override.values };
    return [{ address: `${type}.${name}`, reason: override.reason, values }];
  });
}

/** Every resource block of a configuration. */
export function managedResources(configuration: StackConfiguration) {
  return Object.entries(configuration.resource ?? {}).flatMap(([type, resources]) =>
    Object.entries(resources).map(([name, resource]) => ({ type, name, resource })),
  );
}
