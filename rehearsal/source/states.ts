import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StackConfiguration } from './manifest';

type Settings = Readonly<Record<string, unknown>>;

/** What is needed of a stack to find its state. */
export interface StatefulStack {
  readonly name: string;
  readonly folder: string;
  readonly configuration: StackConfiguration;
}

/**
 * Settings that say which state a backend holds, by type. The others say how to reach it, and a reader may reach it in
 * another way, e.g. with another role. All settings count for a type that is not listed.
 */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  azurerm: ['storage_account_name', 'container_name', 'key'],
  consul: ['path'],
  cos: ['bucket', 'prefix', 'key'],
  gcs: ['bucket', 'prefix'],
  http: ['address'],
  kubernetes: ['namespace', 'secret_suffix'],
  oss: ['bucket', 'prefix', 'key'],
  pg: ['conn_str', 'schema_name'],
  s3: ['bucket', 'key'],
};

/** The data sources of a stack that read states. */
export function remoteStates({ data }: StackConfiguration): Readonly<Record<string, Settings>> {
  return data?.terraform_remote_state ?? {};
}

/**
 * The stack whose state a data source reads, by the place of the state: names of data sources say nothing, because
 * cdktf makes them from paths of constructs and removes characters, and users choose their own.
 */
export function producerOf<S extends StatefulStack>(
  { backend, config }: Settings,
  reader: StatefulStack,
  stacks: readonly S[],
): S | undefined {
  const read = place(String(backend), (config ?? {}) as Settings, reader.folder);
  return stacks.find((stack) =>
    backendsOf(stack.configuration).some(([type, settings]) =>
      isDeepStrictEqual(place(type, settings, stack.folder), read),
    ),
  );
}

function backendsOf({ terraform }: StackConfiguration): [string, Settings][] {
  const backends = Object.entries({ ...terraform?.backend, ...(terraform?.cloud ? { cloud: terraform.cloud } : {}) });
  return backends.length > 0 ? (backends as [string, Settings][]) : [['local', {}]]; // Terraform's default
}

function place(type: string, settings: Settings, folder: string): unknown {
  if (type === 'local') return [type, resolve(folder, String(settings.path ?? 'terraform.tfstate'))];
  if (type === 'remote' || type === 'cloud') {
    const { name, prefix } = (settings.workspaces ?? {}) as Settings; // a state of `cloud` is read as `remote`, which has fewer settings
    return ['remote', settings.organization, name, prefix];
  }
  const identity = IDENTITY[type];
  return [type, identity ? identity.map((name) => settings[name]) : settings];
}
