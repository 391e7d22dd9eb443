import { InputError } from '../../lib/core/input-error';
import type { StackConfiguration } from '../source/manifest';

/** `variable` of a consumer gets the value of `output` of a producer. */
export interface Wire {
  readonly variable: string;
  readonly producer: string;
  readonly output: string;
}

const REFERENCE = /data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)/g;

/** cdktf's prefix of the name of a remote state data source; the producer's name follows. */
const CROSS_STACK = 'cross-stack-reference-input-';

/**
 * Replaces references to the states of other stacks by variables. A rehearsal has no such states; it sets the variables
 * to the outputs of the producers.
 *
 * @param stacks names of all stacks of the app
 * @throws InputError for a state that is not of a stack of the app
 */
export function wireRemoteStates(
  stack: string,
  configuration: StackConfiguration,
  stacks: readonly string[],
): { readonly configuration: StackConfiguration; readonly wires: readonly Wire[] } {
  const { terraform_remote_state: states = {}, ...data } = configuration.data ?? {};
  for (const name of Object.keys(states)) {
    if (stacks.includes(producerOf(name))) continue;
    throw new InputError(
      `${stack}: data.terraform_remote_state.${name} is the state of no stack of this app, so a rehearsal cannot read it: ` +
        'pass the values as environment settings, or rehearse both in one app',
    );
  }

  const wires = new Map<string, Wire>();
  // Terraform refuses an empty block
  const rest = { ...configuration, data: Object.keys(data).length > 0 ? data : undefined };
  const text = JSON.stringify(rest).replace(REFERENCE, (_, state: string, output: string) => {
    const producer = producerOf(state);
    const variable = `${producer}_${output}`;
    wires.set(variable, { variable, producer, output });
    return `var.${variable}`;
  });
  const wired = JSON.parse(text) as StackConfiguration;
  for (const variable of wires.keys()) wired.variable = { ...wired.variable, [variable]: { nullable: false } };
  return { configuration: wired, wires: [...wires.values()] };
}

function producerOf(state: string): string {
  return state.startsWith(CROSS_STACK) ? state.slice(CROSS_STACK.length) : state;
}
