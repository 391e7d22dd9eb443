import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { Fn, type TerraformResourceLifecycle, Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../aws/log-group';
import { nameOf } from '../core/names';
import { Properties } from '../core/properties';
import { keepData, type Removal } from '../core/removal';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import type { IConnectable } from './connections';
import { Endpoints } from './endpoints';
import { AWS_ANYWHERE, ExistingNetwork, validateEndpoints } from './existing-network';
import { FlowLog } from './flow-log';
import { ACCOUNT, COMMON_ENDPOINTS, type EndpointService, NAT_MODES, type NatMode } from './network-limits';
import { HTTPS } from './port';
import { DEFAULT_CIDR, subnetPlan, validateCidr, ZONE_COUNTS, type ZoneCount } from './subnet-plan';
import { PrivateSubnets, PublicSubnets, type SubnetsProps } from './subnets';

/** Default number of zones: the fewest that survive the loss of one. */
export const DEFAULT_ZONES = 2;
/** Default of `nat`. */
export const DEFAULT_NAT = 'single';

/** Ids of zones that cannot hold the control plane of an EKS cluster (EKS user guide, network requirements). */
const OLD_ZONE_IDS = ['use1-az3', 'usw1-az2', 'cac1-az3'];
const MAX_NAME_LENGTH = 200;

/** A network as other modules see it: private subnets for workloads, and optionally public ones for load balancers. */
export interface INetwork extends IConstruct {
  readonly vpcId: string;
  /** Its IPv4 block; for a VPC with several blocks, the first. */
  readonly vpcCidr: string;
  /** At least two, in different zones. */
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  /** Zones of the private subnets, in their order. */
  readonly availabilityZones: readonly string[];
  /** Its NAT gateways; `undefined` of a VPC that exists, where they are not known. */
  readonly natGatewayIds?: readonly string[];
  /** Log group of its flow log; `undefined` of a VPC that exists, where it is not known. */
  readonly flowLogGroupName?: string;
  /**
   * Allows a client to reach AWS services over HTTPS, including S3: at any address if the network has internet access,
   * otherwise at the network's endpoints.
   */
  allowAwsServices(client: IConnectable): void;
}

export interface NetworkProps {
  /**
   * A private IPv4 block from /16 to /22. It must not overlap any network that this one will be connected to. It cannot
   * be changed later. `subnetPlan` describes how it is divided.
   * @default 10.0.0.0/16
   */
  readonly cidr?: string;
  /** Number of availability zones. A third can be added later. @default 2 */
  readonly zones?: ZoneCount;
  /**
   * Names of the zones, one for each of `zones`, e.g. `eu-north-1a`.
   * @default - the first available zones when a subnet is created; an existing subnet stays in its zone
   */
  readonly availabilityZones?: readonly string[];
  /**
   * How the private subnets reach the internet: not at all (`none`), through one NAT gateway (`single`), or through one
   * in each zone (`per-zone`), so that the loss of one zone does not affect the others. With `none` there are no public
   * subnets. A gateway costs about 33 US dollars a month, and 0.045 for each gigabyte.
   * @default single
   */
  readonly nat?: NatMode;
  /**
   * Services with an interface endpoint: about 7 US dollars a month for each service and zone, and 0.01 for each
   * gigabyte. S3 always has a gateway endpoint, which is free, and so is that of `s3express`.
   * @default - `COMMON_ENDPOINTS` with `nat: 'none'`, since workloads need them; `endpointsFor` says what else a workload
   *   calls. Otherwise none: with internet access they do not prevent exfiltration, and save money only above several
   *   hundred gigabytes a month for a service
   *
   * Not every zone has every service (`aws ec2 describe-vpc-endpoint-services` lists the zones of each); if one is
   * missing, the deployment names it: choose other zones by `availabilityZones`, or leave out the service.
   */
  readonly endpoints?: readonly EndpointService[];
  /**
   * Other accounts whose resources may be used through the endpoints, e.g. the owner of a bucket of the lake. Only with
   * `nat: 'none'`: there the endpoints are the only way out, and so allow resources of this account only.
   * @default - none
   */
  readonly resourceAccounts?: readonly string[];
  /** Key that encrypts the flow log. */
  readonly encryptionKey: IKey;
  /** Retention of the flow log in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly flowLogRetentionDays?: number;
  /** Whether the network and its flow log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

export interface NetworkAttributes {
  readonly vpcId: string;
  /** At least two, in different zones. Each id may be a token, the list itself may not. */
  readonly privateSubnetIds: readonly string[];
  /** @default - none */
  readonly publicSubnetIds?: readonly string[];
  /**
   * Services that get an interface endpoint, in one private subnet of each zone. The VPC must have DNS support and DNS
   * host names, and no endpoint for the service yet. Several environments of one VPC share endpoints: create them once.
   * @default - none
   */
  readonly endpoints?: readonly EndpointService[];
  /** Route tables that get a gateway endpoint for S3; a table can have one only. @default - none: no endpoint for S3 */
  readonly routeTableIds?: readonly string[];
  /** @default - read at plan time, if used */
  readonly vpcCidr?: string;
  /** Zones of the private subnets, in their order. @default - read at plan time, if used */
  readonly availabilityZones?: readonly string[];
}

/**
 * A VPC in two or three zones: private subnets for workloads, public ones for load balancers and NAT gateways. It has a
 * flow log, a default security group without rules, and an S3 gateway endpoint.
 *
 * A VPC costs nothing; each NAT gateway and its public address cost for each hour, and for each gigabyte. Destroying it
 * needs both keys, and nothing else in it: network interfaces of other stacks keep its subnets.
 */
export class Network extends Construct implements INetwork {
  /**
   * An existing VPC. It must have DNS support, and its private subnets must reach AWS services through a NAT gateway or
   * endpoints.
   */
  public static fromNetworkAttributes(scope: Construct, id: string, attributes: NetworkAttributes): INetwork {
    return new ExistingNetwork(scope, id, attributes);
  }

  public readonly vpcId: string;
  public readonly vpcCidr: string;
  public readonly privateSubnetIds: readonly string[];
  public readonly publicSubnetIds: readonly string[];
  public readonly availabilityZones: readonly string[];
  public readonly natGatewayIds: readonly string[];
  public readonly flowLogGroupName: string;
  /** One for each private subnet, e.g. for routes to other networks. */
  public readonly privateRouteTableIds: readonly string[];
  /** Prefix list of S3 in the region, for security group rules. */
  public readonly s3PrefixListId: string;
  /** The underlying VPC. */
  public readonly resource: Vpc;
  private readonly isolated: boolean;
  private readonly gatewayPrefixListIds: readonly string[];

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    this.validate(props);

    const { nat = DEFAULT_NAT, encryptionKey, removal } = props;
    const { cidr = DEFAULT_CIDR, zones = DEFAULT_ZONES } = props;
    const availabilityZones = first(zones, props.availabilityZones ?? this.allZones());
    this.isolated = nat === 'none';
    const name = nameOf(this, { maxLength: MAX_NAME_LENGTH }, props.name);
    const lifecycle = keepData(this, removal);
    this.resource = this.makeVpc(cidr, name, lifecycle);
    this.vpcId = this.resource.id;
    this.vpcCidr = cidr;

    const { privateCidrs, publicCidrs } = subnetPlan(cidr, zones);
    const followZones = props.availabilityZones !== undefined;
    const placed = { vpcId: this.vpcId, name, availabilityZones, followZones, lifecycle };
    const publicSubnets = this.isolated ? undefined : this.openToInternet(nat, { ...placed, cidrs: publicCidrs });
    const natGatewayIds = publicSubnets?.natGatewayIds ?? [];
    this.natGatewayIds = natGatewayIds;
    const privateSubnets = new PrivateSubnets(this, 'Private', { ...placed, cidrs: privateCidrs, natGatewayIds });
    this.publicSubnetIds = publicSubnets?.subnetIds ?? [];
    this.privateSubnetIds = privateSubnets.subnetIds;
    this.availabilityZones = privateSubnets.zones;
    this.privateRouteTableIds = privateSubnets.routeTableIds;

    const endpoints = new Endpoints(this, 'Endpoints', {
      network: this,
      services: props.endpoints ?? (this.isolated ? COMMON_ENDPOINTS : []),
      routeTableIds: [...this.privateRouteTableIds, ...(publicSubnets ? [publicSubnets.routeTableId] : [])],
      isolated: this.isolated,
      resourceAccounts: props.resourceAccounts,
    });
    this.s3PrefixListId = endpoints.s3PrefixListId!;
    this.gatewayPrefixListIds = endpoints.gatewayPrefixListIds;
    const retentionDays = props.flowLogRetentionDays;
    const flowLog = new FlowLog(this, 'FlowLog', { vpcId: this.vpcId, encryptionKey, retentionDays, removal });
    this.flowLogGroupName = flowLog.logGroupName;
  }

  public allowAwsServices({ connections }: IConnectable): void {
    if (this.isolated) {
      connections.allowToCidr(this.vpcCidr, HTTPS);
      for (const id of [this.s3PrefixListId, ...this.gatewayPrefixListIds]) connections.allowToPrefixList(id, HTTPS);
    } else {
      connections.allowToAnywhere(HTTPS, AWS_ANYWHERE);
    }
  }

  private makeVpc(cidrBlock: string, name: string, lifecycle: TerraformResourceLifecycle | undefined): Vpc {
    const dns = { enableDnsHostnames: true, enableDnsSupport: true };
    const vpc = new Vpc(this, 'Resource', { cidrBlock, ...dns, tags: { Name: name }, lifecycle });
    // the default group of a VPC allows all traffic among its members and all egress; Terraform removes its rules
    new DefaultSecurityGroup(this, 'DefaultSecurityGroup', { vpcId: vpc.id, tags: { Name: `${name}-closed` } });
    return vpc;
  }

  private openToInternet(nat: NatMode, props: SubnetsProps): PublicSubnets {
    const natGateways = nat === 'single' ? 1 : props.cidrs.length;
    return new PublicSubnets(this, 'Public', { ...props, natGateways });
  }

  /** Zone names cannot be derived: not every region has zones a, b and c. Local zones are excluded. */
  private allZones(): string[] {
    const zones = new DataAwsAvailabilityZones(this, 'Zones', {
      state: 'available',
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
      excludeZoneIds: OLD_ZONE_IDS,
    });
    waive(
      zones,
      'only the first zones are used, and an existing subnet stays in its zone when the list changes',
      'CKV_AWS_394',
    );
    return zones.names;
  }

  private validate(props: NetworkProps): void {
    const { cidr, zones, availabilityZones, nat, endpoints, flowLogRetentionDays } = props;
    const properties = Properties.of(this)
      .known({ zones }, 'zones')
      .oneOf('zones', zones, ZONE_COUNTS)
      .oneOf('nat', nat, NAT_MODES)
      .oneOf('flowLogRetentionDays', flowLogRetentionDays, LOG_RETENTION_DAYS);
    validateCidr(properties, cidr);
    validateEndpoints(properties, endpoints);
    validateAccounts(properties, props);
    if (availabilityZones && !Token.isUnresolved(availabilityZones)) {
      const wanted = zones ?? DEFAULT_ZONES;
      properties.require(
        new Set(availabilityZones).size === wanted && availabilityZones.length === wanted,
        `'availabilityZones' must be ${wanted} different zones, as many as 'zones', got ${availabilityZones.join(', ')}`,
      );
    }
    properties.throwIfInvalid();
  }
}

/** The first names of a list, which Terraform takes out of it if it is a token. */
function first(count: number, names: readonly string[]): readonly string[] {
  if (!Token.isUnresolved(names)) return names;
  const some = Fn.slice([...names], 0, count); // fails if there are fewer; `element` alone would wrap around
  return Array.from({ length: count }, (_, index) => Token.asString(Fn.element(some, index)));
}

function validateAccounts(properties: Properties, { nat = DEFAULT_NAT, resourceAccounts = [] }: NetworkProps): void {
  properties
    .known({ resourceAccounts }, 'resourceAccounts')
    .require(
      nat === 'none' || resourceAccounts.length === 0,
      `'resourceAccounts' has no effect with 'nat' ${nat}, whose endpoints do not limit resources; remove it`,
    );
  resourceAccounts.forEach((account, index) => {
    properties.matches(`resourceAccounts[${index}]`, account, ACCOUNT);
  });
}
