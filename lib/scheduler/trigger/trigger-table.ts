import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IGrantable } from '../../iam/statement';
import { budgetPrefix, LOCK_TABLE } from './trigger-limits';

/** Attributes of a lock. */
export const LOCK = { key: 'target', holder: 'holder', run: 'run', cause: 'cause', since: 'since' } as const;

export interface TriggerTableProps {
  /** Name after the stack's prefix. Another name replaces the table; running triggers then do not see each other once. @default - from the construct's path */
  readonly name?: string;
}

/**
 * The locks of triggers: one item for each pipeline, job, DAG or state machine that a trigger has started, until its run and the
 * cooldown are over, and one for each period of a budget. Triggers with the same target must share one table.
 *
 * Makes a table of DynamoDB that is billed by request, and costs nothing at rest but a few bytes. It holds nothing that
 * must be kept: destroying it removes the locks.
 */
export class TriggerTable extends Construct {
  public readonly tableName: string;
  public readonly tableArn: string;
  /** The underlying table. */
  public readonly resource: DynamodbTable;

  constructor(scope: Construct, id: string, props: TriggerTableProps = {}) {
    super(scope, id);
    Properties.of(this).matches('name', props.name, NAME).throwIfInvalid();
    const name = physicalName(this, LOCK_TABLE, props.name);
    this.resource = new DynamodbTable(this, 'Resource', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: LOCK.key,
      attribute: [{ name: LOCK.key, type: 'S' }],
    });
    this.tableName = published(this, this.resource.name, name);
    this.tableArn = published(this, this.resource.arn, Aws.of(this).arn('dynamodb', `table/${name}`));
    waive(this.resource, 'a lock is worth nothing after its run', 'CKV_AWS_28', 'AWS-0024');
    waive(this.resource, 'names of runs, no data; DynamoDB encrypts them with its own key', 'CKV_AWS_119', 'AWS-0025');
  }

  /**
   * Allows taking, reading and releasing the lock of one target: `dynamodb:PutItem`, `dynamodb:GetItem`, `dynamodb:UpdateItem`,
   * `dynamodb:DeleteItem` on the item.
   */
  public grantLock(grantee: IGrantable, target: string): void {
    grantee.addToPolicy({
      actions: ['dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      resources: [this.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [target] } },
    });
  }

  /** Allows counting the runs of one target in each period: `dynamodb:UpdateItem` on those items. */
  public grantBudget(grantee: IGrantable, target: string): void {
    grantee.addToPolicy({
      actions: ['dynamodb:UpdateItem'],
      resources: [this.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${budgetPrefix(target)}*`] } },
    });
  }
}
