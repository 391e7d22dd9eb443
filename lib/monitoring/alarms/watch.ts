import { CloudwatchCompositeAlarm } from '@cdktf/provider-aws/lib/cloudwatch-composite-alarm';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import type { IAlarmActions } from '../actions/alarm-actions';
import { Alarm, DESTROYED_LAST, type IAlarm } from './alarm';
import { MAX_CHILDREN, MAX_RULE } from './alarm-limits';
import { type AlarmSpec, SEVERITIES, type Severity } from './alarm-spec';

/** Seconds that an alarm waits for the one that holds it, and goes on to be held after it. */
const HELD = { waitPeriod: 120, extensionPeriod: 300 } as const;

export interface WatchProps {
  /** Name of the thing in the names of its alarms. */
  readonly thing: string;
  /** Its alarms. */
  readonly specs: readonly AlarmSpec[];
  /** Who hears of them. */
  readonly actions: IAlarmActions;
  /** Holds its alarms while it is in ALARM, as during a deployment. @default - nothing holds them */
  readonly heldBy?: IAlarm;
  /** Holds its warnings while it is in ALARM, as in a storm. @default - nothing holds them */
  readonly storm?: IAlarm;
}

/** What tells people of the alarms of one severity. */
export interface Summary {
  readonly severity: Severity;
  readonly alarm: IAlarm;
}

/**
 * The alarms of one thing, and for each severity one that tells people: ten alarms that go off together are one message. A severity
 * with a single alarm that nothing holds has no composite alarm; its warnings are silent while it is critical, or in a storm.
 *
 * Costs for each month for each alarm by the metrics that it reads, more for a composite one. Destroying it loses their history.
 */
export class Watch extends Construct {
  public readonly thing: string;
  public readonly alarms: readonly Alarm[];
  /** For each severity that has alarms. */
  public readonly summaries: readonly Summary[];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    Properties.need(this, props, 'thing', 'specs', 'actions');
    this.thing = props.thing;
    const summaries: Summary[] = [];
    const alarms: Alarm[] = [];
    for (const severity of SEVERITIES) {
      const specs = props.specs.filter((spec) => spec.severity === severity);
      if (specs.length === 0) continue;
      const critical = summaries.find((summary) => summary.severity === 'critical')?.alarm;
      const isAlone = specs.length === 1 && props.heldBy === undefined && (severity === 'critical' || !critical);
      const alarmTopicArns = isAlone ? props.actions.topicArnsOf(severity) : [];
      const made = specs.map((spec) => this.makeAlarm(spec, props.thing, alarmTopicArns));
      alarms.push(...made);
      summaries.push({ severity, alarm: isAlone ? made[0]! : this.summarise(severity, made, critical, props) });
    }
    this.alarms = alarms;
    this.summaries = summaries;
  }

  private makeAlarm(spec: AlarmSpec, thing: string, alarmTopicArns: readonly string[]): Alarm {
    const id = spec.part === undefined ? spec.name : `${spec.name}-${spec.part}`;
    return new Alarm(this, `Alarm-${id}`, { spec, thing, alarmTopicArns });
  }

  private summarise(
    severity: Severity,
    alarms: readonly Alarm[],
    critical: IAlarm | undefined,
    { actions, heldBy, storm, thing }: WatchProps,
  ): IAlarm {
    const literalName = physicalName(this, ALARM, `${thing}-${severity}`);
    const quiet = severity === 'critical' ? [] : [critical, storm].filter((one) => one !== undefined);
    const any = alarms.map(({ resource }) => `ALARM("${resource.alarmName}")`).join(' OR ');
    const held = quiet.map(({ alarmName }) => ` AND NOT ALARM("${alarmName}")`).join('');
    const length = alarms.reduce((sum, alarm) => sum + alarm.literalName.length + 'ALARM("") OR '.length, 0);
    Properties.of(this)
      .require(
        alarms.length + quiet.length <= MAX_CHILDREN,
        `'specs' must have at most ${MAX_CHILDREN - quiet.length} ${severity} alarms, got ${alarms.length}; watch the thing in parts`,
      )
      .require(
        length < MAX_RULE - 600,
        `'specs' must have shorter names: the rule of their composite alarm has ${length} characters`,
      )
      .throwIfInvalid();
    const topics = [...actions.topicArnsOf(severity)];
    const resource = new CloudwatchCompositeAlarm(this, `Summary-${severity}`, {
      alarmName: literalName,
      alarmDescription: `${alarms.length === 1 ? alarms[0]!.spec.means : `At least one of ${alarms.length} ${severity} alarms of ${thing} has gone off.`} First: see which, below; each says what to do.`,
      alarmRule: held === '' ? any : `(${any})${held}`,
      alarmActions: topics,
      okActions: topics,
      actionsSuppressor: heldBy && { alarm: heldBy.alarmName, ...HELD },
      lifecycle: DESTROYED_LAST,
    });
    return { alarmName: resource.alarmName, alarmArn: Aws.of(this).arn('cloudwatch', `alarm:${literalName}`) };
  }
}
