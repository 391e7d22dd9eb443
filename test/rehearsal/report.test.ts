import type { StackCopy } from '../../rehearsal/copy/stack-copy';
import type { RehearsalEvent } from '../../rehearsal/events';
import { begunResource, endedResource, parseLine, readableLine } from '../../rehearsal/stages/terraform-test/messages';
import { Tally } from '../../rehearsal/stages/terraform-test/tally';

// Recorded from Terraform 1.11.4 with two stacks, shortened to the keys that are read.
const line = (value: object): string => JSON.stringify({ '@module': 'terraform.ui', ...value });
const progress = (run: string, state: string, status?: string): string =>
  line({
    '@message': `  "${run}"... ${state}`,
    '@testrun': run,
    type: 'test_run',
    test_run: { run, progress: state, status },
  });
const state = (run: string, ...addresses: string[]): string => {
  const managed = addresses.map((address) => ({ address, mode: 'managed', values: {} }));
  const resources = [...managed, { address: 'data.aws_region.here', mode: 'data', values: {} }];
  return line({
    '@message': 'printing state',
    '@testrun': run,
    test_state: { root_module: { resources } },
    type: 'test_state',
  });
};
const change = (
  address: string,
  actions: string[],
  before: object | null,
  after: object | null,
  after_unknown = {},
) => ({
  address,
  mode: 'managed',
  change: { actions, before, after, after_unknown },
});
const plan = (run: string, ...resource_changes: object[]): string =>
  line({ '@message': 'printing plan', '@testrun': run, test_plan: { resource_changes }, type: 'test_plan' });
const failure = (run: string, address: string): string =>
  line({
    '@message': 'Error: creating XRay Group (acme)',
    '@testrun': run,
    type: 'diagnostic',
    diagnostic: { severity: 'error', summary: 'creating XRay Group (acme)', detail: '', address },
  });
const summary = (status: string): string => line({ '@message': '', type: 'test_summary', test_summary: { status } });

const HELD = [
  progress('apply_data', 'starting'),
  progress('apply_data', 'complete', 'pass'),
  state('apply_data', 'aws_s3_bucket.raw', 'aws_glue_job.convert[0]', 'aws_glue_job.convert[1]'),
  progress('plan_data', 'starting'),
  progress('plan_data', 'complete', 'pass'),
  plan('plan_data', change('aws_s3_bucket.raw', ['no-op'], { bucket: 'raw' }, { bucket: 'raw' })),
  progress('apply_data', 'teardown'),
  progress('apply_data', 'teardown'),
  summary('pass'),
];

const DATA: StackCopy = {
  stack: 'data',
  folder: '/nowhere/data',
  dependencies: [],
  configuration: { resource: { aws_s3_bucket: { raw: {} }, aws_glue_job: { convert: {} } } },
  wires: [],
  overrides: [{ address: 'aws_glue_job.convert', reason: 'the emulator forgets it', values: {} }],
  guardsLifted: ['aws_s3_bucket.raw: prevent_destroy'],
  programs: [],
  provisionersRemoved: [],
  importsRemoved: [],
};

/** The tally of an output. Every message takes 100 ms; a line that is not JSON is from the log. */
function tallyOf(lines: readonly string[], copies = [DATA], isMocked = (_: string) => false) {
  const events: RehearsalEvent[] = [];
  let now = 0;
  const tally = new Tally(
    copies,
    isMocked,
    (event) => events.push(event),
    () => now,
  );
  for (const text of lines) {
    now += 100;
    const message = parseLine(text);
    if (message) tally.take(message);
    const begun = begunResource(text);
    if (begun) tally.begin(begun);
    const ended = endedResource(text);
    if (ended) tally.finishOne(ended);
  }
  tally.finish();
  return {
    tally,
    events,
    phases: events.flatMap((event) => (event.type === 'phase' ? [`${event.phase} ${event.state}`] : [])),
  };
}

