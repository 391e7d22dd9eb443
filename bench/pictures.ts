import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template, testApp } from '../lib/testing';
import { loadEnvironment, Platform } from '../stacks';
import { dashboardPicture, PICTURE } from './picture/dashboard-picture';
import { layersOf, PLATFORM_PICTURE, platformPicture } from './picture/platform-picture';

/*
 * `npm run pictures` renews the pictures of the documents: that of a model's dashboard from the JSON of the dashboard, that of the platform from
 * the templates of the reference environment of production.
 */

const FILE = 'environments/prod.yaml';
const environment = loadEnvironment(FILE);
const app = testApp();
new Platform(app, environment);
const pictures = {
  [PICTURE]: dashboardPicture(),
  [PLATFORM_PICTURE]: platformPicture(FILE, Template.all(app), layersOf(environment)),
};
for (const [path, picture] of Object.entries(pictures)) {
  writeFileSync(join(__dirname, '..', path), picture);
  process.stdout.write(`${path}: ${picture.length} characters\n`);
}
