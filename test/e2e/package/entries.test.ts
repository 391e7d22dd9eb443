import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProvider, modules, sourceOf } from '../../support/entries';
import { ROOT, type SourceFile, Sources } from '../../support/house/source';

/** The provider that each entry may load; an entry that is not listed may load none. */
const PROVIDERS: Record<string, string> = {
  './aws': '@cdktf/provider-aws',
  './iam': '@cdktf/provider-aws',
  './encryption': '@cdktf/provider-aws',
  './storage': '@cdktf/provider-aws',
  './network': '@cdktf/provider-aws',
  './data-lake': '@cdktf/provider-aws',
  './features': '@cdktf/provider-aws',
  './registry': '@cdktf/provider-aws',
  './training': '@cdktf/provider-aws',
  './tracking': '@cdktf/provider-aws',
  './scheduler': '@cdktf/provider-aws',
  './serving': '@cdktf/provider-aws',
  './monitoring': '@cdktf/provider-aws',
  './logging': '@cdktf/provider-aws',
  './platform': '@cdktf/provider-aws',
};

/** Loads the modules one after another in a process, and denies each every provider but its own. */
const PROGRAM = `
const { Module } = require('node:module');
const load = Module._load;
let allowed;
let denied = [];
Module._load = (request, ...rest) => {
  const [provider] = /^@cdktf\\/provider-[a-z-]+/.exec(request) ?? [];
  if (provider && provider !== allowed) throw new Error('loads ' + request);
  return load(request, ...rest);
};
const results = JSON.parse(process.argv[1]).map(([entry, file, provider]) => {
  allowed = provider;
  for (const key of Object.keys(require.cache)) delete require.cache[key];
  try {
    return [entry, Object.keys(require(file)).length > 0 ? 'loads' : 'exports nothing'];
  } catch (error) {
    return [entry, error.message.split('\\n')[0]];
  }
});
console.log(JSON.stringify(results));
`;

test('each entry loads no provider but its own', () => {
  const tried = modules
    .filter(([entry]) => entry !== './testing/jest') // extends the matchers of a test runner, so it loads only there
    .map(([entry, target]) => [entry, join(ROOT, sourceOf(target)), PROVIDERS[entry] ?? null]);
  const printed = execFileSync(process.execPath, ['--import', 'tsx', '-e', PROGRAM, JSON.stringify(tried)], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual(tried.map(([entry]) => [entry, 'loads']));
});

describe('the declarations that the package ships', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'declarations-'));
  const dist = join(scratch, 'dist');
  const declared = () =>
    readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.d.ts'));
  /** Runs the compiler and returns the errors that it prints. */
  const tsc = (...args: string[]) =>
    spawnSync(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT, encoding: 'utf8' }).stdout;

  beforeAll(() => {
    tsc('-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', dist);
    symlinkSync(join(ROOT, 'node_modules'), join(scratch, 'node_modules')); // beside it: what is read of it follows links
  }, 60_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('name no provider but that of their entry', () => {
    const declarations = new Sources(
      Object.fromEntries(
        declared().map((path) => [path.replace('.d.ts', '.ts'), readFileSync(join(dist, path), 'utf8')]),
      ),
    );
    const named = modules.flatMap(([entry, target]) => {
      const file = declarations.get(sourceOf(target).replace('./', ''))!;
      return foreignProviders(file, declarations, PROVIDERS[entry]).map((found) => `${entry} ${found}`);
    });
    expect(named).toEqual([]);
  });

  test('type-check in a repository with the strictest options', () => {
    // as sources, ours are checked without those of other packages, which take twice as long
    const sources = join(scratch, 'sources');
    for (const path of declared()) cpSync(join(dist, path), join(sources, path.replace('.d.ts', '.ts')));
    const files = modules.map(([, target]) => join(sources, sourceOf(target)));
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck'];
    const target = ['--target', 'es2022', '--module', 'node16', '--types', 'node,jest'];
    const onlyInSources = /error TS2842/; // a parameter's property with another name
    const errors = tsc('--ignoreConfig', '--noEmit', ...strict, ...target, ...files).split('\n');
    expect(errors.filter((line) => line !== '' && !onlyInSources.test(line))).toEqual([]);
  }, 60_000);
});

/** `<file>: <specifier>` for each reference to another provider, in a file and in all that it refers to. */
function foreignProviders(entry: SourceFile, all: Sources, own: string | undefined): string[] {
  const files = new Set([entry]);
  const found: string[] = [];
  for (const file of files) {
    for (const { specifier } of file.references) {
      const isForeign = isProvider(specifier) && !(own && specifier.startsWith(`${own}/`));
      if (isForeign) found.push(`${file.path}: ${specifier}`);
      const next = all.named(specifier, file);
      if (next) files.add(next);
    }
  }
  return found;
}
