import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { SagemakerEndpointConfiguration } from '@cdktf/provider-aws/lib/sagemaker-endpoint-configuration';
import { Construct } from 'constructs';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { digitsOf } from '../../core/cdktf/token-values';
import type { InvocationKind } from '../endpoint/endpoint-limits';
import type { Rollout } from './rollout';

const PERIOD_SECONDS = 60;
const EVALUATION = { evaluationPeriods: 3, datapointsToAlarm: 2 } as const;
const MICROSECONDS_PER_MILLISECOND = 1000;

/** Metrics of requests that fail on the server's side, and of all. An asynchronous endpoint has no others. */
const REQUESTS: Readonly<Record<InvocationKind, readonly [failed: string, all: string]>> = {
  'real-time': ['Invocation5XXErrors', 'Invocations'],
  serverless: ['Invocation5XXErrors', 'Invocations'],
  asynchronous: ['InvocationFailures', 'InvocationsProcessed'],
};

/** What is watched. */
export interface RollbackAlarmsProps {
  readonly endpointName: string;
  /** Name after the stack's prefix, from which those of the alarms are made. */
  readonly name: string;
  readonly invocation: InvocationKind;
  readonly variantNames: readonly string[];
  readonly rollback: Rollout['rollback'];
  /** Whose fleet alone is watched, if the endpoint is real-time: others publish no metrics by configuration. @default - both fleets */
  readonly configuration?: SagemakerEndpointConfiguration;
}

/**
 * Alarms that roll a deployment of an endpoint back: the share of failed requests of each variant, and if asked for its
 * latency. They are silent while no requests come. They tell nobody: monitoring does.
 *
 * With a configuration they watch the new fleet alone. Alarms on both are in ALARM while the version in production fails, and then
 * SageMaker rolls the version that mends it back, too (its guide, "Auto-Rollback Configuration and Monitoring").
 *
 * Costs for each alarm and month. Destroyed with the endpoint.
 */
export class RollbackAlarms extends Construct {
  /** The underlying alarms. */
  public readonly alarms: readonly CloudwatchMetricAlarm[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RollbackAlarmsProps,
  ) {
    super(scope, id);
    const { variantNames, rollback } = props;
    this.alarms = variantNames.flatMap((variant) => [
      this.errors(variant),
      ...(rollback.latencyMs === undefined ? [] : [this.latency(variant, rollback.latencyMs)]),
    ]);
  }

  private errors(variant: string): CloudwatchMetricAlarm {
    const { invocation, rollback } = this.props;
    const [failed, all] = REQUESTS[invocation];
    const sum = (id: string, metricName: string) => ({
      id,
      metric: { ...this.metric(variant, metricName), period: PERIOD_SECONDS, stat: 'Sum' },
    });
    const enough = digitsOf(rollback.minRequests);
    return this.alarm(`errors-${variant}`, {
      alarmDescription: `More than ${digitsOf(rollback.errorPercent)} % of the requests to ${variant} fail: a deployment is rolled back. Look into the log of the endpoint`,
      metricQuery: [
        {
          id: 'share',
          expression: `IF(all >= ${enough}, 100 * FILL(failed, 0) / all, 0)`,
          label: 'failed requests in percent',
          returnData: true,
        },
        sum('failed', failed),
        sum('all', all),
      ],
      threshold: rollback.errorPercent,
    });
  }

  private latency(variant: string, latencyMs: number): CloudwatchMetricAlarm {
    return this.alarm(`latency-${variant}`, {
      alarmDescription: `One of a hundred requests to ${variant} takes the model more than ${digitsOf(latencyMs)} ms: a deployment is rolled back. Compare the size of requests, and the load of the instances`,
      ...this.metric(variant, 'ModelLatency'),
      extendedStatistic: 'p99',
      period: PERIOD_SECONDS,
      threshold: latencyMs * MICROSECONDS_PER_MILLISECOND,
    });
  }

  private alarm(
    id: string,
    config: Omit<CloudwatchMetricAlarmConfig, 'alarmName' | 'comparisonOperator' | 'evaluationPeriods'>,
  ): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, id, {
      alarmName: physicalName(this, ALARM, `${this.props.name}-rollback`, id),
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching', // without requests there is nothing to roll back
      ...EVALUATION,
      ...config,
    });
  }

  private metric(variant: string, metricName: string) {
    const { endpointName, invocation, configuration } = this.props;
    const both = { EndpointName: endpointName, VariantName: variant };
    const isKnown = configuration !== undefined && invocation === 'real-time';
    const dimensions: Record<string, string> = isKnown ? { ...both, EndpointConfigName: configuration.name } : both;
    return { namespace: 'AWS/SageMaker', metricName, dimensions };
  }
}
