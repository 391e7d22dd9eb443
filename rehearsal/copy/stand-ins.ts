import type { Cloud, StandIn } from '../clouds/cloud';
import type { StandInResource } from '../events';
import type { StackConfiguration } from '../source/manifest';
import type { StackCopy } from './stack-copy';

/**
 * Adds a stack of stand-ins for what exists only in the real cloud, before all others, and replaces the ids of what it
 * stands for by variables with the ids of the stand-ins.
 *
 * @param clouds the clouds with a service
 */
export function withStandIns(
  copies: readonly StackCopy[],
  clouds: readonly Cloud[],
): { readonly copies: readonly StackCopy[]; readonly standIns: readonly StandInResource[] } {
  let all = copies;
  const made: StandInResource[] = [];
  for (const cloud of clouds) {
    const asked = cloud.standIns?.(copies.map(({ configuration }) => configuration));
    if (!asked) continue;
    const stack = newName(`stand-ins-${cloud.provider}`, all);
    const { configuration } = asked;
    cloud.adapt?.(configuration);
    const none = {
      wires: [],
      overrides: [],
      programs: [],
      guardsLifted: [],
      provisionersRemoved: [],
      importsRemoved: [],
    };
    all = [
      { stack, folder: '', configuration, dependencies: [], ...none },
      ...all.map((copy) => wired(copy, stack, asked.standIns)),
    ];
    made.push(...asked.standIns.map(({ address, standsFor }) => ({ stack, address, standsFor })));
  }
  return { copies: all, standIns: made };
}

function wired(copy: StackCopy, producer: string, standIns: readonly StandIn[]): StackCopy {
  let text = JSON.stringify(copy.configuration);
  const used = standIns.filter(({ standsFor, output }) => output !== undefined && text.includes(standsFor));
  const wires = used.map(({ output }) => ({ variable: `${producer}_${output}`, producer, output: output! }));
  used.forEach(({ standsFor }, index) => {
    // no part of a longer id, such as `secret:db` of `secret:db/admin`; a sentence may end after it
    const end = '(?![\\w-]|[/+=.@!*?$]\\S)';
    const whole = new RegExp(standsFor.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + end, 'g');
    text = text.replace(whole, () => `\${var.${wires[index]!.variable}}`);
  });
  const configuration = JSON.parse(text) as StackConfiguration;
  const variable = Object.fromEntries(wires.map((wire) => [wire.variable, { nullable: false }]));
  if (wires.length > 0) configuration.variable = { ...configuration.variable, ...variable };
  return { ...copy, configuration, wires: [...copy.wires, ...wires] };
}

function newName(wanted: string, copies: readonly StackCopy[]): string {
  let name = wanted;
  while (copies.some(({ stack }) => stack === name)) name += '-';
  return name;
}
