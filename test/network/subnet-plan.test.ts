import { TerraformOutput, TerraformVariable } from 'cdktf';
import { Ipv4Block } from '../../lib/network/ipv4-block';
import { NETWORK_PREFIX, type SubnetPlan, subnetPlan, ZONE_COUNTS } from '../../lib/network/subnet-plan';
import { Template } from '../../lib/testing';
import { testStack } from '../support/stack';

describe('an IPv4 block', () => {
  test.each(['10.0.0.0/16', '0.0.0.0/0', '255.255.255.255/32', '172.16.0.0/12', '192.168.4.0/22'])(
    'may be %s',
    (text) => {
      expect(`${Ipv4Block.parse(text)}`).toBe(text);
    },
  );

  test.each([
    ['has no prefix', '10.0.0.0'],
    ['has a number above 255', '10.256.0.0/16'],
    ['has a prefix above 32', '10.0.0.0/33'],
    ['has host bits', '10.0.1.0/16'],
    ['has three numbers', '10.0.0/16'],
    ['is IPv6', 'fd00::/48'],
    ['has spaces', ' 10.0.0.0/16'],
    ['is empty', ''],
  ])('is refused if it %s', (_, text) => {
    expect(Ipv4Block.parse(text)).toBeUndefined();
  });

  test.each([
    ['10.0.0.0/8', '10.255.0.0/16', true],
    ['10.255.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/17', '10.0.128.0/17', false],
    ['224.0.0.0/3', '192.0.0.0/3', false],
  ])('whether %s overlaps %s: %s', (one, other, overlap) => {
    expect(Ipv4Block.parse(one)!.overlaps(Ipv4Block.parse(other)!)).toBe(overlap);
  });
});

function blocksOf({ privateCidrs, publicCidrs }: SubnetPlan): Ipv4Block[] {
  return [...privateCidrs, ...publicCidrs].map((cidr) => Ipv4Block.parse(cidr)!);
}

describe('the plan of a network', () => {
  const sizes = Array.from({ length: NETWORK_PREFIX.max - NETWORK_PREFIX.min + 1 }, (_, i) => NETWORK_PREFIX.min + i);

  test('gives three quarters to private subnets and 3/32 to public ones', () => {
    expect(subnetPlan('10.0.0.0/16', 3)).toEqual({
      privateCidrs: ['10.0.0.0/18', '10.0.64.0/18', '10.0.128.0/18'],
      publicCidrs: ['10.0.192.0/21', '10.0.200.0/21', '10.0.208.0/21'],
    });
  });

  test('changes no subnet when a third zone is added', () => {
    const two = subnetPlan('10.20.0.0/20', 2);
    const three = subnetPlan('10.20.0.0/20', 3);
    expect(three.privateCidrs.slice(0, 2)).toEqual(two.privateCidrs);
    expect(three.publicCidrs.slice(0, 2)).toEqual(two.publicCidrs);
  });

  describe.each(sizes)('of a /%i', (prefix) => {
    const cidr = `10.0.0.0/${prefix}`;

    test.each(ZONE_COUNTS)('in %i zones has subnets within the network that do not overlap', (zones) => {
      const blocks = blocksOf(subnetPlan(cidr, zones));
      expect(blocks).toHaveLength(2 * zones);
      for (const block of blocks) {
        expect(Ipv4Block.parse(cidr)!.contains(block)).toBe(true);
        expect(blocks.filter((other) => other.overlaps(block))).toEqual([block]);
      }
    });

    test('has public subnets of the size that load balancers require (/27 or larger)', () => {
      const prefixes = subnetPlan(cidr, 3).publicCidrs.map((text) => Ipv4Block.parse(text)!.prefix);
      expect(Math.max(...prefixes)).toBeLessThanOrEqual(27);
    });
  });

  test('is computed by Terraform, with the same result, if the block is known only at deploy time', () => {
    const stack = testStack();
    const { stringValue } = new TerraformVariable(stack, 'cidr', { type: 'string' });
    const plan = subnetPlan(stringValue, 2);
    new TerraformOutput(stack, 'plan', { value: [...plan.privateCidrs, ...plan.publicCidrs] });
    expect(Template.synth(stack).outputs.plan!.value).toEqual([
      '${cidrsubnet(var.cidr, 2, 0)}',
      '${cidrsubnet(var.cidr, 2, 1)}',
      '${cidrsubnet(var.cidr, 5, 24)}',
      '${cidrsubnet(var.cidr, 5, 25)}',
    ]);
  });
});
