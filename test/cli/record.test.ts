import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '../../cli/exit-code';
import { cli as run } from '../support/cli';

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  process.chdir(folder);
  mkdirSync('environments');
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const [BUCKET, POLICY] = ['aws_s3_bucket.Raw', 'aws_s3_bucket_policy.Policy'];
const KEPT = {
  kept: { Resource: { address: BUCKET, is: "bucket 'acme-raw'", holdsData: true, replacedBy: { bucket: 'acme-raw' } } },
  companions: { Policy: POLICY },
};
const STACK = { choices: {}, kept: { 'Lake/raw': KEPT }, names: {}, moved: [], released: [] };
const writeRecord = () =>
  writeFileSync('environments/dev.record.json', JSON.stringify({ stacks: { 'acme-dev-data': STACK } }));

/** An app that writes the text as the record of dev. */
const writing = (text: string) => `printf '{"environments/dev.record.json":"${text}"}' > $CDKTF_MLOPS_RECORDS`;

describe('record', () => {
  test('writes what the app says, and --check compares', async () => {
    expect(await run('record', '--check', '--app', writing('new'))).toEqual({
      code: ExitCode.failed,
      out: '',
      err: "environments/dev.record.json: does not exist; write it with 'npx cdktf-mlops record', review the change and commit it\n",
    });
    expect(await run('record', 'dev', '--app', writing('new'))).toMatchObject({ code: ExitCode.held });
    expect(readFileSync('environments/dev.record.json', 'utf8')).toBe('new');
    expect(await run('record', '--check', '--app', writing('new'))).toMatchObject({ code: ExitCode.held });
    expect(await run('record', '--check', '--app', writing('other'))).toMatchObject({
      code: ExitCode.failed,
      err: expect.stringContaining('is out of date'),
    });
  });

  test('an app that refuses leaves the record unchanged, also with --drop', async () => {
    writeFileSync(
      'environments/dev.record.json',
      JSON.stringify({ stacks: { 'acme-dev-data': STACK } }).replace('"holdsData":true', '"holdsData":false'),
    );
    const before = readFileSync('environments/dev.record.json', 'utf8');
    const refusing = ['--app', 'echo lost >&2; exit 2'];
    expect(await run('record', 'dev', ...refusing, '--drop', 'acme-dev-data/Lake/raw')).toMatchObject({
      code: ExitCode.usage,
      err: 'lost\n',
    });
    expect(readFileSync('environments/dev.record.json', 'utf8')).toBe(before);
  });

  test('an app without main is told what it must call', async () => {
    expect(await run('record', '--app', 'true')).toMatchObject({
      code: ExitCode.usage,
      err: "the app 'true' wrote no record: it must call 'main' of cdktf-mlops/platform\n",
    });
  });
});

test.each([
  ['move', 'acme-dev-data/Lake/raw', 'acme-dev-data/Lake/landing'],
  ['release', 'acme-dev-data/Lake/raw'],
])('%s changes a record, and needs one', async (command, ...paths) => {
  expect(await run(command, 'dev', ...paths)).toMatchObject({
    code: ExitCode.usage,
    err: "environments/dev.record.json: does not exist; write it with 'cdktf-mlops record dev'\n",
  });
  writeRecord();
  expect(await run(command, 'dev', ...paths)).toMatchObject({ code: ExitCode.held });
  const { stacks } = JSON.parse(readFileSync('environments/dev.record.json', 'utf8'));
  expect(Object.keys(stacks['acme-dev-data'].kept)).toEqual(command === 'move' ? ['Lake/landing'] : []);
  expect(stacks['acme-dev-data'].released).toEqual(command === 'move' ? [] : [BUCKET, POLICY]);
});

test.each(['record', 'move', 'release'])('%s says in its help what it writes', async (command) => {
  expect((await run(command, '--help')).out).toMatch(/\nWrites \w+/);
});

