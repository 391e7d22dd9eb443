import type * as z from 'zod';
import {
  CLASSIFICATIONS,
  type Classification,
  DATABASE,
  DEFAULT_CLASSIFICATION,
} from '../../../lib/data-lake/lake-limits';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { written } from '../../environment/draft';
import { mapValues } from '../../environment/map-values';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import type { DraftLake } from './draft';
import { QUALITY_BUCKET } from './quality/schema';
import { lakeRules } from './rules';
import { CONVERSIONS_BUCKET, LakeSchema, type PartitionSettings } from './schema';

export type Lake = ReturnType<typeof complete>;

/** The data lake: zones, tables, conversions. */
export const lake: Section<'lake', typeof LakeSchema, Lake> = {
  name: 'lake',
  schema: LakeSchema,
  domain: { name: 'lake', description: 'Data lake' },
  complete: (own) => complete(own),
  rules: lakeRules,
  names: lakeNames,
  parts: (settings) => [
    part('data', (stack, available) =>
      (require('./make') as typeof import('./make')).makeLake(stack, settings, available),
    ),
  ],
};

function complete({ zones, tables, ...own }: z.output<typeof LakeSchema>) {
  const mostSensitive = mostSensitiveByZone(tables);
  return {
    ...own,
    zones: mapValues(zones, (zone, name) => ({
      ...zone,
      classification: zone.classification ?? mostSensitive.get(name) ?? DEFAULT_CLASSIFICATION,
    })),
    tables: mapValues(tables, (table) => ({
      ...table,
      classification: table.classification ?? zones[table.zone]?.classification ?? DEFAULT_CLASSIFICATION,
      partitions:
        table.partitions &&
        mapValues(
          table.partitions,
          (partition): PartitionSettings => (typeof partition === 'string' ? { type: partition } : partition),
        ),
    })),
  };
}

function mostSensitiveByZone(tables: z.output<typeof LakeSchema>['tables']): Map<string, Classification> {
  const found = new Map<string, Classification>();
  const rank = (classification: Classification) => CLASSIFICATIONS.indexOf(classification);
  for (const { zone, classification = DEFAULT_CLASSIFICATION } of Object.values(tables)) {
    const other = found.get(zone);
    if (other === undefined || rank(classification) > rank(other)) found.set(zone, classification);
  }
  return found;
}

function* lakeNames({ zones, tables }: DraftLake): Iterable<DeclaredName> {
  const existing = new Set<string>(); // the rules tell a bucket of two zones
  for (const [name, zone] of written(zones)) {
    const path = ['lake', 'zones', name];
    yield { kind: DATABASE, name, form: 'prefixed', path };
    const bucket = zone.bucketArn?.split(':::')[1];
    if (!('bucketArn' in zone)) yield { kind: BUCKET, name, form: 'located', path };
    else if (bucket !== undefined && !existing.has(bucket)) {
      existing.add(bucket);
      yield { kind: BUCKET, name: bucket, form: 'whole', existing: true, path: [...path, 'bucketArn'] };
    }
  }
  if (written(tables).some(([, table]) => 'convertFrom' in table))
    yield { kind: BUCKET, name: CONVERSIONS_BUCKET, form: 'located' };
  if (written(tables).some(([, table]) => 'quality' in table))
    yield { kind: BUCKET, name: QUALITY_BUCKET, form: 'located' };
}
