import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Construct } from 'constructs';
import { ARN } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { EVENT_RULE, QUEUE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { QUEUE_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { Role } from '../../iam/role';
import type { IModelPackageGroup } from './model-package-group';
import { PACKAGE_EVENTS } from './package-limits';

/** Days that an approval which could not be delivered is kept. */
export const UNDELIVERED_DAYS = 14;
const SECONDS_PER_DAY = 86_400;

export interface PackagePromotionProps {
  readonly packages: IModelPackageGroup;
  /** Event bus of the next account: see `PackageInbox`. Another bus takes effect in place. */
  readonly eventBusArn: string;
}

/**
 * Tells the next account of every version that is approved, so that the same version is deployed there: the event names it
 * by its ARN. The account must be one of the group's `readerAccounts`. Nothing is copied, and no program runs.
 *
 * Makes a rule on the default bus, the role that delivers, and a queue for what could not be delivered within a day: an
 * approval that nobody hears of would be a deployment that silently never happens. SageMaker may send an event more than
 * once: what deploys must bear that.
 *
 * Costs nothing at rest: events to another account and messages in the queue are billed by million. Destroyed without a
 * trace, with the undelivered approvals.
 */
export class PackagePromotion extends Construct {
  /** Delivers the events. */
  public readonly role: Role;
  /** The underlying rule. */
  public readonly resource: CloudwatchEventRule;

  constructor(scope: Construct, id: string, props: PackagePromotionProps) {
    super(scope, id);
    Properties.of(this)
      .present(props, 'packages', 'eventBusArn')
      .matches('eventBusArn', props?.eventBusArn, ARN.eventBus)
      .throwIfInvalid();
    const { packages, eventBusArn } = props;
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('events.amazonaws.com', Aws.of(this).account),
    });
    this.role.addToPolicy({ actions: ['events:PutEvents'], resources: [eventBusArn] });
    this.resource = new CloudwatchEventRule(this, 'Resource', {
      name: physicalName(this, EVENT_RULE),
      eventPattern: approvalsOf(packages.packageGroupName),
    });
    const undelivered = this.makeQueue();
    new CloudwatchEventTarget(this, 'Target', {
      rule: this.resource.name,
      targetId: 'next-account',
      arn: eventBusArn,
      roleArn: this.role.roleArn,
      retryPolicy: { maximumEventAgeInSeconds: SECONDS_PER_DAY, maximumRetryAttempts: 185 },
      deadLetterConfig: { arn: undelivered.arn },
    });
  }

  private makeQueue(): SqsQueue {
    const queue = new SqsQueue(this, 'Undelivered', {
      name: physicalName(this, QUEUE),
      messageRetentionSeconds: UNDELIVERED_DAYS * SECONDS_PER_DAY,
      sqsManagedSseEnabled: true, // with a key of ours, its policy would have to allow EventBridge
    });
    new SqsQueuePolicy(this, 'UndeliveredPolicy', {
      queueUrl: queue.url,
      policy: renderedPolicy(this, QUEUE_POLICY, () => [
        {
          principal: Principal.service('events.amazonaws.com'),
          actions: ['sqs:SendMessage'],
          resources: [queue.arn],
          conditions: { ArnEquals: { 'aws:SourceArn': this.resource.arn } },
        },
      ]),
    });
    return queue;
  }
}

/** A later edit of an approved version would fire again without `UpdatedModelPackageFields`. */
function approvalsOf(packageGroupName: string): string {
  return JSON.stringify({
    ...PACKAGE_EVENTS,
    detail: {
      ModelPackageGroupName: [packageGroupName],
      ModelApprovalStatus: ['Approved'],
      UpdatedModelPackageFields: ['ModelApprovalStatus'],
    },
  });
}
