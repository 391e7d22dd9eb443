import { Aws } from '../aws/aws';
import type { IGrantable } from '../iam/statement';

/**
 * Allows Lambda to put a function into subnets in the name of its role: `ec2:CreateNetworkInterface` there,
 * `ec2:DeleteNetworkInterface`, `ec2:AssignPrivateIpAddresses`, `ec2:UnassignPrivateIpAddresses`, and `ec2:DescribeNetworkInterfaces`,
 * `ec2:DescribeSubnets` (Lambda guide, "Giving Lambda functions access to resources in a VPC").
 */
export function allowFunctionInterfaces(role: IGrantable, subnetIds: readonly string[], securityGroupId: string): void {
  const aws = Aws.of(role);
  const interfaces = aws.arn('ec2', 'network-interface/*');
  role.addToPolicy({
    actions: ['ec2:CreateNetworkInterface'],
    resources: [
      interfaces,
      ...subnetIds.map((subnet) => aws.arn('ec2', `subnet/${subnet}`, { account: '*' })), // a shared subnet belongs to another account
      aws.arn('ec2', `security-group/${securityGroupId}`),
    ],
  });
  role.addToPolicy({
    // Lambda asks for all interfaces, without a condition
    actions: ['ec2:AssignPrivateIpAddresses', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
    resources: [interfaces],
  });
  role.addToPolicy({
    actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
    resources: ['*'], // EC2 limits no Describe action to resources
  });
}
