import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus';
import { CloudwatchEventBusPolicy } from '@cdktf/provider-aws/lib/cloudwatch-event-bus-policy';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { ACCOUNT_ID } from '../../aws/arns';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { NAME } from '../../core/text-pattern';
import { EVENT_BUS_POLICY } from '../../iam/policy-limits';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { brokenAccount, EVENT_BUS, PACKAGE_EVENTS } from './package-limits';

/** Name of the event bus after the stack's prefix. */
export const INBOX = 'approvals';

export interface PackageInboxProps {
  /** Accounts whose approved versions come in, the own one too if its environments promote to one another. */
  readonly accounts: readonly string[];
  /** Name after the stack's prefix. Another name replaces the bus. @default approvals */
  readonly name?: string;
}

/**
 * Where an account hears of the versions of models that another account has approved: the other end of a `PackagePromotion`.
 * A rule on the bus deploys them. It takes only SageMaker's events about packages, and from the named accounts only.
 *
 * Makes an event bus and its policy. Costs nothing at rest: events are billed by million to who sends them. Destroyed without
 * a trace; who promotes to it then finds the events in its own queue.
 */
export class PackageInbox extends Construct {
  public readonly eventBusName: string;
  public readonly eventBusArn: string;
  /** The underlying bus. */
  public readonly resource: CloudwatchEventBus;

  constructor(scope: Construct, id: string, props: PackageInboxProps) {
    super(scope, id);
    this.validate(props);
    const name = physicalName(this, EVENT_BUS, props.name ?? INBOX);
    const aws = Aws.of(this);
    this.resource = new CloudwatchEventBus(this, 'Resource', { name });
    this.eventBusName = published(this, this.resource.name, name);
    this.eventBusArn = published(this, this.resource.arn, aws.arn('events', `event-bus/${name}`));
    const senders = props.accounts.map((account) => aws.arn('iam', 'root', { region: '', account }));
    new CloudwatchEventBusPolicy(this, 'Policy', {
      eventBusName: this.eventBusName,
      policy: renderedPolicy(this, EVENT_BUS_POLICY, () => [
        {
          sid: 'Approvals',
          principal: Principal.arns(senders),
          actions: ['events:PutEvents'],
          resources: [this.eventBusArn],
          conditions: {
            StringEquals: {
              'events:source': PACKAGE_EVENTS.source,
              'events:detail-type': PACKAGE_EVENTS['detail-type'],
            },
          },
        },
      ]),
    });
  }

  private validate(props: PackageInboxProps): void {
    const properties = Properties.of(this).present(props, 'accounts').known(props, 'accounts');
    properties.matches('name', props?.name, NAME);
    const accounts = Token.isUnresolved(props?.accounts) ? [] : (props?.accounts ?? []);
    properties.require(props?.accounts?.length !== 0, "'accounts' must have at least one account, got none");
    for (const [index, account] of accounts.entries()) {
      const place = `accounts[${index}]`;
      properties.matches(place, account, ACCOUNT_ID).keeps(place, account, brokenAccount(account, index, accounts));
    }
    properties.throwIfInvalid();
  }
}
