import { ProgramFunction } from '../../lib/logging/program-function';
import { AlarmRelay } from '../../lib/monitoring/actions/alarm-relay';
import { PackageCheck } from '../../lib/serving/check/package-check';
import { Template } from '../../lib/testing';
import { BASES } from '../support/bases';
import { acmeStack } from '../support/stack';

test.each([
  ['check of versions', PackageCheck],
  ['relay of alarms', AlarmRelay],
  ['function with a program', ProgramFunction],
])(
  'a second %s has an archive of its own: with one object of both, the end of one would take it from the other',
  (_, Made) => {
    const s = acmeStack();
    const props = BASES[`new ${Made.name}`]!(s);
    for (const id of ['A', 'B']) new Made(s, id, { ...props, name: `of-${id.toLowerCase()}` } as never);
    const keys = Template.synth(s)
      .all('aws_s3_object')
      .map(({ key }) => key);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  },
);
