import type { IConstruct } from 'constructs';
import { Surroundings } from '../core/surroundings';
import type { PolicyStatement } from '../iam/statement';

/** What a query engine asks the catalog before it reads. */
export const CATALOG_READ_ACTIONS = [
  'glue:GetDatabase',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
] as const;

/** What an engine changes in the catalog when it writes: partitions, and the metadata pointer of Iceberg. */
export const CATALOG_WRITE_ACTIONS = [
  'glue:UpdateTable',
  'glue:CreatePartition',
  'glue:BatchCreatePartition',
  'glue:UpdatePartition',
] as const;

/**
 * Allows actions on a table, or on every table of a database with `*`. IAM asks for the same action on everything above
 * the table too.
 */
export function catalogStatement(
  scope: IConstruct,
  actions: readonly string[],
  databaseName: string,
  tableName: string,
): PolicyStatement {
  const surroundings = Surroundings.of(scope);
  const resources = ['catalog', `database/${databaseName}`, `table/${databaseName}/${tableName}`];
  return { actions, resources: resources.map((resource) => surroundings.arn('glue', resource)) };
}
