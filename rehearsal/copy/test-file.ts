import type { Place } from '../source/place';
import { madeUpArns } from './made-up';
import { managedResources, type StackCopy } from './stack-copy';

/** Providers that work without any service. */
const LOCAL_PROVIDERS = ['archive', 'cloudinit', 'local', 'null', 'random', 'terraform', 'time', 'tls'];

/** Providers whose resources no service holds: all but the local ones and, unless `all`, AWS. */
export function mockedProviders(copies: readonly StackCopy[], all: boolean): string[] {
  const used = copies.flatMap(({ configuration }) => Object.keys(configuration.terraform?.required_providers ?? {}));
  const held = all ? LOCAL_PROVIDERS : [...LOCAL_PROVIDERS, 'aws'];
  return [...new Set(used)].filter((provider) => !held.includes(provider));
}

/** Name of the provider that a resource's type belongs to: `aws` for `module.lake.aws_s3_bucket.raw`. */
export function providerOf(address: string): string {
  return address.replace(/^(module\.[^.]+\.)+/, '').split('_')[0]!;
}

/** Name of the run that applies a stack, or plans it again. */
export function runName(command: 'apply' | 'plan', stack: string): string {
  return `${command}_${stack.replace(/[^\w-]/g, '_')}`;
}

/**
 * The one test file that drives a rehearsal: every stack applied in order, then every stack planned again. Terraform
 * itself destroys in reverse at the end, also after a failure.
 *
 * @param copies in dependency order
 */
export function testFile(
  copies: readonly StackCopy[],
  mocked: readonly string[],
  place: Place,
): Record<string, unknown> {
  const wiring = (copy: StackCopy) =>
    Object.fromEntries(
      copy.wires.map(({ variable, producer, output }) => [variable, `\${run.${runName('apply', producer)}.${output}}`]),
    );
  const runs = (command: 'apply' | 'plan') =>
    copies.map((copy) => {
      const overridden = copy.overrides.map(({ address, values }) => ({ target: address, values }));
      return {
        [runName(command, copy.stack)]: {
          command,
          module: { source: `./${copy.stack}` },
          variables: wiring(copy),
          ...(overridden.length > 0 && { override_resource: overridden }),
        },
      };
    });
  const mocks = mocked.flatMap((provider) => mockProvider(provider, copies, place));
  return {
    ...(mocks.length > 0 && { mock_provider: mocks }), // Terraform refuses an empty list of blocks
    run: [...runs('apply'), ...runs('plan')],
  };
}

function mockProvider(provider: string, copies: readonly StackCopy[], place: Place): Record<string, unknown>[] {
  const configured = copies.flatMap(({ configuration }) => configuration.provider?.[provider] ?? []);
  const aliases = new Set(configured.map(({ alias }) => alias));
  const resources = new Map<string, Record<string, unknown>>();
  for (const { configuration } of copies) {
    for (const { type, name } of managedResources(configuration)) {
      if (!type.startsWith(`${provider}_`)) continue;
      const arns = madeUpArns(configuration, type, name, place);
      resources.set(type, { ...resources.get(type), ...arns });
    }
  }
  const defaults = Object.fromEntries([...resources].map(([type, values]) => [type, { defaults: values }]));
  const mocks = {
    ...(resources.size > 0 && { mock_resource: defaults }),
    ...(provider === 'aws' && { mock_data: awsData(place) }),
  };
  return [...aliases].map((alias) => ({ [provider]: alias === undefined ? mocks : { alias, ...mocks } }));
}

/** What stacks ask AWS about their surroundings. */
function awsData({ account, region }: Place): Record<string, unknown> {
  return {
    aws_caller_identity: { defaults: { account_id: account, arn: `arn:aws:iam::${account}:root` } },
    aws_region: { defaults: { name: region } },
    aws_partition: { defaults: { partition: 'aws', dns_suffix: 'amazonaws.com' } },
    aws_availability_zones: { defaults: { names: ['a', 'b', 'c'].map((zone) => region + zone) } },
    aws_iam_policy_document: { defaults: { json: '{"Version":"2012-10-17","Statement":[]}' } },
  };
}
