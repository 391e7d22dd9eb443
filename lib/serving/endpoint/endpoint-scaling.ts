import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingScheduledAction } from '@cdktf/provider-aws/lib/appautoscaling-scheduled-action';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { ITerraformDependable, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { digitsOf } from '../../core/cdktf/token-values';
import type { InvocationKind } from './endpoint-limits';
import { DEFAULT_SCALE_IN_SECONDS, DEFAULT_SCALE_OUT_SECONDS, type ScalingOptions } from './instances';
import type { VariantTypes } from './variant-types';

const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

export interface EndpointScalingProps {
  readonly endpointName: string;
  /** Name after the stack's prefix, from which those of its parts are made. */
  readonly name: string;
  readonly variantName: string;
  readonly invocation: InvocationKind;
  readonly options: ScalingOptions;
  /** What must be there first: the endpoint. */
  readonly after: ITerraformDependable;
  /** Whose change ends the scaling, and begins it again afterwards. @default - none: SageMaker refuses another instance type */
  readonly types?: VariantTypes;
}

/**
 * Scaling of one variant of an endpoint: by the requests for each instance, and by times. An asynchronous variant is scaled by the
 * requests that wait, also from no instance at all.
 *
 * A schedule changes the limits of the target itself: with schedules, the one that began last holds until another begins, and `min` and
 * `max` only until the first has begun.
 *
 * Costs two alarms of CloudWatch by the month, which Application Auto Scaling makes and removes. Destroying it leaves the endpoint with
 * the instances that it has.
 */
export class EndpointScaling extends Construct {
  /** The underlying target. */
  public readonly resource: AppautoscalingTarget;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointScalingProps,
  ) {
    super(scope, id);
    const { endpointName, variantName, invocation, options, after } = props;
    const schedules = Object.entries(options.schedules ?? {});
    this.resource = new AppautoscalingTarget(this, 'Resource', {
      serviceNamespace: 'sagemaker',
      resourceId: `endpoint/${endpointName}/variant/${variantName}`,
      scalableDimension: DIMENSION,
      minCapacity: options.min,
      maxCapacity: options.max,
      dependsOn: [after],
      lifecycle: {
        ...(props.types && { replaceTriggeredBy: [addressOf(props.types.resource)] }),
        ...(schedules.length > 0 && { ignoreChanges: ['min_capacity', 'max_capacity'] }),
      },
    });
    this.track();
    const mayBeNone = [options, ...schedules.map(([, schedule]) => schedule)].some(({ min }) => min === 0);
    if (invocation === 'asynchronous' && mayBeNone) this.wake();
    for (const [name, schedule] of schedules) {
      new AppautoscalingScheduledAction(this, `Schedule-${name}`, {
        ...this.target,
        lifecycle: this.lifecycle,
        name: `${props.name}-${variantName}-${name}`,
        schedule: schedule.cron,
        timezone: schedule.zone,
        scalableTargetAction: { minCapacity: digitsOf(schedule.min), maxCapacity: digitsOf(schedule.max) },
      });
    }
  }

  /** A target takes its policies and schedules with it. */
  private get lifecycle() {
    return { replaceTriggeredBy: [addressOf(this.resource)] };
  }

  private get target() {
    const { serviceNamespace, resourceId, scalableDimension } = this.resource;
    return { serviceNamespace, resourceId, scalableDimension };
  }

  private track(): void {
    const { endpointName, name, variantName, invocation, options } = this.props;
    const { target, scaleInSeconds = DEFAULT_SCALE_IN_SECONDS, scaleOutSeconds = DEFAULT_SCALE_OUT_SECONDS } = options;
    const metric =
      invocation === 'asynchronous'
        ? {
            customizedMetricSpecification: {
              namespace: 'AWS/SageMaker',
              metricName: 'ApproximateBacklogSizePerInstance',
              dimensions: [{ name: 'EndpointName', value: endpointName }],
              statistic: 'Average',
            },
          }
        : { predefinedMetricSpecification: { predefinedMetricType: 'SageMakerVariantInvocationsPerInstance' } };
    new AppautoscalingPolicy(this, 'Policy', {
      ...this.target,
      lifecycle: this.lifecycle,
      name: `${name}-${variantName}`,
      policyType: 'TargetTrackingScaling',
      targetTrackingScalingPolicyConfiguration: {
        ...metric,
        targetValue: target,
        scaleInCooldown: scaleInSeconds,
        scaleOutCooldown: scaleOutSeconds,
      },
    });
  }

  /** Without an instance no backlog for each instance is measured: one metric alone says that a request waits. */
  private wake(): void {
    const { endpointName, name, variantName, options } = this.props;
    const policy = new AppautoscalingPolicy(this, 'WakePolicy', {
      ...this.target,
      lifecycle: this.lifecycle,
      name: `${name}-${variantName}-wake`,
      policyType: 'StepScaling',
      stepScalingPolicyConfiguration: {
        adjustmentType: 'ChangeInCapacity',
        metricAggregationType: 'Average',
        cooldown: options.scaleInSeconds ?? DEFAULT_SCALE_IN_SECONDS,
        stepAdjustment: [{ metricIntervalLowerBound: '0', scalingAdjustment: 1 }],
      },
    });
    new CloudwatchMetricAlarm(this, 'WakeAlarm', {
      alarmName: physicalName(this, ALARM, `${name}-wake-${variantName}`),
      alarmDescription: 'A request waits while there is no instance: the first one is started',
      namespace: 'AWS/SageMaker',
      metricName: 'HasBacklogWithoutCapacity',
      dimensions: { EndpointName: endpointName },
      statistic: 'Average',
      period: 60,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'missing',
      alarmActions: [policy.arn],
    });
  }
}

/** Address of a resource in its module; as a reference, as cdktf writes it, Terraform does not take it there. */
function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
