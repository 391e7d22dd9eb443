import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Aws } from '../../aws/aws';
import type { IKey } from '../../encryption/key';
import type { IGrantable } from '../../iam/statement';
import type { INetwork } from '../../network/network';
import { allowInterfaces, allowVolumes } from '../../training/sagemaker/job-access';
import type { ModelNetwork } from '../model/served-model';

/** Prefix of the log groups of endpoints, which SageMaker fixes, and namespace of their metrics. */
export const ENDPOINT_LOGS = '/aws/sagemaker/Endpoints';

/** What a role of containers works with. */
export interface ServingSurroundings {
  readonly logGroupArn: string;
  readonly encryptionKey: IKey;
  /** @default - no VPC */
  readonly network?: { readonly of: INetwork; readonly model: ModelNetwork };
}

/** Allows a role what SageMaker does in its name for an endpoint: logs, metrics, volumes, network interfaces. */
export function allowServing(role: IGrantable, { logGroupArn, encryptionKey, network }: ServingSurroundings): void {
  role.addToPolicy({
    // the group is there already; SageMaker asks for it all the same, as its guide on the role of a model lists it
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [logGroupArn, `${logGroupArn}:log-stream:*`],
  });
  role.addToPolicy({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'], // CloudWatch limits it to a namespace only
    conditions: { StringEquals: { 'cloudwatch:namespace': ENDPOINT_LOGS } },
  });
  if (!network) return;
  allowVolumes(role, encryptionKey);
  const { subnets, securityGroupIds } = network.model;
  allowInterfaces(role, network.of, { Subnets: subnets, SecurityGroupIds: securityGroupIds });
}

/** Allows a role to see the alarms that roll a deployment back: without it SageMaker does not (its guide on auto-rollback). */
export function allowRollback(
  role: IGrantable,
  alarms: readonly CloudwatchMetricAlarm[],
  alarmNames: readonly string[],
): void {
  const aws = Aws.of(role);
  // without references: an alarm may come after the models, which come after the policy
  const names = [...alarms.map(({ alarmNameInput }) => alarmNameInput!), ...alarmNames];
  role.addToPolicy({
    actions: ['cloudwatch:DescribeAlarms'],
    resources: names.map((name) => aws.arn('cloudwatch', `alarm:${name}`)),
  });
}

/** ARN of the log group of an endpoint. */
export function endpointLogGroupArn(role: IGrantable, endpointName: string): string {
  return Aws.of(role).arn('logs', `log-group:${ENDPOINT_LOGS}/${endpointName}`);
}
