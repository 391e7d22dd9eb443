import type { IConstruct } from 'constructs';
import type { JsonValue } from '../../training/pipeline/json';
import type { Calls } from '../states/calls';
import { integration } from '../states/integrations';
import type { Call, Task } from '../states/state';
import { LOCK } from './trigger-table';

const ME = { 'S.$': '$$.Execution.Id' } as const;
const NOT_SO = 'DynamoDB.ConditionalCheckFailedException';
const MINE = '#holder = :me';

/** The lock of a target, which the running execution takes, reads and releases. */
export class Lock {
  /** Path of the lock that was read, and of its parts. */
  public readonly path = '$.lock';
  public readonly holder = `${this.path}.Item.${LOCK.holder}.S`;
  public readonly run = `${this.path}.Item.${LOCK.run}.S`;

  constructor(
    private readonly scope: IConstruct,
    private readonly calls: Calls,
    private readonly tableName: string,
    private readonly target: string,
  ) {}

  /** Takes it if nobody has it. A repeated write of the same execution finds its own. */
  public take(next: string, otherwise: string): Task {
    return this.put(`attribute_not_exists(#target) OR ${MINE}`, { '#target': LOCK.key }, {}, next, otherwise);
  }

  /** Takes it from the holder that was read, if that still has it. */
  public takeOver(next: string, otherwise: string): Task {
    return this.put(`#holder = :dead OR ${MINE}`, {}, { ':dead': { 'S.$': this.holder } }, next, otherwise);
  }

  /** Reads it. */
  public read(next: string): Task {
    return this.calls.task(this.call('getItem', { Key: this.key, ConsistentRead: true }), { at: this.path, next });
  }

  /** Writes what was started, for who finds it when this execution has died: nothing depends on it otherwise. */
  public record(run: string, next: string): Task {
    const call = this.call('updateItem', {
      Key: this.key,
      UpdateExpression: 'SET #run = :run',
      ConditionExpression: MINE,
      ExpressionAttributeNames: { '#run': LOCK.run, '#holder': LOCK.holder },
      ExpressionAttributeValues: { ':run': { 'S.$': run }, ':me': ME },
    });
    return this.calls.task(call, { next, failed: next });
  }

  /** Deletes it if it is ours. One that stays is taken over by the next event. */
  public release(next: string): Task {
    const call = this.call('deleteItem', {
      Key: this.key,
      ConditionExpression: MINE,
      ExpressionAttributeNames: { '#holder': LOCK.holder },
      ExpressionAttributeValues: { ':me': ME },
    });
    return this.calls.task(call, { next, answers: [{ error: NOT_SO, next }], failed: next, keepsError: true });
  }

  private put(
    condition: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, JsonValue>>,
    next: string,
    otherwise: string,
  ): Task {
    const call = this.call('putItem', {
      Item: {
        ...this.key,
        [LOCK.holder]: ME,
        [LOCK.cause]: { 'S.$': '$.cause' },
        [LOCK.since]: { 'S.$': '$$.State.EnteredTime' },
      },
      ConditionExpression: condition,
      ExpressionAttributeNames: { ...names, '#holder': LOCK.holder },
      ExpressionAttributeValues: { ...values, ':me': ME },
    });
    return this.calls.task(call, { next, answers: [{ error: NOT_SO, next: otherwise }] });
  }

  private call(action: string, parameters: Readonly<Record<string, JsonValue>>): Call {
    return {
      Resource: integration(this.scope, `dynamodb:${action}`),
      Parameters: { TableName: this.tableName, ...parameters },
    };
  }

  private get key(): Record<string, JsonValue> {
    return { [LOCK.key]: { S: this.target } };
  }
}
