import { stripVTControlCharacters } from 'node:util';
import { Frame } from '../../cli/output/frame';
import { liveProgress } from '../../cli/output/live-progress';
import { plainProgress } from '../../cli/output/plain-progress';
import { summary } from '../../cli/output/summary';
import type { Phase, RehearsalEvent, RehearsalResult } from '../../rehearsal';

const bare = stripVTControlCharacters;

const HELD: RehearsalResult = {
  held: true,
  stacks: [
    {
      stack: 'acme-dev-data',
      resources: 10,
      applied: 9,
      accepted: 0,
      overridden: 1,
      mocked: 0,
      changes: [],
      destroyed: 10,
      guardsLifted: ['aws_s3_bucket.raw: prevent_destroy'],
      provisionersRemoved: [],
      seconds: 12,
    },
  ],
  overridden: [{ stack: 'acme-dev-data', address: 'aws_glue_job.j', reason: 'the emulator forgets it' }],
  errors: [],
  seconds: 30.4,
};

describe('the end of a rehearsal', () => {
  test('has a row for each stack, the overridden resources with reasons, and the applied share', () => {
    const text = bare(summary(HELD));
    expect(text).toMatch(/│ acme-dev-data │ +10 │ +9 │ +1 │ +0 │ no-op +│ +10 │ +12\.0 │/);
    expect(text).toContain('  acme-dev-data aws_glue_job.j: the emulator forgets it\n');
    expect(text).toContain("1 guard against destruction removed, in the rehearsal's copy only\n");
    expect(text).toMatch(/held: 1 stack, 10 resources, 90\.0 % applied, 30 s\n$/);
  });

  test('shows errors with the whole output of the provider', () => {
    const [stack] = HELD.stacks;
    const changes = [{ address: 'aws_s3_bucket.raw', actions: ['update'], attributes: ['tags'] }];
    const errors = [
      { stack: 'acme-dev-data', address: 'aws_s3_bucket.raw', summary: 'wants an update', detail: 'two\nlines' },
    ];
    const text = bare(summary({ ...HELD, held: false, stacks: [{ ...stack!, changes }], errors, scratch: '/tmp/x' }));
    expect(text).toContain('│ 1 change ');
    expect(text).toContain('acme-dev-data aws_s3_bucket.raw: wants an update\n    two\n    lines\n');
    expect(text).toContain('scratch folder: /tmp/x\n');
    expect(text).toContain('did not hold: 1 error; 1 stack,');
  });

  test('shows accepted resources only if there are any', () => {
    const [stack] = HELD.stacks;
    expect(summary(HELD)).not.toContain('accepted');
    const text = bare(summary({ ...HELD, stacks: [{ ...stack!, applied: 0, accepted: 9 }] }));
    expect(text).toMatch(/applied │ accepted │ overridden/);
    expect(text).toMatch(/│ acme-dev-data │ +10 │ +0 │ +9 │ +1 │ +0 │ no-op/);
  });

  test('names what was not run', () => {
    const [stack] = HELD.stacks;
    expect(summary(HELD)).not.toContain('provisioners');
    const stacks = [{ ...stack!, provisionersRemoved: ['terraform_data.migrate'] }];
    expect(bare(summary({ ...HELD, stacks }))).toContain(
      'not run, because a rehearsal runs no provisioner, action or program: terraform_data.migrate\n',
    );
  });

  test('names the stand-ins, and counts them beside the resources of the stacks', () => {
    expect(summary(HELD)).not.toContain('stand-in');
    const standIns = [{ stack: 'stand-ins-aws', address: 'aws_vpc.network', standsFor: 'vpc-0a1b2c3d' }];
    const text = bare(summary({ ...HELD, standIns }));
    expect(text).toContain(
      'stand-ins, made in the emulator for what exists only in the account\n  aws_vpc for vpc-0a1b2c3d\n',
    );
    expect(text).toContain('10 resources, 90.0 % applied, 1 stand-in, 30 s');
  });

  test('names the slowest resources of all stacks, if any was slow', () => {
    const slow = (address: string, seconds: number) => ({ address, phase: 'apply' as const, seconds });
    const [stack] = HELD.stacks;
    const quick = { ...stack!, slowest: [slow('aws_a.a', 1)] };
    expect(summary({ ...HELD, stacks: [quick] })).not.toContain('slowest');
    const other = { ...stack!, stack: 'other', slowest: [slow('aws_b.b', 81), slow('aws_c.c', 6)] };
    expect(bare(summary({ ...HELD, stacks: [quick, other] }))).toContain(
      'slowest:\n  1 min 21 s apply other aws_b.b\n  6 s apply other aws_c.c\n\n',
    );
  });

  test('fits a terminal of 80 columns, with every figure of the table', () => {
    const [stack] = HELD.stacks;
    const text = bare(summary({ ...HELD, stacks: [{ ...stack!, stack: 'acme-existing-foundation' }] }, 80));
    expect(text).toContain(
      'acme-existing-foundation\n  10 resources: 9 applied, 1 overridden, 0 mocked\n  second plan no-op, 10 destroyed, 12.0 s\n',
    );
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(bare(summary(HELD, 120))).toContain('│ acme-dev-data │');
  });

  test('shows that the second plan was not reached', () => {
    const { changes, ...stack } = HELD.stacks[0]!;
    expect(summary({ ...HELD, held: false, stacks: [stack] })).toContain('│ not reached ');
  });
});

