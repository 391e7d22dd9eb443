// require.cjs <module>: CommonJS, since a TypeScript loader would cost more than what is measured
const before = process.cpuUsage();
require(process.argv[2]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
