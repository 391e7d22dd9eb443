"""Sends the same request to EC2 twice at once, as a client does that got no answer, and then another one."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
address = ec2.allocate_address(Domain="vpc")["AllocationId"]


def make(token):
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address, ClientToken=token)["NatGateway"]
    return gateway["NatGatewayId"]


with ThreadPoolExecutor(2) as pool:
    same = list(pool.map(make, [str(uuid.uuid4())] * 2))
try:
    other = make(str(uuid.uuid4()))
except ClientError as error:
    other = error.response["Error"]["Code"]
count = len(ec2.describe_nat_gateways()["NatGateways"])
print(json.dumps({"ids": len(set(same)), "gateways": count, "other": other}))
