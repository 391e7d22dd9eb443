import type { IConstruct } from 'constructs';
import type { JsonValue } from '../../training/pipeline/json';
import {
  type Call,
  type Case,
  type CatchRule,
  intrinsic,
  type Machine,
  quoted,
  type RetryRule,
  type State,
  type Task,
} from '../states/state';
import type { EventText } from './source';
import { integration, lookAtExecution, type TargetParts } from './target';
import { pollSeconds, pollsOf } from './trigger-limits';
import { LOCK } from './trigger-table';

/** What the state machine of a trigger is made of. */
export interface WorkflowParts {
  readonly target: TargetParts;
  readonly cause: EventText;
  /** Paths of what makes an event the same event. */
  readonly key: readonly string[];
  readonly tableName: string;
  /** Queue for what has failed. */
  readonly failedUrl: string;
  readonly retries: number;
  /** @default - none */
  readonly cooldownMinutes?: number;
  readonly maxRunMinutes: number;
  /** Name of the trigger, for people. */
  readonly trigger: string;
}

const MINUTE = 60;
const ME = '$$.Execution.Id';
const ALL = 'States.ALL';
const TAKEN = 'DynamoDB.ConditionalCheckFailedException';
/** Error of a run that has not ended in its time. */
const OVERDUE = 'RunOverdue';

/**
 * The state machine of a trigger, without a clock and without a function of Lambda.
 *
 * An event becomes an execution whose name is the hash of the event: Step Functions keeps names for 90 days, so that the same event
 * has one execution, however often it is delivered. That execution takes the lock of the target by a conditional write, starts
 * the run, waits for its end and for the rest of the cooldown, and deletes the lock.
 *
 * A lock is held as long as its execution runs. Who finds it taken asks Step Functions for that execution: of one that has died (it was
 * stopped, or its state machine was deleted) the run is looked up, and once that has ended too, the lock is taken over by a write
 * on the condition that the dead one still has it. So no lock outlives its holder, and no run gets a second beside it.
 */
export function workflow(scope: IConstruct, parts: WorkflowParts): Machine {
  return new Workflow(scope, parts).machine;
}

class Workflow {
  constructor(
    private readonly scope: IConstruct,
    private readonly parts: WorkflowParts,
  ) {}

  public get machine(): Machine {
    return {
      Comment: `Trigger ${this.parts.trigger}`,
      StartAt: 'IsAdmitted',
      States: { ...this.admission, ...this.locking, ...this.takingOver, ...this.running, ...this.ends },
    };
  }

  /** The same event has one execution. */
  private get admission(): Record<string, State> {
    const { cause, key } = this.parts;
    const event = format({ text: key.map(() => '{}').join(' '), paths: key });
    const text: Record<string, JsonValue> =
      cause.paths.length > 0 ? { 'cause.$': format(cause) } : { cause: cause.text };
    return {
      IsAdmitted: choice([{ Variable: '$.cause', IsPresent: true, Next: 'Lock' }], 'Admit'),
      Admit: this.call(
        {
          Resource: integration(this.scope, 'states:startExecution'),
          Parameters: {
            'StateMachineArn.$': '$$.StateMachine.Id',
            'Name.$': intrinsic('Hash', event, "'SHA-256'"),
            Input: { ...text, 'event.$': '$' },
          },
        },
        {
          next: 'Admitted',
          known: [{ error: 'StepFunctions.ExecutionAlreadyExistsException', next: 'Duplicate' }],
        },
      ),
    };
  }

  private get locking(): Record<string, State> {
    return {
      Lock: this.take('attribute_not_exists(#target) OR #holder = :me', { '#target': LOCK.key }, {}, 'ReadLock'),
      ReadLock: this.call(
        {
          Resource: integration(this.scope, 'dynamodb:getItem'),
          Parameters: { TableName: this.parts.tableName, Key: this.key, ConsistentRead: true },
        },
        { at: '$.lock', next: 'IsLocked' },
      ),
      IsLocked: choice(
        [{ Variable: `$.lock.Item.${LOCK.holder}.S`, IsPresent: true, Next: 'LookAtHolder' }],
        'Breathe',
      ),
      Breathe: { ...wait(1, 'Lock'), Comment: 'the lock has been released meanwhile' },
    };
  }

