import { stripVTControlCharacters } from 'node:util';
import { plainProgress } from '../../cli/output/plain-progress';
import { summary } from '../../cli/output/summary';
import type { RehearsalEvent, RehearsalResult } from '../../rehearsal';

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
    expect(text).toContain("1 guards against destruction removed, in the rehearsal's copy only\n");
    expect(text).toMatch(/held: 1 stacks, 10 resources, 90\.0 % applied, 30 s\n$/);
  });

  test('shows errors with the whole output of the provider', () => {
    const [stack] = HELD.stacks;
    const changes = [{ address: 'aws_s3_bucket.raw', actions: ['update'], attributes: ['tags'] }];
    const errors = [
      { stack: 'acme-dev-data', address: 'aws_s3_bucket.raw', summary: 'wants an update', detail: 'two\nlines' },
    ];
    const text = bare(summary({ ...HELD, held: false, stacks: [{ ...stack!, changes }], errors, scratch: '/tmp/x' }));
    expect(text).toContain('│ 1 changes ');
    expect(text).toContain('acme-dev-data aws_s3_bucket.raw: wants an update\n    two\n    lines\n');
    expect(text).toContain('scratch folder: /tmp/x\n');
    expect(text).toContain('did not hold: 1 errors; 1 stacks');
  });

  test('shows accepted resources only if there are any', () => {
    const [stack] = HELD.stacks;
    expect(summary(HELD)).not.toContain('accepted');
    const text = bare(summary({ ...HELD, stacks: [{ ...stack!, applied: 0, accepted: 9 }] }));
    expect(text).toMatch(/applied │ accepted │ overridden/);
    expect(text).toMatch(/│ acme-dev-data │ +10 │ +0 │ +9 │ +1 │ +0 │ no-op/);
  });

  test('counts the resources whose provisioners were not run', () => {
    const [stack] = HELD.stacks;
    expect(summary(HELD)).not.toContain('provisioners');
    const stacks = [{ ...stack!, provisionersRemoved: ['terraform_data.migrate'] }];
    expect(bare(summary({ ...HELD, stacks }))).toContain(
      'provisioners of 1 resources not run: a rehearsal runs no provisioner\n',
    );
  });

  test('shows that the second plan was not reached', () => {
    const { changes, ...stack } = HELD.stacks[0]!;
    expect(summary({ ...HELD, held: false, stacks: [stack] })).toContain('│ not reached ');
  });
});

describe('plain progress', () => {
  const events: RehearsalEvent[] = [
    { type: 'step', step: 'emulator', state: 'done', detail: 'http://127.0.0.1:4566' },
    { type: 'phase', stack: 'data', phase: 'apply', state: 'started', begun: 0, resources: 2 },
    { type: 'phase', stack: 'data', phase: 'apply', state: 'running', begun: 1, resources: 2 },
    { type: 'output', line: 'Terraform 1.11.4' },
    { type: 'phase', stack: 'data', phase: 'apply', state: 'failed', begun: 2, resources: 2 },
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
