import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import { Construct } from 'constructs';
import { nameOf } from '../../core/names';
import type { LogCount, MetricSpec } from '../alarms/alarm-spec';
import { METRIC_FILTER } from './event-limits';

/**
 * Counts lines of log groups, such as denied access, with a metric filter each.
 *
 * Costs for each metric in the hours in which it has a value. Destroying it is free.
 */
export class LogCounts extends Construct {
  /** Counts the lines of a metric, under an id of its own. */
  public count(id: string, { namespace, name, from }: MetricSpec): void {
    const { logGroupName, pattern } = from as LogCount;
    new CloudwatchLogMetricFilter(this, `Count-${id}`, {
      name: nameOf(this, METRIC_FILTER, id),
      logGroupName,
      pattern,
      metricTransformation: { namespace, name, value: '1', defaultValue: '0' },
    });
  }
}
