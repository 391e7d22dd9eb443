import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { deployedName } from '../../core/kept/deployed-name';
import { nameOf } from '../../core/names';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import type { EventCount, MetricSpec } from '../alarms/alarm-spec';
import { CountedEvent } from './counted-event';
import { LOG_POLICY, LOG_RESOURCE_POLICY, METRIC_FILTER } from './event-limits';

/** EventBridge writes to groups whose names begin so. */
const GROUP_PREFIX = '/aws/events/';
/** Default days that events are kept. */
export const DEFAULT_EVENT_LOG_DAYS = 90;

export interface EventLogProps {
  readonly encryptionKey: IKey;
  /** Days that an event is kept: one of `LOG_RETENTION_DAYS`. @default 90 */
  readonly retentionDays?: number;
  /** Whether the events may be destroyed with the log: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name of the group after `/aws/events/` and the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * Events of services without a metric for them, such as a failed job of AWS Batch: each is a line of a log group, and is counted.
 *
 * Makes an encrypted log group, its policy, a rule for each kind of event of a thing, and a metric filter for each metric. Costs for
 * each gigabyte written and each gigabyte-month kept, and each metric in the hours in which it has a value. Destroying it
 * loses the events if both keys say destroy; otherwise Terraform refuses.
 */
export class EventLog extends Construct {
  public readonly logGroupName: string;
  public readonly logGroupArn: string;
  private readonly counted = new Set<string>();

  constructor(scope: Construct, id: string, props: EventLogProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    const { encryptionKey, retentionDays = DEFAULT_EVENT_LOG_DAYS } = props;
    Properties.of(this).oneOf('retentionDays', retentionDays, LOG_RETENTION_DAYS).throwIfInvalid();
    encryptionKey.allowLogs();
    const limits = { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - GROUP_PREFIX.length };
    const name = deployedName(this, LOG_GROUP.kind, () => nameOf(this, limits, props.name));
    const groupName = claimPhysicalName(this, LOG_GROUP, `${GROUP_PREFIX}${name}`);
    const group = new CloudwatchLogGroup(this, 'Resource', {
      name: groupName,
      retentionInDays: retentionDays,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, props.removal), // also when the log group leaves the configuration, and its `lifecycle` with it
      lifecycle: keepData(this, props.removal),
    });
    waive(group, 'services keep the history of what an event reports', 'CKV_AWS_338');
    this.logGroupName = published(this, group.name, groupName);
    this.logGroupArn = published(this, group.arn, Aws.of(this).arn('logs', `log-group:${groupName}`));
    this.letEventsIn(props.name);
  }

  /** Counts the events of a metric, under an id of its own for each thing. */
  public count(id: string, { namespace, name, from }: MetricSpec): void {
    const { event, eventPattern, selectors } = from as EventCount;
    new CountedEvent(this, id, { eventPattern, logGroupArn: this.logGroupArn });
    const key = [namespace, name].join(' ');
    if (this.counted.has(key)) return;
    this.counted.add(key);
    new CloudwatchLogMetricFilter(this, `Count-${name}`, {
      name: nameOf(this, METRIC_FILTER, name),
      logGroupName: this.logGroupName,
      pattern: `{ $.detail-type = ${JSON.stringify(event)} }`,
      metricTransformation: { namespace, name, value: '1', dimensions: { ...selectors } },
    });
  }

  /** Logs takes a resource policy for each name and region, ten in all. */
  private letEventsIn(name: string | undefined): void {
    const principal = Principal.services(['events.amazonaws.com', 'delivery.logs.amazonaws.com']);
    const resources = [`${this.logGroupArn}:*`];
    new CloudwatchLogResourcePolicy(this, 'Policy', {
      policyName: physicalName(this, LOG_RESOURCE_POLICY, name),
      policyDocument: renderedPolicy(this, LOG_POLICY, () => [
        { sid: 'Streams', principal, actions: ['logs:CreateLogStream'], resources },
        {
          sid: 'Events',
          principal,
          actions: ['logs:PutLogEvents'],
          resources,
          conditions: { ArnLike: { 'aws:SourceArn': Aws.of(this).arn('events', 'rule/*') } }, // only this action has it
        },
      ]),
    });
  }
}
