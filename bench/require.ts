/**
 * require.ts cost <module>...: the cost of loading modules.
 * require.ts providers <module>: paths of the provider classes that a module loads, one a line.
 */
const [, , what, ...modules] = process.argv as [string, string, 'cost' | 'providers', ...string[]];

const before = process.cpuUsage();
for (const module of modules) require(module);
const { user, system } = process.cpuUsage(before);

const PROVIDER_CLASS = /@cdktf\/provider-[^/]+\/lib\/[^/]+\/index\.js$/;
console.log(
  what === 'cost'
    ? (user + system) / 1000
    : Object.keys(require.cache)
        .filter((path) => PROVIDER_CLASS.test(path))
        .join('\n'),
);
