/*
 * What is refused in the sections of training, features, packages and quality. The files are one suite, because loading
 * the sections takes longer than all of their cases: `npx jest test/stacks/errors -t pipelines` runs those of one.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

describe.each(readdirSync(join(__dirname, 'errors')))('%s', (file) => {
  require(`./errors/${file}`);
});
