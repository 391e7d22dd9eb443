import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { judgeAlarmTopics } from '../../aws/alarm-topics';
import { Aws } from '../../aws/aws';
import { ALARM, EVENT_RULE, QUEUE, SCHEDULE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { nameOf, pathName } from '../../core/names';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import { QUEUE_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import { jsonText } from '../../training/pipeline/definition';
import type { Machine } from '../states/state';
import { type EventPattern, SCHEDULED_EVENT, type ScheduleExpression, type Source } from './source';
import type { TargetParts } from './targets/target-parts';
import type { TriggerHistory } from './trigger-history';
import {
  BUDGET_PERIODS,
  BUDGET_RUNS,
  brokenCooldown,
  brokenPlace,
  COOLDOWN_MINUTES,
  DEFAULT_RETRIES,
  DEFAULT_RUN_MINUTES,
  deletionMinutes,
  FAILED_DAYS,
  RETRIES,
  RUN_MINUTES,
  STATE_MACHINE,
} from './trigger-limits';
import type { TriggerProps } from './trigger-props';
import { workflow } from './workflow';

/** Begins the names of the state machines of all triggers of a stack, after its prefix. */
const FAMILY = 'trigger';
const SECONDS_PER_DAY = 86_400;
/** Seconds that EventBridge tries to reach the state machine: an older event would surprise people. */
const DELIVERY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 } as const;

/**
 * Starts something once for an event or at a time: not twice for one event, not beside an active run, and not within a cooldown.
 *
 * Makes a rule or a schedule, a Standard state machine (see `workflow` for how it does that without a function), a queue for
 * what has failed, its alarm, and the roles of each: that of the state machine may start its target, follow the run, and lock that one target.
 *
 * A message in the queue has the error and the `input` of its execution; one that could not be delivered is the event itself.
 * `aws stepfunctions start-execution --input` with either, under a name of your choice of letters, digits, hyphens and
 * underscores, tries again; `{"cause": "manual:<who>"}` as input starts a run by hand, and obeys lock and cooldown. Do not
 * redrive an execution: one that was stopped while it started a run goes on without a look at the lock.
 *
 * Costs the alarm for each month; each event costs about 15 state transitions, a run four more for each minute, or for each of 1,500 parts
 * of a longer `maxRunMinutes`, and a cooldown three more for each ten minutes, or for each of its 500 parts. Destroying it ends its
 * executions, each at the end of its present wait, not the runs that they have started, and removes the messages of failed events.
 */
export class Trigger extends Construct {
  public readonly stateMachineName: string;
  public readonly stateMachineArn: string;
  /** Role of the state machine. */
  public readonly role: Role;
  /** Events that started nothing because of an error. */
  public readonly failed: SqsQueue;
  /** Goes off when there are some. */
  public readonly alarm: CloudwatchMetricAlarm;
  /** The underlying state machine. */
  public readonly resource: SfnStateMachine;
  /** The state machine, as an object. */
  public readonly definition: Machine;
  private readonly nameOfParts: string | undefined;

  constructor(scope: Construct, id: string, props: TriggerProps) {
    super(scope, id);
    Properties.need(this, props, 'on', 'start', 'locks');
    const target = props.start.bind(this);
    this.validate(props, target);

    this.nameOfParts = props.name === undefined ? undefined : `${FAMILY}-${props.name}`;
    const name = physicalName(this, STATE_MACHINE, `${FAMILY}-${props.name ?? pathName(this)}`);
    const arn = Aws.of(this).arn('states', `stateMachine:${name}`);
    this.failed = this.makeQueue();
    this.role = this.newRole('Role', 'states', 'Starts a run once for an event');
    const { cooldownMinutes, maxRunMinutes = DEFAULT_RUN_MINUTES } = props;
    this.definition = workflow(this, {
      target,
      trigger: name,
      cause: props.on.cause,
      key: props.on.key,
      tableName: props.locks.tableName,
      failedUrl: this.failed.url,
      retries: props.retries ?? DEFAULT_RETRIES,
      cooldownMinutes,
      maxRunMinutes,
      budget: props.budget,
    });
    this.allow(target, props, arn);
    this.resource = this.makeMachine(name, deletionMinutes(maxRunMinutes, cooldownMinutes), props.history);
    this.stateMachineName = published(this, this.resource.name, name);
    this.stateMachineArn = published(this, this.resource.arn, arn);
    this.listen(props.on);
    this.alarm = this.watch(props.alarmTopicArns ?? []);
  }

  /**
   * Allows starting it by hand, and seeing what it does: `states:StartExecution`, `states:ListExecutions`,
   * `states:DescribeStateMachine` on the state machine, and `states:DescribeExecution`, `states:GetExecutionHistory` on its executions.
   */
  public grantStart(grantee: IGrantable): void {
    grantee.addToPolicy({
      actions: ['states:StartExecution', 'states:ListExecutions', 'states:DescribeStateMachine'],
      resources: [this.stateMachineArn],
    });
    grantee.addToPolicy({
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      resources: [Aws.of(this).arn('states', `execution:${this.stateMachineName}:*`)],
    });
  }

  private validate(props: TriggerProps, { follow, lock }: TargetParts): void {
    const { cooldownMinutes, maxRunMinutes = DEFAULT_RUN_MINUTES, budget } = props;
    const { runs, per } = budget ?? {};
    const properties = Properties.of(this)
      .known({ runs, per }, 'runs', 'per')
      .known(props, 'cooldownMinutes', 'maxRunMinutes', 'retries', 'name', 'budget')
      .integer('cooldownMinutes', cooldownMinutes, COOLDOWN_MINUTES)
      .integer('maxRunMinutes', maxRunMinutes, RUN_MINUTES)
      .integer('retries', props.retries, RETRIES)
      .integer('budget.runs', runs, BUDGET_RUNS)
      .oneOf('budget.per', per, BUDGET_PERIODS)
      .matches('name', props.name, NAME);
    if (follow && cooldownMinutes !== undefined && !Token.isUnresolved(cooldownMinutes)) {
      properties.keeps('cooldownMinutes', cooldownMinutes, brokenCooldown(cooldownMinutes, maxRunMinutes));
    }
    const { account, region } = Aws.of(this).known;
    for (const [name, arn] of [...props.on.watched, ...props.start.started]) {
      if ([arn, account, region].some((part) => Token.isUnresolved(part))) continue;
      properties.keeps(name, arn, brokenPlace(arn, { account, region }));
    }
    properties.require(
      follow !== undefined || props.maxRunMinutes === undefined,
      "'maxRunMinutes' has no effect on a DAG, whose runs are not followed; remove it",
    );
    for (const name of ['cooldownMinutes', 'budget'] as const) {
      properties.require(
        lock !== undefined || props[name] === undefined,
        `'${name}' has no effect on what each event starts, also beside others; remove it`,
      );
    }
    judgeAlarmTopics(properties, props.alarmTopicArns).throwIfInvalid();
  }

  private newRole(id: 'Role' | 'Delivery', service: string, description: string): Role {
    return new Role(this, id, {
      assumedBy: Principal.service(`${service}.amazonaws.com`, Aws.of(this).account),
      description,
    });
  }

  private allow(target: TargetParts, { locks, budget }: TriggerProps, arn: string): void {
    const aws = Aws.of(this);
    target.grant(this.role);
    if (target.lock !== undefined) locks.grantLock(this.role, target.lock);
    if (target.lock !== undefined && budget) locks.grantBudget(this.role, target.lock);
    this.role.addToPolicy({ actions: ['states:StartExecution'], resources: [arn] }); // an event becomes an execution of its own
    if (target.lock !== undefined) {
      // the holder of the lock may be another trigger, also one that is no longer there
      const family = nameOf(this, { maxLength: STATE_MACHINE.maxLength }, FAMILY);
      this.role.addToPolicy({
        actions: ['states:DescribeExecution'],
        resources: [aws.arn('states', `execution:${family}-*`)],
      });
    }
    this.role.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.failed.arn] });
  }

  private makeMachine(name: string, deletion: number, history: TriggerHistory | undefined): SfnStateMachine {
    history?.grantDeliver(this.role);
    const machine = new SfnStateMachine(this, 'Resource', {
      name,
      type: 'STANDARD',
      roleArn: this.role.roleArn,
      definition: jsonText(this.definition as never),
      timeouts: { delete: `${deletion}m` },
      loggingConfiguration: history?.logging,
      // Step Functions asks what the role may log, events come as soon as it is there, and executions go on while it is deleted
      dependsOn: [this.role.policy],
    });
    waive(
      machine,
      'its history has what it calls, and nothing of ours is called that X-Ray could trace',
      'CKV_AWS_284',
    );
    if (!history) waive(machine, 'Step Functions keeps the history of each execution for 90 days', 'CKV_AWS_285');
    return machine;
  }

  private makeQueue(): SqsQueue {
    return new SqsQueue(this, 'Failed', {
      name: physicalName(this, QUEUE, this.nameOfParts),
      messageRetentionSeconds: FAILED_DAYS * SECONDS_PER_DAY,
      sqsManagedSseEnabled: true, // with a key of ours, its policy would have to allow EventBridge
    });
  }

  private listen(source: Source): void {
    const deliverer = this.newRole('Delivery', source.schedule ? 'scheduler' : 'events', 'Hands events to a trigger');
    deliverer.addToPolicy({ actions: ['states:StartExecution'], resources: [this.stateMachineArn] });
    if (source.schedule) this.makeSchedule(source.schedule, deliverer);
    else this.makeRule(source.pattern!, deliverer);
  }

  private makeSchedule({ expression, timezone }: ScheduleExpression, deliverer: Role): void {
    deliverer.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.failed.arn] });
    const schedule = new SchedulerSchedule(this, 'Schedule', {
      name: physicalName(this, SCHEDULE, this.nameOfParts),
      scheduleExpression: expression,
      scheduleExpressionTimezone: timezone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.stateMachineArn,
        roleArn: deliverer.roleArn,
        input: JSON.stringify(SCHEDULED_EVENT),
        retryPolicy: DELIVERY,
        deadLetterConfig: { arn: this.failed.arn },
      },
      dependsOn: [deliverer.policy],
    });
    waive(schedule, 'its input is no more than the time', 'CKV_AWS_297');
  }

  private makeRule(pattern: EventPattern, deliverer: Role): void {
    const rule = new CloudwatchEventRule(this, 'Rule', {
      name: physicalName(this, EVENT_RULE, this.nameOfParts),
      eventPattern: jsonText(pattern as never),
    });
    new CloudwatchEventTarget(this, 'Target', {
      rule: rule.name,
      targetId: 'trigger',
      arn: this.stateMachineArn,
      roleArn: deliverer.roleArn,
      retryPolicy: DELIVERY,
      deadLetterConfig: { arn: this.failed.arn },
      dependsOn: [deliverer.policy],
    });
    new SqsQueuePolicy(this, 'FailedPolicy', {
      queueUrl: this.failed.url,
      policy: renderedPolicy(this, QUEUE_POLICY, () => [
        {
          principal: Principal.service('events.amazonaws.com'),
          actions: ['sqs:SendMessage'],
          resources: [this.failed.arn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.arn } },
        },
      ]),
    });
  }

  private watch(topicArns: readonly string[]): CloudwatchMetricAlarm {
    return new CloudwatchMetricAlarm(this, 'Alarm', {
      alarmName: physicalName(this, ALARM, this.nameOfParts),
      alarmDescription: 'An event has started nothing because of an error: see the messages in the queue',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: this.failed.name },
      statistic: 'Maximum',
      period: 300,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching', // SQS sends no metric of a queue that is not used
      alarmActions: [...topicArns],
    });
  }
}
