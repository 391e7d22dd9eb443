import pc from 'picocolors';
import type { RehearsalResult, StackResult } from '../../rehearsal';
import { stackTable } from './stack-table';
import { counted, describeError, PHASES, seconds } from './words';

/** Resources that are named as slow. */
const SLOWEST = 3;

/** A resource is slow from here on, in seconds. */
const SLOW = 5;

/**
 * Summary of a rehearsal: each stack, the overridden resources with reasons, what the copy does not have, the errors,
 * the verdict.
 *
 * @param columns width of the terminal
 */
export function summary(result: RehearsalResult, columns = Number.POSITIVE_INFINITY): string {
  const { stacks, overridden, standIns = [], errors } = result;
  const sections = [stackTable(stacks, columns)];
  if (overridden.length > 0) {
    const lines = overridden.map(({ stack, address, reason }) => `  ${stack} ${address}: ${reason}`);
    sections.push(['overridden: planned by the real provider, not sent to the emulator', ...lines].join('\n'));
  }
  if (standIns.length > 0) {
    const lines = standIns.map(({ address, standsFor }) => `  ${address.split('.')[0]} for ${standsFor}`);
    sections.push(['stand-ins, made in the emulator for what exists only in the account', ...lines].join('\n'));
  }
  sections.push(...notes(stacks), ...slowest(stacks));
  if (errors.length > 0) sections.push(['errors:', ...errors.map((error) => `  ${describeError(error)}`)].join('\n'));
  if (result.scratch) sections.push(`scratch folder: ${result.scratch}`);
  sections.push(verdict(result));
  return `\n${sections.join('\n\n')}\n`;
}

/** How the copy differs from the stacks. */
function notes(stacks: readonly StackResult[]): string[] {
  const lifted = stacks.flatMap(({ guardsLifted }) => guardsLifted).length;
  const programs = stacks.flatMap(({ provisionersRemoved }) => provisionersRemoved);
  const created = stacks.flatMap(({ importsRemoved = [] }) => importsRemoved).length;
  return [
    ...(lifted > 0 ? [`${counted(lifted, 'guard')} against destruction removed, in the rehearsal's copy only`] : []),
    ...(programs.length > 0
      ? [`not run, because a rehearsal runs no provisioner, action or program: ${programs.join(', ')}`]
      : []),
    ...(created > 0
      ? [`${counted(created, 'resource')} created, not imported: a rehearsal has nothing to import`]
      : []),
  ];
}

function slowest(stacks: readonly StackResult[]): string[] {
  const slow = stacks
    .flatMap(({ stack, slowest = [] }) => slowest.map((one) => ({ stack, ...one })))
    .filter((one) => one.seconds >= SLOW)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map((one) => `  ${seconds(one.seconds)} ${PHASES[one.phase]} ${one.stack} ${one.address}`);
  return slow.length > 0 ? [['slowest:', ...slow].join('\n')] : [];
}

function verdict({ held, stacks, standIns = [], errors, seconds: duration }: RehearsalResult): string {
  const sum = (count: (stack: StackResult) => number): number =>
    stacks.reduce((total, stack) => total + count(stack), 0);
  const resources = sum((stack) => stack.resources);
  const share = resources === 0 ? 100 : (100 * sum((stack) => stack.applied)) / resources;
  const figures = [
    counted(stacks.length, 'stack'),
    counted(resources, 'resource'),
    `${share.toFixed(1)} % applied`,
    ...(standIns.length > 0 ? [counted(standIns.length, 'stand-in')] : []),
    seconds(duration),
  ].join(', ');
  return held ? pc.green(`held: ${figures}`) : pc.red(`did not hold: ${counted(errors.length, 'error')}; ${figures}`);
}
