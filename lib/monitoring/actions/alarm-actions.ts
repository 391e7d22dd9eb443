import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Construct, type IConstruct } from 'constructs';
import { MAX_ALARM_TOPICS } from '../../aws/alarm-topics';
import { ARN } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { EVENT_RULE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import type { Removal } from '../../core/removal';
import { REMOVALS, Surroundings } from '../../core/surroundings';
import { NAME } from '../../core/text-pattern';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { Role } from '../../iam/role';

import type { IBucket } from '../../storage/bucket';
import { jsonText } from '../../training/pipeline/definition';
import { SEVERITIES, type Severity } from '../alarms/alarm-spec';
import { TOPIC, TOPIC_POLICY } from './actions-limits';
import type { AlarmReceiver, Way } from './alarm-receiver';
import { AlarmRelay } from './alarm-relay';

/** Where alarms go, as other modules see it. */
export interface IAlarmActions extends IConstruct {
  /** ARNs of the topics that an alarm of this severity tells: at most five. */
  topicArnsOf(severity: Severity): readonly string[];
}

/** Topics that exist, by severity. */
export interface AlarmActionsAttributes {
  readonly critical: readonly string[];
  readonly warning: readonly string[];
}

export interface AlarmActionsProps {
  /** Who hears of alarms: of each severity at least one. */
  readonly receivers: readonly AlarmReceiver[];
  /** Key of the topics. An existing one must let `cloudwatch.amazonaws.com` and `events.amazonaws.com` use it. */
  readonly encryptionKey: IKey;
  /** Bucket for the program that tells chats and PagerDuty. @default - none: only without such receivers */
  readonly bucket?: IBucket;
  /** Whether the log of that program may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name of its parts after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * Where alarms go: an encrypted topic for each severity, and who hears of it.
 *
 * Makes the topics that its receivers need, with a policy that lets CloudWatch and EventBridge of the account publish; a
 * subscription for each mail address; for chats and PagerDuty a function, `AlarmRelay`; for an event bus a rule. A key of ours is told to let
 * both services in: the key that AWS manages for SNS lets in neither, and the alarms would tell nobody.
 *
 * Costs for each message only. Destroying it is free; a mail address that has not been confirmed is forgotten after some days.
 */
export class AlarmActions extends Construct implements IAlarmActions {
  /**
   * Topics that exist. Their policies, and those of their keys, must allow `cloudwatch.amazonaws.com`.
   *
   * @throws InputError if a severity has no topic, or more than five, or one is no ARN of a topic
   */
  public static fromTopicArns(scope: Construct, id: string, attributes: AlarmActionsAttributes): IAlarmActions {
    const properties = Properties.of(`${scope.node.path}/${id}`);
    properties
      .present(attributes, ...SEVERITIES)
      .known(attributes, ...SEVERITIES)
      .throwIfInvalid();
    for (const severity of SEVERITIES) {
      const topics = attributes[severity];
      properties.require(
        topics.length > 0 && topics.length <= MAX_ALARM_TOPICS,
        `'${severity}' must have 1 to ${MAX_ALARM_TOPICS} topics, got ${topics.length}`,
      );
      for (const [index, arn] of topics.entries()) properties.matches(`${severity}[${index}]`, arn, ARN.topic);
    }
    properties.throwIfInvalid();
    class Import extends Construct implements IAlarmActions {
      public readonly criticalTopicArns = attributes.critical;
      public readonly warningTopicArns = attributes.warning;

      public topicArnsOf(severity: Severity): readonly string[] {
        return attributes[severity];
      }
    }
    return new Import(scope, id);
  }

  /** The underlying topics, by severity. */
  public readonly topics: ReadonlyMap<Severity, SnsTopic>;
  /** The function that tells chats and PagerDuty, if there are any. */
  public readonly relay?: AlarmRelay;
  private readonly arns: ReadonlyMap<Severity, readonly string[]>;

  constructor(scope: Construct, id: string, props: AlarmActionsProps) {
    super(scope, id);
    Properties.need(this, props, 'receivers', 'encryptionKey');
    this.validate(props);
    const { receivers, encryptionKey, name } = props;
    encryptionKey.allowAlarms();
    const topics = new Map<Severity, SnsTopic>();
    const arns = new Map<Severity, string[]>();
    for (const severity of SEVERITIES) {
      const hearing = receivers.filter((receiver) => receiver.hears(severity)).map(({ way }) => way);
      const given = hearing.flatMap((way) => (way.kind === 'topic' ? [way.topicArn] : []));
      const needed = hearing.some(({ kind }) => kind === 'email' || kind === 'relay');
      const topic = needed ? this.makeTopic(severity, encryptionKey, name) : undefined;
      if (topic) topics.set(severity, topic.resource);
      arns.set(severity, [...(topic ? [topic.arn] : []), ...given]);
    }
    this.topics = topics;
    this.arns = arns;
    this.relay = this.makeRelay(props);
    this.subscribe(receivers);
    this.sendToBuses(receivers);
  }

  public topicArnsOf(severity: Severity): readonly string[] {
    return this.arns.get(severity)!;
  }

  private validate({ receivers, bucket, name, removal }: AlarmActionsProps): void {
    const properties = Properties.of(this)
      .known({ receivers }, 'receivers')
      .matches('name', name, NAME)
      .oneOf('removal', removal, REMOVALS);
    properties.throwIfInvalid();
    for (const severity of SEVERITIES) {
      const hearing = receivers.filter((receiver) => receiver.hears(severity));
      const topics = hearing.filter(({ way }) => way.kind === 'topic').length;
      const own = hearing.some(({ way }) => way.kind === 'email' || way.kind === 'relay') ? 1 : 0;
      properties
        .require(
          hearing.length > 0,
          `'receivers' must have one that hears of ${severity} alarms, got none: they would tell nobody; add AlarmReceiver.email([...])`,
        )
        .require(
          topics + own <= MAX_ALARM_TOPICS,
          `'receivers' must have at most ${MAX_ALARM_TOPICS - own} topics for ${severity} alarms, got ${topics}; use a topic that tells the others`,
        );
    }
    properties
      .require(
        bucket !== undefined || !receivers.some(({ way }) => way.kind === 'relay'),
        "'bucket' must be set with receivers of chat or PagerDuty: their program is put there",
      )
      .require(
        Surroundings.of(this).namePrefix !== undefined || !receivers.some(({ way }) => way.kind === 'eventBus'),
        "'receivers' must not have an event bus in a stack without 'namePrefix', which tells its alarms from others",
      )
      .throwIfInvalid();
  }

  private makeTopic(severity: Severity, { keyArn }: IKey, name?: string) {
    const topicName = physicalName(this, TOPIC, name, severity);
    const resource = new SnsTopic(this, `Topic-${severity}`, { name: topicName, kmsMasterKeyId: keyArn });
    const arn = published(this, resource.arn, Aws.of(this).arn('sns', topicName));
    const [actions, resources] = [['sns:Publish'], [resource.arn]];
    new SnsTopicPolicy(this, `Policy-${severity}`, {
      arn: resource.arn,
      policy: renderedPolicy(this, TOPIC_POLICY, () => [
        {
          sid: 'Alarms',
          principal: Principal.service('cloudwatch.amazonaws.com', Aws.of(this).account),
          actions,
          resources,
        },
        // EventBridge gives no condition for a topic (its guide, resource-based policies)
        { sid: 'Events', principal: Principal.service('events.amazonaws.com'), actions, resources },
        {
          sid: 'TlsOnly',
          effect: 'Deny',
          principal: Principal.anyone(),
          actions,
          resources,
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]),
    });
    return { resource, arn };
  }

  private makeRelay({ receivers, bucket, encryptionKey, removal, name }: AlarmActionsProps): AlarmRelay | undefined {
    const relayed = receivers.flatMap(({ way, from }) => (way.kind === 'relay' ? [{ ...way, from }] : []));
    if (relayed.length === 0) return undefined;
    return new AlarmRelay(this, 'Relay', {
      topics: this.topics,
      receivers: relayed,
      bucket: bucket!,
      encryptionKey,
      removal,
      name,
    });
  }

  private subscribe(receivers: readonly AlarmReceiver[]): void {
    for (const [severity, topic] of this.topics) {
      const addresses = receivers.flatMap((receiver) =>
        receiver.way.kind === 'email' && receiver.hears(severity) ? receiver.way.addresses : [],
      );
      for (const address of new Set(addresses)) {
        new SnsTopicSubscription(this, `Mail-${severity}-${address}`, {
          topicArn: topic.arn,
          protocol: 'email',
          endpoint: address,
        });
      }
    }
  }

  private sendToBuses(receivers: readonly AlarmReceiver[]): void {
    const buses = receivers.flatMap(({ way }) => (way.kind === 'eventBus' ? [way] : []));
    if (buses.length === 0) return;
    const aws = Aws.of(this);
    const rule = new CloudwatchEventRule(this, 'Rule', {
      name: physicalName(this, EVENT_RULE),
      eventPattern: jsonText({
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [{ prefix: aws.arn('cloudwatch', `alarm:${Surroundings.of(this).namePrefix}-`) }],
      }),
    });
    const role = new Role(this, 'Sender', {
      assumedBy: Principal.service('events.amazonaws.com', aws.account),
      description: 'Sends changes of alarms to other event buses',
    });
    role.addToPolicy({ actions: ['events:PutEvents'], resources: buses.map(({ eventBusArn }) => eventBusArn) });
    buses.forEach(({ eventBusArn }: Extract<Way, { kind: 'eventBus' }>, index) => {
      new CloudwatchEventTarget(this, `Bus-${index + 1}`, {
        rule: rule.name,
        targetId: `bus-${index + 1}`,
        arn: eventBusArn,
        roleArn: role.roleArn,
      });
    });
  }
}
