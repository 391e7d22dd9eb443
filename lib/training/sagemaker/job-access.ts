import { Aws } from '../../aws/aws';
import type { IKey } from '../../encryption/key';
import type { IGrantable } from '../../iam/statement';
import type { INetwork } from '../../network/network';
import { JOB_KINDS, jobLogGroup } from '../training-limits';
import type { ITrainingWorkspace, VpcConfig } from './workspace';

/**
 * Allows a role what SageMaker does in its name for every job: network interfaces in the subnets of the workspace, logs,
 * metrics, and the key.
 */
export function allowJob(role: IGrantable, { network, vpcConfig, encryptionKey }: ITrainingWorkspace): void {
  const aws = Aws.of(role);
  allowInterfaces(role, network, vpcConfig);
  role.addToPolicy({
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: JOB_KINDS.flatMap((kind) => {
      const group = aws.arn('logs', `log-group:${jobLogGroup(kind)}`);
      return [group, `${group}:log-stream:*`];
    }),
  });
  role.addToPolicy({
    actions: ['cloudwatch:PutMetricData'],
    resources: ['*'], // CloudWatch limits it to a namespace only
    conditions: { StringEquals: { 'cloudwatch:namespace': JOB_KINDS.map(jobLogGroup) } },
  });
  encryptionKey.grantEncrypt(role);
  encryptionKey.grantDecrypt(role);
  allowVolumes(role, encryptionKey);
}

/**
 * Allows SageMaker to put containers into subnets in the name of a role: `ec2:CreateNetworkInterface` there,
 * `ec2:CreateNetworkInterfacePermission`, `ec2:DeleteNetworkInterface`, `ec2:DeleteNetworkInterfacePermission` in the VPC, and
 * `ec2:DescribeDhcpOptions`, `ec2:DescribeNetworkInterfaces`, `ec2:DescribeSecurityGroups`, `ec2:DescribeSubnets`, `ec2:DescribeVpcs`.
 */
export function allowInterfaces(role: IGrantable, network: INetwork, vpcConfig: VpcConfig): void {
  const aws = Aws.of(role);
  // a shared subnet belongs to another account
  const anywhere = (resource: string) => aws.arn('ec2', resource, { account: '*' });
  const interfaces = aws.arn('ec2', 'network-interface/*');
  role.addToPolicy({
    actions: ['ec2:CreateNetworkInterface'],
    resources: [
      interfaces,
      ...vpcConfig.Subnets.map((subnet) => anywhere(`subnet/${subnet}`)),
      ...vpcConfig.SecurityGroupIds.map((group) => aws.arn('ec2', `security-group/${group}`)),
    ],
  });
  role.addToPolicy({
    actions: [
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteNetworkInterfacePermission',
    ],
    resources: [interfaces],
    conditions: { ArnLike: { 'ec2:Vpc': anywhere(`vpc/${network.vpcId}`) } },
  });
  role.addToPolicy({
    actions: [
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ],
    resources: ['*'], // EC2 limits no Describe action to resources
  });
}

/** Allows the encryption of volumes: SageMaker passes the key to EC2 by a grant, `kms:CreateGrant`, `kms:DescribeKey`. */
export function allowVolumes(grantee: IGrantable, key: IKey): void {
  grantee.addToPolicy({
    actions: ['kms:CreateGrant'],
    resources: [key.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
  grantee.addToPolicy({ actions: ['kms:DescribeKey'], resources: [key.keyArn] });
}
