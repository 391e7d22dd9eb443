import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { parseEnvironment } from '../stacks/environment';
import { printCostOf } from './measure';

// environment.ts <tables>: reads environments/prod.yaml with that many tables, after a warm-up with the original file

const original = readFileSync('environments/prod.yaml', 'utf8');
const large = withTables(Number(process.argv[2]));

for (let round = 0; round < 10; round++) parseEnvironment(original, 'prod.yaml');
printCostOf(() => {
  const { lake } = parseEnvironment(large, 'prod.yaml');
  if (Object.keys(lake.tables).length < Number(process.argv[2])) throw new Error('tables are missing');
});

function withTables(count: number): string {
  const environment = parse(original);
  const { tables } = environment.lake;
  const [sample] = Object.values(tables);
  for (let index = 0; index < count; index++) tables[`table_${index}`] = structuredClone(sample);
  return stringify(environment);
}
