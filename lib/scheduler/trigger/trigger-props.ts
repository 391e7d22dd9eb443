import type { Source } from './source';
import type { Target } from './target';
import type { TriggerHistory } from './trigger-history';
import type { Budget } from './trigger-limits';
import type { TriggerTable } from './trigger-table';

/** What a trigger waits for, what it starts, and how often. */
export interface TriggerProps {
  /** Why or when it starts. */
  readonly on: Source;
  /** What it starts. */
  readonly start: Target;
  /** Locks of the triggers of the environment: those that start the same thing must share it. */
  readonly locks: TriggerTable;
  /** Where what it does is kept. @default - Step Functions keeps it for 90 days */
  readonly history?: TriggerHistory;
  /**
   * Minutes from the start of a run in which no trigger starts the same thing again, 1 to 43200. At least `maxRunMinutes`, because no other run
   * starts before the end of one anyway. A start that failed has no cooldown.
   * @default - none: a run may start when the last one has ended
   */
  readonly cooldownMinutes?: number;
  /**
   * Minutes that a run takes at most, 1 to 40320: then it is reported as overdue. It goes on, and nothing starts until it ends.
   * @default 1440
   */
  readonly maxRunMinutes?: number;
  /**
   * How many runs may start in a day or month of the calendar. An event beyond it goes to the queue of what has failed, so that the alarm
   * tells. With the hours of the longest run and the instances of a run, it bounds what the trigger can cost. A start that failed counts
   * for nothing. Triggers of one target that have a budget share what is spent.
   * @default - no limit but the cooldown
   */
  readonly budget?: Budget;
  /** Repetitions of a call that failed, such as the start, with growing waits: 0 to 10. @default 3 */
  readonly retries?: number;
  /** ARNs of at most five topics that hear of an event that has started nothing because of an error. @default - none: the alarm is only shown */
  readonly alarmTopicArns?: readonly string[];
  /** Name of all its parts after the stack's prefix and `trigger-`. Another name replaces them. @default - from the construct's path */
  readonly name?: string;
}
