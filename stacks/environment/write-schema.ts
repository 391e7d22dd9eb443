import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMAT } from './platform-format';

const FILE = 'environments/environment.schema.json';

const USAGE = `Usage: npm run schema

Writes ${FILE}, the JSON Schema of environment files for editors.`;

if (process.argv.includes('--help')) process.stdout.write(`${USAGE}\n`);
else writeFileSync(join(__dirname, '../..', FILE), `${JSON.stringify(FORMAT.jsonSchema, null, 2)}\n`);
