import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { judgeAlarmTopics } from '../../aws/alarm-topics';
import { Aws } from '../../aws/aws';
import { ALARM } from '../../aws/name-kind';
import { claimPhysicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { QUEUE_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import type { IGrantable } from '../../iam/statement';
import type { IDagQueue } from './dag-queue-base';
import {
  brokenDagId,
  brokenDagQueue,
  brokenDagStarter,
  DAG_ID,
  DAG_QUEUE,
  DEFAULT_UNREAD_MINUTES,
  MESSAGE_RETENTION_SECONDS,
  UNREAD_MINUTES,
  VISIBILITY_SECONDS,
} from './dag-queue-limits';
import type { ManagedAirflow } from './managed-airflow';

const SECONDS_PER_MINUTE = 60;

export interface DagQueueProps {
  /** The environment, in the same stack, with Airflow 3. */
  readonly airflow: ManagedAirflow;
  /** Id of the DAG: 1 to 50 letters, digits, hyphens and underscores. */
  readonly dagId: string;
  /** Minutes after which a message that the DAG has not read is an alarm: 5 to 1440. @default 30 */
  readonly unreadMinutes?: number;
  /** ARNs of at most five topics that are told. @default - none: the alarm shows in the console only */
  readonly alarmTopicArns?: readonly string[];
}

/**
 * The queue that starts a DAG from outside the VPC: `triggered(dag_id)` of `platform_triggers` reads it. A message starts one
 * run, and says why (`DagMessage`). The queue keeps the order, and drops a message that it has had in the last five minutes: a
 * sender, which must name a message group, repeats without harm.
 *
 * Makes an encrypted FIFO queue that refuses messages without TLS, an alarm on messages that nobody reads, as while the DAG is
 * paused or cannot be parsed, and the right of the environment's role to read it. Costs each request, those of the watcher
 * included, which reads an empty queue every 20 seconds, and the alarm by the month. Destroyed with the messages in it.
 */
export class DagQueue extends Construct implements IDagQueue {
  public readonly queueName: string;
  public readonly queueArn: string;
  public readonly queueUrl: string;
  public readonly dagId: string;
  /** The underlying queue. */
  public readonly resource: SqsQueue;
  /** Messages that nobody reads. */
  public readonly unread: CloudwatchMetricAlarm;
  private readonly airflow: ManagedAirflow;

  constructor(scope: Construct, id: string, props: DagQueueProps) {
    super(scope, id);
    this.validate(props);
    const { airflow, dagId } = props;
    this.airflow = airflow;
    this.dagId = dagId;
    const name = claimPhysicalName(this, DAG_QUEUE, airflow.queueNameOf(dagId));
    this.resource = new SqsQueue(this, 'Resource', {
      name,
      fifoQueue: true,
      contentBasedDeduplication: true, // a message names its run: one that is sent again is the same text
      kmsMasterKeyId: airflow.encryptionKey.keyArn,
      messageRetentionSeconds: MESSAGE_RETENTION_SECONDS,
      visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    });
    const { urlSuffix, account, region } = Aws.of(this);
    this.queueName = published(this, this.resource.name, name);
    this.queueArn = published(this, this.resource.arn, Aws.of(this).arn('sqs', name));
    this.queueUrl = published(this, this.resource.url, `https://sqs.${region}.${urlSuffix}/${account}/${name}`);
    this.refuseWithoutTls();
    this.allowReading();
    this.unread = this.watch(name, props);
  }

  public grantSend(grantee: IGrantable): void {
    grantee.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.queueArn] });
    const { encryptionKey } = this.airflow;
    encryptionKey.grantEncrypt(grantee);
    encryptionKey.grantDecrypt(grantee);
  }

  private validate(props: DagQueueProps): void {
    Properties.need(this, props, 'airflow', 'dagId');
    const { airflow, dagId } = props;
    const properties = Properties.of(this)
      .known(props, 'dagId', 'unreadMinutes')
      .matches('dagId', dagId, DAG_ID)
      .keeps('version of airflow', airflow.version, brokenDagStarter(airflow.version))
      .integer('unreadMinutes', props.unreadMinutes, UNREAD_MINUTES);
    if (!Token.isUnresolved(dagId)) {
      const queueName = airflow.queueNameOf(dagId);
      const brokenQueue = Token.isUnresolved(queueName) ? [] : brokenDagQueue(queueName);
      properties.keeps('dagId', dagId, [...brokenDagId(dagId), ...brokenQueue]);
    }
    judgeAlarmTopics(properties, props.alarmTopicArns).throwIfInvalid();
  }

  private refuseWithoutTls(): void {
    new SqsQueuePolicy(this, 'Policy', {
      queueUrl: this.queueUrl,
      policy: renderedPolicy(this, QUEUE_POLICY, () => [
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          principal: Principal.anyone(),
          actions: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
          resources: [this.queueArn],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
  }

  /** The role may use the key through SQS already. */
  private allowReading(): void {
    this.airflow.role.addToPolicy({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [this.queueArn],
    });
  }

  private watch(queueName: string, props: DagQueueProps): CloudwatchMetricAlarm {
    const { unreadMinutes = DEFAULT_UNREAD_MINUTES, alarmTopicArns = [] } = props;
    return new CloudwatchMetricAlarm(this, 'Unread', {
      alarmName: claimPhysicalName(this, ALARM, `${queueName}-unread`),
      alarmDescription: `DAG ${this.dagId} has not read a message that starts it: is it paused, or not parsed?`,
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: queueName },
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: unreadMinutes * SECONDS_PER_MINUTE,
      treatMissingData: 'notBreaching', // an idle queue reports nothing
      alarmActions: [...alarmTopicArns],
    });
  }
}