describe('a rehearsal in which all held', () => {
  const { tally, phases } = tallyOf(HELD);

  test('counts instances by class, without data sources, and times them', () => {
    expect(tally.held).toBe(true);
    expect(tally.results).toEqual([
      {
        stack: 'data',
        resources: 3,
        applied: 1,
        accepted: 0,
        overridden: 2,
        mocked: 0,
        changes: [],
        destroyed: 3,
        guardsLifted: DATA.guardsLifted,
        provisionersRemoved: [],
        importsRemoved: [],
        seconds: 0.4,
      },
    ]);
  });

  test('reports each phase once, although teardown is repeated while it lasts', () => {
    expect(phases).toEqual([
      'apply started',
      'apply done',
      'plan started',
      'plan done',
      'destroy started',
      'destroy done',
    ]);
  });
});

test('resources of a mocked provider count as mocked, listed or not', () => {
  const { tally } = tallyOf(HELD, [DATA], () => true);
  expect(tally.results[0]).toMatchObject({ applied: 0, overridden: 0, mocked: 3 });
});

test('a running count follows the log', () => {
  const { events } = tallyOf([
    progress('apply_data', 'starting'),
    '2026-11-25T00:00:00Z [INFO]  Starting apply for aws_s3_bucket.raw',
  ]);
  expect(events).toContainEqual({
    type: 'phase',
    stack: 'data',
    phase: 'apply',
    state: 'running',
    begun: 1,
    done: 0,
    waiting: ['aws_s3_bucket.raw'],
    resources: 2,
  });
});

test('what is done is counted and timed when it ends, not when it begins', () => {
  const { tally, events } = tallyOf([
    progress('apply_data', 'starting'),
    '[INFO]  Starting apply for aws_db_instance.db["a"]',
    '[INFO]  Starting apply for aws_s3_bucket.raw',
    '[TRACE] vertex "aws_s3_bucket.raw": visit complete',
    '[TRACE] vertex "aws_s3_bucket.other": visit complete', // not begun: read, not applied
    '[TRACE] vertex "aws_db_instance.db[\\"a\\"]": visit complete',
    progress('apply_data', 'complete', 'pass'),
    progress('apply_data', 'teardown'),
    '[INFO]  Starting apply for aws_s3_bucket.raw',
    '[TRACE] vertex "aws_s3_bucket.raw (destroy)": visit complete',
  ]);
  const counted = events.flatMap((event) => (event.type === 'phase' ? [[event.done, ...event.waiting]] : []));
  expect(counted).toEqual([
    [0],
    [0, 'aws_db_instance.db["a"]'],
    [0, 'aws_db_instance.db["a"]', 'aws_s3_bucket.raw'],
    [1, 'aws_db_instance.db["a"]'],
    [2],
    [2],
    [0],
    [0, 'aws_s3_bucket.raw'],
    [1],
    [1],
  ]);
  expect(tally.results[0]?.slowest).toEqual([
    { address: 'aws_db_instance.db["a"]', phase: 'apply', seconds: 0.4 },
    { address: 'aws_s3_bucket.raw', phase: 'apply', seconds: 0.1 },
    { address: 'aws_s3_bucket.raw', phase: 'destroy', seconds: 0.1 },
  ]);
});

test('a failed stack whose resources stay has no negative count, and each error once', () => {
  const addresses = ['aws_a.a', 'aws_b.b', 'aws_c.c'];
  const leftover = line({
    '@testrun': 'apply_data',
    type: 'test_cleanup',
    test_cleanup: { failed_resources: addresses.map((instance) => ({ instance })) },
  });
  const { tally, events } = tallyOf([
    progress('apply_data', 'starting'),
    progress('apply_data', 'complete', 'error'),
    failure('apply_data', 'aws_a.a'),
    failure('apply_data', 'aws_a.a'),
    leftover,
    summary('error'),
  ]);
  expect(tally.results[0]).toMatchObject({ applied: 3, destroyed: 0 });
  expect(events.filter(({ type }) => type === 'error')).toHaveLength(4);
});

