import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RehearsalResult } from '../../rehearsal';
import { describeWith } from '../support/machine';

/** Minimum share of applied resources; the others are on the list of overrides, each with its reason. */
const LEAST_APPLIED = 0.95;

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** Engines that no environment of this repository uses. */
const OTHER_ENGINES = `
project: acme
environment: engines
account: "111122223333"
region: eu-north-1
owner: ml-platform@acme.example
network: { cidr: 10.30.0.0/16 }
lake: { zones: { raw: {} } }
registry: { database: { engine: aurora, readers: 1 } }
`;

const folder = mkdtempSync(join(tmpdir(), 'environments-'));
const engines = join(folder, 'engines.yaml');
writeFileSync(engines, OTHER_ENGINES);
afterAll(() => rmSync(folder, { recursive: true }));

describeWith(['terraform', 'python'], 'npm run rehearse', () => {
  test.concurrent.each([
    ['dev', 'dev'],
    ['staging', 'staging'],
    ['prod', 'prod'],
    ['an environment with the other engines', engines],
  ])('%s is applied, plans to change nothing, and is destroyed', async (_, name) => {
    const command = ['run', '--silent', 'rehearse', '--', name, '--json'];
    const { stdout } = await promisify(execFile)('npm', command, { maxBuffer: 1 << 26 });
    const { held, stacks, overridden, errors }: RehearsalResult = JSON.parse(stdout);
    expect(errors).toEqual([]);
    expect(held).toBe(true);
    expect(stacks.map(({ changes }) => changes)).toEqual(stacks.map(() => []));
    expect(stacks.map(({ destroyed }) => destroyed)).toEqual(stacks.map(({ resources }) => resources));
    const [resources, applied] = [
      sum(stacks.map((stack) => stack.resources)),
      sum(stacks.map((stack) => stack.applied)),
    ];
    expect(applied / resources).toBeGreaterThanOrEqual(LEAST_APPLIED);
    expect(overridden).toHaveLength(resources - applied);
    for (const { reason } of overridden) expect(reason).not.toBe('');
  });
});
