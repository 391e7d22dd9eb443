import type { Patch } from './patch';

/** Patches of what networks are made of. */
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
  {
    emulator: 'moto',
    types: ['aws_nat_gateway', 'aws_vpc_endpoint', 'aws_flow_log'],
    reason: 'a request that is sent again, because a busy machine answered late, fails: its address is taken',
    upstream: 'moto 5.2.5 ignores ClientToken in most requests of EC2, by which the service knows a repeated one',
    python: `
from collections import defaultdict
from threading import Lock
from moto.ec2.responses import EC2Response
answers = {}
locks = defaultdict(Lock)
def call(original, self):
    token = self._get_param('ClientToken')
    if not token:
        return original(self)
    key = (self.current_account, self.region, self._get_action(), token)
    with locks[key]:
        if key in answers:
            return answers[key]
        answer = original(self)
        if int(answer[0]) == 200:
            answers[key] = answer
        return answer
wrap(EC2Response, 'call_action', call)`,
  },
];