describe('a second plan that would change something', () => {
  const drift = change('aws_s3_bucket.raw', ['update'], { acl: 'x', tags: {} }, { acl: 'y', tags: {} }, { arn: true });
  const { tally } = tallyOf([...HELD.slice(0, 5), plan('plan_data', drift), ...HELD.slice(6)]);

  test('fails the rehearsal even if Terraform passes', () => {
    expect(tally.held).toBe(false);
    expect(tally.results[0]?.changes).toHaveLength(1);
  });

  test('is reported with its address and its attributes', () => {
    expect(tally.errors).toEqual([
      {
        stack: 'data',
        address: 'aws_s3_bucket.raw',
        summary: 'the second plan would update it',
        detail: 'attributes: acl, arn',
      },
    ]);
  });
});

describe('a stack that fails', () => {
  const { tally, phases } = tallyOf(
    [
      progress('apply_data', 'starting'),
      '[INFO]  Starting apply for aws_s3_bucket.raw',
      '[INFO]  Starting apply for aws_xray_group.group',
      progress('apply_data', 'complete', 'error'),
      failure('apply_data', 'aws_xray_group.group'),
      progress('apply_next', 'complete', 'skip'),
      progress('plan_data', 'complete', 'skip'),
      progress('apply_data', 'teardown'),
      summary('error'),
    ],
    [DATA, { ...DATA, stack: 'next' }],
  );

  test('is reported with the error of its provider, and destroyed', () => {
    expect(tally.held).toBe(false);
    expect(tally.errors).toEqual([
      { stack: 'data', address: 'aws_xray_group.group', summary: 'creating XRay Group (acme)' },
    ]);
    expect(phases).toEqual([
      'apply started',
      'apply running',
      'apply running',
      'apply failed',
      'destroy started',
      'destroy done',
    ]);
  });

  test('counts what was created before, and later stacks as not reached', () => {
    expect(tally.results[0]).toMatchObject({ resources: 2, applied: 1, destroyed: 1, changes: undefined });
    expect(tally.results[1]).toMatchObject({ stack: 'next', applied: 0, destroyed: 0, seconds: 0 });
  });
});

test('a resource that cannot be destroyed fails the rehearsal by its address', () => {
  const leftover = line({
    '@testrun': 'apply_data',
    type: 'test_cleanup',
    test_cleanup: { failed_resources: [{ instance: 'aws_s3_bucket.raw' }] },
  });
  const { tally } = tallyOf([...HELD.slice(0, -1), leftover, summary('pass')]);
  expect(tally.held).toBe(false);
  expect(tally.results[0]?.destroyed).toBe(2);
  expect(tally.errors).toEqual([{ stack: 'data', address: 'aws_s3_bucket.raw', summary: 'could not be destroyed' }]);
});

test('OpenTofu, which reports every run once at its end, is supported too', () => {
  const ended = (run: string): string => line({ '@testrun': run, type: 'test_run', test_run: { run, status: 'pass' } });
  const resources = [{ address: 'aws_s3_bucket.raw', mode: 'managed' }];
  const { tally, phases } = tallyOf([
    ended('apply_data'),
    line({ '@testrun': 'apply_data', test_state: { values: { root_module: { resources } } } }),
    ended('plan_data'),
    plan('plan_data'),
    summary('pass'),
  ]);
  expect(tally.held).toBe(true);
  expect(tally.results[0]).toMatchObject({ applied: 1, destroyed: 1, changes: [], seconds: 0 });
  expect(phases.filter((phase) => phase.endsWith('done'))).toEqual(['apply done', 'plan done', 'destroy done']);
});

test('a rehearsal that Terraform did not finish does not hold', () => {
  expect(tallyOf(HELD.slice(0, -1)).tally.held).toBe(false);
  expect(tallyOf([summary('pass')]).tally.held).toBe(false);
});

test('the readable output contains messages, not whole states and plans', () => {
  expect(
    [progress('apply_data', 'starting'), state('apply_data'), plan('plan_data'), 'panic: oh'].map(readableLine),
  ).toEqual(['  "apply_data"... starting', undefined, undefined, 'panic: oh']);
});
