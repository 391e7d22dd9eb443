import { InputError } from '../../lib/core/input-error';
import type { StackConfiguration, SynthesizedStack } from '../source/manifest';
import { producerOf, remoteStates } from '../source/states';

/** `variable` of a consumer gets the value of `output` of a producer. */
export interface Wire {
  readonly variable: string;
  readonly producer: string;
  readonly output: string;
}

const STATE = 'data.terraform_remote_state.';
const REFERENCE = /data\.terraform_remote_state\.([\p{L}\p{N}_-]+)\.outputs\.([\p{L}\p{N}_-]+)/gu;

/**
 * Replaces references to the states of other stacks by variables. A rehearsal has no such states; it sets the variables
 * to the outputs of the producers.
 *
 * A state drops the mark of a sensitive output, which cdktf sets on every output for another stack, but a variable
 * keeps it. So the copy removes the mark where the value is read.
 *
 * @param stacks all stacks of the app, in dependency order
 * @throws InputError for a state that is not of a stack of the app, or that is written later
 */
export function wireRemoteStates(
  stack: SynthesizedStack,
  stacks: readonly SynthesizedStack[],
): { readonly configuration: StackConfiguration; readonly wires: readonly Wire[] } {
  const { configuration } = stack;
  const producers = producersOf(stack, stacks);
  const wires = new Map<string, Wire & { readonly sensitive: boolean }>();
  const used = new Set(Object.keys(configuration.variable ?? {}));
  const { terraform_remote_state, ...data } = configuration.data ?? {};
  // Terraform refuses an empty block
  const rest = { ...configuration, data: Object.keys(data).length > 0 ? data : undefined };
  const text = JSON.stringify(rest).replace(REFERENCE, (reference, state: string, output: string) => {
    const producer = producers.get(state);
    if (!producer) return reference; // text that only looks like a reference
    const key = JSON.stringify([producer.name, output]);
    const sensitive = producer.configuration.output?.[output]?.sensitive === true;
    const wire = wires.get(key) ?? {
      variable: newVariable(`from_${producer.name}_${output}`, used),
      producer: producer.name,
      output,
      sensitive,
    };
    wires.set(key, wire);
    return sensitive ? `nonsensitive(var.${wire.variable})` : `var.${wire.variable}`;
  });
  const wired = JSON.parse(text, withoutStates) as StackConfiguration;
  for (const { variable, sensitive } of wires.values()) {
    wired.variable = { ...wired.variable, [variable]: { nullable: false, ...(sensitive && { sensitive }) } };
  }
  return {
    configuration: wired,
    wires: [...wires.values()].map(({ variable, producer, output }) => ({ variable, producer, output })),
  };
}

/** The stack that each data source reads. */
function producersOf(stack: SynthesizedStack, stacks: readonly SynthesizedStack[]): Map<string, SynthesizedStack> {
  const earlier = stacks.slice(
    0,
    stacks.findIndex(({ name }) => name === stack.name),
  );
  const producers = new Map<string, SynthesizedStack>();
  for (const [state, settings] of Object.entries(remoteStates(stack.configuration))) {
    const where = `${stack.name}: ${STATE}${state}`;
    const producer = producerOf(settings, stack, stacks);
    if (!producer) {
      throw new InputError(
        `${where} is the state of no stack of this app, so a rehearsal cannot read it: ` +
          'pass the values as environment settings, or rehearse both in one app',
      );
    }
    if (!earlier.includes(producer)) {
      throw new InputError(
        `${where} is the state of ${producer.name}, which a rehearsal cannot deploy before ${stack.name}: ` +
          'a stack can read only states of stacks that do not depend on it',
      );
    }
    producers.set(state, producer);
  }
  return producers;
}

/** Stacks may have names that no variable can have, and variables of their own. */
function newVariable(wanted: string, used: Set<string>): string {
  const plain = wanted.replace(/[^\w-]/g, '_');
  let name = plain;
  for (let count = 2; used.has(name); count++) name = `${plain}_${count}`;
  used.add(name);
  return name;
}

/** Reviver of JSON: removes the states that the copy does not have from `depends_on`. */
function withoutStates(key: string, value: unknown): unknown {
  if (key !== 'depends_on' || !Array.isArray(value)) return value;
  return value.filter((address) => !String(address).includes(STATE));
}
