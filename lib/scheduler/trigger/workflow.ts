import type { IConstruct } from 'constructs';
import type { JsonValue } from '../../training/pipeline/json';
import { Calls, REPORT } from '../states/calls';
import { integration, lookAtExecution, NO_EXECUTION } from '../states/integrations';
import { type Case, type Flow, intrinsic, type Machine, type State } from '../states/state';
import { Spending } from './budget';
import { Lock } from './lock';
import type { EventCause } from './source';
import type { Follow, TargetParts } from './targets/target-parts';
import { type Budget, napsOf, pollSeconds, pollsOf } from './trigger-limits';

/** What the state machine of a trigger is made of. */
export interface WorkflowParts {
  readonly target: TargetParts;
  readonly cause: EventCause;
  /** Paths of what makes an event the same event. */
  readonly key: readonly string[];
  readonly tableName: string;
  /** Queue for what has failed. */
  readonly failedUrl: string;
  readonly retries: number;
  /** @default - none */
  readonly cooldownMinutes?: number;
  readonly maxRunMinutes: number;
  /** @default - no limit */
  readonly budget?: Budget;
  /** Name of the trigger, for people. */
  readonly trigger: string;
}

/** Links the two executions in the console. It makes the inputs of two deliveries differ, so that the second one is refused even while the first runs. */
const STARTED_BY = { 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' } as const;

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
  private readonly calls: Calls;
  private readonly lock?: Lock;
  private readonly spending?: Spending;

  constructor(
    private readonly scope: IConstruct,
    private readonly parts: WorkflowParts,
  ) {
    this.calls = new Calls(parts.retries);
    const { tableName, budget, target } = parts;
    if (target.lock === undefined) return;
    this.lock = new Lock(scope, this.calls, tableName, target.lock);
    if (budget) this.spending = new Spending(scope, this.calls, tableName, target.lock, budget);
  }

  public get machine(): Machine {
    return {
      Comment: `Trigger ${this.parts.trigger}`,
      StartAt: 'IsAdmitted',
      States: {
        ...this.admission,
        ...(this.lock
          ? { ...this.locking(this.lock), ...this.takingOver(this.lock), ...this.running(this.lock) }
          : this.unlocked),
        ...this.ends,
      },
    };
  }

  /** The same event has one execution. */
  private get admission(): Record<string, State> {
    const { cause, key } = this.parts;
    const event = intrinsic('Format', `'${key.map(() => '{}').join(' ')}'`, ...key);
    const text: Record<string, JsonValue> =
      cause.path === undefined
        ? { cause: cause.text }
        : { 'cause.$': intrinsic('Format', `'${cause.text}{}'`, cause.path) };
    const start = {
      Resource: integration(this.scope, 'states:startExecution'),
      Parameters: {
        'StateMachineArn.$': '$$.StateMachine.Id',
        'Name.$': intrinsic('Hash', event, "'SHA-256'"),
        Input: { ...text, 'event.$': '$', ...STARTED_BY },
      },
    };
    return {
      IsAdmitted: choice([{ Variable: '$.cause', IsPresent: true, Next: this.lock ? 'Lock' : this.start }], 'Admit'),
      Admit: this.calls.task(start, {
        next: 'Admitted',
        answers: [{ error: 'StepFunctions.ExecutionAlreadyExistsException', next: 'Duplicate' }],
      }),
    };
  }

  private locking(lock: Lock): Record<string, State> {
    return {
      Lock: lock.take(this.locked, 'ReadLock'),
      ReadLock: lock.read('IsLocked'),
      IsLocked: choice([{ Variable: lock.holder, IsPresent: true, Next: 'LookAtHolder' }], 'Breathe'),
      Breathe: { ...wait(1, 'Lock'), Comment: 'the lock has been released meanwhile' },
    };
  }

  /** A lock whose execution has died is free once its run has ended. */
  private takingOver(lock: Lock): Record<string, State> {
    const { follow } = this.parts.target;
    const dead = follow ? 'HasHolderStarted' : 'TakeOver';
    return {
      LookAtHolder: this.calls.task(lookAtExecution(this.scope, lock.holder), {
        at: '$.holder',
        next: 'IsHolderAlive',
        answers: [{ error: NO_EXECUTION, next: dead }],
      }),
      IsHolderAlive: choice([{ Variable: '$.holder.status', StringEquals: 'RUNNING', Next: 'Skipped' }], dead),
      ...(follow && {
        HasHolderStarted: choice([{ Variable: lock.run, IsPresent: true, Next: 'LookAtOldRun' }], 'TakeOver'),
        LookAtOldRun: this.calls.task(follow.look(lock.run), {
          at: '$.old',
          next: 'IsOldRunActive',
          answers: follow.gone === undefined ? [] : [{ error: follow.gone, next: 'TakeOver' }],
        }),
        IsOldRunActive: choice([{ ...follow.isActive('$.old'), Next: 'Skipped' }], 'TakeOver'),
      }),
      TakeOver: lock.takeOver(this.locked, 'Skipped'),
    };
  }

  /** First state of a run. */
  private get start(): string {
    return this.parts.target.tags ? 'Tag' : 'Start';
  }

  /** First state after the lock was taken. */
  private get locked(): string {
    return this.spending ? 'Budget' : this.start;
  }

  /** A start that nothing keeps from others. */
  private get unlocked(): Record<string, State> {
    const { start } = this.parts.target;
    return { ...this.tagging, Start: this.calls.task(start, { at: '$.run', next: 'Done' }) };
  }

  private get tagging(): Record<string, State> {
    const { tags } = this.parts.target;
    return tags ? { Tag: { Type: 'Pass', Parameters: tags, ResultPath: '$.tags', Next: 'Start' } } : {};
  }

  private running(lock: Lock): Record<string, State> {
    const { target, cooldownMinutes } = this.parts;
    const { follow, started } = target;
    const after = follow ? 'Follow' : cooldownMinutes === undefined ? 'Release' : 'CoolDown';
    return {
      ...this.spending?.before({ next: this.start, stop: 'ReleaseUnstarted' }),
      ...this.tagging,
      Start: this.calls.task(target.start, {
        at: '$.run',
        next: 'Record',
        answers: started && [{ error: started.error, next: 'Started' }],
        failed: this.spending ? 'Refund' : 'ReleaseUnstarted',
      }),
      ...(started && {
        Started: {
          Type: 'Pass',
          Comment: 'an earlier call has started it, and its answer was lost',
          Parameters: started.answer,
          ResultPath: '$.run',
          Next: 'Record',
        } as const,
      }),
      ...this.spending?.after('ReleaseUnstarted'),
      ReleaseUnstarted: lock.release(REPORT),
      Record: lock.record(target.run, after),
      ...(follow && { Follow: this.following(follow) }),
      ...(!follow && cooldownMinutes !== undefined && coolingDown(cooldownMinutes, { Next: 'Release' })),
      Release: lock.release(follow ? 'HasSucceeded' : 'Done'),
      ...(follow && {
        HasSucceeded: choice([{ ...follow.hasSucceeded('$.followed[0].look'), Next: 'Done' }], 'RunFailed'),
      }),
    };
  }

  /** Ends when the run has ended and the cooldown is over: no time is computed. */
  private following(follow: Follow): State {
    const { cooldownMinutes } = this.parts;
    const branches = [this.lookingAtRun(follow)];
    if (cooldownMinutes !== undefined) {
      branches.push({ StartAt: 'CoolDown', States: coolingDown(cooldownMinutes, { End: true }) });
    }
    return {
      Type: 'Parallel',
      Parameters: { 'run.$': '$.run' }, // the event would be in each of the thousands of entries of the history, and twice in the result
      Branches: branches,
      ResultPath: '$.followed',
      // the run may go on: its lock stays, and is free for the next event once it has ended
      Catch: [{ ErrorEquals: ['States.ALL'], Next: REPORT, ResultPath: '$.error' }],
      Next: 'Release',
    };
  }

  private lookingAtRun(follow: Follow): Machine {
    const { target, maxRunMinutes } = this.parts;
    const most = pollsOf(maxRunMinutes);
    return {
      StartAt: 'Begin',
      States: {
        Begin: { Type: 'Pass', Parameters: { count: 0 }, ResultPath: '$.looks', Next: 'Pause' },
        Pause: wait(pollSeconds(maxRunMinutes), 'Look'),
        Look: { ...this.calls.repeated(follow.look(target.run)), ResultPath: '$.look', Next: 'Count' },
        Count: {
          Type: 'Pass',
          Parameters: { 'count.$': intrinsic('MathAdd', '$.looks.count', '1') },
          ResultPath: '$.looks',
          Next: 'IsActive',
        },
        IsActive: choice(
          [
            { Not: follow.isActive('$.look'), Next: 'Ended' },
            { Variable: '$.looks.count', NumericGreaterThanEquals: most, Next: 'Overdue' },
          ],
          'Pause',
        ),
        Overdue: fail('RunOverdue', `the run takes longer than the ${maxRunMinutes} minutes of 'maxRunMinutes'`),
        Ended: { Type: 'Pass', End: true },
      },
    };
  }

  private get ends(): Record<string, State> {
    const { failedUrl, trigger, target } = this.parts;
    const report = {
      Resource: integration(this.scope, 'sqs:sendMessage'),
      Parameters: {
        QueueUrl: failedUrl,
        MessageBody: {
          trigger,
          'execution.$': '$$.Execution.Id',
          'error.$': '$.error',
          'input.$': '$$.Execution.Input',
        },
      },
    };
    return {
      [REPORT]: { ...this.calls.repeated(report), ResultPath: null, Next: 'Failed' },
      Failed: fail('TriggerFailed', 'see the message in the dead-letter queue of the trigger'),
      ...(target.follow && { RunFailed: fail('RunFailed', 'the run was started, and has failed') }),
      Admitted: { Type: 'Succeed', Comment: 'the execution of the event does the rest' },
      Duplicate: { Type: 'Succeed', Comment: 'the event has come before' },
      ...(this.lock && { Skipped: { Type: 'Succeed', Comment: 'a run is active, or the cooldown is not over' } }),
      Done: { Type: 'Succeed' },
    };
  }
}

/** Waits for the cooldown in parts, so that the state machine can be deleted within each of them. */
function coolingDown(minutes: number, after: Flow): Record<string, State> {
  const { count, seconds } = napsOf(minutes);
  return {
    CoolDown: { Type: 'Pass', Parameters: { count: 0 }, ResultPath: '$.naps', Next: 'Nap' },
    Nap: wait(seconds, 'CountNaps'),
    CountNaps: {
      Type: 'Pass',
      Parameters: { 'count.$': intrinsic('MathAdd', '$.naps.count', '1') },
      ResultPath: '$.naps',
      Next: 'IsRested',
    },
    IsRested: choice([{ Variable: '$.naps.count', NumericGreaterThanEquals: count, Next: 'Rested' }], 'Nap'),
    Rested: { Type: 'Pass', ...after },
  };
}

function choice(cases: readonly Case[], otherwise: string): State {
  return { Type: 'Choice', Choices: cases, Default: otherwise };
}

function wait(Seconds: number, Next: string) {
  return { Type: 'Wait', Seconds, Next } as const;
}

function fail(error: string, cause: string): State {
  return { Type: 'Fail', Error: error, Cause: cause };
}
