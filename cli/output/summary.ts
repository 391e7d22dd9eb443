import Table from 'cli-table3';
import pc from 'picocolors';
import type { RehearsalResult, StackResult } from '../../rehearsal';
import { describeFault } from './words';

const COLUMNS = ['stack', 'resources', 'applied', 'overridden', 'mocked', 'second plan', 'destroyed', 'seconds'];

/** The end of a rehearsal: a row per stack, what was overridden and why, what went wrong, the verdict. */
export function summary(result: RehearsalResult): string {
  const { stacks, overridden, faults } = result;
  const sections = [table(stacks)];
  if (overridden.length > 0) {
    const lines = overridden.map(({ stack, address, reason }) => `  ${stack} ${address}: ${reason}`);
    sections.push(['overridden: planned by the real provider, not sent to the emulator', ...lines].join('\n'));
  }
  const lifted = stacks.flatMap(({ guardsLifted }) => guardsLifted).length;
  if (lifted > 0) sections.push(`${lifted} guards against destruction lifted, in the rehearsal's copy only`);
  if (faults.length > 0) sections.push(['faults:', ...faults.map((fault) => `  ${describeFault(fault)}`)].join('\n'));
  if (result.scratch) sections.push(`scratch folder: ${result.scratch}`);
  sections.push(verdict(result));
  return `\n${sections.join('\n\n')}\n`;
}

function table(stacks: readonly StackResult[]): string {
  const table = new Table({
    head: COLUMNS,
    colAligns: COLUMNS.map((_, index) => (index === 0 || index === 5 ? 'left' : 'right')),
    style: { head: pc.isColorSupported ? ['bold'] : [], border: [] },
  });
  for (const { stack, resources, applied, overridden, mocked, changes, destroyed, seconds } of stacks) {
    table.push([
      stack,
      resources,
      applied,
      overridden,
      mocked,
      secondPlan(changes),
      destroyed,
      seconds === 0 ? '-' : seconds.toFixed(1),
    ]);
  }
  return table.toString();
}

function secondPlan(changes: StackResult['changes']): string {
  if (changes === undefined) return 'not reached';
  return changes.length === 0 ? 'no-op' : `${changes.length} changes`;
}

function verdict({ held, stacks, faults, seconds }: RehearsalResult): string {
  const sum = (count: (stack: StackResult) => number): number =>
    stacks.reduce((total, stack) => total + count(stack), 0);
  const resources = sum((stack) => stack.resources);
  const share = resources === 0 ? 100 : (100 * sum((stack) => stack.applied)) / resources;
  const figures = `${stacks.length} stacks, ${resources} resources, ${share.toFixed(1)} % applied, ${seconds.toFixed(0)} s`;
  return held ? pc.green(`held: ${figures}`) : pc.red(`did not hold: ${faults.length} faults; ${figures}`);
}
