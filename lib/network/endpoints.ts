import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { nameOf } from '../core/names';
import { Properties } from '../core/properties';
import { policyDocument } from '../iam/policy-document';
import { Principal } from '../iam/principal';
import type { PolicyStatement } from '../iam/statement';
import type { INetwork } from './network';
import type { EndpointService } from './network-limits';
import { HTTPS } from './port';
import { SecurityGroup } from './security-group';

/** Partitions in which some endpoint names have another prefix (source: `aws ec2 describe-vpc-endpoint-services`). */
const OTHER_PREFIXES: Record<string, { readonly prefix: string; readonly services: readonly EndpointService[] }> = {
  'aws-cn': {
    prefix: 'cn.com.amazonaws',
    services: ['sagemaker.api', 'sagemaker.runtime', 'sts', 'ecr.api', 'ecr.dkr', 'monitoring'],
  },
  'aws-eusc': { prefix: 'eu.amazonaws', services: ['ecr.api', 'ecr.dkr'] },
};

/** Maximum length of a tag's value. */
const MAX_TAG_LENGTH = 256;

export interface EndpointsProps {
  readonly network: INetwork;
  /** Services with an interface endpoint in each private subnet. */
  readonly services: readonly EndpointService[];
  /** Route tables of the subnets that use the S3 gateway endpoint. */
  readonly routeTableIds: readonly string[];
  /** Whether the network has no internet access: then other principals may read only from AWS-owned buckets. */
  readonly isolated: boolean;
}

/**
 * VPC endpoints for AWS services. Traffic stays on the AWS network, and requests with credentials of another account
 * are refused.
 */
export class Endpoints extends Construct {
  /** Prefix list of S3, for security group rules. */
  public readonly s3PrefixListId: string;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'services', 'routeTableIds', 'isolated');
    const s3 = new VpcEndpoint(this, 'S3', {
      vpcId: props.network.vpcId,
      serviceName: endpointServiceName(this, 's3'),
      vpcEndpointType: 'Gateway',
      routeTableIds: [...props.routeTableIds],
      policy: policyDocument(s3EndpointPolicy(this, props.isolated)),
      tags: { Name: this.nameOf('s3') },
    });
    this.s3PrefixListId = s3.prefixListId;
    if (props.services.length > 0) this.addInterfaces(props);
  }

  private addInterfaces({ network, services }: EndpointsProps): void {
    const group = new SecurityGroup(this, 'SecurityGroup', { network, description: 'Interface endpoints' });
    group.connections.allowFromCidr(network.vpcCidr, HTTPS);
    for (const service of services) {
      new VpcEndpoint(this, service, {
        vpcId: network.vpcId,
        serviceName: endpointServiceName(this, service),
        vpcEndpointType: 'Interface',
        subnetIds: [...network.privateSubnetIds],
        securityGroupIds: [group.securityGroupId],
        privateDnsEnabled: true,
        policy: policyDocument(endpointPolicy(this, service)),
        tags: { Name: this.nameOf(service) },
      });
    }
  }

  private nameOf(service: string): string {
    return nameOf(this, { maxLength: MAX_TAG_LENGTH }, undefined, service);
  }
}

/** E.g. `com.amazonaws.eu-north-1.sagemaker.runtime`. */
export function endpointServiceName(scope: IConstruct, service: EndpointService | 's3'): string {
  const { region, partition } = Aws.of(scope);
  const other = OTHER_PREFIXES[partition];
  const prefix = other?.services.some((name) => name === service) ? other.prefix : 'com.amazonaws';
  return `${prefix}.${region}.${service}`;
}

/** Policy of an interface endpoint: allows requests of this account's principals. */
export function endpointPolicy(scope: IConstruct, service: EndpointService): PolicyStatement[] {
  const statements = [ownPrincipals(scope, ['*'])];
  if (service !== 'sts') return statements;
  // pods assume roles with a token: the request has no principal account, so compare the account of the role
  statements.push({
    sid: 'TokensForOwnRoles',
    principal: Principal.anyone(),
    actions: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:ResourceAccount': Aws.of(scope).account } },
  });
  return statements;
}

/**
 * Policy of the S3 gateway endpoint, which carries all requests to buckets of the region. It allows every request of
 * this account's principals. Requests of others, such as the presigned URLs of image layers, may only read.
 *
 * @param isolated limits the requests of others to the AWS-owned buckets that the platform needs: ECR image layers,
 *   Amazon Linux packages, SageMaker models and examples
 */
export function s3EndpointPolicy(scope: IConstruct, isolated: boolean): PolicyStatement[] {
  const { region, partition } = Aws.of(scope);
  const objectsOf = (bucket: string) => `arn:${partition}:s3:::${bucket}/*`;
  const bucketsOfAws = [
    `prod-${region}-starport-layer-bucket`,
    `al2023-repos-${region}-de612dc2`,
    `jumpstart-cache-prod-${region}`,
    `jumpstart-private-cache-prod-${region}`,
    `sagemaker-example-files-prod-${region}`,
  ];
  return [
    ownPrincipals(scope, ['s3:*']),
    {
      sid: 'OthersOnlyForReading',
      principal: Principal.anyone(),
      actions: ['s3:GetObject'],
      resources: isolated ? bucketsOfAws.map(objectsOf) : [objectsOf('*')],
    },
  ];
}

function ownPrincipals(scope: IConstruct, actions: readonly string[]): PolicyStatement {
  return {
    sid: 'OwnPrincipals',
    principal: Principal.anyone(),
    actions,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.of(scope).account } },
  };
}
