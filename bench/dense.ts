import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { printCostOf } from './measure';
import { Cell, OurStack } from './workload';

// dense.ts dense <stacks>: one cell in each, which depends on all stacks before it and reads from the previous one
// dense.ts single <cells>: the same cells in one stack

const [, , kind, count] = process.argv;
const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
printCostOf(() => {
  const app = new App({ outdir });
  if (kind === 'dense') dense(app, Number(count));
  else single(app, Number(count));
  app.synth();
});
rmSync(outdir, { recursive: true });

function dense(app: App, stacks: number): void {
  const made: OurStack[] = [];
  let upstream: string | undefined;
  for (let index = 0; index < stacks; index++) {
    const stack = new OurStack(app, `stack-${index}`);
    for (const earlier of made) stack.addDependency(earlier);
    upstream = new Cell(stack, 'cell', upstream).bucketArn;
    made.push(stack);
  }
}

function single(app: App, cells: number): void {
  const stack = new OurStack(app, 'stack');
  let upstream: string | undefined;
  for (let index = 0; index < cells; index++) upstream = new Cell(stack, `cell-${index}`, upstream).bucketArn;
}
