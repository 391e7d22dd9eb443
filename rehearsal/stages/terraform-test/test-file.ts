import type { Cloud } from '../../clouds/cloud';
import type { StackCopy } from '../../copy/stack-copy';
import { managedResources, providerOf } from '../../source/manifest';

/** Providers that the copies use, whether they require them or not, and that `isMocked` is true for. */
export function mockedProviders(copies: readonly StackCopy[], isMocked: (provider: string) => boolean): string[] {
  const used = copies.flatMap(({ configuration: { terraform, resource, data } }) => [
    ...Object.keys(terraform?.required_providers ?? {}),
    ...Object.keys({ ...resource, ...data }).map(providerOf),
  ]);
  return [...new Set(used)].filter(isMocked);
}

/**
 * Name of the run that applies a stack, or plans it again. Characters that Terraform does not accept are written as
 * their code, so that two stacks never have the same name.
 */
export function runName(command: 'apply' | 'plan', stack: string): string {
  return `${command}_${stack.replace(/[^a-z0-9-]/gi, (character) =>
    character === '_' ? '__' : `_${character.charCodeAt(0).toString(16)}_`,
  )}`;
}

/**
 * The test file of a rehearsal: it applies every stack in order, then plans every stack again. At the end, Terraform
 * destroys in reverse order, also after a failure.
 *
 * @param copies in dependency order
 * @param mocked providers without a service
 */
export function testFile(
  copies: readonly StackCopy[],
  mocked: readonly string[],
  clouds: readonly Cloud[],
): Record<string, unknown> {
  const wiring = (copy: StackCopy) =>
    Object.fromEntries(
      copy.wires.map(({ variable, producer, output }) => [variable, `\${run.${runName('apply', producer)}.${output}}`]),
    );
  const runs = (command: 'apply' | 'plan') =>
    copies.map((copy) => {
      const overridden = copy.overrides.map(({ address, values }) => ({ target: address, values }));
      const programs = copy.programs.map(({ address, values }) => ({ target: address, values }));
      return {
        [runName(command, copy.stack)]: {
          command,
          module: { source: `./${copy.stack}` },
          variables: wiring(copy),
          ...(overridden.length > 0 && { override_resource: overridden }),
          ...(programs.length > 0 && { override_data: programs }),
        },
      };
    });
  const mocks = mocked.flatMap((provider) => {
    const cloud = clouds.find((candidate) => candidate.provider === provider);
    return mockProvider(provider, copies, cloud);
  });
  return {
    ...(mocks.length > 0 && { mock_provider: mocks }), // Terraform refuses an empty list of blocks
    run: [...runs('apply'), ...runs('plan')],
  };
}

function mockProvider(provider: string, copies: readonly StackCopy[], cloud?: Cloud): Record<string, unknown>[] {
  const configured = copies.flatMap(({ configuration }) => configuration.provider?.[provider] ?? []);
  const aliases = new Set(configured.map(({ alias }) => alias));
  const resources: Record<string, Record<string, unknown>> = {};
  for (const { configuration } of copies) {
    for (const { type, name } of managedResources(configuration)) {
      if (!type.startsWith(`${provider}_`)) continue;
      resources[type] = { ...resources[type], ...cloud?.computed?.(configuration, type, name) };
    }
  }
  const mocks = {
    ...(Object.keys(resources).length > 0 && { mock_resource: withDefaults(resources) }),
    ...(cloud?.mockData && { mock_data: withDefaults(cloud.mockData) }),
  };
  return [...(aliases.size > 0 ? aliases : [undefined])].map((alias) => ({
    [provider]: alias === undefined ? mocks : { alias, ...mocks },
  }));
}

function withDefaults(values: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([type, defaults]) => [type, { defaults }]));
}
