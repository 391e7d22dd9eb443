import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Table } from '../../../lib/data-lake/table';
import { TableFormat } from '../../../lib/data-lake/table-format';
import { ModelPackageGroup } from '../../../lib/registry/packages/model-package-group';
import { Source } from '../../../lib/scheduler/trigger/source';
import { Bucket } from '../../../lib/storage/bucket';
import { matchesEvent } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import {
  ALARM_EVENT,
  COMPOSITE_ALARM_EVENT,
  OBJECT_EVENT,
  PACKAGE_EVENT,
  PIPELINE_EVENT,
  REGISTERED_EVENT,
} from '../../scheduler/events';
import { ALARM, churnIn } from '../../scheduler/samples';
import { lakeIn } from '../../support/lake';
import { describeWith } from '../../support/machine';
import { acmeStack } from '../../support/stack';
import { EVENT_PATTERNS } from '../../testing/event-patterns';

/*
 * `matchesEvent` against the matchers of two emulators, which others wrote: on each pattern of its own table, and on each pattern that
 * a trigger can have with each event. Where one of them answers otherwise, the documents of EventBridge decide, and the
 * deviation has its line here.
 */

type Pair = readonly [pattern: object, event: object];

/** Where moto is wrong, and why. `Event.java` of aws/event-ruler, the program that EventBridge uses, says the same. */
const WRONG: readonly (readonly [why: string, ...Pair])[] = [
  ['objects of a list are looked into', { detail: { a: { b: [1] } } }, { detail: { a: [{ b: 0 }, { b: 1 }] } }],
  ['lists of a list are looked into', { detail: { a: ['x'] } }, { detail: { a: [['w'], ['x']] } }],
  ['an empty list has no value', { detail: { a: [{ exists: true }] } }, { detail: { a: [] } }],
  ['an empty list has no value', { detail: { a: [{ exists: false }] } }, { detail: { a: [] } }],
];

const s = acmeStack();
const zone = lakeIn(s).zone('raw');
const bucket = Bucket.fromBucketAttributes(s, 'Raw', { bucketArn: 'arn:aws:s3:::acme-raw' });
const packages = ModelPackageGroup.fromModelPackageGroupAttributes(s, 'Packages', {
  packageGroupArn: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/acme-churn',
});
const tableIn = (format: TableFormat, name: string) =>
  new Table(s, name, { zone, name, format, columns: { id: 'string' }, owner: 'fraud' });
const inZone = (key: string) => ({
  ...OBJECT_EVENT,
  detail: { ...OBJECT_EVENT.detail, bucket: { name: zone.bucket.bucketName }, object: { key, sequencer: '1' } },
});

const SOURCES: Readonly<Record<string, Source>> = {
  'an alarm': Source.alarm(ALARM),
  'a composite alarm': Source.alarm(COMPOSITE_ALARM_EVENT.resources[0]!),
  objects: Source.objects(bucket),
  'objects below a prefix': Source.objects(bucket, { prefix: 'daily/' }),
  'objects with an end': Source.objects(bucket, { suffix: '_SUCCESS' }),
  'objects with both': Source.objects(bucket, { prefix: 'daily/', suffix: '_SUCCESS' }),
  'a table': Source.table(tableIn(TableFormat.parquet(), 'clicks')),
  'an Iceberg table': Source.table(tableIn(TableFormat.iceberg(), 'orders')),
  'an approved version': Source.approvedPackage(packages),
  'a finished pipeline': Source.finishedPipeline(churnIn(s)),
  'a failed pipeline': Source.finishedPipeline(churnIn(s), { status: 'Failed' }),
};
const pipelineEvent = (status: string) => ({
  ...PIPELINE_EVENT,
  detail: { ...PIPELINE_EVENT.detail, currentPipelineExecutionStatus: status },
});
const EVENTS: Readonly<Record<string, object>> = {
  'the alarm goes off': ALARM_EVENT,
  'the alarm is over': {
    ...ALARM_EVENT,
    detail: { ...ALARM_EVENT.detail, state: { ...ALARM_EVENT.detail.state, value: 'OK' } },
  },
  'the composite alarm goes off': COMPOSITE_ALARM_EVENT,
  'an object': OBJECT_EVENT,
  'another object': { ...OBJECT_EVENT, detail: { ...OBJECT_EVENT.detail, object: { key: 'a', sequencer: '1' } } },
  'a deleted object': { ...OBJECT_EVENT, 'detail-type': 'Object Deleted' },
  'a file of the table': inZone('clicks/day=1/part-0.parquet'),
  'a file beside the table': inZone('clicks2/part-0.parquet'),
  'a commit': inZone('orders/metadata/00001-a.metadata.json'),
  'a manifest': inZone('orders/metadata/a-m0.avro'),
  'an approval': PACKAGE_EVENT,
  'a registration': REGISTERED_EVENT,
  'a succeeded run': PIPELINE_EVENT,
  'a failed run': pipelineEvent('Failed'),
  'a stopped run': pipelineEvent('Stopped'),
};
/** Which events start what. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  'an alarm': ['the alarm goes off'],
  'a composite alarm': ['the composite alarm goes off'],
  objects: ['an object', 'another object'],
  'objects below a prefix': ['an object'],
  'objects with an end': ['an object'],
  'objects with both': ['an object'],
  'a table': ['a file of the table'],
  'an Iceberg table': ['a commit'],
  'an approved version': ['an approval'],
  'a finished pipeline': ['a succeeded run'],
  'a failed pipeline': ['a failed run'],
};

const ofSources = Object.entries(SOURCES).flatMap(([source, { pattern }]) =>
  Object.entries(EVENTS).map(([event, data]) => ({ source, event, pair: [pattern!, data] as Pair })),
);
const PAIRS: readonly Pair[] = [
  ...EVENT_PATTERNS.map(([pattern, event]) => [pattern, event] as const),
  ...ofSources.map(({ pair }) => pair),
];

describe('the pattern of a trigger', () => {
  test.each(Object.keys(SOURCES))('on %s takes its events and no other', (name) => {
    const taken = ofSources.filter(({ source, pair }) => source === name && matchesEvent(...pair));
    expect(taken.map(({ event }) => event)).toEqual(STARTS[name]);
  });
});

describeWith(['python'], 'a pattern in the emulators', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patterns-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let answers: Record<'moto' | 'ministack', unknown>[];

  beforeAll(async () => {
    writeFileSync(join(folder, 'pairs.json'), JSON.stringify(PAIRS));
    const python = await emulatorPython(process.env, homedir(), () => {});
    const program = join(__dirname, '../../testing/matched_events.py');
    const env = { ...runningEnvironment(process.env), ...blockedProxies(), PYTHONDONTWRITEBYTECODE: '1' };
    const { code, stdout, stderr } = await run(python, [program, join(folder, 'pairs.json')], { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    answers = JSON.parse(stdout);
  });

  const otherwise = (emulator: 'moto' | 'ministack') =>
    PAIRS.filter(([pattern, event], index) => answers[index]![emulator] !== matchesEvent(pattern, event));

  test('is matched by ministack as by `matchesEvent`', () => expect(otherwise('ministack')).toEqual([]));

  test('is matched by moto as by `matchesEvent`, but for what moto does otherwise than EventBridge', () =>
    expect(new Set(otherwise('moto'))).toEqual(new Set(WRONG.map(([, ...pair]) => pair))));
});
