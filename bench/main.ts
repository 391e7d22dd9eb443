import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { medians } from './measure';

const USAGE = `Usage: npm run bench

Prints ratios measured in one run, with the goal beside each. Takes two minutes; exit code 0 whatever they are.`;

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit();
}

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const table = new Table({ head: ['', 'ours', 'against', 'result', 'goal', ''], style: { head: [], border: [] } });
const script = (name: string) => join(__dirname, name);
const ms = (milliseconds: number) => `${Math.round(milliseconds)} ms`;

function row(title: string, ours: string, against: string, result: string, goal: string, met: boolean): void {
  table.push([title, ours, against, result, goal, met ? 'met' : 'MISSED']);
}

function referencePlatform(): void {
  const { ours, bare } = medians({
    ours: [script('platform.ts'), 'ours', scratch],
    bare: [script('platform.ts'), 'bare', scratch],
  });
  const ratio = ours / bare;
  row(
    'the platform of environments/prod.yaml',
    ms(ours),
    `${ms(bare)}, bare cdktf`,
    ratio.toFixed(2),
    '<= 1.5',
    ratio <= 1.5,
  );
}

function mixedResources(): void {
  const { ours, stock } = medians({
    ours: [script('large.ts'), 'platform', '20000'],
    stock: [script('large.ts'), 'stock', '20000'],
  });
  const ratio = ours / stock;
  row('20,000 mixed resources', ms(ours), `${ms(stock)}, cdktf`, ratio.toFixed(2), '<= 0.5', ratio <= 0.5);
}

function denseStacks(): void {
  const { ours } = medians({ ours: [script('dense.ts'), '200'] });
  row('200 stacks, each after all before it', ms(ours), '', ms(ours), '< 1 s', ours < 1000);
}

function template(): void {
  const { small, large, testing } = medians({
    small: [script('template.ts'), 'template', '1000'],
    large: [script('template.ts'), 'template', '8000'],
    testing: [script('template.ts'), 'testing', '8000'],
  });
  const growth = large / small;
  row('Template: 8,000 resources against 1,000', ms(large), ms(small), `x ${growth.toFixed(1)}`, '<= x 8', growth <= 8);
  const ratio = large / testing;
  row('Template: 8,000 resources', ms(large), `${ms(testing)}, Testing.synth`, ratio.toFixed(2), '<= 1', ratio <= 1);
}

function requireOneRoom(): void {
  const outDir = resolve('node_modules/.cache/cdktf-mlops-bench'); // where `cdktf` is found, and not the `dist` of others
  spawnSync('npx', ['tsc', '-p', 'tsconfig.build.json', '--outDir', outDir]);
  const { room, cdktf } = medians({
    room: [script('require.cjs'), join(outDir, 'lib/storage/index.js')],
    cdktf: [script('require.cjs'), require.resolve('cdktf')],
  });
  const more = room - cdktf;
  row('require of one room', ms(room), `${ms(cdktf)}, cdktf alone`, `+ ${ms(more)}`, '<= + 60 ms', more <= 60);
}

for (const benchmark of [referencePlatform, mixedResources, denseStacks, template, requireOneRoom]) {
  console.error(`measuring ${benchmark.name}`);
  benchmark();
}
rmSync(scratch, { recursive: true });
console.log(table.toString());
console.log('Medians of CPU time over interleaved runs, each in a process of its own.');
