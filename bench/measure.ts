import { spawnSync } from 'node:child_process';

/** A benchmark in its own process, so that no variant warms up or changes cdktf for another; prints its cost. */
export type Variant = readonly [script: string, ...args: string[]];

/** Ratio of the costs of two variants. */
export interface Comparison {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The cost of `ours` divided by the cost of `against`.
 *
 * The variants alternate, and each pair of neighbours gives one ratio: a slow period of the machine affects both. Costs
 * are CPU time, which other work on the machine affects less than the clock.
 */
export function compare(ours: Variant, against: Variant, pairs = 5): Comparison {
  const ratios = Array.from({ length: pairs }, () => costOf(ours) / costOf(against)).sort((a, b) => a - b);
  return { median: ratios[Math.floor(pairs / 2)]!, min: ratios[0]!, max: ratios.at(-1)! };
}

/** Prints the cost of a script. */
export function run([script, ...args]: Variant): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${[script, ...args].join(' ')} failed: ${stdout}${stderr}`);
  return stdout.trim();
}

function costOf(variant: Variant): number {
  const cost = Number(run(variant));
  if (!(cost > 0)) throw new Error(`${variant.join(' ')} printed no cost`);
  return cost;
}

/** Prints the cost of `work`, in a process that {@link compare} started. */
export function printCostOf(work: () => void): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);
}
