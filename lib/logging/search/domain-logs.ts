import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy';
import type { OpensearchDomainLogPublishingOptions } from '@cdktf/provider-aws/lib/opensearch-domain';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../../aws/log-group';
import { claimPhysicalName, physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { LOG_POLICY, LOG_RESOURCE_POLICY } from '../../monitoring/events/event-limits';
import { DEFAULT_DOMAIN_LOG_DAYS } from '../logging-limits';

/** Kinds of logs of a domain, by the group that each has. */
const KINDS = {
  audit: ['AUDIT_LOGS'],
  application: ['ES_APPLICATION_LOGS'],
  slow: ['INDEX_SLOW_LOGS', 'SEARCH_SLOW_LOGS'],
} as const;

export interface DomainLogsProps {
  readonly domainName: string;
  readonly encryptionKey: IKey;
  /** One of `LOG_RETENTION_DAYS`. @default 365 */
  readonly retentionDays?: number;
  /** Whether the logs may be destroyed with the domain: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name of the policy after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * The logs of a domain itself: errors, slow queries, and who was refused. They are never shipped to the domain, which would log that again.
 *
 * Makes three log groups, and one of the ten policies of a region's log groups. Costs for each gigabyte written and each
 * gigabyte-month. Destroying it deletes the logs if both keys say destroy; otherwise Terraform refuses.
 */
export class DomainLogs extends Construct {
  /** What the domain is told of them. */
  public readonly published: readonly OpensearchDomainLogPublishingOptions[];
  /** The policy, which must be there before a domain writes. */
  public readonly policy: CloudwatchLogResourcePolicy;

  constructor(scope: Construct, id: string, props: DomainLogsProps) {
    super(scope, id);
    Properties.need(this, props, 'domainName', 'encryptionKey');
    const { domainName, encryptionKey, retentionDays = DEFAULT_DOMAIN_LOG_DAYS, removal } = props;
    Properties.of(this).oneOf('retentionDays', retentionDays, LOG_RETENTION_DAYS).throwIfInvalid();
    encryptionKey.allowLogs();
    const arns: string[] = [];
    this.published = Object.entries(KINDS).flatMap(([kind, types]) => {
      const name = claimPhysicalName(this, LOG_GROUP, `/aws/opensearch/${domainName}/${kind}`);
      const group = new CloudwatchLogGroup(this, kind, {
        name,
        retentionInDays: retentionDays,
        kmsKeyId: encryptionKey.keyArn,
        skipDestroy: !mayDestroy(this, removal), // also when the log group leaves the configuration, and its `lifecycle` with it
        lifecycle: keepData(this, removal),
      });
      arns.push(Aws.of(this).arn('logs', `log-group:${name}`));
      return types.map((logType) => ({ logType, cloudwatchLogGroupArn: group.arn, enabled: true }));
    });
    this.policy = this.letDomainIn(domainName, arns, props.name);
  }

  private letDomainIn(domainName: string, groups: readonly string[], name?: string): CloudwatchLogResourcePolicy {
    const aws = Aws.of(this);
    return new CloudwatchLogResourcePolicy(this, 'Policy', {
      policyName: physicalName(this, LOG_RESOURCE_POLICY, name),
      policyDocument: renderedPolicy(this, LOG_POLICY, () => [
        {
          principal: Principal.service('es.amazonaws.com', aws.account),
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: groups.map((group) => `${group}:*`),
          conditions: { ArnLike: { 'aws:SourceArn': aws.arn('es', `domain/${domainName}`) } },
        },
      ]),
    });
  }
}
