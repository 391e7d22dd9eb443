import { Fn, TerraformOutput, TerraformVariable, Token } from 'cdktf';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { waiversOf } from '../../lib/core/waivers';
import { Key } from '../../lib/encryption/key';
import { Endpoints } from '../../lib/network/endpoints';
import { FlowLog } from '../../lib/network/flow-log';
import { DEFAULT_NAT, DEFAULT_ZONES, Network, type NetworkProps } from '../../lib/network/network';
import { COMMON_ENDPOINTS, DEFAULT_FLOW_LOG_RETENTION_DAYS } from '../../lib/network/network-limits';
import { SecurityGroup } from '../../lib/network/security-group';
import { DEFAULT_CIDR } from '../../lib/network/subnet-plan';
import { Template } from '../../lib/testing';
import { ACME, acmeStack, keyIn, TWO_KEYS, testStack } from '../support/stack';

function networkIn(s: AwsStack, props: Partial<NetworkProps> = {}): Network {
  return new Network(s, 'Network', { encryptionKey: keyIn(s), ...props });
}

function synthesized(props: Partial<NetworkProps> = {}, s = acmeStack()): Template {
  networkIn(s, props);
  return Template.synth(s);
}

/** The services of a network's endpoints. */
function endpointsOf(template: Template): string[] {
  return template
    .all('aws_vpc_endpoint')
    .map(({ service_name }) => service_name.replace('com.amazonaws.eu-north-1.', ''));
}

function namesOf(template: Template, type: string): string[] {
  return template.all(type).map(({ tags }) => tags.Name);
}

