import { Eip } from '@cdktf/provider-aws/lib/eip';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import type { TerraformResourceLifecycle } from 'cdktf';
import { Construct } from 'constructs';

const ANYWHERE = '0.0.0.0/0';

/** Subnets of one kind, one in each zone. */
export interface SubnetsProps {
  readonly vpcId: string;
  /** First part of each subnet name. */
  readonly name: string;
  /** One for each subnet. */
  readonly cidrs: readonly string[];
  /** One for each subnet. */
  readonly availabilityZones: readonly string[];
  /** Whether a subnet is replaced when its zone in `availabilityZones` changes. */
  readonly followZones: boolean;
  /** Of what cannot be lost without an outage: subnets, NAT gateways and their addresses. @default - none */
  readonly lifecycle?: TerraformResourceLifecycle | undefined;
}

interface SubnetKind {
  readonly type: 'public' | 'private';
  /** Tag by which the Kubernetes load balancer controller finds subnets: `elb` for internet-facing load balancers. */
  readonly role: 'elb' | 'internal-elb';
  /** One for each subnet; `route` is its default route. */
  readonly tables: readonly { readonly routeTableId: string; readonly route?: Route }[];
}

abstract class Subnets extends Construct {
  /** Zones in which the subnets are: an existing subnet stays in its zone when the list of zones changes. */
  public readonly zones: string[] = [];

  /** @returns subnet ids that depend on the default route: it is created before, and destroyed after, their users */
  protected addSubnets(props: SubnetsProps, { type, role, tables }: SubnetKind): string[] {
    const { vpcId, name, cidrs, availabilityZones, followZones, lifecycle } = props;
    return tables.map(({ routeTableId, route }, index) => {
      const number = index + 1;
      const subnet = new Subnet(this, `Subnet${number}`, {
        vpcId,
        cidrBlock: cidrs[index],
        availabilityZone: availabilityZones[index],
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-${type}-${number}`, [`kubernetes.io/role/${role}`]: '1' },
        lifecycle: followZones ? lifecycle : { ...lifecycle, ignoreChanges: ['availability_zone'] },
      });
      this.zones.push(followZones ? availabilityZones[index]! : subnet.availabilityZone);
      const association = new RouteTableAssociation(this, `Association${number}`, {
        subnetId: subnet.id,
        routeTableId,
        dependsOn: route && [route],
      });
      return association.subnetId;
    });
  }
}

export interface PublicSubnetsProps extends SubnetsProps {
  /** One for all zones, or one for each. */
  readonly natGateways: number;
}

/** Subnets with a route to an internet gateway, for NAT gateways and load balancers. They assign no public IPs. */
export class PublicSubnets extends Subnets {
  public readonly subnetIds: readonly string[];
  public readonly routeTableId: string;
  public readonly natGatewayIds: readonly string[];

  constructor(scope: Construct, id: string, props: PublicSubnetsProps) {
    super(scope, id);
    const { vpcId, name, cidrs, natGateways, lifecycle } = props;
    const { id: gatewayId } = new InternetGateway(this, 'InternetGateway', { vpcId, tags: { Name: name }, lifecycle });
    const { id: routeTableId } = new RouteTable(this, 'Routes', { vpcId, tags: { Name: `${name}-public` } });
    const route = new Route(this, 'Internet', { routeTableId, destinationCidrBlock: ANYWHERE, gatewayId });
    const tables = cidrs.map(() => ({ routeTableId, route }));
    this.routeTableId = routeTableId;
    this.subnetIds = this.addSubnets(props, { type: 'public', role: 'elb', tables });
    this.natGatewayIds = this.subnetIds.slice(0, natGateways).map((subnetId, index) => {
      const tags = { Name: `${name}-nat-${index + 1}` };
      const { allocationId } = new Eip(this, `NatAddress${index + 1}`, { domain: 'vpc', tags, lifecycle });
      return new NatGateway(this, `Nat${index + 1}`, { subnetId, allocationId, tags, lifecycle }).id;
    });
  }
}

export interface PrivateSubnetsProps extends SubnetsProps {
  /** None, one for all zones, or one for each zone. */
  readonly natGatewayIds: readonly string[];
}

/** Subnets without a route from the internet, for workloads. */
export class PrivateSubnets extends Subnets {
  public readonly subnetIds: readonly string[];
  /** One for each subnet, since each zone may have its own NAT gateway. */
  public readonly routeTableIds: readonly string[];

  constructor(scope: Construct, id: string, props: PrivateSubnetsProps) {
    super(scope, id);
    const { vpcId, name, cidrs, natGatewayIds } = props;
    const tables = cidrs.map((_, index) => {
      const number = index + 1;
      const tags = { Name: `${name}-private-${number}` };
      const { id: routeTableId } = new RouteTable(this, `Routes${number}`, { vpcId, tags });
      const natGatewayId = natGatewayIds[index] ?? natGatewayIds[0];
      if (!natGatewayId) return { routeTableId };
      const route = new Route(this, `Nat${number}`, { routeTableId, destinationCidrBlock: ANYWHERE, natGatewayId });
      return { routeTableId, route };
    });
    this.routeTableIds = tables.map(({ routeTableId }) => routeTableId);
    this.subnetIds = this.addSubnets(props, { type: 'private', role: 'internal-elb', tables });
  }
}
