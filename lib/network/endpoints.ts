import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../aws/aws';
import { nameOf } from '../core/names';
import { Properties } from '../core/properties';
import { policyDocument } from '../iam/policy-document';
import { Principal } from '../iam/principal';
import type { PolicyStatement } from '../iam/statement';
import type { INetwork } from './network';
import { ENDPOINT_SERVICES, type EndpointService, GATEWAY_SERVICES, SAGEMAKER_ENDPOINTS } from './network-limits';
import { HTTPS } from './port';
import { SecurityGroup } from './security-group';

/** Partitions in which some endpoint names have another prefix (source: `aws ec2 describe-vpc-endpoint-services`). */
const OTHER_PREFIXES: Record<string, { readonly prefix: string; readonly services: readonly EndpointService[] }> = {
  'aws-cn': {
    prefix: 'cn.com.amazonaws',
    services: [
      'sagemaker.api',
      'sagemaker.runtime',
      'sagemaker.featurestore-runtime',
      'sts',
      'ecr.api',
      'ecr.dkr',
      'monitoring',
      'athena',
      'batch',
      'elasticfilesystem',
      'fsx',
    ],
  },
  'aws-eusc': { prefix: 'eu.amazonaws', services: ['ecr.api', 'ecr.dkr'] },
};

/** Services whose endpoint takes no policy: they carry the traffic of the ECS agent, which registers its instance with ECS. */
const WITHOUT_POLICY: readonly EndpointService[] = ['ecs-agent', 'ecs-telemetry'];

/** Maximum length of a tag's value. */
const MAX_TAG_LENGTH = 256;

export interface EndpointsProps {
  readonly network: INetwork;
  /** Subnets of the interface endpoints, at most one in each zone. @default - the private subnets of the network */
  readonly subnetIds?: readonly string[];
  /** Services with an interface endpoint in each of the subnets, or a gateway endpoint if they are `GATEWAY_SERVICES`. */
  readonly services: readonly EndpointService[];
  /** Route tables of the subnets that use the gateway endpoints; without any there is no such endpoint. */
  readonly routeTableIds: readonly string[];
  /** Whether the endpoints are the only way out: then they limit resources, too. */
  readonly isolated: boolean;
  /** Other accounts whose resources may be used, if `isolated`. @default - none */
  readonly resourceAccounts?: readonly string[];
}

/**
 * VPC endpoints for AWS services. Traffic stays on the AWS network, and requests with credentials of another account
 * are refused, except for reading objects and pulling images.
 *
 * An interface endpoint costs for each hour in each zone, and for each gigabyte; gateway endpoints are free. Destroying
 * them cuts off who has no other way to the service.
 */
export class Endpoints extends Construct {
  /** Prefix list of S3, for security group rules; `undefined` without route tables. */
  public readonly s3PrefixListId?: string;
  /** Prefix lists of the other gateway endpoints, for security group rules. */
  public readonly gatewayPrefixListIds: readonly string[] = [];

  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'services', 'routeTableIds', 'isolated');
    const properties = Properties.of(this).known(props, 'services', 'routeTableIds', 'resourceAccounts');
    for (const service of props.services) properties.oneOf('services', service, ENDPOINT_SERVICES);
    properties.throwIfInvalid();
    const gateways = props.services.filter(isGateway);
    const interfaces = props.services.filter((service) => !isGateway(service));
    if (props.routeTableIds.length > 0) {
      this.s3PrefixListId = this.addGateway('S3', 's3', s3EndpointPolicy(this, limitOf(this, props)), props);
      this.gatewayPrefixListIds = gateways.map((service) =>
        this.addGateway(service, service, endpointPolicy(this, service, limitOf(this, props)), props),
      );
    }
    if (interfaces.length > 0) this.addInterfaces(interfaces, props);
  }

  /** @returns the prefix list of the service */
  private addGateway(
    id: string,
    service: EndpointService | 's3',
    policy: readonly PolicyStatement[],
    { network, routeTableIds }: EndpointsProps,
  ): string {
    return new VpcEndpoint(this, id, {
      vpcId: network.vpcId,
      serviceName: endpointServiceName(this, service),
      vpcEndpointType: 'Gateway',
      routeTableIds: [...routeTableIds],
      policy: policyDocument(policy),
      tags: { Name: this.nameOf(service) },
    }).prefixListId;
  }

  private addInterfaces(services: readonly EndpointService[], props: EndpointsProps): void {
    const { network } = props;
    const group = new SecurityGroup(this, 'SecurityGroup', { network, description: 'Interface endpoints' });
    group.connections.allowFromCidr(network.vpcCidr, HTTPS);
    for (const service of services) {
      new VpcEndpoint(this, service, {
        vpcId: network.vpcId,
        serviceName: endpointServiceName(this, service),
        vpcEndpointType: 'Interface',
        subnetIds: [...(props.subnetIds ?? network.privateSubnetIds)],
        securityGroupIds: [group.securityGroupId],
        privateDnsEnabled: true,
        policy: WITHOUT_POLICY.includes(service)
          ? undefined
          : policyDocument(endpointPolicy(this, service, limitOf(this, props))),
        tags: { Name: this.nameOf(service) },
      });
    }
  }

  private nameOf(service: string): string {
    return nameOf(this, { maxLength: MAX_TAG_LENGTH }, undefined, service);
  }
}

