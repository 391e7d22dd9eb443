import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exports as entries, peerDependencies, peerDependenciesMeta } from '../package.json';
import { ROOT } from './support/house/source';

const isProvider = (name: string) => name.startsWith('@cdktf/provider-');

/** The TypeScript file that an entry is compiled from. */
const sourceOf = (target: string) => target.replace('./dist/', './').replace(/\.js$/, '.ts');
const modules = Object.entries(entries).filter(([, target]) => target.endsWith('.js'));

test('every module has an entry, and every entry has a module', () => {
  const names = modules.map(([entry]) => entry);
  expect(modules.filter(([, target]) => !existsSync(join(ROOT, sourceOf(target)))).map(([entry]) => entry)).toEqual([]);
  const folders = readdirSync(join(ROOT, 'lib')).filter((name) => existsSync(join(ROOT, 'lib', name, 'index.ts')));
  const wanted = folders.map((name) => `./${name}`);
  expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  expect(names).not.toContain('.'); // it would load every provider
});

test('every provider is an optional peer', () => {
  const providers = Object.keys(peerDependencies).filter(isProvider);
  expect(providers).not.toEqual([]);
  expect(peerDependenciesMeta).toEqual(Object.fromEntries(providers.map((name) => [name, { optional: true }])));
});
