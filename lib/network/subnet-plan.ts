import { Fn, Token } from 'cdktf';
import type { Properties } from '../core/properties';
import { Ipv4Block } from './ipv4-block';

/** Addresses of a network, unless told otherwise: 65,536, the most that AWS allows. */
export const DEFAULT_CIDR = '10.0.0.0/16';

/** Zones that a network may span, now or later. */
export const ZONE_COUNTS = [2, 3] as const;
export type ZoneCount = (typeof ZONE_COUNTS)[number];

/**
 * Sizes of a network that the plan can cut up. AWS allows no block larger than /16. In one smaller than /22 a public subnet
 * would be smaller than /27, the least that a load balancer takes (Elastic Load Balancing user guide).
 */
export const NETWORK_PREFIX = { min: 16, max: 22 } as const;

/** Addresses that are nobody's on the internet: RFC 1918, and RFC 6598. */
export const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(blockOf);
/** SageMaker's hosts run containers at these addresses, and find no way to a network that has them too (VPC user guide). */
export const DOCKER_BLOCK = blockOf('172.17.0.0/16');
/** Private subnets are quarters of the network: 2 bits. */
const PRIVATE_BITS = 2;
/** Public subnets are 32nds, from the start of the last quarter: 5 bits, number 24 on. */
const PUBLIC_BITS = 5;
const FIRST_PUBLIC = 24;

/** Blocks of the subnets, one a zone each. */
export interface SubnetPlan {
  readonly privateCidrs: readonly string[];
  readonly publicCidrs: readonly string[];
}

/**
 * Cuts a network into subnets.
 *
 * | part of the network | in 10.0.0.0/16  | for                                                          |
 * |---------------------|-----------------|--------------------------------------------------------------|
 * | quarters 1 to 3     | /18: 16,379 each | private subnets, where everything runs: pods take an address each |
 * | 3/8 of quarter 4    | /21: 2,043 each | public subnets: NAT gateways and load balancers only         |
 * | the rest, 5/32      | 10.0.216.0 on   | nothing yet                                                  |
 *
 * No block depends on the number of zones: a third zone can be added later and moves nothing.
 *
 * @param cidr a block from /16 to /22; where it is known only at deploy time, Terraform does the cutting
 */
export function subnetPlan(cidr: string, zones: ZoneCount): SubnetPlan {
  const block = Token.isUnresolved(cidr) ? undefined : Ipv4Block.parse(cidr)!;
  const part = (bits: number, index: number) => block?.part(bits, index).toString() ?? Fn.cidrsubnet(cidr, bits, index);
  const each = (bits: number, first: number) => Array.from({ length: zones }, (_, zone) => part(bits, first + zone));
  return { privateCidrs: each(PRIVATE_BITS, 0), publicCidrs: each(PUBLIC_BITS, FIRST_PUBLIC) };
}

/** Checks `cidr` for what a network and its plan need; a token passes. */
export function validateCidr(properties: Properties, cidr: string | undefined): void {
  if (cidr === undefined || Token.isUnresolved(cidr)) return;
  const { min, max } = NETWORK_PREFIX;
  const block = Ipv4Block.parse(cidr);
  properties
    .require(
      block !== undefined,
      `'cidr' must be a block of IPv4 addresses such as ${DEFAULT_CIDR}, without address bits after the prefix, got '${cidr}'`,
    )
    .require(
      !block || (block.prefix >= min && block.prefix <= max),
      `'cidr' must be between /${min} and /${max}, got '${cidr}'`,
    )
    .require(
      !block || PRIVATE_BLOCKS.some((range) => range.contains(block)),
      `'cidr' must lie in ${PRIVATE_BLOCKS.join(', ')}: other addresses are somebody's on the internet, got '${cidr}'`,
    )
    .require(
      !block?.overlaps(DOCKER_BLOCK),
      `'cidr' must not overlap ${DOCKER_BLOCK}, which SageMaker's hosts use themselves, got '${cidr}'`,
    );
}

function blockOf(cidr: string): Ipv4Block {
  return Ipv4Block.parse(cidr)!;
}
