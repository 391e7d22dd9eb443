import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonWith } from '../python';

/** A Python with the Airflow that MWAA runs, in the versions of its constraints; about a minute to install, 365 MB. */
export function airflowPython(): string {
  const lines = readFileSync(join(__dirname, 'requirements.txt'), 'utf8').split('\n');
  return pythonWith(
    'airflow',
    lines.filter((line) => line !== '' && !line.startsWith('#')),
  );
}
