import { Testing } from 'cdktf';
import { Template, testApp } from '../lib/testing';
import { printCostOf } from './measure';
import { CELL_SIZE, Cell, StockStack } from './workload';

// template.ts template|testing <resources>: synthesizes one plain stack for a test, in an app of this library or of
// cdktf's Testing, and reads one resource

const [, , kind, resources] = process.argv;
const stack = new StockStack(kind === 'template' ? testApp() : Testing.app(), 'stack');
for (let index = 0; index < Number(resources) / CELL_SIZE; index++) new Cell(stack, `cell-${index}`, undefined);

printCostOf(() => {
  if (kind === 'template') Template.synth(stack).resources('aws_s3_bucket');
  else JSON.parse(Testing.synth(stack)).resource.aws_s3_bucket;
});
