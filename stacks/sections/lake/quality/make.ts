import { Construct } from 'constructs';
import { DataQualityGate } from '../../../../lib/data-lake/quality/data-quality-gate';
import type { Table } from '../../../../lib/data-lake/table';
import { Bucket } from '../../../../lib/storage/bucket';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Data } from '../../../offers';
import type { Lake } from '../section';
import { expectationsOf } from './expectations';
import { QUALITY_BUCKET } from './schema';

/** Creates the gates of the tables that have one, with one bucket for their programs and reports. */
export function makeQuality(
  stack: LayerStack,
  made: ReadonlyMap<string, Table>,
  { tables, removal }: Lake,
  { keys, accessLogs }: Available['data']['foundation'],
): Data['quality'] {
  const gates = new Map<string, DataQualityGate>();
  const group = new Construct(stack, 'Quality');
  const checked = Object.entries(tables).filter(([, { quality }]) => quality !== undefined);
  if (checked.length === 0) return gates;
  const encryptionKey = keys.of('lake');
  const workspace = new Bucket(group, 'Workspace', { name: QUALITY_BUCKET, encryptionKey, accessLogs, removal });
  for (const [name, { quality }] of checked) {
    const expectations = expectationsOf(quality!);
    const { schedule } = quality!;
    gates.set(name, new DataQualityGate(group, name, { table: made.get(name)!, expectations, workspace, schedule }));
  }
  return gates;
}