/** Whether the endpoint of a service is reached by routes, and not by an address in the subnets. */
export function isGateway(service: EndpointService): boolean {
  return GATEWAY_SERVICES.some((name) => name === service);
}

/** E.g. `com.amazonaws.eu-north-1.sagemaker.runtime`, `aws.sagemaker.eu-north-1.studio`. */
export function endpointServiceName(scope: IConstruct, service: EndpointService | 's3'): string {
  const { region, partition } = Aws.of(scope);
  if (SAGEMAKER_ENDPOINTS.some((name) => name === service)) return `aws.sagemaker.${region}.${service.slice(10)}`;
  const other = OTHER_PREFIXES[partition];
  const prefix = other?.services.some((name) => name === service) ? other.prefix : 'com.amazonaws';
  return `${prefix}.${region}.${service}`;
}

/** The accounts whose resources may be used, or `undefined` for any: the limit is useless beside another way out. */
function limitOf(scope: IConstruct, { isolated, resourceAccounts = [] }: EndpointsProps): string[] | undefined {
  return isolated ? [Aws.of(scope).account, ...resourceAccounts] : undefined;
}

/**
 * Policy of an interface endpoint: allows requests of this account's principals. Images may be pulled by those of every account and
 * from every account: AWS keeps those of SageMaker and EKS in its own, and MWAA pulls the image of Airflow with a principal of AWS
 * through the subnets of the environment, whose execution role has no permission of ECR (MWAA guide, "Creating the required VPC
 * service endpoints", which asks for full access).
 *
 * @param resourceAccounts the accounts whose resources this account's principals may use, by default any
 */
export function endpointPolicy(
  scope: IConstruct,
  service: EndpointService,
  resourceAccounts?: readonly string[],
): PolicyStatement[] {
  const statements = [ownPrincipals(scope, ['*'], resourceAccounts)];
  if (service.startsWith('ecr.')) {
    const pull = ['GetAuthorizationToken', 'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'];
    const actions = pull.map((action) => `ecr:${action}`);
    statements.push({ sid: 'OthersOnlyForPulling', principal: Principal.anyone(), actions, resources: ['*'] });
  }
  if (resourceAccounts && service === 'sqs') statements.push(airflowQueues(scope));
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

/** The workers of an Airflow environment get their tasks by a queue in an account of AWS (MWAA guide, execution role). */
function airflowQueues(scope: IConstruct): PolicyStatement {
  const actions = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'];
  return {
    ...ownPrincipals(
      scope,
      [...actions, 'SendMessage'].map((action) => `sqs:${action}`),
    ),
    sid: 'WorkersOfAirflow',
    resources: [Aws.of(scope).arn('sqs', 'airflow-celery-*', { account: '*' })],
  };
}

/**
 * Policy of the S3 gateway endpoint, which carries all requests to buckets of the region. It allows every request of
 * this account's principals. Requests of others, such as the presigned URLs of image layers, may only read.
 *
 * @param resourceAccounts the accounts whose buckets may be used, by default any. Besides them, the AWS-owned buckets that
 *   the platform needs can be read: ECR image layers, Amazon Linux packages, SageMaker models, examples
 */
export function s3EndpointPolicy(scope: IConstruct, resourceAccounts?: readonly string[]): PolicyStatement[] {
  const { region, partition } = Aws.of(scope);
  const arnOf = (bucket: string) => `arn:${partition}:s3:::${bucket}`;
  const objectsOf = (bucket: string) => `${arnOf(bucket)}/*`;
  const bucketsOfAws = [
    `prod-${region}-starport-layer-bucket`,
    `al2023-repos-${region}-de612dc2`,
    `jumpstart-cache-prod-${region}`,
    `jumpstart-private-cache-prod-${region}`,
    `sagemaker-example-files-prod-${region}`,
    `athena-examples-${region}`,
  ];
  const statements: PolicyStatement[] = [
    ownPrincipals(scope, ['s3:*'], resourceAccounts),
    {
      sid: 'OthersOnlyForReading',
      principal: Principal.anyone(),
      actions: ['s3:GetObject'],
      resources: resourceAccounts ? bucketsOfAws.map(objectsOf) : [objectsOf('*')],
    },
  ];
  if (!resourceAccounts) return statements;
  // a model of JumpStart in many files is found by its prefix
  const list = { ...ownPrincipals(scope, ['s3:ListBucket']), sid: 'ListBucketsOfAws' };
  return [...statements, { ...list, resources: bucketsOfAws.map(arnOf) }];
}

function ownPrincipals(
  scope: IConstruct,
  actions: readonly string[],
  resourceAccounts?: readonly string[],
): PolicyStatement {
  const limit = resourceAccounts && { 'aws:ResourceAccount': [...resourceAccounts] };
  return {
    sid: 'OwnPrincipals',
    principal: Principal.anyone(),
    actions,
    resources: ['*'],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.of(scope).account, ...limit } },
  };
}