describe('guard', () => {
  const bucket = { force_destroy: false, bucket: 'acme-raw' };
  function plan(file: string, ...changes: [address: string, actions: string[], before?: object][]): string {
    const resource_changes = changes.map(([address, actions, before = {}]) => ({
      address,
      type: address.split('.').at(-2),
      mode: 'managed',
      change: { actions, before },
    }));
    writeFileSync(file, JSON.stringify({ format_version: '1.2', resource_changes }));
    return file;
  }

  test.each<[string, [string, string[], object?][], string]>([
    [
      'a kept resource that is destroyed',
      [[BUCKET, ['delete'], bucket]],
      `${BUCKET} would be destroyed: bucket 'acme-raw' is kept (Lake/raw)`,
    ],
    [
      'a kept resource that is replaced',
      [[BUCKET, ['create', 'delete'], bucket]],
      `${BUCKET} would be replaced: bucket 'acme-raw' is kept`,
    ],
    [
      'the policy of a kept bucket',
      [[POLICY, ['delete']]],
      `${POLICY} would be destroyed: it belongs to bucket 'acme-raw', which is kept`,
    ],
    [
      'a bucket whose destruction is not deployed',
      [['aws_s3_bucket.Other', ['delete'], { ...bucket, bucket: 'acme-other' }]],
      "bucket 'acme-other' holds data, and force_destroy = true is not deployed",
    ],
  ])('refuses %s', async (_, changes, message) => {
    writeRecord();
    const { code, out } = await run('guard', plan('acme-dev-data.json', ...changes));
    expect(out).toContain('acme-dev-data.json: refused (by the record of acme-dev-data)');
    expect(out).toContain(message);
    expect(code).toBe(ExitCode.failed);
  });

  test('allows what is not kept: updates, other resources, replaced companions, what is forgotten', async () => {
    writeRecord();
    const file = plan(
      'plan.json',
      [BUCKET, ['forget'], bucket],
      [POLICY, ['delete', 'create']],
      ['aws_glue_catalog_database.Old', ['delete']],
      ['aws_s3_bucket.Scratch', ['delete'], { force_destroy: true }],
    );
    expect(await run('guard', file, '--stack', 'acme-dev-data')).toEqual({
      code: ExitCode.held,
      out: 'plan.json: loses nothing that is kept (by the record of acme-dev-data)\n',
      err: '',
    });
  });

  test('without a record, judges by what holds data and by what its state consents to', async () => {
    const refused = plan(
      'plan.json',
      ['module.lake.aws_glue_catalog_database.Raw', ['delete'], { name: 'raw' }],
      ['aws_db_instance.Old', ['delete'], { identifier: 'old', deletion_protection: false }],
      ['aws_cloudwatch_log_group.Kept', ['delete'], { skip_destroy: true }],
      ['aws_vpc.Main', ['delete']],
    );
    const { code, out } = await run('guard', refused);
    expect(code).toBe(ExitCode.failed);
    expect(out).toBe(
      "plan.json: refused (no record has its stack)\n  - module.lake.aws_glue_catalog_database.Raw would be destroyed: catalog database 'raw' holds data, and no record says that it may go\n",
    );
  });

  test('a folder of the plan names its stack', async () => {
    writeRecord();
    mkdirSync('cdktf.out/stacks/acme-dev-data', { recursive: true });
    const file = plan('cdktf.out/stacks/acme-dev-data/plan.json', [BUCKET, ['delete'], bucket]);
    expect(await run('guard', file)).toMatchObject({ code: ExitCode.failed });
  });

  const planOf = (change: object, rest: object = {}) =>
    JSON.stringify({ format_version: '1.2', resource_changes: [change], ...rest });
  const deletion = (address: string, more: object = {}, before: object = {}) => ({
    address,
    type: address.split('.').at(-2),
    mode: 'managed',
    change: { actions: ['delete'], before },
    ...more,
  });

  test.each<[string, object]>([
    ['an instance of a kept resource', deletion(`${BUCKET}["it's \\"q\\"[0]"]`)],
    ['an instance with a dot in its key', deletion(`${BUCKET}["a.b"]`, { type: 'aws_s3_bucket' })],
    ['a kept resource at its new address', deletion('aws_s3_bucket.Landing', { previous_address: BUCKET })],
    ['an instance of a companion', deletion(`${POLICY}[0]`, { type: 'aws_s3_bucket_policy' })],
  ])('refuses %s', async (_, change) => {
    writeRecord();
    writeFileSync('acme-dev-data.json', planOf(change));
    const { code, out } = await run('guard', 'acme-dev-data.json');
    expect(out).toContain("bucket 'acme-raw'");
    expect(code).toBe(ExitCode.failed);
  });

  test('what was left behind by an interrupted replacement is a deposed object: of a companion it may go', async () => {
    writeRecord();
    writeFileSync('acme-dev-data.json', planOf(deletion(POLICY, { deposed: 'a1b2c3d4' })));
    expect(await run('guard', 'acme-dev-data.json')).toMatchObject({ code: ExitCode.held });
    writeFileSync('acme-dev-data.json', planOf(deletion(BUCKET, { deposed: 'a1b2c3d4' })));
    expect(await run('guard', 'acme-dev-data.json')).toMatchObject({
      code: ExitCode.failed,
      out: expect.stringContaining(`${BUCKET} (deposed object a1b2c3d4) would be destroyed: bucket 'acme-raw' is kept`),
    });
  });

  test('what replaces a kept resource is named: attributes, a taint, a request', async () => {
    writeRecord();
    const replaced = (action_reason: string, replace_paths?: unknown) =>
      planOf(
        deletion(BUCKET, { action_reason, change: { actions: ['create', 'delete'], before: bucket, replace_paths } }),
      );
    const texts = [
      replaced('replace_because_cannot_update', [['bucket'], ['encryption_configuration', 0, 'kms_key']]),
      replaced('replace_because_tainted'),
      replaced('replace_by_request'),
    ];
    for (const [index, text] of texts.entries()) writeFileSync(`${index}.json`, text);
    const { out } = await run('guard', '0.json', '1.json', '2.json', '--stack', 'acme-dev-data');
    expect(out).toContain(`${BUCKET} would be replaced by a change of bucket, encryption_configuration: bucket`);
    expect(out).toContain(
      `${BUCKET} would be replaced because it is tainted ('terraform untaint' takes that back): bucket`,
    );
    expect(out).toContain(`${BUCKET} would be replaced by '-replace': bucket`);
  });

  test.each([
    ['PK\u0003\u0004 binary', "is a plan file itself; make it JSON with 'terraform show -json plan > plan.json'"],
    ['', 'is empty'],
    ['{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}', "is the log of 'terraform plan -json'"],
    ['[command]/opt/terraform-bin show -json plan\n{}', "set 'terraform_wrapper: false'"],
    ['Terraform will perform the following actions:', 'must be a plan as JSON; make it with'],
    ['{"format_version":"1.0","values":{}}', 'must be a plan as JSON; make it with'],
    ['{"format_version":"1.0"}', 'must be a plan as JSON; make it with'],
    ['{"format_version":"1.0","valid":true,"diagnostics":[]}', 'must be a plan as JSON; make it with'],
    ['{"format_version":"1.0","provider_schemas":{}}', 'must be a plan as JSON; make it with'],
    ['{"format_version":"1.2","resource_changes":{}}', 'must be a plan as JSON; make it with'],
    ['{"format_version":"1.2","resource_changes":[{}]}', 'must be a plan as JSON; make it with'],
    ['null', 'must be a plan as JSON; make it with'],
    ['{"format_version":"2.0","resource_changes":[]}', 'has the format 2.0, which this version cannot read'],
    ['{"format_version":"1.2","planned_values":{},"errored":true}', 'is a plan that failed'],
  ])('%j is no plan', async (text, message) => {
    writeFileSync('plan.json', text);
    expect(await run('guard', 'plan.json')).toMatchObject({
      code: ExitCode.usage,
      err: expect.stringContaining(message),
    });
  });

  test('a plan without changes loses nothing', async () => {
    writeFileSync('plan.json', '{"format_version":"1.2","planned_values":{"root_module":{}},"errored":false}');
    expect(await run('guard', 'plan.json')).toMatchObject({ code: ExitCode.held });
  });

  test('a plan that PowerShell redirected, in UTF-16 or with a byte order mark, is read', async () => {
    writeRecord();
    const text = `\uFEFF${planOf(deletion(BUCKET))}`;
    for (const encoding of ['utf8', 'utf16le'] as const) {
      writeFileSync('acme-dev-data.json', Buffer.from(text, encoding));
      expect(await run('guard', 'acme-dev-data.json')).toMatchObject({ code: ExitCode.failed });
    }
  });

  test('a folder without records is refused if it was asked for, so that a typing error does not weaken the guard', async () => {
    writeRecord();
    const file = plan('plan.json');
    expect(await run('guard', file, '--records', 'enviroments')).toMatchObject({
      code: ExitCode.usage,
      err: "--records: no record is in 'enviroments'; name the folder of <environment>.record.json\n",
    });
    expect(await run('guard', file, '--records', 'environments')).toMatchObject({ code: ExitCode.held });
  });

  test('a missing file and an unknown stack are wrong usage', async () => {
    expect(await run('guard', 'none.json')).toMatchObject({
      code: ExitCode.usage,
      err: 'none.json: cannot be read (ENOENT)\n',
    });
    expect(await run('guard', 'none.json', '--stack', 'x')).toMatchObject({
      code: ExitCode.usage,
      err: "--stack: no record in environments has the stack 'x'\n",
    });
  });
});
