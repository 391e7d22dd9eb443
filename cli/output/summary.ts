import Table from 'cli-table3';
import pc from 'picocolors';
import { RESOURCE_CLASSES, type RehearsalResult, type ResourceClass, type StackResult } from '../../rehearsal';
import { describeError } from './words';

/** Classes whose column is shown only if a stack has any. */
const OPTIONAL: readonly ResourceClass[] = ['accepted'];

/** Summary of a rehearsal: a row for each stack, the overridden resources with reasons, the errors, the verdict. */
export function summary(result: RehearsalResult): string {
  const { stacks, overridden, errors } = result;
  const sections = [table(stacks)];
  if (overridden.length > 0) {
    const lines = overridden.map(({ stack, address, reason }) => `  ${stack} ${address}: ${reason}`);
    sections.push(['overridden: planned by the real provider, not sent to the emulator', ...lines].join('\n'));
  }
  const lifted = stacks.flatMap(({ guardsLifted }) => guardsLifted).length;
  if (lifted > 0) sections.push(`${lifted} guards against destruction removed, in the rehearsal's copy only`);
  const notRun = stacks.flatMap(({ provisionersRemoved }) => provisionersRemoved).length;
  if (notRun > 0) sections.push(`provisioners of ${notRun} resources not run: a rehearsal runs no provisioner`);
  const created = stacks.flatMap(({ importsRemoved = [] }) => importsRemoved).length;
  if (created > 0) sections.push(`${created} resources created, not imported: a rehearsal has nothing to import`);
  if (errors.length > 0) sections.push(['errors:', ...errors.map((error) => `  ${describeError(error)}`)].join('\n'));
  if (result.scratch) sections.push(`scratch folder: ${result.scratch}`);
  sections.push(verdict(result));
  return `\n${sections.join('\n\n')}\n`;
}

function table(stacks: readonly StackResult[]): string {
  const classes = RESOURCE_CLASSES.filter(
    (name) => !OPTIONAL.includes(name) || stacks.some((stack) => stack[name] > 0),
  );
  const columns = ['stack', 'resources', ...classes, 'second plan', 'destroyed', 'seconds'];
  const table = new Table({
    head: columns,
    colAligns: columns.map((column) => (column === 'stack' || column === 'second plan' ? 'left' : 'right')),
    style: { head: pc.isColorSupported ? ['bold'] : [], border: [] },
  });
  for (const stack of stacks) {
    const { resources, changes, destroyed, seconds } = stack;
    const counts = classes.map((name) => stack[name]);
    const time = seconds === 0 ? '-' : seconds.toFixed(1);
    table.push([stack.stack, resources, ...counts, secondPlan(changes), destroyed, time]);
  }
  return table.toString();
}

function secondPlan(changes: StackResult['changes']): string {
  if (changes === undefined) return 'not reached';
  return changes.length === 0 ? 'no-op' : `${changes.length} changes`;
}

function verdict({ held, stacks, errors, seconds }: RehearsalResult): string {
  const sum = (count: (stack: StackResult) => number): number =>
    stacks.reduce((total, stack) => total + count(stack), 0);
  const resources = sum((stack) => stack.resources);
  const share = resources === 0 ? 100 : (100 * sum((stack) => stack.applied)) / resources;
  const figures = `${stacks.length} stacks, ${resources} resources, ${share.toFixed(1)} % applied, ${seconds.toFixed(0)} s`;
  return held ? pc.green(`held: ${figures}`) : pc.red(`did not hold: ${errors.length} errors; ${figures}`);
}
