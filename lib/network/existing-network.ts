import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet';
import { DataAwsVpc } from '@cdktf/provider-aws/lib/data-aws-vpc';
import { Fn, Token } from 'cdktf';
import { Construct } from 'constructs';
import { Properties } from '../core/properties';
import type { IConnectable } from './connections';
import { Endpoints, isGateway } from './endpoints';
import { Ipv4Block } from './ipv4-block';
import type { INetwork, NetworkAttributes } from './network';
import {
  ENDPOINT_SERVICES,
  type EndpointService,
  MIN_PRIVATE_SUBNETS,
  ROUTE_TABLE_ID,
  SUBNET_ID,
  VPC_ID,
} from './network-limits';
import { HTTPS } from './port';
import { DEFAULT_CIDR } from './subnet-plan';

/** Why a client of AWS services may connect to every address. */
export const AWS_ANYWHERE = 'AWS services have changing addresses and accept HTTPS only';

/** Checks the names of the services. */
export function validateEndpoints(properties: Properties, endpoints: readonly EndpointService[] = []): void {
  properties.known({ endpoints }, 'endpoints');
  if (Token.isUnresolved(endpoints)) return;
  endpoints.forEach((service, index) => {
    properties.oneOf(`endpoints[${index}]`, service, ENDPOINT_SERVICES);
  });
}

/** A VPC that exists already: what the network is asked for and its attributes lack is read at plan time. */
export class ExistingNetwork extends Construct implements INetwork {
  public readonly vpcId: string;
  public readonly privateSubnetIds: readonly string[];
  public readonly publicSubnetIds: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly attributes: NetworkAttributes,
  ) {
    super(scope, id);
    Properties.need(this, attributes, 'vpcId', 'privateSubnetIds');
    this.validate();
    this.vpcId = attributes.vpcId;
    this.privateSubnetIds = attributes.privateSubnetIds;
    this.publicSubnetIds = attributes.publicSubnetIds ?? [];
    const { endpoints = [], routeTableIds = [] } = attributes;
    if (endpoints.length === 0 && routeTableIds.length === 0) return;
    if (endpoints.some((service) => !isGateway(service))) this.requireDns();
    const services = endpoints;
    new Endpoints(this, 'Endpoints', {
      network: this,
      services,
      routeTableIds,
      isolated: false,
      ...this.oneOfEachZone(),
    });
  }

  /** An interface endpoint can be in one subnet of a zone only; the zones are known to the plan. */
  private oneOfEachZone() {
    if ((this.attributes.endpoints ?? []).length === 0) return {};
    const byZone = Fn.zipmap([...this.availabilityZones], [...this.privateSubnetIds]);
    return { subnetIds: Token.asList(Fn.values(byZone)) };
  }

  /** Without both settings EC2 refuses an endpoint with private DNS, after it has created others. */
  private requireDns(): void {
    this.vpc().lifecycle = {
      postcondition: [
        {
          condition: '${self.enable_dns_support && self.enable_dns_hostnames}',
          errorMessage: `${this.vpcId} must have DNS support and DNS host names for interface endpoints; turn both on in the VPC, or remove endpoints`,
        },
      ],
    };
  }

  private vpc(): DataAwsVpc {
    return this.ask('Vpc', () => new DataAwsVpc(this, 'Vpc', { id: this.vpcId }));
  }

  public get vpcCidr(): string {
    return this.attributes.vpcCidr ?? this.vpc().cidrBlock;
  }

  public get availabilityZones(): readonly string[] {
    const { availabilityZones, privateSubnetIds } = this.attributes;
    if (availabilityZones) return availabilityZones;
    return privateSubnetIds.map((id, index) => {
      const child = `Private${index + 1}`;
      return this.ask(child, () => new DataAwsSubnet(this, child, { id })).availabilityZone;
    });
  }

  public allowAwsServices({ connections }: IConnectable): void {
    connections.allowToAnywhere(HTTPS, AWS_ANYWHERE);
  }

  private ask<T extends Construct>(id: string, make: () => T): T {
    return (this.node.tryFindChild(id) as T | undefined) ?? make();
  }

  private validate(): void {
    const { vpcId, privateSubnetIds, publicSubnetIds = [], routeTableIds = [], vpcCidr } = this.attributes;
    const properties = Properties.of(this)
      .matches('vpcId', vpcId, VPC_ID)
      .require(
        Token.isUnresolved(privateSubnetIds) || new Set(privateSubnetIds).size >= MIN_PRIVATE_SUBNETS,
        `'privateSubnetIds' must be at least ${MIN_PRIVATE_SUBNETS} different subnets, got ${privateSubnetIds.join(', ') || 'none'}`,
      )
      .require(
        vpcCidr === undefined || Token.isUnresolved(vpcCidr) || Ipv4Block.parse(vpcCidr) !== undefined,
        `'vpcCidr' must be an IPv4 block such as ${DEFAULT_CIDR}, got '${vpcCidr}'`,
      );
    const { endpoints = [] } = this.attributes;
    validateEndpoints(properties, endpoints);
    const gateways = Token.isUnresolved(endpoints) ? [] : endpoints.filter(isGateway);
    properties.require(
      gateways.length === 0 || routeTableIds.length > 0,
      `'endpoints' ${gateways.join(', ')} needs 'routeTableIds': a gateway endpoint is reached by routes; add the tables, or remove it`,
    );
    for (const [name, ids, pattern] of [
      ['privateSubnetIds', privateSubnetIds, SUBNET_ID],
      ['publicSubnetIds', publicSubnetIds, SUBNET_ID],
      ['routeTableIds', routeTableIds, ROUTE_TABLE_ID],
    ] as const) {
      properties.known({ [name]: ids }, name);
      if (Token.isUnresolved(ids)) continue;
      ids.forEach((id, index) => {
        properties.matches(`${name}[${index}]`, id, pattern);
      });
    }
    properties.throwIfInvalid();
  }
}
