import type { TerraformStack } from 'cdktf';
import { DataLake, type DataLakeProps } from '../../lib/data-lake/data-lake';
import { ACME, keyIn } from './stack';

/** Catalog actions for reading a table, repeated here so that a test fails when the library's list changes. */
export const CATALOG_READ = [
  'glue:GetDatabase',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];

/** Catalog actions for writing a table, besides those for reading. */
export const CATALOG_WRITE = [
  'glue:UpdateTable',
  'glue:CreatePartition',
  'glue:BatchCreatePartition',
  'glue:UpdatePartition',
];

/** The ARNs of a table, its database and its catalog. */
export function catalogEntry(databaseName: string, tableName: string): string[] {
  return glueArns('catalog', `database/${databaseName}`, `table/${databaseName}/${tableName}`);
}

export function glueArns(...resources: string[]): string[] {
  return resources.map((resource) => `arn:aws:glue:${ACME.region}:${ACME.account}:${resource}`);
}

/** A lake with its own key. */
export function lakeIn(stack: TerraformStack, props: Partial<DataLakeProps> = {}): DataLake {
  return new DataLake(stack, 'Lake', { encryptionKey: keyIn(stack), ...props });
}
