import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RehearsalEvent, type RehearsalOptions, rehearse } from '../../rehearsal';
import { startEmulator } from '../../rehearsal/clouds/aws/emulator/emulator';
import { emulatorPython } from '../../rehearsal/clouds/aws/emulator/installation';
import { describeWith } from '../support/machine';

const APP = 'npx tsx test/rehearsal/fixtures/app.ts';
const FAILING_APP = 'npx tsx test/rehearsal/fixtures/failing-app.ts';
const FOREIGN_APP = 'npx tsx test/rehearsal/fixtures/foreign-app.ts';
const AURORA_APP = 'npx tsx test/rehearsal/fixtures/aurora-app.ts';
const MISSING_PROVIDER_APP = 'npx tsx test/rehearsal/fixtures/missing-provider-app.ts';

/** Its own temporary folder shows the files that a rehearsal leaves. */
const folder = mkdtempSync(join(tmpdir(), 'e2e-rehearsal-'));
const env = { ...process.env, TMPDIR: folder };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rehearsed(command: string, options: Omit<RehearsalOptions, 'source'> = {}) {
  const events: RehearsalEvent[] = [];
  const result = await rehearse({ source: { command, env }, ...options }, (event) => events.push(event));
  return { result, events };
}

function cli(...args: string[]) {
  return spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', 'rehearse', ...args], { env });
}

describeWith(['terraform'], 'without an emulator', () => {
  test('every resource is mocked, and all hold', async () => {
    const { result } = await rehearsed(APP, { mock: true });
    expect(result.errors).toEqual([]);
    expect(result).toMatchObject({ held: true, overridden: [] });
    expect(result.stacks.map(({ mocked, applied }) => [mocked, applied])).toEqual([
      [2, 0],
      [7, 0],
      [2, 0],
    ]);
  });
});

