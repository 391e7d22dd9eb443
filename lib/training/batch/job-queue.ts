import { BatchJobQueue } from '@cdktf/provider-aws/lib/batch-job-queue';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { DEFAULT_WAIT_MINUTES, JOB_QUEUE, QUEUE_PRIORITY, WAIT_MINUTES } from './batch-limits';

const MINUTE = 60;
/** What AWS Batch says of a job at the head of its queue for which there is no capacity (user guide, blocked job queues). */
const NO_CAPACITY = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY';
/** What it says of a job that asks for more than the capacity has. */
const NEVER_STARTS = ['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT'];

export interface JobQueueProps {
  /** Of the queues of the same capacity, the one with the higher priority comes first: 0 to 1000. */
  readonly priority: number;
  /** ARNs of the compute environments, in the order in which they take jobs. */
  readonly environmentArns: readonly string[];
  /** ARN of the scheduling policy: a queue takes one only when it is created, and never loses it. */
  readonly schedulingPolicyArn: string;
  /** Minutes after which a job that waits for capacity is cancelled, 10 to 1440. @default 1440 */
  readonly maxWaitMinutes?: number;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/** A queue of AWS Batch that cancels what blocks it. It costs nothing; destroying it ends its jobs. `BatchTraining` makes it. */
export class JobQueue extends Construct {
  public readonly queueArn: string;
  public readonly queueName: string;
  /** The underlying queue. */
  public readonly resource: BatchJobQueue;

  constructor(scope: Construct, id: string, props: JobQueueProps) {
    super(scope, id);
    Properties.need(this, props, 'priority', 'environmentArns', 'schedulingPolicyArn');
    const { environmentArns, maxWaitMinutes = DEFAULT_WAIT_MINUTES } = props;
    Properties.of(this)
      .integer('priority', props.priority, QUEUE_PRIORITY)
      .known({ environmentArns }, 'environmentArns')
      .known({ maxWaitMinutes }, 'maxWaitMinutes')
      .integer('maxWaitMinutes', maxWaitMinutes, WAIT_MINUTES)
      .matches('name', props.name, NAME)
      .throwIfInvalid();

    const name = physicalName(this, JOB_QUEUE, props.name);
    this.resource = new BatchJobQueue(this, 'Resource', {
      name,
      state: 'ENABLED',
      priority: props.priority,
      schedulingPolicyArn: props.schedulingPolicyArn,
      // the list of ARNs without an order is gone in provider 6
      computeEnvironmentOrder: environmentArns.map((computeEnvironment, index) => ({
        order: index + 1,
        computeEnvironment,
      })),
      jobStateTimeLimitAction: [
        cancel(NO_CAPACITY, maxWaitMinutes),
        ...NEVER_STARTS.map((reason) => cancel(reason, WAIT_MINUTES.min)),
      ],
    });
    this.queueName = published(this, this.resource.name, name);
    this.queueArn = published(this, this.resource.arn, Aws.of(this).arn('batch', `job-queue/${name}`));
  }
}

function cancel(reason: string, minutes: number) {
  return { action: 'CANCEL', state: 'RUNNABLE', reason, maxTimeSeconds: minutes * MINUTE };
}
