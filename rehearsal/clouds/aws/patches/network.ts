import type { Patch } from './patch';

/** Patches of security groups. */
export const NETWORK_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'],
    reason: 'the second plan sets the description of every rule whose peer is a group or a prefix list',
    upstream: 'moto 5.2.5 keeps the Description of IpRanges, but not of UserIdGroupPairs and PrefixListIds',
    python: `
from inspect import signature
from moto.ec2.models.security_groups import SecurityGroupRule
parameters = signature(SecurityGroupRule.__init__)
def create(original, *args, **kwargs):
    original(*args, **kwargs)
    given = parameters.bind(*args, **kwargs).arguments
    peer = given.get('source_group') or given.get('prefix_list_id') or {}
    if 'Description' in peer:
        given['self'].ip_range = {'Description': peer['Description']}
wrap(SecurityGroupRule, '__init__', create)`,
  },
];