describeWith(['terraform', 'python', 'registry'], 'against the emulator', () => {
  test('an app with guards, a TLS-only bucket and a reference between stacks holds', async () => {
    const { result, events } = await rehearsed(APP);
    expect(result.errors).toEqual([]);
    expect(result.held).toBe(true);
    expect(result.stacks).toMatchObject([
      { stack: 'acme-dev-foundation', applied: 2, overridden: 0, changes: [], destroyed: 2 },
      { stack: 'acme-dev-data', applied: 7, overridden: 0, changes: [], destroyed: 7 },
      { stack: 'acme-dev-registry', applied: 1, overridden: 1, changes: [], destroyed: 2 },
    ]);
    expect(result.stacks.flatMap(({ guardsLifted }) => guardsLifted)).toContain('aws_s3_bucket.raw: prevent_destroy');
    expect(result.overridden.map(({ address }) => address)).toContain('aws_ecr_pull_through_cache_rule.cache');
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'phase', phase: 'apply', state: 'running', begun: 7 }),
    );
  });

  test('a failing resource is reported by its address, and what was created before is destroyed', async () => {
    const { result } = await rehearsed(FAILING_APP);
    expect(result.held).toBe(false);
    expect(result.errors).toMatchObject([{ stack: 'first', address: 'aws_xray_group.group' }]);
    expect(result.stacks).toMatchObject([
      { applied: 1, destroyed: 1, changes: undefined },
      { applied: 0, changes: undefined },
    ]);
  });

  test('databases hold with all their settings, and so does a check after them; no provisioner runs', async () => {
    const trace = join(folder, 'provisioner-ran');
    const source = { command: AURORA_APP, env: { ...env, ACME_COMMAND: `touch ${trace}` } };
    const result = await rehearse({ source });
    expect(result.errors).toEqual([]);
    expect(result).toMatchObject({ held: true, overridden: [] });
    expect(result.stacks).toMatchObject([{ resources: 16, applied: 16, changes: [], destroyed: 16 }]);
    expect(result.stacks[0]).toMatchObject({
      provisionersRemoved: ['terraform_data.check'],
      guardsLifted: [
        'aws_db_instance.other: skip_final_snapshot',
        'aws_rds_cluster.cluster: deletion_protection',
        'aws_rds_cluster.cluster: skip_final_snapshot',
        'aws_rds_cluster.cluster: prevent_destroy',
      ],
    });
    expect(existsSync(trace)).toBe(false);
  });

  test('an app with its own ways to the cloud holds: endpoints, proxy, profile, role, guards in words, moved and removed', async () => {
    const { result } = await rehearsed(FOREIGN_APP);
    expect(result.errors).toEqual([]);
    expect(result.held).toBe(true);
    expect(result.stacks).toMatchObject([{ stack: '1-acme.dev', applied: 4, changes: [], destroyed: 4 }]);
    expect(result.stacks[0]!.guardsLifted).toEqual(
      expect.arrayContaining([
        'aws_cognito_user_pool.users: deletion_protection',
        'aws_cloudwatch_log_group.logs: skip_destroy',
      ]),
    );
  });

  test('a provider that cannot be installed fails the stacks that need it, not the others', async () => {
    const { result } = await rehearsed(MISSING_PROVIDER_APP);
    expect(result.held).toBe(false);
    expect(result.stacks).toMatchObject([
      { stack: 'future', applied: 0, destroyed: 0 },
      { stack: 'logs', applied: 1, changes: [], destroyed: 1 },
      { stack: 'reader', applied: 0, destroyed: 0 },
    ]);
    expect(result.errors).toMatchObject([
      {
        stack: 'future',
        summary: 'not rehearsed: it needs the provider aws 99.9.9, which cannot be installed',
        detail: expect.stringContaining('/hashicorp/aws/99.9.9/'),
      },
      { stack: 'reader', summary: 'not rehearsed: it reads outputs of future, which was not rehearsed' },
    ]);
  });

  test('a running emulator is used unchanged, and is empty afterwards', async () => {
    const python = await emulatorPython(process.env, homedir(), () => {});
    const place = { account: '111122223333', region: 'eu-north-1' };
    const emulator = await startEmulator({ python, ...place, logs: folder, env: process.env });
    try {
      const endpoint = emulator.env.AWS_ENDPOINT_URL_S3!; // the emulator that evaluates a bucket policy's Condition
      const { result } = await rehearsed(APP, { endpoints: { aws: endpoint }, stacks: '*-data' });
      expect(result.errors).toEqual([]);
      expect(result.stacks.map(({ stack }) => stack)).toEqual(['acme-dev-foundation', 'acme-dev-data']);
      expect(await (await fetch(endpoint)).text()).not.toContain('<Bucket>');
    } finally {
      emulator.stop();
    }
  });

  test('an interrupted command destroys what it has created, and leaves no file', async () => {
    const command = cli('--app', APP);
    let [out, err] = ['', ''];
    command.stdout.on('data', (chunk) => {
      const before = out;
      out += chunk;
      const begun = (text: string) => text.includes('apply acme-dev-data');
      if (begun(out) && !begun(before)) command.kill('SIGINT'); // once: a second Ctrl-C would end the teardown
    });
    command.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const code = await new Promise((resolve) => command.on('close', resolve));
    expect(out).toContain('interrupted: tearing down; Ctrl-C again to stop now\n');
    expect(out).toContain('destroy acme-dev-foundation: done');
    expect([code, err]).toEqual([130, 'interrupted: everything is torn down\n']);
    expect(readdirSync(folder).filter((name) => name.startsWith('cdktf-mlops-rehearsal'))).toEqual([]);
    const url = /emulator: (http\S+)/.exec(out)![1]!;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('the command prints only JSON with --json', async () => {
    const command = cli('--app', FAILING_APP, '--json');
    let out = '';
    command.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const code = await new Promise((resolve) => command.on('close', resolve));
    expect(JSON.parse(out)).toMatchObject({ held: false, errors: [{ stack: 'first' }] });
    expect(code).toBe(1);
  });
});
