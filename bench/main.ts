import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import Table from 'cli-table3';
import { compare, run, type Variant } from './measure';

const USAGE = `Usage: npm run bench [-- <word>...]

Prints ratios measured in one run, with their goals; with words, only the rows that contain one of them.
Takes four minutes. Exit code 0, also if a goal is missed.`;

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit();
}

/** Users run compiled code; source maps double the cost of cdktf's stack traces. It is below its packages. */
const COMPILED = resolve('node_modules/.cache/cdktf-mlops-bench');
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));

interface Row {
  readonly title: string;
  readonly against: string;
  /** Maximum ratio. */
  readonly goal: number;
  readonly ours: Variant;
  readonly other: Variant;
  /** @default 5; short runs need more */
  readonly pairs?: number;
}

const script = (name: string, ...args: string[]): Variant => [join(COMPILED, 'bench', `${name}.js`), ...args];

/** What a module costs beside the provider classes in it. */
function requireOf(module: string, goal: number): Row {
  const path = join(COMPILED, 'lib', module);
  return {
    title: `require of the module ${module}`,
    against: 'cdktf and the provider classes in it',
    goal,
    ours: script('require', 'cost', path),
    get other() {
      return script('require', 'cost', 'cdktf', ...run(script('require', 'providers', path)).split('\n'));
    },
    pairs: 25,
  };
}

const rows: readonly Row[] = [
  {
    title: 'the platform of environments/prod.yaml',
    against: 'the same resources, bare',
    goal: 0.8, // more of its resources than before are policies and definitions, which it checks as well as writes
    ours: script('platform', 'ours', scratch),
    other: script('platform', 'bare', scratch),
    pairs: 15,
  },
  {
    title: '20,000 mixed resources',
    against: 'cdktf',
    goal: 0.35,
    ours: script('large', 'ours', '20000'),
    other: script('large', 'stock', '20000'),
  },
  {
    title: 'Template of a plain stack, 8,000 resources',
    against: 'Testing.synth of it',
    goal: 0.6,
    ours: script('template', 'template', '8000'),
    other: script('template', 'testing', '8000'),
  },
  {
    title: 'Template of a plain stack, 8,000 resources',
    against: '1,000 resources',
    goal: 8,
    ours: script('template', 'template', '8000'),
    other: script('template', 'template', '1000'),
  },
  {
    title: '200 stacks of 20 resources, each after all before it',
    against: 'the same resources in one stack',
    goal: 3,
    ours: script('dense', 'dense', '200'),
    other: script('dense', 'single', '200'),
  },
  requireOf('storage', 1.15),
  requireOf('tracking', 1.15),
  requireOf('scheduler', 1.25), // its state machines are code of ours, and no classes of the provider
  {
    title: 'environment file of 2,000 tables',
    against: '250 tables',
    goal: 8,
    ours: script('environment', '2000'),
    other: script('environment', '250'),
    pairs: 9,
  },
];

/** Compiles the sources and the scripts, and copies the other files that the sources read. */
function compile(): void {
  const root = relative(COMPILED, '.');
  const compilerOptions = { noEmit: false, outDir: '.', rootDir: root, types: ['node'] };
  const include = ['lib', 'stacks', 'bench'].map((folder) => `${root}/${folder}`);
  rmSync(COMPILED, { recursive: true, force: true });
  mkdirSync(COMPILED, { recursive: true });
  writeFileSync(
    join(COMPILED, 'tsconfig.json'),
    JSON.stringify({ extends: `${root}/tsconfig.json`, compilerOptions, include }),
  );
  cpSync('lib', join(COMPILED, 'lib'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  const { status } = spawnSync('npx', ['tsc', '-p', COMPILED], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the sources do not compile');
}

compile();
const words = process.argv.slice(2);
const table = new Table({
  head: ['', 'against', 'ratio', 'of all pairs', 'goal', ''],
  style: { head: [], border: [] },
});
for (const { title, against, goal, ours, other, pairs } of rows) {
  if (words.length > 0 && !words.some((word) => `${title} ${against}`.includes(word))) continue;
  console.error(`measuring ${title} against ${against}`);
  run(ours); // fills the file system's caches, and the folder that `platform bare` reads
  const { median, min, max } = compare(ours, other, pairs);
  const number = (ratio: number) => ratio.toFixed(2);
  const verdict = median <= goal ? 'met' : 'MISSED';
  table.push([title, against, number(median), `${number(min)} - ${number(max)}`, `<= ${goal}`, verdict]);
}
rmSync(scratch, { recursive: true });
console.log(table.toString());
console.log('Medians of ratios of CPU time, over pairs of alternating runs, each in its own process.');
