import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { printCostOf } from './measure';
import { CELL_SIZE, Cell, OurStack, StockStack } from './workload';

// large.ts ours|stock <resources>: ten stacks, each a deep and wide tree that reads from the previous one

const [, , kind, resources] = process.argv;
const STACKS = 10;
const CELLS = Number(resources) / STACKS / CELL_SIZE;

const Stack = kind === 'ours' ? OurStack : StockStack;
const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
printCostOf(() => {
  const app = new App({ outdir });
  let upstream: string | undefined;
  for (let index = 0; index < STACKS; index++) upstream = fill(new Stack(app, `stack-${index}`), upstream);
  app.synth();
});
rmSync(outdir, { recursive: true });

function fill(stack: TerraformStack, upstream: string | undefined): string | undefined {
  let scope: Construct = stack;
  let last = upstream;
  for (let index = 0; index < CELLS; index++) {
    if (index % 10 === 0) scope = new Construct(index % 50 === 0 ? stack : scope, `group-${index}`);
    last = new Cell(scope, `cell-${index}`, last).bucketArn;
  }
  return last;
}