describe('live progress', () => {
  /** What the list shows after some events, at a time in seconds. */
  const shown = (events: readonly RehearsalEvent[], { at = 0, columns = 80, ended = false, note = '' } = {}) => {
    let now = 0;
    const frame = new Frame(() => now);
    for (const event of events) frame.take(event);
    now = at * 1000;
    if (note) frame.say(note);
    if (ended) frame.end();
    return frame.draw(columns).map(bare);
  };
  const phase = (stack: string, name: Phase, state: 'started' | 'running' | 'done' | 'failed', more = {}) =>
    ({ type: 'phase', stack, phase: name, state, begun: 3, done: 1, waiting: [], resources: 3, ...more }) as const;
  const begun: RehearsalEvent[] = [
    { type: 'step', step: 'synthesize', state: 'done', detail: '2 stacks' },
    { type: 'step', step: 'emulator', state: 'done', detail: 'http://127.0.0.1:4566' },
    { type: 'step', step: 'initialize', state: 'done', detail: 'providers: folder' },
    {
      type: 'stacks',
      stacks: [
        { stack: 'foundation', resources: 1 },
        { stack: 'data', resources: 3 },
      ],
    },
    phase('foundation', 'apply', 'done', { resources: 1 }),
    phase('data', 'apply', 'running', { waiting: ['aws_db_instance.db', 'aws_lb.lb'] }),
  ];

  test('counts what is done, not what is begun, and names what is waited for with its time', () => {
    expect(shown(begun, { at: 50 })).toEqual([
      '✔ synthesize (2 stacks)',
      '✔ emulator (http://127.0.0.1:4566)',
      '✔ initialize (providers: folder)',
      '  apply',
      '✔   foundation (1 resource)',
      '⠋   data (1/3, 50 s aws_db_instance.db and 1 more)',
      '  plan again',
      '    foundation',
      '    data',
      '  destroy',
      '    data',
      '    foundation',
    ]);
    expect(shown(begun)[5]).toBe('⠋   data (1/3)');
  });

  test('has no tick above or at what was not reached', () => {
    const failed = [...begun, phase('data', 'apply', 'failed'), phase('data', 'destroy', 'done')];
    expect(shown(failed, { ended: true }).slice(3)).toEqual([
      '  apply',
      '✔   foundation (1 resource)',
      '✖   data (3 resources)',
      '  plan again',
      '-   foundation: not reached',
      '-   data: not reached',
      '  destroy',
      '✔   data (3 resources)',
      '-   foundation: not reached',
    ]);
    expect(shown([], { ended: true })).toEqual([
      '- synthesize: not reached',
      '- emulator: not reached',
      '- initialize: not reached',
    ]);
  });

  test.each([20, 40, 80])('fits %d columns: a wrapped line would tear the list', (columns) => {
    const note = 'interrupted: tearing down; Ctrl-C again to stop now';
    const lines = shown(begun, { at: 50, columns, note });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.join(' ')).toContain('tear');
  });

  test('is redrawn over itself, and says at once what is no event', async () => {
    let written = '';
    const progress = liveProgress({
      columns: 80,
      rows: 24,
      write: (text) => {
        written += text;
      },
    });
    begun.forEach(progress.report);
    progress.say('interrupted');
    expect(bare(written)).toMatch(/foundation\ninterrupted\n$/);
    progress.say('again');
    expect(written).toContain('\r\x1b[13A\x1b[0J');
    await progress.end();
    const length = written.length;
    await progress.end();
    expect(written.length).toBe(length);
    expect(written.endsWith('\x1b[?25h')).toBe(true);
  });
});

describe('plain progress', () => {
  const events: RehearsalEvent[] = [
    { type: 'step', step: 'emulator', state: 'done', detail: 'http://127.0.0.1:4566' },
    { type: 'phase', stack: 'data', phase: 'apply', state: 'started', begun: 0, done: 0, waiting: [], resources: 2 },
    {
      type: 'phase',
      stack: 'data',
      phase: 'apply',
      state: 'running',
      begun: 1,
      done: 0,
      waiting: ['aws_x.y'],
      resources: 2,
    },
    { type: 'output', line: 'Terraform 1.11.4' },
    { type: 'phase', stack: 'data', phase: 'apply', state: 'failed', begun: 2, done: 1, waiting: [], resources: 2 },
    { type: 'error', error: { stack: 'data', address: 'aws_x.y', summary: 'no' } },
  ];
  const said = (verbose?: boolean): string[] => {
    const lines: string[] = [];
    const { report } = plainProgress((line) => lines.push(line), verbose);
    events.forEach(report);
    return lines;
  };

  test('is one line for everything that begins or ends', () => {
    expect(said()).toEqual([
      'emulator: http://127.0.0.1:4566\n',
      'apply data: 2 resources\n',
      'apply data: failed\n',
      'data aws_x.y: no\n',
    ]);
  });

  test('adds the output of Terraform if verbose', () => {
    expect(said(true)).toContain('  Terraform 1.11.4\n');
  });
});
