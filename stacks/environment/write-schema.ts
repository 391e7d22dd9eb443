import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentJsonSchema } from './json-schema';

writeFileSync(
  join(__dirname, '../../environments/environment.schema.json'),
  `${JSON.stringify(environmentJsonSchema(), null, 2)}\n`,
);
