import { spawnSync } from 'node:child_process';

/** A benchmark in a process of its own, so that no variant warms up or changes cdktf for another; prints its cost. */
export type Variant = readonly [script: string, ...args: string[]];

const ROUNDS = 5;

/**
 * The median cost of each variant in milliseconds of CPU, which other work on the machine lengthens less than the clock.
 * Variants take turns, so what slows the machine for a while slows all of them.
 */
export function medians<Name extends string>(variants: Record<Name, Variant>, rounds = ROUNDS): Record<Name, number> {
  const names = Object.keys(variants) as Name[];
  const samples = Array.from({ length: rounds }, () => names.map((name) => run(variants[name])));
  return Object.fromEntries(
    names.map((name, index) => [name, median(samples.map((sample) => sample[index]!))]),
  ) as Record<Name, number>;
}

function run([script, ...args]: Variant): number {
  const loader = script.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loader, script, ...args], { encoding: 'utf8' });
  const cost = Number(stdout.trim().split('\n').at(-1));
  if (status !== 0 || !(cost > 0)) throw new Error(`${[script, ...args].join(' ')} failed: ${stdout}${stderr}`);
  return cost;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Prints what `work` costs, in a process that {@link medians} started. */
export function printCostOf(work: () => void): void {
  process.setSourceMapsEnabled(false); // they double what cdktf pays for its stack traces; compiled code has none
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);
}
