import { AppautoscalingPolicy } from '@cdktf/provider-aws/lib/appautoscaling-policy';
import { AppautoscalingScheduledAction } from '@cdktf/provider-aws/lib/appautoscaling-scheduled-action';
import { AppautoscalingTarget } from '@cdktf/provider-aws/lib/appautoscaling-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { type ITerraformDependable, TerraformResource, type TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';
import { ALARM } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { digitsOf } from '../../core/cdktf/token-values';
import type { InvocationKind } from './endpoint-limits';
import { DEFAULT_SCALE_IN_SECONDS, DEFAULT_SCALE_OUT_SECONDS, type ScalingOptions } from './instances';

const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

export interface EndpointScalingProps {
  readonly endpointName: string;
  /** Name after the stack's prefix, from which those of its parts are made. */
  readonly name: string;
  readonly variantName: string;
  readonly invocation: InvocationKind;
  /** E.g. `ml.m5.large`. SageMaker refuses another type while the variant is scaled: see {@link EndpointScaling}. */
  readonly instanceType: string;
  readonly options: ScalingOptions;
  /** What must be there first: the endpoint. */
  readonly after: ITerraformDependable;
}

/**
 * Scaling of one variant of an endpoint: by the requests for each instance, and by times. An asynchronous variant is scaled by the
 * requests that wait, also from no instance at all.
 *
 * SageMaker does not change the instance type of a variant that is scaled (its guide, "Update endpoints that use automatic
 * scaling"). So with another type Terraform ends the scaling, changes the endpoint and scales it again; meanwhile, and after a
 * deployment that was rolled back until the next that holds, the variant keeps its instances.
 *
 * A schedule changes the limits of the target itself: with schedules, the one that began last holds, and `min` and `max` only until
 * the first has begun.
 *
 * Costs two alarms of CloudWatch by the month, which Application Auto Scaling makes and removes. Destroying it leaves the endpoint with
 * the instances that it has.
 */
export class EndpointScaling extends Construct {
  /** The underlying target. */
  public readonly resource: AppautoscalingTarget;
  /** Deregistering a target takes its policies and schedules with it: all are made anew with it. */
  private readonly lifecycle: TerraformResourceLifecycle;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointScalingProps,
  ) {
    super(scope, id);
    const { endpointName, variantName, invocation, instanceType, options, after } = props;
    const type = new TerraformResource(this, 'InstanceType', { terraformResourceType: 'terraform_data' });
    type.addOverride('input', instanceType);
    // as text: what cdktf writes for a resource, an interpolation, Terraform does not read here
    this.lifecycle = { replaceTriggeredBy: [`${type.terraformResourceType}.${type.friendlyUniqueId}`] };
    const { schedules = {} } = options;
    const scheduled = Object.keys(schedules).length > 0;
    this.resource = new AppautoscalingTarget(this, 'Resource', {
      serviceNamespace: 'sagemaker',
      resourceId: `endpoint/${endpointName}/variant/${variantName}`,
      scalableDimension: DIMENSION,
      minCapacity: options.min,
      maxCapacity: options.max,
      dependsOn: [after],
      lifecycle: { ...this.lifecycle, ...(scheduled && { ignoreChanges: ['min_capacity', 'max_capacity'] }) },
    });
    this.track();
    if (invocation === 'asynchronous' && options.min === 0) this.wake();
    for (const [name, schedule] of Object.entries(schedules)) {
      new AppautoscalingScheduledAction(this, `Schedule-${name}`, {
        ...this.target,
        name: `${props.name}-${variantName}-${name}`,
        schedule: schedule.cron,
        timezone: schedule.zone,
        scalableTargetAction: { minCapacity: digitsOf(schedule.min), maxCapacity: digitsOf(schedule.max) },
        lifecycle: this.lifecycle,
      });
    }
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
      name: `${name}-${variantName}`,
      policyType: 'TargetTrackingScaling',
      lifecycle: this.lifecycle,
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
      name: `${name}-${variantName}-wake`,
      policyType: 'StepScaling',
      lifecycle: this.lifecycle,
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
