import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AwsStack } from '../lib/aws';
import { StateBackend } from '../lib/core';
import { printCostOf } from './measure';
import { CELL_SIZE, Cell } from './workload';

// large.ts platform|stock <resources>: ten stacks, each a deep and wide tree, each reading from the one before

const [, , kind, resources] = process.argv;
const STACKS = 10;
const CELLS = Number(resources) / STACKS / CELL_SIZE;

class StockStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    StateBackend.local().bind(this);
    new AwsProvider(this, 'Aws', {});
  }
}

const Stack = kind === 'platform' ? AwsStack : StockStack;
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
