import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { SfnStateMachineLoggingConfiguration } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../../aws/log-group';
import { claimPhysicalName } from '../../aws/physical-name';
import { deployedName } from '../../core/kept/deployed-name';
import { nameOf } from '../../core/names';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import type { IGrantable } from '../../iam/statement';
import { DEFAULT_HISTORY_DAYS, HISTORY_FOLDER } from './trigger-limits';

export interface TriggerHistoryProps {
  /** Key of the log group. */
  readonly encryptionKey: IKey;
  /** Name after `/aws/vendedlogs/states/` and the stack's prefix. @default - from the construct's path */
  readonly name?: string;
  /** Retention in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly retentionDays?: number;
  /** Whether the log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * What triggers have done, for longer than the 90 days of Step Functions: each event, its cause, each step, and the run that was
 * started. AWS Security Hub asks for it (StepFunctions.1).
 *
 * Makes a log group below `/aws/vendedlogs/states/`, so that the policy by which services deliver logs does not grow with it.
 * Costs each gigabyte that is delivered and each gigabyte-month: some hundred kilobytes an hour of a run that is looked at each
 * minute. Destroying it deletes the log if it may be destroyed; otherwise the group stays, without Terraform.
 */
export class TriggerHistory extends Construct {
  /** The underlying log group. */
  public readonly resource: CloudwatchLogGroup;
  /** Name of the log group. */
  public readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: TriggerHistoryProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    const { encryptionKey, retentionDays = DEFAULT_HISTORY_DAYS, removal } = props;
    Properties.of(this)
      .matches('name', props.name, NAME)
      .oneOf('retentionDays', retentionDays, LOG_RETENTION_DAYS)
      .throwIfInvalid();
    encryptionKey.allowLogs();
    const limits = { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - HISTORY_FOLDER.length };
    const own = deployedName(this, LOG_GROUP.kind, () => nameOf(this, limits, props.name));
    const name = claimPhysicalName(this, LOG_GROUP, `${HISTORY_FOLDER}${own}`);
    this.resource = new CloudwatchLogGroup(this, 'Resource', {
      name,
      retentionInDays: retentionDays,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
    if (!Token.isUnresolved(retentionDays) && retentionDays < DEFAULT_HISTORY_DAYS) {
      waive(this.resource, 'a retention below one year is set explicitly', 'CKV_AWS_338');
    }
    this.logGroupName = published(this, this.resource.name, name);
  }

  /** Settings of a state machine whose role has {@link grantDeliver}. */
  public get logging(): SfnStateMachineLoggingConfiguration {
    return { level: 'ALL', includeExecutionData: true, logDestination: `${this.resource.arn}:*` };
  }

  /**
   * Allows a state machine to have its history delivered: `logs:CreateLogDelivery`, `logs:GetLogDelivery`,
   * `logs:UpdateLogDelivery`, `logs:DeleteLogDelivery`, `logs:ListLogDeliveries`, `logs:PutResourcePolicy`,
   * `logs:DescribeResourcePolicies`, `logs:DescribeLogGroups`. Step Functions asks for exactly these of the role (developer guide,
   * "Logging using CloudWatch Logs"), and none of them has a resource.
   */
  public grantDeliver(grantee: IGrantable): void {
    grantee.addToPolicy({
      actions: [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      resources: ['*'], // see above: the actions know none
    });
  }
}
