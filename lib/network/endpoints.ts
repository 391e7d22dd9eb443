import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { nameOf } from '../core/names';
import { policyDocument } from '../iam/policy-document';
import { Principal } from '../iam/principal';
import type { PolicyStatement } from '../iam/statement';
import type { INetwork } from './network';
import type { EndpointService } from './network-limits';
import { HTTPS } from './port';
import { SecurityGroup } from './security-group';

/** Partitions where the names of some endpoints begin otherwise (`aws ec2 describe-vpc-endpoint-services` lists them). */
const OTHER_PREFIXES: Record<string, { readonly prefix: string; readonly services: readonly EndpointService[] }> = {
  'aws-cn': {
    prefix: 'cn.com.amazonaws',
    services: ['sagemaker.api', 'sagemaker.runtime', 'sts', 'ecr.api', 'ecr.dkr', 'monitoring'],
  },
  'aws-eusc': { prefix: 'eu.amazonaws', services: ['ecr.api', 'ecr.dkr'] },
};

/** Characters of a tag's value. */
const MAX_TAG_LENGTH = 256;

export interface EndpointsProps {
  readonly network: INetwork;
  /** Services that get an interface endpoint in each private subnet. */
  readonly services: readonly EndpointService[];
  /** Route tables of the subnets that reach S3 through its gateway endpoint. */
  readonly routeTableIds: readonly string[];
  /** Whether there is no other way out: then S3 serves others' requests only from buckets of AWS's own. */
  readonly isolated: boolean;
}

/**
 * Ways from a network to services of AWS that leave neither AWS's own network nor the account: requests with the credentials
 * of another account are refused.
 */
export class Endpoints extends Construct {
  /** For rules that let a closed security group reach S3. */
  public readonly s3PrefixListId: string;

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
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

/** What may pass an interface endpoint: requests of this account's principals. */
export function endpointPolicy(scope: IConstruct, service: EndpointService): PolicyStatement[] {
  const statements = [ownPrincipals(scope, ['*'])];
  if (service !== 'sts') return statements;
  // Pods take on their roles with a token, not with credentials: such a request has no account yet, the role has
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
 * What may pass the gateway endpoint of S3, which takes all requests to buckets of the region: everything that this account's
 * principals do, and what others have signed or nobody has, as image registries do for their layers, only to read.
 *
 * @param isolated only from the buckets of AWS's own that the platform needs: layers of ECR's images, packages of Amazon Linux,
 *   models and examples of SageMaker
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
