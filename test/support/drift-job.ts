import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DriftMonitor } from '../../lib/monitoring/drift/drift-monitor';
import type { Template } from '../../lib/testing';
import { NO_SETTINGS } from '../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../rehearsal/environment';
import { run } from '../../rehearsal/process';
import { ACME } from './stack';
import { statisticsPython } from './statistics';

/** Stands for the one key that the emulator makes. */
const KEY = `arn:aws:kms:${ACME.region}:${ACME.account}:key/00000000-0000-0000-0000-000000000000`;
export const [LAKE, WORKSPACE] = ['acme-lake', 'acme-workspace'] as const;
export const REPORTS = 'drift/acme-dev-fraud/';

/** A text with names in place of references to keys and buckets. */
function named(text: string): string {
  return text
    .replace(/\$\{aws_kms_key\.\w+\.arn\}/g, KEY)
    .replace(/\$\{aws_s3_bucket\.LakeBucket\w+\.(\w+)\}/g, (_, part) =>
      part === 'arn' ? `arn:aws:s3:::${LAKE}` : LAKE,
    )
    .replace(/\$\{aws_s3_bucket\.\w+\.(\w+)\}/g, (_, part) =>
      part === 'arn' ? `arn:aws:s3:::${WORKSPACE}` : WORKSPACE,
    );
}

/** A policy without the conditions on a namespace, which the emulator does not know; the unit tests of the monitor have them. */
function withoutNamespaces(policy: string): string {
  return JSON.stringify(JSON.parse(policy), (key, value) =>
    key === 'Condition' && JSON.stringify(value).includes('cloudwatch:namespace') ? undefined : value,
  );
}

/** A call of boto3 that must be refused: the service (0 is S3), the operation, and its parameters. */
export type RefusedCall = readonly [number, string, object];

/** A metric that a run has published. */
export interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** What a run of the job has done. */
export interface DriftJobOutcome {
  readonly code: number;
  readonly message: string;
  readonly log: string;
  readonly answers: readonly string[];
  readonly written: Readonly<Record<string, string>>;
  readonly metrics: readonly PublishedMetric[];
}

/**
 * Runs the job of a monitor named `acme-dev-fraud`, of `driftPropsIn`, with nothing but the permissions of its role, on captured data
 * with drift: see `test/monitoring/drift_job.py`.
 */
export async function runDriftJob(
  template: Template,
  monitor: DriftMonitor,
  refused: readonly RefusedCall[] = [],
): Promise<DriftJobOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'drift-job-'));
  try {
    const request = JSON.parse(named(String(template.resolve(JSON.stringify(monitor.job.request())))));
    const uri: string = request.ProcessingInputs[0].S3Input.S3Uri;
    const code = uri.slice(`s3://${WORKSPACE}/`.length);
    const program = template
      .all('aws_s3_object')
      .map(({ key, content }) => [
        String(key).slice(code.length),
        String(content).replaceAll('$${', '${').replaceAll('%%{', '%{'),
      ]);
    const role = String(template.resolve(monitor.role.roleName));
    const policy = template
      .all('aws_iam_role_policy')
      .find((one) => template.resolve(String(one.role)) === role)!.policy;
    const policies = template.all('aws_s3_bucket_policy').map((one) => JSON.parse(named(JSON.stringify(one))));
    const plan = {
      ...ACME,
      key: KEY,
      python: statisticsPython(),
      lake: LAKE,
      workspace: WORKSPACE,
      folder: code,
      program: Object.fromEntries(program),
      policy: withoutNamespaces(named(String(policy))),
      request,
      buckets: Object.fromEntries(policies.map((one) => [one.bucket, one.policy])),
      reports: REPORTS,
      refused,
      emulators: { ministack: EMULATORS.ministack.serve(0) },
      ministack: { GATEWAY_PORT: 'PORT' },
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const emulators = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      ...blockedProxies(),
      ...NO_SETTINGS,
      AUTH: 'true',
      USE_SSL: '1',
      TMPDIR: folder,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const script = join(__dirname, '../monitoring/drift_job.py');
    const {
      code: exit,
      stdout,
      stderr,
    } = await run(emulators, [script, join(folder, 'plan.json')], { cwd: folder, env });
    if (exit !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