describe('a network with all defaults', () => {
  const s = acmeStack();
  const network = networkIn(s);
  const template = Template.synth(s);

  test('has 65,536 addresses, and DNS support', () => {
    expect(template.one('aws_vpc')).toMatchObject({
      cidr_block: DEFAULT_CIDR,
      enable_dns_hostnames: true,
      enable_dns_support: true,
    });
  });

  test('spans two zones, each with a private and a public subnet', () => {
    expect(namesOf(template, 'aws_subnet')).toEqual([
      'acme-dev-network-private-1',
      'acme-dev-network-private-2',
      'acme-dev-network-public-1',
      'acme-dev-network-public-2',
    ]);
    for (const each of [network.privateSubnetIds, network.publicSubnetIds, network.availabilityZones]) {
      expect(each).toHaveLength(DEFAULT_ZONES);
    }
  });

  test('uses the first zones of the region, without local zones and zones that EKS does not support', () => {
    expect(template.one('data.aws_availability_zones')).toMatchObject({
      state: 'available',
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
      exclude_zone_ids: ['use1-az3', 'usw1-az2', 'cac1-az3'],
    });
    const zones = template.all('aws_subnet').map(({ availability_zone }) => availability_zone);
    expect(zones[1]).toBe('${element(slice(data.aws_availability_zones.Network_Zones_73A0D929.names, 0, 2), 1)}');
    expect(zones[3]).toBe(zones[1]);
    // the list of zones may change, a subnet does not move
    expect(network.availabilityZones.map((zone) => template.resolve(zone))).toEqual([
      expect.stringMatching(/^\$\{aws_subnet\.Network_Private_Subnet1_\w+\.availability_zone\}$/),
      expect.stringMatching(/^\$\{aws_subnet\.Network_Private_Subnet2_\w+\.availability_zone\}$/),
    ]);
  });

  test('keeps a subnet in its zone when the list of zones changes, because a change would replace it', () => {
    for (const { lifecycle } of template.all('aws_subnet')) {
      expect(lifecycle).toEqual({ ignore_changes: ['availability_zone'], prevent_destroy: true });
    }
  });

  test('assigns no public addresses', () => {
    expect(template.all('aws_subnet').map((subnet) => subnet.map_public_ip_on_launch)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('has subnet tags for the load balancer controller of Kubernetes', () => {
    const roles = template.all('aws_subnet').map(({ tags }) => Object.keys(tags).find((key) => key !== 'Name'));
    expect(roles).toEqual([
      'kubernetes.io/role/internal-elb',
      'kubernetes.io/role/internal-elb',
      'kubernetes.io/role/elb',
      'kubernetes.io/role/elb',
    ]);
  });

  test('routes every private subnet to one NAT gateway', () => {
    expect(DEFAULT_NAT).toBe('single');
    expect(namesOf(template, 'aws_nat_gateway')).toEqual(['acme-dev-network-nat-1']);
    const routes = template.all('aws_route').filter((route) => route.nat_gateway_id !== undefined);
    expect(new Set(routes.map((route) => route.nat_gateway_id)).size).toBe(1);
    expect(new Set(routes.map((route) => route.route_table_id)).size).toBe(2);
  });

  test('has private subnet ids that depend on the default route', () => {
    const [id] = network.privateSubnetIds;
    const association = template.resource(network.node.findChild('Private').node.findChild('Association1'));
    const nat = network.node.findChild('Private').node.findChild('Nat1');
    expect(template.resolve(id)).toMatch(/^\$\{aws_route_table_association\.\w+\.subnet_id\}$/);
    expect(association.depends_on).toEqual([`aws_route.${(nat as any).friendlyUniqueId}`]);
  });

  test('has an endpoint for S3 only: with internet access the others do not prevent exfiltration', () => {
    expect(endpointsOf(template)).toEqual(['s3']);
    expect(template.one('aws_vpc_endpoint').vpc_endpoint_type).toBe('Gateway');
    expect(template.one('aws_vpc_endpoint').route_table_ids).toHaveLength(3);
    template.resourceCount('aws_security_group', 0);
  });

  test('allows only principals of the account to write through the S3 endpoint; others may read', () => {
    const policy = template.policyOf(network.node.findChild('Endpoints').node.findChild('S3'));
    expect(policy.statements.map(({ sid }) => sid)).toEqual(['OwnPrincipals', 'OthersOnlyForReading']);
    const own = { StringEquals: { 'aws:PrincipalAccount': ACME.account } };
    expect(JSON.parse(template.one('aws_vpc_endpoint').policy).Statement).toMatchObject([
      { Principal: '*', Action: ['s3:*'], Resource: ['*'], Condition: own },
      { Principal: '*', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::*/*'] },
    ]);
  });

  test('has a default security group without rules', () => {
    const group = template.one('aws_default_security_group');
    expect(group).not.toHaveProperty('ingress');
    expect(group).not.toHaveProperty('egress');
  });

  test('has an encrypted flow log of all traffic, kept for a year and protected from destruction', () => {
    expect(template.one('aws_flow_log').traffic_type).toBe('ALL');
    expect(template.one('aws_cloudwatch_log_group')).toMatchObject({
      name: '/aws/vpc/acme-dev-network-flow-log',
      retention_in_days: DEFAULT_FLOW_LOG_RETENTION_DAYS,
      kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\./),
      lifecycle: { prevent_destroy: true },
    });
    const keyPolicy = JSON.parse(template.one('aws_kms_key').policy);
    expect(keyPolicy.Statement[1].Principal).toEqual({ Service: 'logs.eu-north-1.amazonaws.com' });
  });

  test('allows the flow log service to write to that log group only, for this account only', () => {
    const role = template.one('aws_iam_role');
    expect(JSON.parse(role.assume_role_policy).Statement[0]).toMatchObject({
      Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': ACME.account } },
    });
    expect(JSON.parse(template.one('aws_iam_role_policy').policy).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: [expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.\w+\.arn\}:\*$/)],
      },
    ]);
  });
});

describe('a network without NAT', () => {
  const s = acmeStack();
  const network = networkIn(s, { nat: 'none' });
  const template = Template.synth(s);

  test('has no internet access and no public subnets', () => {
    for (const type of ['aws_internet_gateway', 'aws_nat_gateway', 'aws_eip', 'aws_route'])
      template.resourceCount(type, 0);
    expect(namesOf(template, 'aws_subnet')).toEqual(['acme-dev-network-private-1', 'acme-dev-network-private-2']);
    expect(network.publicSubnetIds).toEqual([]);
  });

  test('has an endpoint for every service in each zone, with private DNS', () => {
    expect(endpointsOf(template)).toEqual(['s3', ...[...COMMON_ENDPOINTS].sort()]);
    for (const endpoint of template.all('aws_vpc_endpoint').slice(1)) {
      expect(endpoint).toMatchObject({ vpc_endpoint_type: 'Interface', private_dns_enabled: true });
      expect(endpoint.subnet_ids).toHaveLength(2);
    }
  });

  test('allows its own addresses to reach the endpoints, over HTTPS only', () => {
    expect(template.one('aws_vpc_security_group_ingress_rule')).toMatchObject({
      cidr_ipv4: DEFAULT_CIDR,
      ip_protocol: 'tcp',
      from_port: 443,
      to_port: 443,
      description: `tcp 443 from ${DEFAULT_CIDR}`,
    });
    template.resourceCount('aws_vpc_security_group_egress_rule', 0);
  });

  test.each(COMMON_ENDPOINTS)(
    'allows only principals and resources of the account at %s, the only way out',
    (service) => {
      const { policy } = template.resource(network.node.findChild('Endpoints').node.findChild(service));
      expect(JSON.parse(policy).Statement[0].Condition).toEqual({
        StringEquals: { 'aws:PrincipalAccount': ACME.account, 'aws:ResourceAccount': [ACME.account] },
      });
    },
  );

  test('allows other requests only at sts, which exchanges tokens for roles, and pulls of images', () => {
    const endpoints = network.node.findChild('Endpoints').node;
    const more = COMMON_ENDPOINTS.filter(
      (service) => JSON.parse(template.resource(endpoints.findChild(service)).policy).Statement.length > 1,
    );
    expect(more).toEqual(['sts', 'ecr.api', 'ecr.dkr']);
  });

  test('allows pods to assume roles of the account with a token', () => {
    const { policy } = template.resource(network.node.findChild('Endpoints').node.findChild('sts'));
    expect(JSON.parse(policy).Statement[1]).toMatchObject({
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'],
      Condition: { StringEquals: { 'aws:ResourceAccount': ACME.account } },
    });
  });

  test('allows requests of others to S3 only for the AWS-owned buckets that the platform needs', () => {
    const { policy } = template.resource(network.node.findChild('Endpoints').node.findChild('S3'));
    expect(JSON.parse(policy).Statement[1].Resource).toEqual([
      'arn:aws:s3:::prod-eu-north-1-starport-layer-bucket/*',
      'arn:aws:s3:::al2023-repos-eu-north-1-de612dc2/*',
      'arn:aws:s3:::jumpstart-cache-prod-eu-north-1/*',
      'arn:aws:s3:::jumpstart-private-cache-prod-eu-north-1/*',
      'arn:aws:s3:::sagemaker-example-files-prod-eu-north-1/*',
      'arn:aws:s3:::athena-examples-eu-north-1/*',
    ]);
  });

  test('allows principals of the account to list these buckets, as models of JumpStart in many files need', () => {
    const { policy } = template.resource(network.node.findChild('Endpoints').node.findChild('S3'));
    expect(JSON.parse(policy).Statement[2]).toMatchObject({
      Action: ['s3:ListBucket'],
      Resource: expect.arrayContaining(['arn:aws:s3:::jumpstart-cache-prod-eu-north-1']),
      Condition: { StringEquals: { 'aws:PrincipalAccount': ACME.account } },
    });
  });

  test('does not allow principals of the account to write to a bucket of another account', () => {
    const { policy } = template.resource(network.node.findChild('Endpoints').node.findChild('S3'));
    expect(JSON.parse(policy).Statement[0]).toMatchObject({
      Action: ['s3:*'],
      Condition: { StringEquals: { 'aws:PrincipalAccount': ACME.account, 'aws:ResourceAccount': [ACME.account] } },
    });
  });

  // the role of an Airflow environment has no permission of ECR: MWAA pulls its image with a principal of AWS
  test.each([
    ['the only way out', template],
    ['beside NAT gateways', synthesized({ endpoints: ['ecr.api', 'ecr.dkr'] })],
  ])('allows everyone to pull, and not to push, images of every account through endpoints that are %s', (_, own) => {
    const policies = own.all('aws_vpc_endpoint').filter(({ service_name }) => `${service_name}`.includes('.ecr.'));
    expect(policies.map(({ policy }) => JSON.parse(policy as string).Statement[1])).toEqual(
      policies.map(() => ({
        Sid: 'OthersOnlyForPulling',
        Effect: 'Allow',
        Principal: '*',
        Action: [
          'ecr:GetAuthorizationToken',
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:GetDownloadUrlForLayer',
        ],
        Resource: ['*'],
      })),
    );
    expect(policies).toHaveLength(2);
  });

  test('allows resources of the accounts that it names, as of the owner of a bucket', () => {
    const shared = synthesized({ nat: 'none', endpoints: ['kms'], resourceAccounts: ['444455556666'] });
    for (const { policy } of shared.all('aws_vpc_endpoint')) {
      const { StringEquals } = JSON.parse(policy).Statement[0].Condition;
      expect(StringEquals['aws:ResourceAccount']).toEqual([ACME.account, '444455556666']);
    }
  });
});

describe('the configuration', () => {
  test('of another cidr changes the subnets', () => {
    const cidrs = synthesized({ cidr: '10.20.0.0/22' })
      .all('aws_subnet')
      .map(({ cidr_block }) => cidr_block);
    expect(cidrs).toEqual(['10.20.0.0/24', '10.20.1.0/24', '10.20.3.0/27', '10.20.3.32/27']);
  });

  test('of three zones adds to two zones and changes nothing', () => {
    const two = synthesized();
    const three = synthesized({ zones: 3 });
    expect(three.addresses()).toEqual(expect.arrayContaining(two.addresses()));
    expect(namesOf(three, 'aws_subnet')).toHaveLength(6);
  });

  test('of three zones by name requires three names', () => {
    const availabilityZones = ['eu-north-1a', 'eu-north-1b', 'eu-north-1c'];
    expect(namesOf(synthesized({ zones: 3, availabilityZones }), 'aws_subnet')).toHaveLength(6);
  });

  test('of zones by name needs no data source, and replaces a subnet when its zone changes', () => {
    const template = synthesized({ availabilityZones: ['eu-north-1b', 'eu-north-1c'] });
    template.resourceCount('data.aws_availability_zones', 0);
    expect(template.all('aws_subnet').map(({ availability_zone }) => availability_zone)).toEqual([
      'eu-north-1b',
      'eu-north-1c',
      'eu-north-1b',
      'eu-north-1c',
    ]);
    expect(template.all('aws_subnet')[0]).toHaveProperty('lifecycle', { prevent_destroy: true });
  });

  test('of NAT in each zone routes the traffic of a zone within it', () => {
    const template = synthesized({ nat: 'per-zone', zones: 3 });
    expect(namesOf(template, 'aws_nat_gateway')).toHaveLength(3);
    expect(namesOf(template, 'aws_eip')).toHaveLength(3);
    expect(template.all('aws_eip').map(({ domain }) => domain)).toEqual(['vpc', 'vpc', 'vpc']);
    const routes = template.all('aws_route').filter((route) => route.nat_gateway_id !== undefined);
    expect(new Set(routes.map((route) => route.nat_gateway_id)).size).toBe(3);
  });

  test('of endpoints creates these, with or without NAT', () => {
    expect(endpointsOf(synthesized({ endpoints: ['ecr.api', 'ecr.dkr'] }))).toEqual(['s3', 'ecr.api', 'ecr.dkr']);
    expect(endpointsOf(synthesized({ nat: 'none', endpoints: [] }))).toEqual(['s3']);
  });

  test('of endpoints of the ECS agent sets no policy, which these services refuse', () => {
    const template = synthesized({ nat: 'none', endpoints: ['ecs', 'ecs-agent', 'ecs-telemetry'] });
    const policies = template
      .all('aws_vpc_endpoint')
      .map(({ service_name, policy }) => [service_name, Boolean(policy)]);
    expect(Object.fromEntries(policies)).toEqual({
      'com.amazonaws.eu-north-1.s3': true,
      'com.amazonaws.eu-north-1.ecs': true,
      'com.amazonaws.eu-north-1.ecs-agent': false,
      'com.amazonaws.eu-north-1.ecs-telemetry': false,
    });
  });

  test.each(['studio', 'experiments'] as const)('of sagemaker.%s uses its own scheme of names', (name) => {
    const [, endpoint] = synthesized({ endpoints: [`sagemaker.${name}`] }).all('aws_vpc_endpoint');
    expect(endpoint).toMatchObject({
      service_name: `aws.sagemaker.eu-north-1.${name}`,
      vpc_endpoint_type: 'Interface',
      private_dns_enabled: true,
    });
  });

  test('of the endpoint of SQS reaches queues of this account, and those of the workers of Airflow in an account of AWS', () => {
    const [, { policy }] = synthesized({ nat: 'none', endpoints: ['sqs'] }).all('aws_vpc_endpoint') as [object, any];
    const [own, workers] = JSON.parse(policy).Statement;
    expect(own.Condition.StringEquals).toHaveProperty('aws:ResourceAccount');
    expect(workers).toMatchObject({ Sid: 'WorkersOfAirflow', Resource: ['arn:aws:sqs:eu-north-1:*:airflow-celery-*'] });
    expect(workers.Condition.StringEquals).toEqual({ 'aws:PrincipalAccount': '111122223333' });
  });

  test('of directory buckets adds a gateway, which has no address, and lets clients out to it', () => {
    const s = acmeStack();
    const network = networkIn(s, { nat: 'none', endpoints: ['s3express'] });
    network.allowAwsServices(new SecurityGroup(s, 'Job', { network, description: 'Job' }));
    const template = Template.synth(s);
    const gateway = template.resource(network.node.findChild('Endpoints').node.findChild('s3express'));
    expect(gateway).toMatchObject({
      service_name: 'com.amazonaws.eu-north-1.s3express',
      vpc_endpoint_type: 'Gateway',
      route_table_ids: expect.any(Array),
    });
    expect(gateway).not.toHaveProperty('subnet_ids');
    expect(JSON.parse(gateway.policy).Statement[0].Condition.StringEquals).toHaveProperty('aws:ResourceAccount');
    const lists = template.all('aws_vpc_security_group_egress_rule').map(({ prefix_list_id }) => prefix_list_id);
    expect(lists.filter(Boolean)).toHaveLength(2);
  });

  test('of a shorter flow log retention adds a waiver', () => {
    const s = acmeStack();
    networkIn(s, { flowLogRetentionDays: 30 });
    expect(Template.synth(s).one('aws_cloudwatch_log_group').retention_in_days).toBe(30);
    expect(waiversOf(s).map(({ check }) => check)).toContain('CKV_AWS_338');
    const year = acmeStack();
    networkIn(year);
    expect(waiversOf(year).map(({ check }) => check)).not.toContain('CKV_AWS_338');
  });

  test.each(TWO_KEYS)(
    'of removal: stack %s, network %s, the flow log may be destroyed: %s',
    (ofStack, removal, may) => {
      const template = synthesized({ removal }, acmeStack({ removal: ofStack }));
      expect(template.one('aws_cloudwatch_log_group').lifecycle?.prevent_destroy ?? false).toBe(!may);
    },
  );

  test('of the aws-eusc partition uses its endpoint names for ECR', () => {
    const endpoints = ['ecr.api', 'ecr.dkr', 'logs'] as const;
    const template = synthesized({ endpoints }, acmeStack({ region: 'eusc-de-east-1' }));
    expect(template.all('aws_vpc_endpoint').map(({ service_name }) => service_name)).toEqual([
      'com.amazonaws.eusc-de-east-1.s3',
      'eu.amazonaws.eusc-de-east-1.ecr.api',
      'eu.amazonaws.eusc-de-east-1.ecr.dkr',
      'com.amazonaws.eusc-de-east-1.logs',
    ]);
  });

  test('of a name is the first part of all names', () => {
    const template = synthesized({ name: 'ml' });
    expect(template.one('aws_vpc').tags).toEqual({ Name: 'acme-dev-ml' });
    expect(namesOf(template, 'aws_internet_gateway')).toEqual(['acme-dev-ml']);
  });

  test('of a region in China uses the endpoint and bucket names of its partition', () => {
    const template = synthesized(
      { nat: 'none', endpoints: ['ecr.api', 'logs', 'athena', 'glue'] },
      acmeStack({ region: 'cn-north-1' }),
    );
    expect(template.all('aws_vpc_endpoint').map(({ service_name }) => service_name)).toEqual([
      'com.amazonaws.cn-north-1.s3',
      'cn.com.amazonaws.cn-north-1.athena',
      'cn.com.amazonaws.cn-north-1.ecr.api',
      'com.amazonaws.cn-north-1.glue',
      'com.amazonaws.cn-north-1.logs',
    ]);
    expect(template.all('aws_vpc_endpoint')[0]!.policy).toContain(
      'arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*',
    );
  });

  test('that is known only at deploy time passes every check', () => {
    const s = acmeStack();
    const cidr = new TerraformVariable(s, 'cidr', { type: 'string' }).stringValue;
    networkIn(s, { cidr, nat: 'none' });
    const template = Template.synth(s);
    expect(template.one('aws_vpc').cidr_block).toBe('${var.cidr}');
    expect(template.one('aws_vpc_security_group_ingress_rule').cidr_ipv4).toBe('${var.cidr}');
  });
});

describe('AWS services', () => {
  function rulesOf(props: Partial<NetworkProps>): unknown[] {
    const s = acmeStack();
    const network = networkIn(s, props);
    network.allowAwsServices(new SecurityGroup(s, 'Workers', { network, description: 'workers' }));
    return Template.synth(s)
      .all('aws_vpc_security_group_egress_rule')
      .map(({ cidr_ipv4, prefix_list_id, to_port }) => [cidr_ipv4 ?? prefix_list_id, to_port]);
  }

  test('are allowed at any address with internet access', () => {
    expect(rulesOf({})).toEqual([['0.0.0.0/0', 443]]);
  });

  test('are allowed only at the endpoints without internet access', () => {
    expect(rulesOf({ nat: 'none' })).toEqual([
      [DEFAULT_CIDR, 443],
      [expect.stringMatching(/^\$\{aws_vpc_endpoint\.Network_Endpoints_S3_\w+\.prefix_list_id\}$/), 443],
    ]);
  });
});

describe('an invalid network', () => {
  const failure = (props: object): (() => void) => {
    return () => networkIn(acmeStack(), props);
  };

  test.each<[string, string]>([
    [
      '10.0.0.0',
      "'cidr' must be four numbers up to 255 and a prefix length up to 32, got '10.0.0.0'; write for example 10.20.0.0/16",
    ],
    ['10.0.1.0/16', "'cidr' must not have host bits, got '10.0.1.0/16'; write 10.0.0.0/16"],
    [
      '10.0.0.0/15',
      "'cidr' must have a prefix length from /16 to /22, got '10.0.0.0/15'; choose another length, AWS allows at most /16 and the subnets need at least /22",
    ],
    [
      '10.0.0.0/23',
      "'cidr' must have a prefix length from /16 to /22, got '10.0.0.0/23'; choose another length, AWS allows at most /16 and the subnets need at least /22",
    ],
    [
      '11.0.0.0/16',
      "'cidr' must be within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, got '11.0.0.0/16'; choose private addresses, others are routed on the internet",
    ],
    [
      '172.17.0.0/20',
      "'cidr' must not overlap 172.17.0.0/16, got '172.17.0.0/20'; choose another block, SageMaker's hosts use this one",
    ],
  ])('with cidr %s is refused', (cidr, message) => {
    expect(failure({ cidr })).toThrow(`test/Network: 1 invalid property\n  - ${message}`);
  });

  test('is refused with one error for all properties', () => {
    const props = { zones: 4, nat: 'two', endpoints: ['sts', 's4'], flowLogRetentionDays: 31, cidr: '10.0.0.0/8' };
    expect(failure(props)).toThrow(
      [
        'test/Network: 5 invalid properties',
        "  - 'zones' must be one of 2, 3, got '4'",
        "  - 'nat' must be one of none, single, per-zone, got 'two'",
        "  - 'flowLogRetentionDays' must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got '31'",
        "  - 'cidr' must have a prefix length from /16 to /22, got '10.0.0.0/8'; choose another length, AWS allows at most /16 and the subnets need at least /22",
        "  - 'endpoints[1]' must be one of sagemaker.api, sagemaker.runtime, sts, ecr.api, ecr.dkr, logs, kms, secretsmanager, events, monitoring, athena, glue, sagemaker.featurestore-runtime, sagemaker.metrics, sagemaker.studio, sagemaker.experiments, batch, ecs, ecs-agent, ecs-telemetry, elasticfilesystem, fsx, ssm, ssmmessages, airflow.api, airflow.env, sqs, s3express, got 's4'",
      ].join('\n'),
    );
  });

  test.each([
    ['too few', ['eu-north-1a']],
    ['too many', ['eu-north-1a', 'eu-north-1b', 'eu-north-1c']],
    ['the same twice', ['eu-north-1a', 'eu-north-1a']],
  ])('with %s zone names is refused', (_, availabilityZones) => {
    expect(failure({ availabilityZones })).toThrow(
      `test/Network: 1 invalid property\n  - 'availabilityZones' must be 2 different zones, as many as 'zones', got ${availabilityZones.join(', ')}`,
    );
  });
});

describe('an existing network', () => {
  const attributes = {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    privateSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
  };

  test('needs no data source for its attributes', () => {
    const s = testStack();
    const network = Network.fromNetworkAttributes(s, 'Network', attributes);
    expect(network).toMatchObject({ ...attributes, publicSubnetIds: [] });
    expect(Template.synth(s).json).not.toHaveProperty('data');
  });

  test('reads its addresses and zones only if they are used', () => {
    const s = testStack();
    const network = Network.fromNetworkAttributes(s, 'Network', attributes);
    new TerraformOutput(s, 'cidr', { value: network.vpcCidr });
    new TerraformOutput(s, 'zones', { value: [...network.availabilityZones, ...network.availabilityZones] });
    const template = Template.synth(s);
    expect(template.one('data.aws_vpc').id).toBe(attributes.vpcId);
    expect(template.all('data.aws_subnet').map(({ id }) => id)).toEqual(attributes.privateSubnetIds);
    expect(template.outputs.cidr!.value).toMatch(/^\$\{data\.aws_vpc\.\w+\.cidr_block\}$/);
  });

  test('uses given attributes instead of data sources', () => {
    const s = testStack();
    const given = { ...attributes, vpcCidr: '10.0.0.0/16', availabilityZones: ['eu-north-1a', 'eu-north-1b'] };
    expect(Network.fromNetworkAttributes(s, 'Network', given)).toMatchObject(given);
  });

  test('may have ids known only at deploy time, but not an unknown number of subnets', () => {
    const s = testStack();
    const vpcId = new TerraformVariable(s, 'vpc', { type: 'string' }).stringValue;
    const list = new TerraformVariable(s, 'subnets', { type: 'list(string)' }).listValue;
    const privateSubnetIds = [0, 1].map((index) => Token.asString(Fn.element(list, index)));
    const network = Network.fromNetworkAttributes(s, 'Network', { vpcId, privateSubnetIds });
    new TerraformOutput(s, 'subnetIds', { value: network.privateSubnetIds });
    expect(Template.synth(s).outputs.subnetIds!.value).toEqual([
      '${element(var.subnets, 0)}',
      '${element(var.subnets, 1)}',
    ]);
    expect(() => Network.fromNetworkAttributes(s, 'Whole', { vpcId, privateSubnetIds: list })).toThrow(
      "test/Whole: 1 invalid property\n  - 'privateSubnetIds' must be a list of known length, got a token; write its elements: [Fn.element(list, 0), ...]",
    );
  });

  test('allows clients to reach AWS services at any address', () => {
    const s = testStack();
    const network = Network.fromNetworkAttributes(s, 'Network', attributes);
    network.allowAwsServices(new SecurityGroup(s, 'Workers', { network, description: 'workers' }));
    expect(Template.synth(s).one('aws_vpc_security_group_egress_rule')).toMatchObject({
      cidr_ipv4: '0.0.0.0/0',
      to_port: 443,
    });
  });

  test('can have endpoints and a flow log', () => {
    const s = acmeStack();
    const network = Network.fromNetworkAttributes(s, 'Network', { ...attributes, vpcCidr: '10.0.0.0/16' });
    const { vpcId } = network;
    new Endpoints(s, 'Endpoints', { network, services: ['sts'], routeTableIds: ['rtb-0a1b2c3d'], isolated: false });
    new FlowLog(s, 'FlowLog', {
      vpcId,
      encryptionKey: Key.fromKeyArn(s, 'Key', 'arn:aws:kms:eu-north-1:111122223333:key/1'),
    });
    const template = Template.synth(s);
    expect(endpointsOf(template)).toEqual(['s3', 'sts']);
    expect(template.one('aws_flow_log').vpc_id).toBe(vpcId);
  });

  test('gets the endpoints that it asks for: in one subnet of each zone, with DNS checked at plan time', () => {
    const s = acmeStack();
    Network.fromNetworkAttributes(s, 'Network', {
      ...attributes,
      endpoints: ['sts', 'athena'],
      routeTableIds: ['rtb-0a1b2c3d'],
    });
    const template = Template.synth(s);
    expect(endpointsOf(template)).toEqual(['s3', 'athena', 'sts']);
    const [s3, athena] = template.all('aws_vpc_endpoint');
    expect(s3!.route_table_ids).toEqual(['rtb-0a1b2c3d']);
    expect(athena!.subnet_ids).toMatch(
      /^\$\{values\(zipmap\(\[data\.aws_subnet\.\w+\.availability_zone, data\.aws_subnet\.\w+\.availability_zone\], \["subnet-/,
    );
    expect(JSON.parse(athena!.policy).Statement[0].Condition).toEqual({
      StringEquals: { 'aws:PrincipalAccount': ACME.account }, // whether there is another way out is not known
    });
    expect(template.one('data.aws_vpc').lifecycle.postcondition).toEqual([
      {
        condition: '${self.enable_dns_support && self.enable_dns_hostnames}',
        error_message:
          'vpc-0a1b2c3d4e5f60718 must have DNS support and DNS host names for interface endpoints; turn both on in the VPC, or remove endpoints',
      },
    ]);
  });

  test('gets no endpoint for S3 without route tables, and none at all by default', () => {
    const s = acmeStack();
    Network.fromNetworkAttributes(s, 'Network', { ...attributes, endpoints: ['sts'] });
    expect(endpointsOf(Template.synth(s))).toEqual(['sts']);
    const plain = acmeStack();
    Network.fromNetworkAttributes(plain, 'Network', attributes);
    Template.synth(plain).resourceCount('aws_vpc_endpoint', 0);
  });

  test('gets a gateway for directory buckets in its route tables, and is refused without them', () => {
    const s = acmeStack();
    const routeTableIds = ['rtb-0a1b2c3d4e5f60718'];
    Network.fromNetworkAttributes(s, 'Network', { ...attributes, endpoints: ['s3express'], routeTableIds });
    const template = Template.synth(s);
    expect(endpointsOf(template)).toEqual(['s3', 's3express']);
    template.resourceCount('data.aws_vpc', 0); // a gateway needs no DNS settings
    const without = { ...attributes, endpoints: ['s3express'] as const };
    expect(() => Network.fromNetworkAttributes(acmeStack(), 'Network', without)).toThrow(
      "'endpoints' s3express needs 'routeTableIds': a gateway endpoint is reached by routes; add the tables, or remove it",
    );
  });

  test('refuses accounts that are not limited, services without an endpoint, and other ids than of route tables', () => {
    expect(() => networkIn(acmeStack(), { resourceAccounts: ['444455556666', '4'] })).toThrow(
      [
        'test/Network: 2 invalid properties',
        "  - 'resourceAccounts' has no effect with 'nat' single, whose endpoints do not limit resources; remove it",
        "  - 'resourceAccounts[1]' must be an account number of twelve digits, got '4'",
      ].join('\n'),
    );
    const wrong = { ...attributes, endpoints: ['s4' as 'sts'], routeTableIds: ['main'] };
    expect(() => Network.fromNetworkAttributes(acmeStack(), 'Network', wrong)).toThrow(
      [
        'test/Network: 2 invalid properties',
        "  - 'endpoints[0]' must be one of sagemaker.api, sagemaker.runtime, sts, ecr.api, ecr.dkr, logs, kms, secretsmanager, events, monitoring, athena, glue, sagemaker.featurestore-runtime, sagemaker.metrics, sagemaker.studio, sagemaker.experiments, batch, ecs, ecs-agent, ecs-telemetry, elasticfilesystem, fsx, ssm, ssmmessages, airflow.api, airflow.env, sqs, s3express, got 's4'",
        "  - 'routeTableIds[0]' must be a route table id such as rtb-0a1b2c3d4e5f60718, got 'main'",
      ].join('\n'),
    );
  });

  test('is refused with one error for all properties', () => {
    const wrong = {
      vpcId: 'vpc',
      privateSubnetIds: ['subnet-1', 'subnet-1'],
      publicSubnetIds: ['rtb-0a1b2c3d'],
      vpcCidr: 'all',
    };
    expect(() => Network.fromNetworkAttributes(testStack(), 'Network', wrong)).toThrow(
      [
        'test/Network: 6 invalid properties',
        "  - 'vpcId' must be a VPC id such as vpc-0a1b2c3d4e5f60718, got 'vpc'",
        "  - 'privateSubnetIds' must be at least 2 different subnets, got subnet-1, subnet-1",
        "  - 'vpcCidr' must be an IPv4 block such as 10.0.0.0/16, got 'all'",
        "  - 'privateSubnetIds[0]' must be a subnet id such as subnet-0a1b2c3d4e5f60718, got 'subnet-1'",
        "  - 'privateSubnetIds[1]' must be a subnet id such as subnet-0a1b2c3d4e5f60718, got 'subnet-1'",
        "  - 'publicSubnetIds[0]' must be a subnet id such as subnet-0a1b2c3d4e5f60718, got 'rtb-0a1b2c3d'",
      ].join('\n'),
    );
  });
});
