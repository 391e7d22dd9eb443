import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FlowLog as AwsFlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../aws/aws';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../aws/log-group';
import { claimPhysicalName } from '../aws/physical-name';
import { deployedName } from '../core/kept/deployed-name';
import { nameOf } from '../core/names';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import { DEFAULT_FLOW_LOG_RETENTION_DAYS } from './network-limits';

const GROUP_PREFIX = '/aws/vpc/';

export interface FlowLogProps {
  readonly vpcId: string;
  /** Key that encrypts the log. */
  readonly encryptionKey: IKey;
  /** Days until a record is deleted: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly retentionDays?: number;
  /** Whether the log may be destroyed with the network: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * The flow log of a VPC in CloudWatch Logs: every accepted and rejected connection.
 *
 * Costs for each gigabyte written and for each gigabyte-month kept. Destroying it deletes the log if both keys say
 * destroy; otherwise Terraform refuses.
 */
export class FlowLog extends Construct {
  public readonly logGroupName: string;
  public readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: FlowLogProps) {
    super(scope, id);
    Properties.need(this, props, 'vpcId', 'encryptionKey');
    const { vpcId, encryptionKey, retentionDays = DEFAULT_FLOW_LOG_RETENTION_DAYS } = props;
    Properties.of(this).oneOf('retentionDays', retentionDays, LOG_RETENTION_DAYS).throwIfInvalid();

    encryptionKey.allowLogs();
    const limits = { ...LOG_GROUP, maxLength: LOG_GROUP.maxLength - GROUP_PREFIX.length };
    const name = deployedName(this, LOG_GROUP.kind, () => nameOf(this, limits));
    const groupName = claimPhysicalName(this, LOG_GROUP, `${GROUP_PREFIX}${name}`);
    const group = new CloudwatchLogGroup(this, 'LogGroup', {
      name: groupName,
      retentionInDays: retentionDays,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, props.removal), // also when the log group leaves the configuration, and its `lifecycle` with it
      lifecycle: keepData(this, props.removal),
    });
    if (!Token.isUnresolved(retentionDays) && retentionDays < DEFAULT_FLOW_LOG_RETENTION_DAYS) {
      waive(group, 'a retention below one year is set explicitly', 'CKV_AWS_338');
    }
    this.logGroupName = published(this, group.name, groupName);
    this.logGroupArn = published(this, group.arn, Aws.of(this).arn('logs', `log-group:${groupName}`));
    new AwsFlowLog(this, 'Resource', {
      vpcId,
      trafficType: 'ALL',
      logDestination: this.logGroupArn,
      iamRoleArn: this.writer().roleArn,
      tags: { Name: name },
    });
  }

  private writer(): Role {
    const assumedBy = Principal.service('vpc-flow-logs.amazonaws.com', Aws.of(this).account);
    const role = new Role(this, 'Writer', { assumedBy, description: 'Writes the flow log' });
    role.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`${this.logGroupArn}:*`],
    });
    return role;
  }
}
