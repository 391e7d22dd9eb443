import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exports as entries, peerDependencies, peerDependenciesMeta } from '../package.json';
import { ROOT } from './support/house/source';

const isProvider = (name: string) => name.startsWith('@cdktf/provider-');

/** The provider that each entry may load; an entry that is not listed may load none. */
const PROVIDERS: Record<string, string> = {
  './aws': '@cdktf/provider-aws',
  './iam': '@cdktf/provider-aws',
  './encryption': '@cdktf/provider-aws',
  './storage': '@cdktf/provider-aws',
  './network': '@cdktf/provider-aws',
  './data-lake': '@cdktf/provider-aws',
  './registry': '@cdktf/provider-aws',
  './platform': '@cdktf/provider-aws',
};

/** The TypeScript file that an entry is compiled from. */
const sourceOf = (target: string) => target.replace('./dist/', './').replace(/\.js$/, '.ts');
const modules = Object.entries(entries).filter(([, target]) => target.endsWith('.js'));

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

test('every module has an entry, and every entry has a module', () => {
  const names = modules.map(([entry]) => entry);
  expect(modules.filter(([, target]) => !existsSync(join(ROOT, sourceOf(target)))).map(([entry]) => entry)).toEqual([]);
  const folders = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'lib/*/index.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const wanted = folders
    .trim()
    .split('\n')
    .map((path) => `./${path.split('/')[1]}`);
  expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  expect(names).not.toContain('.'); // it would load every provider
});

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

test('every provider is an optional peer', () => {
  const providers = Object.keys(peerDependencies).filter(isProvider);
  expect(providers).not.toEqual([]);
  expect(peerDependenciesMeta).toEqual(Object.fromEntries(providers.map((name) => [name, { optional: true }])));
});
