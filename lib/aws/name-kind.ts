import type { NameLimits } from '../core/names';

/** A kind of physical name in AWS. */
export interface AwsNameKind extends NameLimits {
  /** The kind of resource, as error messages name it: `S3 bucket`. */
  readonly kind: string;
  /** Where a name of this kind must be unique. */
  readonly uniqueIn: 'partition' | 'account' | 'region';
  /** Whether the service treats names that differ only in case as equal. @default false */
  readonly ignoresCase?: boolean;
}

/*
 * Kinds that several modules make: names of one kind must differ, whoever makes them.
 */

/** Names of CloudWatch alarms. */
export const ALARM: AwsNameKind = { kind: 'alarm', maxLength: 255, uniqueIn: 'region' };
/** Names of EventBridge rules. */
export const EVENT_RULE: AwsNameKind = { kind: 'event rule', maxLength: 64, uniqueIn: 'region', property: 'id' };
/** Names of SQS queues; of one in order, `.fifo` counts. */
export const QUEUE: AwsNameKind = { kind: 'SQS queue', maxLength: 80, uniqueIn: 'region', property: 'id' };
/** Names of schedules of EventBridge Scheduler in the default group. */
export const SCHEDULE: AwsNameKind = {
  kind: 'EventBridge schedule',
  maxLength: 64,
  uniqueIn: 'region',
  property: 'id',
};