  /** A lock whose execution has died is free once its run has ended. */
  private get takingOver(): Record<string, State> {
    const item = '$.lock.Item';
    const { follow } = this.parts.target;
    const run = `${item}.${LOCK.run}.S`;
    return {
      LookAtHolder: this.call(lookAtExecution(this.scope, `${item}.${LOCK.holder}.S`), {
        at: '$.holder',
        next: 'IsHolderAlive',
        known: [{ error: 'Sfn.ExecutionDoesNotExistException', next: follow ? 'HasHolderStarted' : 'TakeOver' }],
      }),
      IsHolderAlive: choice(
        [{ Variable: '$.holder.status', StringEquals: 'RUNNING', Next: 'Skipped' }],
        follow ? 'HasHolderStarted' : 'TakeOver',
      ),
      ...(follow && {
        HasHolderStarted: choice([{ Variable: run, IsPresent: true, Next: 'LookAtOldRun' }], 'TakeOver'),
        LookAtOldRun: this.call(follow.look(run), { at: '$.old', next: 'IsOldRunActive' }),
        IsOldRunActive: choice([{ ...follow.isActive('$.old'), Next: 'Skipped' }], 'TakeOver'),
      }),
      TakeOver: this.take(
        '#holder = :dead OR #holder = :me',
        {},
        { ':dead': { 'S.$': `${item}.${LOCK.holder}.S` } },
        'Skipped',
      ),
    };
  }

  private get running(): Record<string, State> {
    const { target, tableName, cooldownMinutes } = this.parts;
    const { follow } = target;
    const after = follow ? 'Follow' : cooldownMinutes === undefined ? 'Release' : 'CoolDown';
    return {
      Start: this.call(target.start, { at: '$.run', next: 'Record', failed: 'ReleaseUnstarted' }),
      Record: {
        ...this.call(
          {
            Resource: integration(this.scope, 'dynamodb:updateItem'),
            Parameters: {
              TableName: tableName,
              Key: this.key,
              UpdateExpression: 'SET #run = :run',
              ConditionExpression: '#holder = :me',
              ExpressionAttributeNames: { '#run': LOCK.run, '#holder': LOCK.holder },
              ExpressionAttributeValues: { ':run': { 'S.$': target.run }, ':me': { 'S.$': ME } },
            },
          },
          { next: after, failed: after }, // it only matters if this execution dies
        ),
      },
      ...(follow && { Follow: this.following(follow) }),
      ...(!follow && cooldownMinutes !== undefined && { CoolDown: wait(cooldownMinutes * MINUTE, 'Release') }),
      Release: this.release(follow ? 'HasSucceeded' : 'Done'),
      ...(follow && {
        HasSucceeded: choice([{ ...follow.hasSucceeded('$.followed[0].look'), Next: 'Done' }], 'RunFailed'),
      }),
    };
  }

  /** Ends when the run has ended and the cooldown is over: no time is computed. */
  private following(follow: NonNullable<TargetParts['follow']>): State {
    const { target, cooldownMinutes, maxRunMinutes } = this.parts;
    const run: Machine = {
      StartAt: 'Begin',
      States: {
        Begin: { Type: 'Pass', Parameters: { count: 0 }, ResultPath: '$.looks', Next: 'Pause' },
        Pause: wait(pollSeconds(maxRunMinutes), 'Look'),
        Look: { ...this.retried(follow.look(target.run)), ResultPath: '$.look', Next: 'IsActive' },
        IsActive: choice([{ ...follow.isActive('$.look'), Next: 'Count' }], 'Ended'),
        Count: {
          Type: 'Pass',
          Parameters: { 'count.$': intrinsic('MathAdd', '$.looks.count', '1') },
          ResultPath: '$.looks',
          Next: 'IsOverdue',
        },
        IsOverdue: choice(
          [{ Variable: '$.looks.count', NumericGreaterThanEquals: pollsOf(maxRunMinutes), Next: 'Overdue' }],
          'Pause',
        ),
        Overdue: fail(OVERDUE, `the run has not ended in ${maxRunMinutes} minutes`),
        Ended: { Type: 'Pass', End: true },
      },
    };
    const cooldown: Machine | undefined =
      cooldownMinutes === undefined
        ? undefined
        : { StartAt: 'CoolDown', States: { CoolDown: { Type: 'Wait', Seconds: cooldownMinutes * MINUTE, End: true } } };
    return {
      Type: 'Parallel',
      Branches: cooldown ? [run, cooldown] : [run],
      ResultPath: '$.followed',
      // the run may go on: its lock stays, and is free for the next event once it has ended
      Catch: [{ ErrorEquals: [ALL], Next: 'Report', ResultPath: '$.error' }],
      Next: 'Release',
    };
  }

