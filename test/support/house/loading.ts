import { basename } from 'node:path';
import { providerPartOf } from './imports';
import type { Rule } from './rule';
import type { SourceFile, Sources } from './source';

/** Files that must load without any provider: users install only the providers of the modules that they import. */
const PROVIDER_FREE_ENTRIES: readonly string[] = [
  'lib/core/index.ts',
  'lib/testing/index.ts',
  'lib/testing/jest.ts',
  'stacks/environment/index.ts',
  'rehearsal/index.ts',
];

export const noCycles: Rule = {
  name: 'no file loads itself by way of others',
  check: (source, all) =>
    cyclesOf(all)
      .filter(([first]) => first === source)
      .map((cycle) => ({
        line: lineOfLoad(source, cycle[1] ?? source, all),
        message: `loads itself by way of ${cycle
          .slice(1)
          .concat(source)
          .map(({ path }) => path)
          .join(
            ', ',
          )}: what is undefined then depends on which of them is loaded first; move what they share into a file of its own`,
      })),
};

export const providerFree: Rule = {
  name: 'core, and what loads without a provider, imports none',
  check: (source, all) => {
    if (source.isTypeScript && source.isIn('lib/core')) {
      const direct = source.references.filter(({ specifier }) => providerPartOf(specifier) !== undefined);
      if (direct.length > 0) {
        return direct.map(({ line, specifier }) => ({
          line,
          message: `imports '${specifier}': core serves every provider and requires none; put it into the module of that provider`,
        }));
      }
    }
    return PROVIDER_FREE_ENTRIES.includes(source.path)
      ? reaching(
          source,
          all,
          (specifier) => providerPartOf(specifier) !== undefined,
          'it must load without any provider',
        )
      : [];
  },
};

export const pureLimits: Rule = {
  name: 'limits load no provider and no construct',
  check: (source, all) =>
    basename(source.path).endsWith('-limits.ts')
      ? reaching(
          source,
          all,
          (specifier) => providerPartOf(specifier) !== undefined || /^(cdktf|constructs)(\/|$)/.test(specifier),
          'limits are read without making anything',
        )
      : [],
};

/** The shortest path from a file to a package that it must not load, as a violation. */
function reaching(source: SourceFile, all: Sources, refuses: (specifier: string) => boolean, why: string) {
  const ways: (readonly SourceFile[])[] = [[source]];
  const seen = new Set([source]);
  for (const way of ways) {
    const file = way.at(-1)!;
    const refused = file.references.find(({ specifier, loads }) => loads && refuses(specifier));
    if (refused) {
      const by = way.slice(1).map(({ path }) => path);
      const line = way.length > 1 ? lineOfLoad(source, way[1]!, all) : refused.line;
      const path = by.length > 0 ? ` by way of ${by.join(', ')}` : '';
      return [
        {
          line,
          message: `loads '${refused.specifier}'${path}: ${why}; move what it needs into a file that loads none`,
        },
      ];
    }
    for (const next of all.loadedBy(file)) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}

function lineOfLoad(source: SourceFile, target: SourceFile, all: Sources): number {
  return source.references.find(({ specifier, loads }) => loads && all.named(specifier, source) === target)?.line ?? 1;
}

const cycles = new WeakMap<Sources, readonly (readonly SourceFile[])[]>();

/** One cycle for each group of files that load one another, from the first file on. */
function cyclesOf(all: Sources): readonly (readonly SourceFile[])[] {
  const known = cycles.get(all);
  if (known) return known;
  const found = findCycles(all);
  cycles.set(all, found);
  return found;
}

function findCycles(all: Sources): (readonly SourceFile[])[] {
  const found: (readonly SourceFile[])[] = [];
  const spent = new Set<SourceFile>();
  for (const source of all.files) {
    const cycle = spent.has(source) ? undefined : wayBack(source, all, spent);
    if (cycle) {
      found.push(cycle);
      for (const file of cycle) spent.add(file);
    }
  }
  return found;
}

/** The shortest path from a file to itself, without its end. */
function wayBack(source: SourceFile, all: Sources, spent: ReadonlySet<SourceFile>): readonly SourceFile[] | undefined {
  const ways: (readonly SourceFile[])[] = [[source]];
  const seen = new Set<SourceFile>();
  for (const way of ways) {
    for (const next of all.loadedBy(way.at(-1)!)) {
      if (next === source) return way;
      if (seen.has(next) || spent.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
