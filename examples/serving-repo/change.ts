/** Writes the change that a retraining loop has proposed: the event on stdin, the environment file as argument. */
import { readFileSync, writeFileSync } from 'node:fs';
import { changedText } from 'cdktf-mlops/environment';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: npm run change -- environments/dev.yaml < event.json');
const { detail } = JSON.parse(readFileSync(0, 'utf8'));
writeFileSync(file, changedText(readFileSync(file, 'utf8'), detail.changes));
process.stdout.write(`${detail.text}\n`);
