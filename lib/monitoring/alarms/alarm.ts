import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct, type IConstruct } from 'constructs';
import { judgeAlarmTopics } from '../../aws/alarm-topics';
import { Aws } from '../../aws/aws';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published, unreferenced } from '../../core/published';
import { MAX_DESCRIPTION, MAX_METRICS } from './alarm-limits';
import type { AlarmSpec, MetricSpec } from './alarm-spec';

/**
 * CloudWatch deletes no alarm that a composite alarm reads. With this, Terraform changes the rule before it destroys the alarm, and without
 * it the other way round. Terraform extends it to what an alarm refers to in its own stack: a database there that must be replaced under
 * the same name is destroyed by hand first.
 */
export const DESTROYED_LAST = { createBeforeDestroy: true } as const;

/** An alarm as other modules see it. */
export interface IAlarm {
  readonly alarmName: string;
  readonly alarmArn: string;
}

export interface AlarmProps {
  /** What it watches. */
  readonly spec: AlarmSpec;
  /** Name of the thing that it watches, in its own name after the stack's prefix. */
  readonly thing: string;
  /** ARNs of at most five topics that are told when it goes off, and when it is over. @default - none: a composite alarm tells */
  readonly alarmTopicArns?: readonly string[];
}

/**
 * One alarm of CloudWatch, from its specification. Its description has what it means and what to do first.
 *
 * Costs for each month by the metrics that it reads. Destroying it loses its history.
 */
export class Alarm extends Construct implements IAlarm {
  public readonly alarmName: string;
  public readonly alarmArn: string;
  public readonly spec: AlarmSpec;
  /** Name as written, without a reference. */
  public readonly literalName: string;
  /** The underlying alarm. */
  public readonly resource: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    Properties.need(this, props, 'spec', 'thing');
    this.validate(props);
    const { spec, thing, alarmTopicArns = [] } = props;
    this.spec = spec;
    const parts = spec.part === undefined ? [thing, spec.name] : [thing, spec.part, spec.name];
    this.literalName = physicalName(this, ALARM, parts.join('-'));
    this.resource = new CloudwatchMetricAlarm(this, 'Resource', {
      alarmName: this.literalName,
      alarmDescription: `${spec.means} First: ${spec.runbook}`,
      comparisonOperator: spec.bad === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold: spec.threshold,
      evaluationPeriods: spec.periods,
      datapointsToAlarm: spec.badPeriods,
      treatMissingData: spec.missing,
      ...measured(this, spec),
      alarmActions: [...alarmTopicArns],
      okActions: [...alarmTopicArns],
      lifecycle: DESTROYED_LAST,
    });
    this.alarmName = published(this, this.resource.alarmName, this.literalName);
    this.alarmArn = published(this, this.resource.arn, Aws.of(this).arn('cloudwatch', `alarm:${this.literalName}`));
  }

  private validate({ spec, alarmTopicArns }: AlarmProps): void {
    const metrics = Object.keys(spec.metrics).length;
    const words = `${spec.means} First: ${spec.runbook}`.length;
    judgeAlarmTopics(Properties.of(this), alarmTopicArns)
      .require(metrics <= MAX_METRICS, `'spec' must have at most ${MAX_METRICS} metrics, got ${metrics}`)
      .require(
        words <= MAX_DESCRIPTION,
        `'spec' must be described in at most ${MAX_DESCRIPTION} characters, got ${words}; shorten its runbook`,
      )
      .require(
        spec.expression !== undefined || metrics === 1,
        `'spec' must have an expression, because it has ${metrics} metrics`,
      )
      .throwIfInvalid();
  }
}

/** One metric as it is; metric math over several, or in another unit. */
function measured(
  scope: IConstruct,
  { metrics, expression, periodSeconds: period, means }: AlarmSpec,
): Partial<CloudwatchMetricAlarmConfig> {
  const all = Object.entries(metrics);
  if (expression === undefined) {
    const { statistic, ...only } = all[0]![1];
    return {
      ...metricOf(scope, only),
      period,
      [/^p\d/.test(statistic) ? 'extendedStatistic' : 'statistic']: statistic,
    };
  }
  const raw = all.map(([id, one]): CloudwatchMetricAlarmMetricQuery => {
    return { id, metric: { ...metricOf(scope, one), stat: one.statistic, period } };
  });
  return { metricQuery: [...raw, { id: 'value', expression, label: means, returnData: true }] };
}

function metricOf(scope: IConstruct, { namespace, name: metricName, dimensions }: Omit<MetricSpec, 'statistic'>) {
  const values = Object.entries(dimensions).map(([key, value]) => [key, unreferenced(scope, value)] as const);
  return { namespace, metricName: unreferenced(scope, metricName), dimensions: Object.fromEntries(values) };
}
