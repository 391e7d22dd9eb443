import { ARN } from '../../aws/arns';
import { Properties } from '../../core/properties';
import type { IKey } from '../../encryption/key';

import { SEVERITIES, type Severity } from '../alarms/alarm-spec';
import { CHATS, type Chat, EMAIL } from './actions-limits';

/** What a receiver hears. */
export interface ReceiverOptions {
  /** The least severity that it hears. @default warning, which is everything; of PagerDuty `critical` */
  readonly from?: Severity;
}

/** A receiver whose address is a secret. */
export interface SecretReceiverOptions extends ReceiverOptions {
  /** Key of the secret. @default - that of AWS, which needs no grant */
  readonly secretKey?: IKey;
}

/** A receiver that the function of `AlarmRelay` tells. */
export interface Relayed {
  readonly kind: 'relay';
  readonly format: Chat | 'pagerDuty';
  readonly secretArn: string;
  /** Key of the secret. @default - that of AWS */
  readonly key?: IKey;
}

/** How a receiver is reached. */
export type Way =
  | { readonly kind: 'email'; readonly addresses: readonly string[] }
  | { readonly kind: 'topic'; readonly topicArn: string }
  | { readonly kind: 'eventBus'; readonly eventBusArn: string }
  | Relayed;

/** Who hears of alarms, and of which. */
export class AlarmReceiver {
  /**
   * Mail. Each address gets a mail with a link that it must open once; until then it hears nothing.
   *
   * @throws InputError if there is none, or one is no mail address
   */
  public static email(addresses: readonly string[], options: ReceiverOptions = {}): AlarmReceiver {
    const properties = Properties.of('AlarmReceiver.email');
    properties.present({ addresses }, 'addresses').known({ addresses }, 'addresses').throwIfInvalid();
    properties.require(addresses.length > 0, "'addresses' must have at least one address, got none");
    for (const [index, address] of addresses.entries()) properties.matches(`addresses[${index}]`, address, EMAIL);
    properties.throwIfInvalid();
    return new AlarmReceiver({ kind: 'email', addresses }, levelOf('AlarmReceiver.email', options));
  }

  /**
   * A channel of a chat program, by an incoming webhook.
   *
   * @param secretArn ARN of a secret whose text is the webhook's address. Terraform never reads it
   * @throws InputError if `secretArn` is not the ARN of a secret
   */
  public static chat(secretArn: string, chat: Chat = 'slack', options: SecretReceiverOptions = {}): AlarmReceiver {
    Properties.of('AlarmReceiver.chat')
      .present({ secretArn }, 'secretArn')
      .matches('secretArn', secretArn, ARN.secret)
      .oneOf('chat', chat, CHATS)
      .throwIfInvalid();
    const way: Way = { kind: 'relay', format: chat, secretArn, key: options.secretKey };
    return new AlarmReceiver(way, levelOf('AlarmReceiver.chat', options));
  }

  /**
   * A service of PagerDuty, by its Events API: an incident for each alarm, which ends with it.
   *
   * @param secretArn ARN of a secret whose text is the integration key. Terraform never reads it
   * @throws InputError if `secretArn` is not the ARN of a secret
   */
  public static pagerDuty(secretArn: string, options: SecretReceiverOptions = {}): AlarmReceiver {
    Properties.of('AlarmReceiver.pagerDuty')
      .present({ secretArn }, 'secretArn')
      .matches('secretArn', secretArn, ARN.secret)
      .throwIfInvalid();
    const way: Way = { kind: 'relay', format: 'pagerDuty', secretArn, key: options.secretKey };
    return new AlarmReceiver(way, levelOf('AlarmReceiver.pagerDuty', { from: 'critical', ...options }));
  }

  /**
   * An event bus, also of another account, whose policy must allow it: every change of state of an alarm with the stack's prefix.
   *
   * @throws InputError if `eventBusArn` is not the ARN of a bus
   */
  public static eventBus(eventBusArn: string): AlarmReceiver {
    Properties.of('AlarmReceiver.eventBus')
      .present({ eventBusArn }, 'eventBusArn')
      .matches('eventBusArn', eventBusArn, ARN.eventBus)
      .throwIfInvalid();
    return new AlarmReceiver({ kind: 'eventBus', eventBusArn }, 'warning');
  }

  /**
   * A topic that exists. Its policy must allow `cloudwatch.amazonaws.com`, and its key too.
   *
   * @throws InputError if `topicArn` is not the ARN of a topic
   */
  public static topic(topicArn: string, options: ReceiverOptions = {}): AlarmReceiver {
    Properties.of('AlarmReceiver.topic')
      .present({ topicArn }, 'topicArn')
      .matches('topicArn', topicArn, ARN.topic)
      .throwIfInvalid();
    return new AlarmReceiver({ kind: 'topic', topicArn }, levelOf('AlarmReceiver.topic', options));
  }

  private constructor(
    public readonly way: Way,
    public readonly from: Severity,
  ) {}

  /** Whether it hears of alarms of this severity. */
  public hears(severity: Severity): boolean {
    return this.from === 'warning' || severity === 'critical';
  }
}

function levelOf(place: string, { from = 'warning' }: ReceiverOptions): Severity {
  Properties.of(place).oneOf('from', from, SEVERITIES).throwIfInvalid();
  return from;
}
