import { CloudwatchCompositeAlarm } from '@cdktf/provider-aws/lib/cloudwatch-composite-alarm';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import type { IAlarmActions } from '../actions/alarm-actions';
import { DESTROYED_LAST, type IAlarm } from './alarm';
import { DEFAULT_STORM_THINGS, MAX_CHILDREN, STORM_THINGS } from './alarm-limits';
import type { Summary } from './watch';

export interface StormProps {
  /** What tells people that a thing is critical, asked at synthesis: things may still be added until then. */
  readonly critical: () => readonly Summary[];
  /** Who hears of it. */
  readonly actions: IAlarmActions;
  /** Things that must be critical at the same time: 2 to 100. @default 3 */
  readonly stormThings?: number;
  /** Name after the stack's prefix, before `-storm`. */
  readonly name: string;
}

/**
 * An alarm that goes off when several things are critical at the same time: then they have one cause. It silences warnings.
 *
 * Costs a composite alarm by the month. Destroying it loses its history.
 */
export class Storm extends Construct {
  public readonly alarm: IAlarm;
  /** The underlying alarm. */
  public readonly resource: CloudwatchCompositeAlarm;

  constructor(scope: Construct, id: string, props: StormProps) {
    super(scope, id);
    Properties.need(this, props, 'critical', 'actions', 'name');
    const { name, critical, actions, stormThings = DEFAULT_STORM_THINGS } = props;
    Properties.of(this)
      .known({ stormThings }, 'stormThings')
      .integer('stormThings', stormThings, STORM_THINGS)
      .throwIfInvalid();
    const literalName = physicalName(this, ALARM, `${name}-storm`);
    const topics = [...actions.topicArnsOf('critical')];
    this.resource = new CloudwatchCompositeAlarm(this, 'Resource', {
      alarmName: literalName,
      alarmDescription: `At least ${digitsOf(stormThings)} things are critical at the same time. First: look for one cause, such as the network, a key or a limit of the account; warnings are silent until it is over.`,
      alarmRule: Lazy.stringValue({ produce: () => ruleOf(critical(), stormThings) }),
      alarmActions: topics,
      okActions: topics,
      lifecycle: DESTROYED_LAST,
    });
    this.alarm = {
      alarmName: this.resource.alarmName,
      alarmArn: Aws.of(this).arn('cloudwatch', `alarm:${literalName}`),
    };
    this.node.addValidation({
      validate: () => {
        const count = critical().length;
        return count <= MAX_CHILDREN
          ? []
          : [
              `a composite alarm watches at most ${MAX_CHILDREN} alarms, got ${count} critical things; monitor some in another stack`,
            ];
      },
    });
  }
}

/** With fewer things there is no storm: CloudWatch takes a rule that never holds. */
function ruleOf(critical: readonly Summary[], stormThings: number): string {
  if (critical.length < stormThings) return 'FALSE';
  return `AT_LEAST(${digitsOf(stormThings)}, ALARM, (${critical.map(({ alarm }) => `"${alarm.alarmName}"`).join(', ')}))`;
}
