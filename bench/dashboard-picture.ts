import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardPicture, PICTURE } from './picture/dashboard-picture';

/*
 * `npm run pictures` renews the picture of a model's dashboard in the documents, from the JSON of the dashboard.
 */

const path = join(__dirname, '..', PICTURE);
writeFileSync(path, dashboardPicture());
process.stdout.write(`${PICTURE}: ${readFileSync(path).length} bytes\n`);
