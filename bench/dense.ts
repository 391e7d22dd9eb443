import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { App, TerraformOutput } from 'cdktf';
import { AwsStack } from '../lib/aws';
import { printCostOf } from './measure';

// dense.ts <stacks>: each depends on all before it and reads from the one before

const outdir = mkdtempSync(join(tmpdir(), 'bench-'));
printCostOf(() => {
  const app = new App({ outdir });
  const stacks: AwsStack[] = [];
  let upstream = 'none';
  for (let index = 0; index < Number(process.argv[2]); index++) {
    const stack = new AwsStack(app, `stack-${index}`);
    for (const earlier of stacks) stack.addDependency(earlier);
    new TerraformOutput(stack, 'upstream', { value: upstream });
    upstream = new S3Bucket(stack, 'Bucket').arn;
    stacks.push(stack);
  }
  app.synth();
});
rmSync(outdir, { recursive: true });
