import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import { EVENT_RULE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { jsonText } from '../../training/pipeline/definition';

export interface CountedEventProps {
  readonly eventPattern: Readonly<Record<string, unknown>>;
  /** Group that gets the events; its name begins with `/aws/events/`, and its policy lets EventBridge in. */
  readonly logGroupArn: string;
}

/**
 * Sends events of a pattern to a log group. The name of its rule follows from its path, and is shortened if it is too long.
 *
 * Costs nothing for events of AWS. Destroying it is free.
 */
export class CountedEvent extends Construct {
  constructor(scope: Construct, id: string, props: CountedEventProps) {
    super(scope, id);
    Properties.need(this, props, 'eventPattern', 'logGroupArn');
    const rule = new CloudwatchEventRule(this, 'Rule', {
      name: physicalName(this, EVENT_RULE),
      eventPattern: jsonText(props.eventPattern),
    });
    new CloudwatchEventTarget(this, 'Target', { rule: rule.name, targetId: 'log', arn: props.logGroupArn });
  }
}
