import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { peerDependencies, peerDependenciesMeta } from '../package.json';
import { isProvider, modules, sourceOf } from './support/entries';
import { ROOT } from './support/house/source';

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
