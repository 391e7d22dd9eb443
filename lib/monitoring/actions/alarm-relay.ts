import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import type { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import { storedZip } from '../../serving/check/stored-zip';
import type { IBucket } from '../../storage/bucket';
import { jsonText } from '../../training/pipeline/definition';
import { Alarm } from '../alarms/alarm';
import { COUNT, judged, metric, type Severity, SILENT_WHEN_WELL } from '../alarms/alarm-spec';
import { FUNCTION } from './actions-limits';
import type { Relayed } from './alarm-receiver';

const PROGRAM = join(__dirname, 'relay/alarm_relay.py');
/** Version of Python that Lambda runs until October 2029. */
const RUNTIME = 'python3.13';
const TIMEOUT_SECONDS = 60;
const MEMORY_MB = 128;
const LOG_DAYS = 90;
/** Seconds that a message which nobody took is kept: 14 days, the most of SQS. */
const KEPT_SECONDS = 1_209_600;
const HASH_LENGTH = 16;

export interface AlarmRelayProps {
  /** The topics by severity. */
  readonly topics: ReadonlyMap<Severity, SnsTopic>;
  readonly receivers: readonly (Relayed & { readonly from: Severity })[];
  /** Where its program is put. */
  readonly bucket: IBucket;
  /** Key of its log. */
  readonly encryptionKey: IKey;
  /** Whether its log may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** @default - from the construct's path */
  readonly name?: string;
}

/**
 * A function that tells chats and PagerDuty of alarms. It reads the addresses from their secrets when there is something to
 * tell, so that they are in no state of Terraform.
 *
 * Makes the function outside of the VPC, because it calls the internet, its role, log group and queue of what it could not
 * tell, with an alarm to all topics. Costs for each message, and the alarm by the month. Destroying it loses
 * what it could not tell; its log stays unless both keys say destroy.
 */
export class AlarmRelay extends Construct {
  public readonly role: Role;
  /** Messages that no receiver took. */
  public readonly failed: SqsQueue;
  /** The underlying function. */
  public readonly resource: LambdaFunction;
  /** Goes off when a message could not be told. */
  public readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: AlarmRelayProps) {
    super(scope, id);
    Properties.need(this, props, 'topics', 'receivers', 'bucket', 'encryptionKey');
    const functionName = physicalName(this, FUNCTION, props.name === undefined ? undefined : `${props.name}-relay`);
    this.failed = new SqsQueue(this, 'Failed', {
      name: functionName,
      messageRetentionSeconds: KEPT_SECONDS,
      sqsManagedSseEnabled: true,
    });
    const group = this.makeGroup(functionName, props);
    this.role = this.makeRole(group, props);
    this.resource = this.makeFunction(functionName, group, props);
    this.subscribe(props.topics);
    this.alarm = this.watch(props);
  }

  private makeGroup(functionName: string, { encryptionKey, removal }: AlarmRelayProps): CloudwatchLogGroup {
    encryptionKey.allowLogs();
    const group = new CloudwatchLogGroup(this, 'Log', {
      name: claimPhysicalName(this, LOG_GROUP, `/aws/lambda/${functionName}`),
      retentionInDays: LOG_DAYS,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
    waive(group, 'it says only whether a message was told', 'CKV_AWS_338');
    return group;
  }

  private makeRole(group: CloudwatchLogGroup, { receivers }: AlarmRelayProps): Role {
    const role = new Role(this, 'Role', {
      assumedBy: Principal.service('lambda.amazonaws.com', Aws.of(this).account),
      description: 'Tells chats and PagerDuty of alarms',
    });
    role.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${Aws.of(this).arn('logs', `log-group:${group.name}`)}:*`],
    });
    role.addToPolicy({ actions: ['sqs:SendMessage'], resources: [this.failed.arn] });
    role.addToPolicy({
      actions: ['secretsmanager:GetSecretValue'],
      resources: [...new Set(receivers.map(({ secretArn }) => secretArn))],
    });
    for (const { key } of receivers) key?.grantDecrypt(role);
    return role;
  }

  private makeFunction(functionName: string, group: CloudwatchLogGroup, props: AlarmRelayProps): LambdaFunction {
    const { topics, receivers, bucket } = props;
    const archive = storedZip('alarm_relay.py', readFileSync(PROGRAM, 'utf8'));
    const hash = createHash('sha256').update(archive).digest('hex').slice(0, HASH_LENGTH);
    const program = new S3Object(this, 'Program', {
      bucket: bucket.bucketName,
      key: `alarm-relay/${functionName}/${hash}.zip`, // its own: it goes with the function
      contentBase64: archive.toString('base64'),
      contentType: 'application/zip',
      kmsKeyId: bucket.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
      lifecycle: { createBeforeDestroy: true },
    });
    const resource = new LambdaFunction(this, 'Resource', {
      functionName,
      description: 'Tells chats and PagerDuty of alarms',
      role: this.role.roleArn,
      runtime: RUNTIME,
      architectures: ['arm64'],
      handler: 'alarm_relay.handler',
      s3Bucket: bucket.bucketName,
      s3Key: program.key,
      timeout: TIMEOUT_SECONDS,
      memorySize: MEMORY_MB,
      deadLetterConfig: { targetArn: this.failed.arn },
      environment: {
        variables: {
          RECEIVERS: jsonText(receivers.map(({ format, secretArn, from }) => ({ format, secret: secretArn, from }))),
          SEVERITIES: jsonText(Object.fromEntries([...topics].map(([severity, { arn }]) => [arn, severity]))),
        },
      },
      dependsOn: [group, this.role.node.findChild('Policy') as never], // Lambda checks that it may write to the queue
    });
    waive(resource, 'it calls chats and PagerDuty on the internet', 'CKV_AWS_117');
    waive(resource, 'an alarm must not wait for others: it has the concurrency of the account', 'CKV_AWS_115');
    waive(resource, 'its variables name secrets, and are none', 'CKV_AWS_173');
    waive(resource, 'the archive is made at synthesis, and its name has its hash', 'CKV_AWS_272');
    waive(resource, 'its calls are one step each', 'CKV_AWS_50', 'AWS-0066');
    return resource;
  }

  private subscribe(topics: AlarmRelayProps['topics']): void {
    for (const [severity, topic] of topics) {
      const permission = new LambdaPermission(this, `Permission-${severity}`, {
        functionName: this.resource.functionName,
        action: 'lambda:InvokeFunction',
        principal: 'sns.amazonaws.com',
        sourceArn: topic.arn,
      });
      new SnsTopicSubscription(this, `Topic-${severity}`, {
        topicArn: topic.arn,
        protocol: 'lambda',
        endpoint: this.resource.arn,
        dependsOn: [permission],
      });
    }
  }

  private watch({ topics, name = 'alarms' }: AlarmRelayProps): Alarm {
    return new Alarm(this, 'Alarm', {
      thing: `${name}-relay`,
      spec: {
        name: 'untold',
        severity: 'critical',
        means: 'A chat or PagerDuty has not taken an alarm.',
        runbook:
          'Read the log of the function for the receiver, and the message in its queue; then correct the secret.',
        metrics: {
          untold: metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: this.failed.name }, 'Maximum'),
        },
        unit: '',
        bad: 'above',
        threshold: 0,
        thresholdLimits: COUNT,
        ...judged(5, 1, 1),
        ...SILENT_WHEN_WELL,
      },
      alarmTopicArns: [...topics.values()].map(({ arn }) => arn), // those with mail hear of it
    });
  }
}
