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

/** What exists only in the account: a VPC, a bucket and its key. */
const EXISTING = `
project: acme
environment: existing
account: "111122223333"
region: eu-north-1
owner: ml-platform@acme.example
network: { vpcId: vpc-0a1b2c3d4e5f60718, privateSubnetIds: [subnet-0a1b2c3d4e5f60711, subnet-0a1b2c3d4e5f60712] }
lake:
  zones:
    raw:
      bucketArn: arn:aws:s3:::acme-existing-raw
      keyArn: arn:aws:kms:eu-north-1:111122223333:key/11111111-2222-3333-4444-555555555555
  tables:
    partners: { zone: raw, format: csv, columns: { id: string }, owner: ads, classification: internal }
    clean: { zone: raw, format: parquet, convertFrom: partners, columns: { id: string }, owner: ads, classification: internal }
registry: { database: { instance: db.t4g.small } }
teams: { ads: {} }
`;

/** What an alarm tells a chat or a pager with, which the account has. */
const RECEIVER = 'aws_secretsmanager_secret';

const folder = mkdtempSync(join(tmpdir(), 'environments-'));
const engines = join(folder, 'engines.yaml');
writeFileSync(engines, OTHER_ENGINES);
const existing = join(folder, 'existing.yaml');
writeFileSync(existing, EXISTING);
afterAll(() => rmSync(folder, { recursive: true }));

describeWith(['terraform', 'python'], 'npm run rehearse', () => {
  test.concurrent.each([
    ['dev', 'dev'],
    ['staging', 'staging', [RECEIVER]],
    ['prod', 'prod', [RECEIVER, RECEIVER]],
    ['an environment with the other engines', engines],
    [
      'an environment with an existing VPC, bucket and key',
      existing,
      ['aws_vpc', 'aws_subnet', 'aws_subnet', 'aws_kms_key'],
    ],
  ])('%s is applied, plans to change nothing, and is destroyed', async (_, name, standsIn: string[] = []) => {
    const command = ['run', '--silent', 'rehearse', '--', name, '--json'];
    const { stdout } = await promisify(execFile)('npm', command, { maxBuffer: 1 << 26 });
    const { held, stacks, overridden, standIns = [], errors }: RehearsalResult = JSON.parse(stdout);
    expect(errors).toEqual([]);
    expect(held).toBe(true);
    expect(standIns.map(({ address }) => address.split('.')[0])).toEqual(standsIn);
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
