import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsStack } from '../../../lib/aws/aws-stack';
import { DataLake } from '../../../lib/data-lake/data-lake';
import { Partition } from '../../../lib/data-lake/partition';
import { DataQualityGate } from '../../../lib/data-lake/quality/data-quality-gate';
import { Expectation } from '../../../lib/data-lake/quality/expectation';
import { Table } from '../../../lib/data-lake/table';
import { TableFormat } from '../../../lib/data-lake/table-format';
import { Key } from '../../../lib/encryption/key';
import { Template, testApp } from '../../../lib/testing';
import { DATA_VERSION_PROGRAM } from '../../../lib/training/data/data-version';
import { NO_SETTINGS } from '../../../rehearsal/clouds/aws/emulator/endpoint';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { EMULATORS } from '../../../rehearsal/clouds/aws/emulator/services';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { dataQualityPython } from '../../support/data-quality';
import { describeWith } from '../../support/machine';
import { ACME, roleIn } from '../../support/stack';

/*
 * The program of a gate, under the role and the bucket policies that are synthesized for it. The emulator's requests carry
 * neither `cloudwatch:namespace` nor `events:source`: the two statements lose their condition here, and the unit tests of
 * the gate judge it.
 */

const KEY = `arn:aws:kms:${ACME.region}:${ACME.account}:key/00000000-0000-0000-0000-000000000000`;
const [ZONE, WORKSPACE] = ['raw', 'orders-workspace'].map(
  (name) => `acme-dev-${name}-${ACME.account}-${ACME.region}`,
) as [string, string];

const app = testApp();
const [owners, users] = ['owners', 'users'].map((id) => new AwsStack(app, id, ACME)) as [AwsStack, AwsStack];
const encryptionKey = Key.fromKeyArn(owners, 'Key', KEY);
const gate = new DataQualityGate(owners, 'Orders', {
  table: new Table(owners, 'Table', {
    zone: new DataLake(owners, 'Lake', { encryptionKey, zones: { raw: {} } }).zone('raw'),
    name: 'orders',
    prefix: 'shop/orders',
    format: TableFormat.parquet(),
    columns: { id: 'string', amount: 'double' },
    partitions: { day: Partition.date() },
    owner: 'fraud',
  }),
  expectations: [
    Expectation.completeness('id'),
    Expectation.uniqueness('id'),
    Expectation.range('amount', { min: 0, share: 0.99 }),
    Expectation.rowCount({ min: 100 }),
  ],
});
gate.onResult('Results', `arn:aws:sqs:${ACME.region}:${ACME.account}:results`, { failedOnly: false });
const evaluator = roleIn(users, 'Evaluator');
gate.grantEvaluate(evaluator);

/** The text with the literals of the stack in place of its references. */
function literal(template: Template, text: string): string {
  return text.replace(/\$\{(\w+\.\w+)\.(\w+)\}/g, (_, address: string, attribute: string) => {
    const attributes: Record<string, unknown> = template.resources(address.split('.')[0]!)[address]!;
    return attribute === 'arn' ? `arn:aws:s3:::${attributes.bucket}` : String(attributes[attribute]);
  });
}

function plan(): object {
  const template = Template.synth(owners);
  const buckets = template.all('aws_s3_bucket_policy').map(({ bucket, policy }) => {
    return [literal(template, String(bucket)), literal(template, String(policy))];
  });
  const objects = template.all('aws_s3_object').map(({ key, content }) => [key, literal(template, String(content))]);
  const [policy] = Template.synth(users)
    .all('aws_iam_role_policy')
    .map((one) => JSON.parse(String(one.policy)));
  const UNKNOWN = ['cloudwatch:namespace', 'events:source'];
  const statements = policy.Statement.map(({ Condition, ...statement }: Record<string, object>) =>
    Condition && !UNKNOWN.some((name) => JSON.stringify(Condition).includes(name))
      ? { ...statement, Condition }
      : statement,
  );
  const body = { Bucket: ZONE, Body: 'x' };
  return {
    ...ACME,
    serve: EMULATORS.ministack.serve(0),
    key: KEY,
    zone: ZONE,
    workspace: WORKSPACE,
    folder: gate.folder,
    entryPoint: gate.processing().entryPoint,
    data: `s3://${ZONE}/shop/orders/`,
    dataVersion: DATA_VERSION_PROGRAM,
    buckets: Object.fromEntries(buckets),
    code: Object.fromEntries(objects),
    policy: JSON.stringify({ ...policy, Statement: statements }),
    pattern: literal(template, String(template.one('aws_cloudwatch_event_rule').event_pattern)),
    calls: CALLS.map(([service, operation, parameters]) => [service, operation, { ...body, ...parameters }]).map(
      ([service, operation, parameters]) => [service, operation, only(String(operation), parameters as object)],
    ),
  };
}

/** Calls next to those of the program. */
const CALLS: readonly (readonly [string, string, object])[] = [
  ['s3', 'get_object', { Key: 'clicks/a' }],
  ['s3', 'put_object', { Key: 'shop/orders/day=2026-05-31/part.parquet' }],
  ['s3', 'delete_object', { Key: 'shop/orders/day=2026-05-31/part.parquet' }],
  ['s3', 'get_object', { Key: '_quarantine/orders/bad/range.amount.json' }],
  ['s3', 'put_object', { Key: '_quarantine/clicks/a' }],
  ['s3', 'put_object', { Key: '_quarantine/orders/x', ServerSideEncryption: 'AES256' }],
  ['s3', 'put_object', { Bucket: WORKSPACE, Key: `${gate.folder}/code/spec.json` }],
  ['s3', 'get_object', { Bucket: WORKSPACE, Key: `${gate.folder}/reports/good/result.json` }],
  ['s3', 'list_object_versions', { Prefix: 'clicks/' }],
  ['iam', 'list_roles', {}],
];

