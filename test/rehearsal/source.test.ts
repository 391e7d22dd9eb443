import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RehearsalEvent, rehearse } from '../../rehearsal';
import { DEFAULT_PLACE, placeOf } from '../../rehearsal/clouds/aws/place';
import { readStacks, type SynthesizedStack, selectStacks } from '../../rehearsal/source/manifest';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A synthesized folder of stacks, `name: dependencies`, with their configurations. */
function synthesized(stacks: Record<string, string[]>, configurations: Record<string, object> = {}): string {
  const out = mkdtempSync(join(folder, 'out-'));
  const entries = Object.entries(stacks).map(([name, dependencies]) => {
    const workingDirectory = `stacks/${name}`;
    mkdirSync(join(out, workingDirectory), { recursive: true });
    writeFileSync(join(out, workingDirectory, 'cdk.tf.json'), JSON.stringify(configurations[name] ?? {}));
    const synthesizedStackPath = `${workingDirectory}/cdk.tf.json`;
    return [
      name,
      {
        name,
        constructPath: `App/${name}`,
        workingDirectory,
        synthesizedStackPath,
        dependencies: dependencies.map((d) => `App/${d}`),
      },
    ];
  });
  writeFileSync(join(out, 'manifest.json'), JSON.stringify({ version: '0.21.0', stacks: Object.fromEntries(entries) }));
  return out;
}

const names = (stacks: readonly SynthesizedStack[]): string[] => stacks.map(({ name }) => name);

describe('the stacks of a synthesized folder', () => {
  const stacks = readStacks(
    synthesized({ monitoring: ['data', 'foundation'], data: ['foundation'], foundation: [], audit: [] }),
  );

  test('come after the stacks that they depend on, in any order of the manifest', () => {
    expect(names(stacks)).toEqual(['foundation', 'data', 'monitoring', 'audit']);
  });

  test('are selected by a pattern, with the stacks that they depend on', () => {
    expect(names(selectStacks(stacks, 'da*'))).toEqual(['foundation', 'data']);
    expect(names(selectStacks(stacks, '*'))).toEqual(names(stacks));
    expect(() => selectStacks(stacks, 'd.ta')).toThrow("no stack matches 'd.ta'");
  });

  test('are listed if a pattern matches none', () => {
    expect(() => selectStacks(stacks, 'dat')).toThrow(
      "no stack matches 'dat': the stacks are 'foundation', 'data', 'monitoring', 'audit'",
    );
  });
});

describe('a stack that reads the state of another', () => {
  const s3 = (key: string, more = {}) => ({ bucket: 'state', key, region: 'eu-north-1', ...more });
  const state = (type: string, settings: object) => ({ terraform: { backend: { [type]: settings } } });
  const reads = (backend: string, config: object) => ({
    data: { terraform_remote_state: { any: { backend, config } } },
  });

  test.each([
    ['a local file', state('local', { path: '../../../a.tfstate' }), reads('local', { path: '../../../a.tfstate' })],
    ['a local file, by its other path', state('local', { path: 'a' }), reads('local', { path: '../network/a' })],
    ['the default local file', {}, reads('local', { path: '../network/terraform.tfstate' })],
    ['an S3 object, with another role', state('s3', s3('a')), reads('s3', s3('a', { role_arn: 'reader' }))],
    [
      'a workspace of HCP Terraform',
      { terraform: { cloud: { organization: 'acme', workspaces: { name: 'a', project: 'p' } } } },
      reads('remote', { organization: 'acme', workspaces: { name: 'a' } }),
    ],
    ['a backend of its own kind', state('acme', { url: 'a' }), reads('acme', { url: 'a' })],
  ])('comes after it, whatever both are called: %s', (_, network, data) => {
    const stacks = readStacks(synthesized({ data: [], network: [] }, { data, network }));
    expect(names(stacks)).toEqual(['network', 'data']);
    expect(names(selectStacks(stacks, 'data'))).toEqual(['network', 'data']);
  });

  test.each([
    ['another object', state('s3', s3('a')), reads('s3', s3('b'))],
    ['a file of another stack', state('local', { path: 'a' }), reads('local', { path: 'a' })],
    ['another kind of backend', state('gcs', { bucket: 'state' }), reads('s3', { bucket: 'state' })],
  ])('is independent of a stack with another state: %s', (_, network, data) => {
    const stacks = readStacks(synthesized({ data: [], other: [], network: [] }, { data, network }));
    expect(stacks.flatMap(({ dependencies }) => dependencies).filter((name) => name === 'network')).toEqual([]);
  });

  test('may be read by it: the order is that of the manifest', () => {
    const both = (own: string, other: string) => ({ ...state('s3', s3(own)), ...reads('s3', s3(other)) });
    const stacks = readStacks(synthesized({ a: [], b: [] }, { a: both('a', 'b'), b: both('b', 'a') }));
    expect(names(stacks).sort()).toEqual(['a', 'b']);
  });
});

