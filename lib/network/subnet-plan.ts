import { Fn, Token } from 'cdktf';
import type { BrokenRule, Properties } from '../core/properties';
import { Ipv4Block } from './ipv4-block';

/** Default block of a network: 65,536 addresses, the most that AWS allows. */
export const DEFAULT_CIDR = '10.0.0.0/16';

/** Allowed numbers of zones. */
export const ZONE_COUNTS = [2, 3] as const;
export type ZoneCount = (typeof ZONE_COUNTS)[number];

/**
 * Allowed prefix lengths of a network. AWS allows no block larger than /16. Below /22 a public subnet would be smaller
 * than /27, the minimum for a load balancer (Elastic Load Balancing user guide).
 */
export const NETWORK_PREFIX = { min: 16, max: 22 } as const;

/** Addresses that are not routed on the internet (RFC 1918, RFC 6598). */
export const PRIVATE_BLOCKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map(blockOf);
/** Container network of SageMaker's hosts, which therefore cannot reach a VPC with these addresses (VPC user guide). */
export const DOCKER_BLOCK = blockOf('172.17.0.0/16');
/** Private subnets are quarters of the network. */
const PRIVATE_BITS = 2;
/** Public subnets are 32nds of the network, from the start of the last quarter: from number 24. */
const PUBLIC_BITS = 5;
const FIRST_PUBLIC = 24;

/** Blocks of the subnets, one of each kind for each zone. */
export interface SubnetPlan {
  readonly privateCidrs: readonly string[];
  readonly publicCidrs: readonly string[];
}

/**
 * Divides a network into subnets.
 *
 * | part of the network | in 10.0.0.0/16  | for                                                          |
 * |---------------------|-----------------|--------------------------------------------------------------|
 * | quarters 1 to 3     | /18: 16,379 each | private subnets for workloads: each pod takes an address |
 * | 3/8 of quarter 4    | /21: 2,043 each | public subnets: NAT gateways and load balancers only         |
 * | the rest, 5/32      | from 10.0.216.0 | unused                                                       |
 *
 * No block depends on the number of zones, so that adding a third zone changes no subnet.
 *
 * @param cidr a block from /16 to /22; Terraform divides it if it is a token
 */
export function subnetPlan(cidr: string, zones: ZoneCount): SubnetPlan {
  const block = Token.isUnresolved(cidr) ? undefined : Ipv4Block.parse(cidr)!;
  const part = (bits: number, index: number) => block?.part(bits, index).toString() ?? Fn.cidrsubnet(cidr, bits, index);
  const each = (bits: number, first: number) => Array.from({ length: zones }, (_, zone) => part(bits, first + zone));
  return { privateCidrs: each(PRIVATE_BITS, 0), publicCidrs: each(PUBLIC_BITS, FIRST_PUBLIC) };
}

/** The rules that a network's block breaks. */
export function brokenCidrRules(cidr: string): readonly BrokenRule[] {
  const block = Ipv4Block.parse(cidr);
  if (!block) return brokenBlockRules(cidr);
  const { min, max } = NETWORK_PREFIX;
  const rules: readonly [boolean, string, string][] = [
    [
      block.prefix >= min && block.prefix <= max,
      `must have a prefix length from /${min} to /${max}`,
      `choose another length, AWS allows at most /${min} and the subnets need at least /${max}`,
    ],
    [
      PRIVATE_BLOCKS.some((range) => range.contains(block)),
      `must be within ${PRIVATE_BLOCKS.join(', ')}`,
      'choose private addresses, others are routed on the internet',
    ],
    [
      !block.overlaps(DOCKER_BLOCK),
      `must not overlap ${DOCKER_BLOCK}`,
      "choose another block, SageMaker's hosts use this one",
    ],
  ];
  return rules.flatMap(([holds, must, fix]) => (holds ? [] : [{ must, fix }]));
}

/** The rules that any IPv4 block breaks. */
export function brokenBlockRules(cidr: string): readonly BrokenRule[] {
  if (Ipv4Block.parse(cidr)) return [];
  const around = Ipv4Block.around(cidr);
  return [
    around
      ? { must: 'must not have host bits', fix: `write ${around}` }
      : {
          must: 'must be four numbers up to 255 and a prefix length up to 32',
          fix: 'write for example 10.20.0.0/16',
        },
  ];
}

/** Validates `cidr` for a network and its plan; a token passes. */
export function validateCidr(properties: Properties, cidr: string | undefined): void {
  if (cidr === undefined || Token.isUnresolved(cidr)) return;
  properties.keeps('cidr', cidr, brokenCidrRules(cidr));
}

function blockOf(cidr: string): Ipv4Block {
  return Ipv4Block.parse(cidr)!;
}
