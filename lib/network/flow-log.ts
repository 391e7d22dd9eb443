import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { FlowLog as AwsFlowLog } from '@cdktf/provider-aws/lib/flow-log';
import { Construct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../core/log-retention';
import { nameOf } from '../core/names';
import { Properties } from '../core/properties';
import { keepData, type Removal } from '../core/removal';
import { Surroundings } from '../core/surroundings';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';

/**
 * Days that flow logs are kept, unless told otherwise: a year. Intrusions are found months later, and keeping a log costs
 * little beside taking it in.
 */
export const DEFAULT_FLOW_LOG_RETENTION_DAYS = 365;

const GROUP_PREFIX = '/aws/vpc/';
const MAX_LOG_GROUP_NAME_LENGTH = 512;

export interface FlowLogProps {
  readonly vpcId: string;
  /** Key that encrypts the log. */
  readonly encryptionKey: IKey;
  /** Days until a record is deleted: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly retentionDays?: number;
  /** What becomes of the log when the network goes: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** The record of who talked to whom in a VPC, accepted or refused, in CloudWatch Logs. */
export class FlowLog extends Construct {
  public readonly logGroupName: string;
  public readonly logGroupArn: string;

  constructor(scope: Construct, id: string, props: FlowLogProps) {
    super(scope, id);
    const { vpcId, encryptionKey, retentionDays = DEFAULT_FLOW_LOG_RETENTION_DAYS } = props;
    Properties.of(this).oneOf('retentionDays', retentionDays, LOG_RETENTION_DAYS).throwIfInvalid();

    encryptionKey.allowLogs();
    const name = nameOf(this, { maxLength: MAX_LOG_GROUP_NAME_LENGTH - GROUP_PREFIX.length });
    const group = new CloudwatchLogGroup(this, 'LogGroup', {
      name: `${GROUP_PREFIX}${name}`,
      retentionInDays: retentionDays,
      kmsKeyId: encryptionKey.keyArn,
      lifecycle: keepData(this, props.removal),
    });
    if (retentionDays < DEFAULT_FLOW_LOG_RETENTION_DAYS) {
      waive(group, 'a retention below a year was asked for', 'CKV_AWS_338');
    }
    this.logGroupName = group.name;
    this.logGroupArn = group.arn;
    new AwsFlowLog(this, 'Resource', {
      vpcId,
      trafficType: 'ALL',
      logDestination: this.logGroupArn,
      iamRoleArn: this.writer().roleArn,
      tags: { Name: name },
    });
  }

  private writer(): Role {
    const assumedBy = Principal.service('vpc-flow-logs.amazonaws.com', Surroundings.of(this).account);
    const role = new Role(this, 'Writer', { assumedBy, description: 'Writes the flow log' });
    role.addToPolicy({
      actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      resources: [`${this.logGroupArn}:*`],
    });
    return role;
  }
}
