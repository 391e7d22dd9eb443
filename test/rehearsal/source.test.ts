import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RehearsalEvent, rehearse } from '../../rehearsal';
import { DEFAULT_PLACE, placeOf } from '../../rehearsal/clouds/aws/place';
import { readStacks, type SynthesizedStack, selectStacks } from '../../rehearsal/source/manifest';

const folder = mkdtempSync(join(tmpdir(), 'rehearsal-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A synthesized folder; stacks are `name: dependencies`. */
function synthesized(stacks: Record<string, string[]>): string {
  const out = mkdtempSync(join(folder, 'out-'));
  const entries = Object.entries(stacks).map(([name, dependencies]) => {
    const workingDirectory = `stacks/${name}`;
    mkdirSync(join(out, workingDirectory), { recursive: true });
    writeFileSync(join(out, workingDirectory, 'cdk.tf.json'), '{}');
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

  test('come after what they depend on, whatever the order of the manifest', () => {
    expect(names(stacks)).toEqual(['foundation', 'data', 'monitoring', 'audit']);
  });

  test('are chosen by a pattern, together with what they depend on', () => {
    expect(names(selectStacks(stacks, 'da*'))).toEqual(['foundation', 'data']);
    expect(names(selectStacks(stacks, '*'))).toEqual(names(stacks));
    expect(() => selectStacks(stacks, 'd.ta')).toThrow("no stack matches 'd.ta'");
  });

  test('are named where a pattern matches none', () => {
    expect(() => selectStacks(stacks, 'dat')).toThrow(
      "no stack matches 'dat': there are 'foundation', 'data', 'monitoring', 'audit'",
    );
  });
});

test('a folder that holds nothing to rehearse is refused', () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  expect(() => readStacks(empty)).toThrow(
    `${empty} holds no synthesized stacks (no manifest.json): run the app first, or name it with --app`,
  );
  const none = synthesized({});
  expect(() => readStacks(none)).toThrow(`${none} holds no stack: the app creates none`);
});

describe('the account and region of a rehearsal', () => {
  const stack = (...aws: Record<string, unknown>[]) =>
    ({ configuration: { provider: { aws } } }) as unknown as SynthesizedStack;

  test('are those that the providers ask for, the region by the one without alias', () => {
    const audit = { alias: 'audit', region: 'us-east-1' };
    const main = { region: 'eu-north-1', allowed_account_ids: ['111122223333'] };
    expect(placeOf([stack(audit, main), stack(main)])).toEqual({ account: '111122223333', region: 'eu-north-1' });
  });

  test('are made up where they ask for none', () => {
    expect(placeOf([stack({})])).toEqual(DEFAULT_PLACE);
  });

  test('cannot be two accounts', () => {
    const [one, two] = ['111122223333', '444455556666'].map((id) => stack({ allowed_account_ids: [id] }));
    expect(() => placeOf([one!, two!])).toThrow(
      'the stacks are for 2 accounts (111122223333, 444455556666), a rehearsal has one: rehearse them apart, with --stack',
    );
  });
});

describe('an app that fails', () => {
  const command = 'echo "dev.yaml:3:1 zones: too many" >&2; exit 2';

  test('is told by its own exit code and words', async () => {
    await expect(rehearse({ source: { command, env: process.env } })).rejects.toMatchObject({
      name: 'AppFailure',
      message: `the app '${command}' ended with exit code 2`,
      exitCode: 2,
      stderr: 'dev.yaml:3:1 zones: too many',
    });
  });

  test('is all that happens: nothing starts, nothing is left', async () => {
    const events: RehearsalEvent[] = [];
    const source = { command: 'echo "$CDKTF_OUTDIR" >&2; exit 1', env: process.env };
    const { stderr } = await rehearse({ source }, (event) => events.push(event)).catch((error) => error);
    expect(events.map(({ type }) => type)).toEqual(['step']);
    expect(() => readStacks(stderr)).toThrow('holds no synthesized stacks');
  });
});
