import type { TerraformStack } from 'cdktf';
import { DataLake, type DataLakeProps } from '../../lib/data-lake/data-lake';
import { ACME, keyIn } from './stack';

/** What reading a table asks of the catalog: spelt out again, so that a test shows when the library's list changes. */
export const CATALOG_READ = [
  'glue:GetDatabase',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];

/** What writing a table asks of the catalog beyond reading it. */
export const CATALOG_WRITE = [
  'glue:UpdateTable',
  'glue:CreatePartition',
  'glue:BatchCreatePartition',
  'glue:UpdatePartition',
];

/** A table's own ARN, and those of all that is above it. */
export function catalogEntry(databaseName: string, tableName: string): string[] {
  return glueArns('catalog', `database/${databaseName}`, `table/${databaseName}/${tableName}`);
}

export function glueArns(...resources: string[]): string[] {
  return resources.map((resource) => `arn:aws:glue:${ACME.region}:${ACME.account}:${resource}`);
}

/** A lake under a key of its own. */
export function lakeIn(stack: TerraformStack, props: Partial<DataLakeProps> = {}): DataLake {
  return new DataLake(stack, 'Lake', { encryptionKey: keyIn(stack), ...props });
}
