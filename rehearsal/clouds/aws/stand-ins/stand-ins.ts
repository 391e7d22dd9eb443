import type { StackConfiguration } from '../../../source/manifest';
import type { StandIn, StandIns } from '../../cloud';
import type { Place } from '../place';
import { KINDS, type Kind, NETWORK } from './kinds';

/** Makes what the stacks ask for and none of them creates. */
export function standInsFor(stacks: readonly StackConfiguration[], place: Place): StandIns | undefined {
  const standIns: StandIn[] = [];
  const resource: Record<string, Record<string, Record<string, unknown>>> = {};
  const output: Record<string, { value: string }> = {};
  const add = (type: string, name: string, block: object) => {
    resource[type] = { ...resource[type], [name]: { ...block } };
  };
  for (const kind of KINDS) {
    soughtBy(kind, stacks).forEach((text, index) => {
      const { type, block, replaces } = kind.make(text, index, place);
      const isNetwork = type === NETWORK.type && index === 0;
      const name = isNetwork ? NETWORK.name : `n${standIns.length}`;
      add(type, name, block);
      const own = replaces === undefined ? undefined : `o${standIns.length}`;
      if (own) output[own] = { value: `\${${type}.${name}.${replaces}}` };
      standIns.push({ address: `${type}.${name}`, standsFor: text, output: own });
    });
  }
  if (standIns.length === 0) return undefined;
  const text = JSON.stringify(resource);
  if (text.includes(`${NETWORK.type}.${NETWORK.name}.`)) add(NETWORK.type, NETWORK.name, NETWORK.block);
  if (text.includes('aws_kms_key.key.')) add('aws_kms_key', 'key', {});
  const [required] = stacks.flatMap(({ terraform }) => terraform?.required_providers?.aws ?? []);
  return {
    standIns,
    configuration: {
      terraform: { required_providers: { aws: { source: 'hashicorp/aws', ...required } } },
      provider: { aws: [{ region: place.region }] },
      resource,
      output,
    },
  };
}

/** The texts of a kind that the stacks have, once each. */
function soughtBy({ literal, named = {}, own, except }: Kind, stacks: readonly StackConfiguration[]): string[] {
  const found = new Set(literal ? [...JSON.stringify(stacks).matchAll(literal)].map(([text]) => text) : []);
  for (const [from, attribute] of Object.entries(named))
    for (const name of values(stacks, from, attribute)) found.add(name);
  const made = new Set(own ? values(stacks, ...own) : []);
  return [...found].filter((name) => !made.has(name) && !except?.test(name));
}

/** Literal values of an attribute of a type, e.g. of `data.aws_kms_alias`. */
function values(stacks: readonly StackConfiguration[], from: string, attribute: string): string[] {
  const type = from.replace(/^data\./, '');
  return stacks
    .flatMap(({ data, resource }) => Object.values((from === type ? resource : data)?.[type] ?? {}))
    .map((block) => block[attribute])
    .filter((value): value is string => typeof value === 'string' && !value.includes('${'));
}