/** The parameters that the operation has. */
function only(operation: string, { Bucket, Body, ...parameters }: { Bucket?: string; Body?: string }): object {
  return {
    ...parameters,
    ...(operation !== 'list_roles' && { Bucket }),
    ...(operation === 'put_object' && { Body }),
  };
}

interface Ran {
  readonly code: number;
  readonly said: string;
  readonly dataVersion: string;
  readonly report: Record<string, any>;
}

describeWith(['python', 'registry'], 'the program of a gate, under its own role', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quality-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let found: { good: Ran; bad: Ran } & Record<string, any>;

  beforeAll(async () => {
    const emulator = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...EMULATORS.ministack.env(0, ACME.account, ACME.region),
      ...blockedProxies(),
      AUTH: 'true',
      USE_SSL: '1',
      TMPDIR: folder,
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...plan(), emulator, env }));
    const program = join(__dirname, '../../data-lake/quality/run_under_role.py');
    const { code, stdout, stderr } = await run(dataQualityPython(), [program, join(folder, 'plan.json')], {
      cwd: folder,
      env: { ...runningEnvironment(process.env), ...blockedProxies(), ...NO_SETTINGS },
    });
    if (code !== 0) throw new Error(stderr);
    found = JSON.parse(stdout);
  });

  test('passes good data, which it reads from the partitions of the table', () => {
    const { report, ...ran } = found.good;
    expect(ran).toMatchObject({ code: 0, said: 'SUCCEEDED: all expectations hold' });
    expect(report).toMatchObject({ state: 'SUCCEEDED', rows: 100, files: 2, score: 1, quarantine: [] });
    expect(found['of good']).toEqual({});
  });

  test('fails on bad data, and says in the report by how much', () => {
    const { report, code, said } = found.bad;
    expect(code).toBe(1);
    expect(said).toContain('1 of 3 files cannot be read: day=2026-06-01/part.parquet');
    // 2 of 100 ids are the same; 5 of 100 amounts are negative
    const measured = report.expectations.map(({ name, measured: value, failingRows }: any) => [
      name,
      value,
      failingRows,
    ]);
    expect(measured).toEqual([
      ['completeness.id', 1, 0],
      ['uniqueness.id', 0.98, 2],
      ['range.amount', 0.95, 5],
      ['rowCount', 100, undefined],
    ]);
  });

  test('quarantines the rows that do not fit and the file that cannot be read', () => {
    const { 'range.amount.json': rows, 'files/day=2026-06-01/part.parquet': file } = Object.fromEntries(
      Object.entries(found.quarantined as Record<string, string>).map(([key, body]) => [
        key.replace('_quarantine/orders/bad/', ''),
        body,
      ]),
    );
    expect(file).toBe('no parquet');
    const lines = rows!
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ row }) => row)).toEqual([46, 47, 48, 49, 50]);
    expect(lines[4]).toEqual({
      expectation: 'range.amount',
      file: 'day=2026-05-31/part.parquet',
      row: 50,
      values: { id: 'a0', amount: -1, day: '2026-05-31' },
    });
    expect(Object.keys(found.quarantined)).toHaveLength(2);
  });

  test('names the version of the data as training does', () => {
    for (const { report, dataVersion } of [found.good, found.bad]) {
      expect(dataVersion).toMatch(/^s3:sha256:[0-9a-f]{64}$/);
      expect(report.dataVersion).toBe(dataVersion);
    }
    expect(found.good.dataVersion).not.toBe(found.bad.dataVersion);
  });

  test('sends events that the rule of the gate matches', () => {
    expect(found.events).toHaveLength(2);
    const [first, second] = [...found.events].sort((a, b) => b.detail.score - a.detail.score);
    const context = {
      contextType: 'GLUE_DATA_CATALOG',
      databaseName: 'acme_dev_raw',
      tableName: 'orders',
    };
    expect(first).toMatchObject({
      source: 'cdktf-mlops.data-quality',
      'detail-type': 'Data Quality Evaluation Results Available',
      detail: {
        state: 'SUCCEEDED',
        score: 1,
        rulesSucceeded: 4,
        rulesFailed: 0,
        rulesetNames: ['acme-dev-orders'],
        context: { ...context, runId: 'good' },
      },
    });
    expect(second.detail).toMatchObject({ state: 'FAILED', score: 0.5, rulesFailed: 2, context: { runId: 'bad' } });
  });

  test('publishes metrics of the table and of each expectation', () => {
    const names = ['completeness.id', 'range.amount', 'rowCount', 'uniqueness.id'];
    const table = 'Table=acme_dev_raw.orders';
    const expected = [
      ...names.map((name) => ['Measured', table, `Expectation=${name}`]),
      ['Passed', table],
      ...names.map((name) => ['Passed', table, `Expectation=${name}`]),
      ['Rows', table],
    ];
    const sorted = (all: string[][]) => all.map((one) => one.join(' ')).toSorted();
    expect(sorted(found.metrics)).toEqual(sorted(expected));
  });

  test('may do nothing next to that', () =>
    expect(CALLS.map(([, operation, parameters], index) => [operation, parameters, found.calls[index]])).toEqual(
      CALLS.map(([, operation, parameters]) => [operation, parameters, 'refused']),
    ));
});
