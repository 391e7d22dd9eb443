import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import pc from 'picocolors';
import { RESOURCE_CLASSES, type ResourceClass, type StackResult } from '../../rehearsal';
import { counted } from './words';

/** Classes whose column is shown only if a stack has any. */
const OPTIONAL: readonly ResourceClass[] = ['accepted'];

/** A row for each stack; a few lines for each where the rows do not fit. */
export function stackTable(stacks: readonly StackResult[], columns: number): string {
  const classes = RESOURCE_CLASSES.filter(
    (name) => !OPTIONAL.includes(name) || stacks.some((stack) => stack[name] > 0),
  );
  const text = table(stacks, classes);
  const width = Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map(({ length }) => length),
  );
  return width <= columns ? text : stacks.map((stack) => lines(stack, classes)).join('\n\n');
}

function table(stacks: readonly StackResult[], classes: readonly ResourceClass[]): string {
  const columns = ['stack', 'resources', ...classes, 'second plan', 'destroyed', 'seconds'];
  const made = new Table({
    head: columns,
    colAligns: columns.map((column) => (column === 'stack' || column === 'second plan' ? 'left' : 'right')),
    style: { head: pc.isColorSupported ? ['bold'] : [], border: [] },
  });
  for (const stack of stacks) {
    const counts = classes.map((name) => stack[name]);
    made.push([stack.stack, stack.resources, ...counts, secondPlan(stack), stack.destroyed, time(stack)]);
  }
  return made.toString();
}

function lines(stack: StackResult, classes: readonly ResourceClass[]): string {
  const counts = classes.map((name) => `${stack[name]} ${name}`).join(', ');
  return [
    pc.bold(stack.stack),
    `  ${counted(stack.resources, 'resource')}: ${counts}`,
    `  second plan ${secondPlan(stack)}, ${stack.destroyed} destroyed, ${time(stack)} s`,
  ].join('\n');
}

function secondPlan({ changes }: StackResult): string {
  if (changes === undefined) return 'not reached';
  return changes.length === 0 ? 'no-op' : counted(changes.length, 'change');
}

function time({ seconds }: StackResult): string {
  return seconds === 0 ? '-' : seconds.toFixed(1);
}