test('a block is read alone or in a list, as Terraform takes both', () => {
  const provider = { aws: { region: 'eu-north-1' } };
  const resource = { null_resource: { a: [{ provisioner: [], lifecycle: [{ prevent_destroy: true }] }] } };
  const [stack] = readStacks(synthesized({ data: [] }, { data: { provider, resource } }));
  expect(stack!.configuration).toEqual({
    provider: { aws: [{ region: 'eu-north-1' }] },
    resource: { null_resource: { a: { provisioner: [], lifecycle: { prevent_destroy: true } } } },
  });
});

test('a folder without stacks is refused', () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  expect(() => readStacks(empty)).toThrow(
    `${empty} contains no synthesized stacks (no manifest.json): run the app first, or set --app`,
  );
  const none = synthesized({});
  expect(() => readStacks(none)).toThrow(`${none} contains no stack: the app creates none`);
});

describe('the account and region of a rehearsal', () => {
  const stack = (...aws: Record<string, unknown>[]) =>
    ({ configuration: { provider: { aws } } }) as unknown as SynthesizedStack;

  test('are those of the providers; the region is that of the one without an alias', () => {
    const audit = { alias: 'audit', region: 'us-east-1' };
    const main = { region: 'eu-north-1', allowed_account_ids: ['111122223333'] };
    expect(placeOf([stack(audit, main), stack(main)])).toEqual({ account: '111122223333', region: 'eu-north-1' });
  });

  test('have defaults if the providers set none', () => {
    expect(placeOf([stack({})])).toEqual(DEFAULT_PLACE);
  });

  test('are one that every provider allows, or that of a role, or one that none forbids', () => {
    const role = (account: string) => ({ assume_role: [{ role_arn: `arn:aws:iam::${account}:role/deploy` }] });
    const accountOf = (...providers: object[]) => placeOf([stack(...(providers as Record<string, unknown>[]))]).account;
    const [one, two] = ['111122223333', '444455556666'] as const;
    expect(accountOf({ allowed_account_ids: [one, two] }, { allowed_account_ids: [two] })).toBe(two);
    expect(accountOf({ allowed_account_ids: ['${var.account}'] })).toBe(DEFAULT_PLACE.account);
    expect(accountOf({ ...role(two) }, { alias: 'audit', ...role(one) })).toBe(two);
    expect(accountOf({ allowed_account_ids: [one] }, { ...role(two), allowed_account_ids: [two] })).toBe(one);
    expect(accountOf({ forbidden_account_ids: [DEFAULT_PLACE.account] })).not.toBe(DEFAULT_PLACE.account);
    expect(placeOf([stack({ region: '${var.region}' })]).region).toBe(DEFAULT_PLACE.region);
  });

  test('cannot be two accounts', () => {
    const [one, two] = ['111122223333', '444455556666'].map((id) => stack({ allowed_account_ids: [id] }));
    expect(() => placeOf([one!, two!])).toThrow(
      'the stacks are for 2 accounts (111122223333, 444455556666), a rehearsal has one: rehearse them separately, with --stack',
    );
  });
});

describe('an app that fails', () => {
  const command = 'echo "dev.yaml:3:1 zones: too many" >&2; exit 2';

  test('is reported with its exit code and output', async () => {
    await expect(rehearse({ source: { command, env: process.env } })).rejects.toMatchObject({
      name: 'AppFailure',
      message: `the app '${command}' ended with exit code 2`,
      exitCode: 2,
      stderr: 'dev.yaml:3:1 zones: too many',
    });
  });

  test('ends the rehearsal: nothing is started, no file is left', async () => {
    const events: RehearsalEvent[] = [];
    const source = { command: 'echo "$CDKTF_OUTDIR" >&2; exit 1', env: process.env };
    const { stderr } = await rehearse({ source }, (event) => events.push(event)).catch((error) => error);
    expect(events.map(({ type }) => type)).toEqual(['step']);
    expect(() => readStacks(stderr)).toThrow('contains no synthesized stacks');
  });
});