  private get ends(): Record<string, State> {
    const { failedUrl, trigger } = this.parts;
    const { follow } = this.parts.target;
    return {
      ReleaseUnstarted: this.release('Report'),
      Report: this.reported({
        Resource: integration(this.scope, 'sqs:sendMessage'),
        Parameters: {
          QueueUrl: failedUrl,
          MessageBody: { trigger, 'execution.$': ME, 'error.$': '$.error', 'input.$': '$$.Execution.Input' },
        },
      }),
      Failed: fail('TriggerFailed', 'see the message in the dead-letter queue of the trigger'),
      ...(follow && { RunFailed: fail('RunFailed', 'the run was started, and has failed') }),
      Admitted: { Type: 'Succeed', Comment: 'the execution of the event does the rest' },
      Duplicate: { Type: 'Succeed', Comment: 'the event has come before' },
      Skipped: { Type: 'Succeed', Comment: 'a run is active, or the cooldown is not over' },
      Done: { Type: 'Succeed' },
    };
  }

  /** Writes the lock with this execution as its holder, on a condition. */
  private take(
    condition: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, JsonValue>>,
    otherwise: string,
  ): State {
    return this.call(
      {
        Resource: integration(this.scope, 'dynamodb:putItem'),
        Parameters: {
          TableName: this.parts.tableName,
          Item: {
            ...this.key,
            [LOCK.holder]: { 'S.$': ME },
            [LOCK.cause]: { 'S.$': '$.cause' },
            [LOCK.since]: { 'S.$': '$$.State.EnteredTime' },
          },
          ConditionExpression: condition,
          ExpressionAttributeNames: { ...names, '#holder': LOCK.holder },
          ExpressionAttributeValues: { ...values, ':me': { 'S.$': ME } },
        },
      },
      { next: 'Start', known: [{ error: TAKEN, next: otherwise }] },
    );
  }

  /** Deletes the lock if it is ours. One that stays is taken over by the next event. */
  private release(next: string): State {
    return this.call(
      {
        Resource: integration(this.scope, 'dynamodb:deleteItem'),
        Parameters: {
          TableName: this.parts.tableName,
          Key: this.key,
          ConditionExpression: '#holder = :me',
          ExpressionAttributeNames: { '#holder': LOCK.holder },
          ExpressionAttributeValues: { ':me': { 'S.$': ME } },
        },
      },
      { next, known: [{ error: TAKEN, next }], failed: next, keepsError: true },
    );
  }

  private get key(): Record<string, JsonValue> {
    return { [LOCK.key]: { S: this.parts.target.lock } };
  }

  /** A call that is repeated, and whose failure is reported. */
  private call(
    call: Call,
    {
      next,
      at,
      known = [],
      failed = 'Report',
      keepsError = false,
    }: {
      readonly next: string;
      readonly at?: string;
      readonly known?: readonly { readonly error: string; readonly next: string }[];
      readonly failed?: string;
      readonly keepsError?: boolean;
    },
  ): Task {
    const expected: CatchRule[] = known.map(({ error, next: Next }) => ({
      ErrorEquals: [error],
      Next,
      ResultPath: null,
    }));
    return {
      ...this.retried(
        call,
        known.map(({ error }) => error),
      ),
      ResultPath: at ?? null,
      Catch: [...expected, { ErrorEquals: [ALL], Next: failed, ResultPath: keepsError ? null : '$.error' }],
      Next: next,
    };
  }

  private retried(
    call: Call,
    but: readonly string[] = [],
  ): Call & { readonly Type: 'Task'; readonly Retry: RetryRule[] } {
    const never: RetryRule[] = but.length > 0 ? [{ ErrorEquals: but, MaxAttempts: 0 }] : [];
    return {
      Type: 'Task',
      ...call,
      Retry: [
        ...never,
        {
          ErrorEquals: [ALL],
          IntervalSeconds: 5,
          MaxAttempts: this.parts.retries,
          BackoffRate: 2,
          MaxDelaySeconds: 300,
          JitterStrategy: 'FULL',
        },
      ],
    };
  }

  /** Nothing is left to report to: the execution fails with the error of the call. */
  private reported(call: Call): State {
    return { ...this.retried(call), ResultPath: null, Next: 'Failed' };
  }
}

function format({ text, paths }: EventText): string {
  const literal = text
    .split('{}')
    .map((part) => quoted(part).slice(1, -1))
    .join('{}');
  return intrinsic('Format', `'${literal}'`, ...paths);
}

function choice(cases: readonly Case[], otherwise: string): State {
  return { Type: 'Choice', Choices: cases, Default: otherwise };
}

function wait(Seconds: number, Next: string): State {
  return { Type: 'Wait', Seconds, Next };
}

function fail(error: string, cause: string): State {
  return { Type: 'Fail', Error: error, Cause: cause };
}
