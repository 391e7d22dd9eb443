import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { IZone } from 'cdktf-mlops/data-lake';
import { Source, Target, Trigger, TriggerTable } from 'cdktf-mlops/scheduler';
import type { IPipeline } from 'cdktf-mlops/training';
import { Construct } from 'constructs';

const HOUR = 60;

export interface ChurnTriggersProps {
  readonly pipeline: IPipeline;
  /** Zone that has the training data. */
  readonly features: IZone;
}

/** When churn is trained: each week, on new data, and when the model reaches less money than it promised. */
export class ChurnTriggers extends Construct {
  public readonly weekly: Trigger;
  public readonly newData: Trigger;
  public readonly worse: Trigger;
  /** The model reaches too little; a job of the team writes the metric each day. */
  public readonly alarm: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, { pipeline, features }: ChurnTriggersProps) {
    super(scope, id);

    this.alarm = new CloudwatchMetricAlarm(this, 'Reached', {
      alarmName: 'acme-dev-churn-reached-revenue',
      namespace: 'Growth/Churn',
      metricName: 'reached_revenue',
      statistic: 'Average',
      period: 86_400,
      evaluationPeriods: 3, // three days below: one bad day is no drift
      comparisonOperator: 'LessThanThreshold',
      threshold: 0.3,
      treatMissingData: 'missing',
    });

    const training = {
      start: Target.pipeline(pipeline),
      locks: new TriggerTable(this, 'Locks'), // one for all three: they never train at the same time
      maxRunMinutes: 6 * HOUR,
      cooldownMinutes: 24 * HOUR,
    };
    this.weekly = new Trigger(this, 'Weekly', {
      ...training,
      name: 'churn-weekly',
      on: Source.cron('cron(0 3 ? * MON *)', 'Europe/Stockholm'),
    });
    this.newData = new Trigger(this, 'NewData', {
      ...training,
      name: 'churn-new-data',
      on: Source.objects(features.bucket, { prefix: 'churn/train/', suffix: '_SUCCESS' }), // written last
    });
    this.worse = new Trigger(this, 'Worse', {
      ...training,
      name: 'churn-worse',
      on: Source.alarm(this.alarm.arn),
    });
  }
}
