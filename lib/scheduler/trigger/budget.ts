import type { IConstruct } from 'constructs';
import { digitsOf } from '../../core/cdktf/token-values';
import type { JsonValue } from '../../training/pipeline/json';
import type { Calls } from '../states/calls';
import { integration } from '../states/integrations';
import { type Call, intrinsic, type State } from '../states/state';
import { type Budget, budgetPrefix } from './trigger-limits';
import { LOCK } from './trigger-table';

const NOT_SO = 'DynamoDB.ConditionalCheckFailedException';
/** Path of the key of the item of the period. */
const KEY = '$.budget.key';
/** Attribute of the executions that have started a run in a period. */
const RUNS = 'runs';

/** Where a budget leads. */
export interface BudgetFlow {
  /** First state of a run. */
  readonly next: string;
  /** State that releases the lock, and reports `$.error`. */
  readonly stop: string;
}

/**
 * Counts the runs of a target in a day or month. The item of a period has the set of the executions that have started a run, so that a
 * repeated write counts once, and people see which they were.
 */
export class Spending {
  constructor(
    private readonly scope: IConstruct,
    private readonly calls: Calls,
    private readonly tableName: string,
    private readonly lock: string,
    private readonly budget: Budget,
  ) {}

  /** States before a run: `Budget` is the first; and what happens when nothing is left. */
  public before({ next, stop }: BudgetFlow): Record<string, State> {
    const { runs, per } = this.budget;
    const spend = this.update({
      UpdateExpression: 'ADD #runs :me',
      ConditionExpression: 'attribute_not_exists(#runs) OR size(#runs) < :most OR contains(#runs, :execution)',
      ExpressionAttributeValues: {
        ':me': { 'SS.$': 'States.Array($$.Execution.Id)' },
        ':execution': { 'S.$': '$$.Execution.Id' },
        ':most': { N: digitsOf(runs) },
      },
    });
    const message = `the budget of ${digitsOf(runs)} ${runs === 1 ? 'run' : 'runs'} a ${per} is spent; send the message again in the next ${per}, or raise it`;
    return {
      // a refund must go to the period of the spending
      Budget: { Type: 'Pass', Parameters: { 'key.$': this.period }, ResultPath: '$.budget', Next: 'Spend' },
      Spend: this.calls.task(spend, { next, failed: stop, answers: [{ error: NOT_SO, next: 'OverBudget' }] }),
      OverBudget: {
        Type: 'Pass',
        Parameters: { Error: 'OverBudget', Cause: message },
        ResultPath: '$.error',
        Next: stop,
      },
    };
  }

  /** States after a start that failed, which costs nothing: `Refund`. */
  public after(stop: string): Record<string, State> {
    const refund = this.update({
      UpdateExpression: 'DELETE #runs :me',
      ExpressionAttributeValues: { ':me': { 'SS.$': 'States.Array($$.Execution.Id)' } },
    });
    return { Refund: this.calls.task(refund, { next: stop, failed: stop, keepsError: true }) };
  }

  private update(parameters: Readonly<Record<string, JsonValue>>): Call {
    return {
      Resource: integration(this.scope, 'dynamodb:updateItem'),
      Parameters: {
        TableName: this.tableName,
        Key: { [LOCK.key]: { 'S.$': KEY } },
        ExpressionAttributeNames: { '#runs': RUNS },
        ...parameters,
      },
    };
  }

  /** Key of the present day or month in UTC, such as `budget/pipeline/acme-churn/2026-02`. */
  private get period(): string {
    const part = (mark: string, index: number) =>
      intrinsic('ArrayGetItem', intrinsic('StringSplit', '$$.State.EnteredTime', `'${mark}'`), String(index));
    const prefix = budgetPrefix(this.lock);
    return this.budget.per === 'day'
      ? intrinsic('Format', `'${prefix}{}'`, part('T', 0))
      : intrinsic('Format', `'${prefix}{}-{}'`, part('-', 0), part('-', 1));
  }
}
