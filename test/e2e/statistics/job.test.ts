import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriftMonitor } from '../../../lib/monitoring/drift/drift-monitor';
import { Template } from '../../../lib/testing';
import { NO_SETTINGS } from '../../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { driftPropsIn } from '../../support/drift';
import { describeWith } from '../../support/machine';
import { ACME, acmeStack } from '../../support/stack';
import { statisticsPython } from '../../support/statistics';

/** Stands for the one key that the emulator makes. */
const KEY = `arn:aws:kms:${ACME.region}:${ACME.account}:key/00000000-0000-0000-0000-000000000000`;
const [LAKE, WORKSPACE] = ['acme-lake', 'acme-workspace'] as const;
const REPORTS = 'drift/acme-dev-fraud/';

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

describeWith(['python', 'registry'], 'the job of a drift monitor, under its role', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-job-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const at = (Bucket: string, Key: string, more: object = {}) => ({ Bucket, Key, ...more });
  const refused: [number, string, object][] = [
    [0, 'get_object', at(LAKE, 'captured/other/champion/2026/11/01/00/a.jsonl')],
    [0, 'put_object', at(LAKE, 'captured/card-fraud/champion/2026/11/01/00/more.jsonl', { Body: '{}' })],
    [0, 'put_object', at(LAKE, 'baselines/card-fraud/profile.json', { Body: '{}' })],
    [0, 'put_object', at(WORKSPACE, 'drift/acme-dev-ads/2026-11-02T000000Z/report.json', { Body: '{}' })],
    [0, 'delete_object', at(WORKSPACE, `${REPORTS}2026-11-02T000000Z/report.json`)],
  ];
  let outcome: {
    code: number;
    message: string;
    log: string;
    answers: string[];
    written: Record<string, string>;
    metrics: string[][];
  };

  beforeAll(async () => {
    const s = acmeStack();
    const monitor = new DriftMonitor(s, 'Fraud', { ...driftPropsIn(s), features: ['amount', 'country'] });
    const template = Template.synth(s);
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
    const script = join(__dirname, '../../monitoring/drift_job.py');
    const {
      code: exit,
      stdout,
      stderr,
    } = await run(emulators, [script, join(folder, 'plan.json')], { cwd: folder, env });
    if (exit !== 0) throw new Error(stderr);
    outcome = JSON.parse(stdout);
  });

  test('finds the drift that was put in, and says it in its message', () => {
    expect(outcome).toMatchObject({ code: 0, message: 'DRIFT in 1,000 rows: amount, prediction' });
  });

  test('leaves its report for people and for programs', () => {
    expect(Object.keys(outcome.written).sort()).toEqual(
      ['report.json', 'report.md'].map((name) => `${REPORTS}2026-11-02T000000Z/${name}`),
    );
    const report = JSON.parse(outcome.written[`${REPORTS}2026-11-02T000000Z/report.json`]!);
    expect(report).toMatchObject({ monitor: 'acme-dev-fraud', state: 'DRIFT', drifted: ['amount', 'prediction'] });
  });

  test('publishes the metrics that its alarms and dashboards read', () => {
    const whole = ['DriftedFeatures', 'Judged', 'Rows', 'UnreadableRate'].map((name) => [name, 'acme-dev-fraud']);
    const each = ['MissingRate', 'PSI'].flatMap((name) =>
      ['amount', 'country', 'prediction'].map((feature) => [name, 'acme-dev-fraud', feature]),
    );
    expect(outcome.metrics).toEqual([...whole, ...each].sort());
  });

  test('may do nothing else: not read other data, nor change what it judges, its baseline or a report', () => {
    const shown = refused.map(([, operation, call]) => `${operation} ${JSON.stringify(call)}`);
    expect(shown.map((call, index) => `${outcome.answers[index]}: ${call}`)).toEqual(
      shown.map((call) => `refused: ${call}`),
    );
  });
});
