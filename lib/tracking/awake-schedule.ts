import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { SCHEDULE } from '../aws/name-kind';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { waive } from '../core/waivers';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import type { WorkingHours } from './working-hours';

/** A start that came too late would start a server for the night. */
const RETRY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 };

export interface AwakeScheduleProps {
  /** Name of the server. */
  readonly trackingServerName: string;
  /** ARN of the server. */
  readonly trackingServerArn: string;
  readonly hours: WorkingHours;
}

/**
 * Starts a tracking server when work begins, and stops it when work ends: two schedules of EventBridge Scheduler, which call
 * SageMaker themselves, and the role with which they do. A call that fails is tried again for an hour, at most five times; the metric
 * `TargetErrorCount` of `AWS/Scheduler` counts it.
 *
 * Costs a call of Scheduler for each start and stop. Destroying it leaves the server as it is, stopped or not.
 */
export class AwakeSchedule extends Construct {
  /** Starts and stops this server, and nothing else. */
  public readonly role: Role;

  constructor(scope: Construct, id: string, props: AwakeScheduleProps) {
    super(scope, id);
    Properties.need(this, props, 'trackingServerName', 'trackingServerArn', 'hours');

    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('scheduler.amazonaws.com', Aws.of(this).account),
      description: 'Starts and stops a tracking server',
    });
    this.role.addToPolicy({
      actions: ['sagemaker:StartMlflowTrackingServer', 'sagemaker:StopMlflowTrackingServer'],
      resources: [props.trackingServerArn],
    });
    this.schedule('Start', 'start', props.hours.start, props);
    this.schedule('Stop', 'stop', props.hours.stop, props);
  }

  private schedule(
    id: 'Start' | 'Stop',
    verb: 'start' | 'stop',
    scheduleExpression: string,
    { trackingServerName, hours }: AwakeScheduleProps,
  ): void {
    const schedule = new SchedulerSchedule(this, id, {
      name: physicalName(this, SCHEDULE, undefined, verb),
      description: `${id}s the tracking server`,
      scheduleExpression,
      scheduleExpressionTimezone: hours.zone,
      flexibleTimeWindow: { mode: 'OFF' },
      state: 'ENABLED',
      target: {
        arn: Aws.of(this).arn('scheduler', `aws-sdk:sagemaker:${verb}MlflowTrackingServer`, {
          region: '',
          account: '',
        }),
        roleArn: this.role.roleArn,
        input: JSON.stringify({ TrackingServerName: trackingServerName }),
        retryPolicy: RETRY,
      },
    });
    waive(schedule, 'its input is the name of the server, which is no secret', 'CKV_AWS_297');
  }
}
