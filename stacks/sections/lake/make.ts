import { Construct } from 'constructs';
import { DataLake } from '../../../lib/data-lake/data-lake';
import { ParquetConversion } from '../../../lib/data-lake/parquet-conversion';
import { Table } from '../../../lib/data-lake/table';
import { Key } from '../../../lib/encryption/key';
import { Bucket, type IBucket } from '../../../lib/storage/bucket';
import { mapValues } from '../../environment/map-values';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Data } from '../../offers';
import { formatOf, partitionOf } from './formats';
import { makeQuality } from './quality/make';
import { CONVERSIONS_BUCKET } from './schema';
import type { Lake } from './section';

/** Creates the zones with their catalog databases, the tables and the conversion jobs. */
export function makeLake(
  stack: LayerStack,
  settings: Lake,
  { foundation }: Available['data'],
): Pick<Data, 'lake' | 'tables' | 'conversions' | 'quality'> {
  const lake = new DataLake(stack, 'Lake', {
    encryptionKey: foundation.keys.of('lake'),
    accessLogs: foundation.accessLogs,
    removal: settings.removal,
    zones: mapValues(settings.zones, ({ bucketArn, keyArn, ...zone }, name) => ({
      ...zone,
      existingBucket: bucketArn === undefined ? undefined : existingBucket(stack, name, bucketArn, keyArn),
    })),
  });
  const tables = makeTables(stack, lake, settings);
  const conversions = makeConversions(stack, tables, settings, foundation);
  return { lake, tables, conversions, quality: makeQuality(stack, tables, settings, foundation) };
}

function existingBucket(stack: LayerStack, zone: string, bucketArn: string, keyArn: string | undefined): IBucket {
  const existing = new Construct(stack, `Existing-${zone}`);
  const encryptionKey = keyArn === undefined ? undefined : Key.fromKeyArn(existing, 'Key', keyArn);
  return Bucket.fromBucketAttributes(existing, 'Bucket', { bucketArn, encryptionKey });
}

function makeTables(stack: LayerStack, lake: DataLake, { tables }: Lake): Map<string, Table> {
  const group = new Construct(stack, 'Tables');
  const made = new Map<string, Table>();
  for (const [name, table] of Object.entries(tables)) {
    const { columns, columnComments, personalColumns, prefix, owner, classification, description } = table;
    const partitions = table.partitions && mapValues(table.partitions, partitionOf);
    const where = { zone: lake.zone(table.zone), name, prefix };
    const { partitionDiscovery, snapshotDays } = table;
    const found = { partitions, partitionDiscovery, snapshotDays };
    const what = { format: formatOf(table), columns, columnComments, personalColumns, ...found };
    made.set(name, new Table(group, name, { ...where, ...what, owner, classification, description }));
  }
  return made;
}

function makeConversions(
  stack: LayerStack,
  made: ReadonlyMap<string, Table>,
  { tables, removal }: Lake,
  { keys, accessLogs }: Available['data']['foundation'],
): Data['conversions'] {
  const group = new Construct(stack, 'Conversions');
  const conversions = Object.entries(tables).filter(([, { convertFrom }]) => convertFrom !== undefined);
  const jobs = new Map<string, ParquetConversion>();
  if (conversions.length === 0) return jobs;
  const encryptionKey = keys.of('lake');
  const workspace = new Bucket(group, 'Workspace', { name: CONVERSIONS_BUCKET, encryptionKey, accessLogs, removal });
  for (const [name, { convertFrom, convertSchedule: schedule }] of conversions) {
    const [source, target] = [made.get(convertFrom!)!, made.get(name)!];
    jobs.set(name, new ParquetConversion(group, name, { source, target, workspace, schedule, removal }));
  }
  return jobs;
}
