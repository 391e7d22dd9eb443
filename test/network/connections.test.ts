import { type TerraformStack, TerraformVariable } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import { waiversOf } from '../../lib/core/waivers';
import { Network } from '../../lib/network/network';
import { Port } from '../../lib/network/port';
import { SecurityGroup } from '../../lib/network/security-group';
import { Template, testApp } from '../../lib/testing';
import { acmeStack, testStack } from '../support/stack';

const POSTGRES = Port.tcp(5432);

function groupIn(stack: TerraformStack, id: string): SecurityGroup {
  const network =
    stack.node.tryFindChild('Network') ??
    Network.fromNetworkAttributes(stack, 'Network', {
      vpcId: 'vpc-0a1b2c3d4e5f60718',
      privateSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
    });
  return new SecurityGroup(stack, id, { network: network as Network, description: `${id} of the test` });
}

/** All rules, each as `group direction peer port`. */
function rules(template: Template): string[] {
  const read = (type: string, direction: string) =>
    template.all(type).map((rule) => {
      const peer = rule.referenced_security_group_id ?? rule.cidr_ipv4 ?? rule.prefix_list_id;
      const ports = rule.from_port === undefined ? 'all' : `${rule.ip_protocol} ${rule.from_port}-${rule.to_port}`;
      return [rule.security_group_id, direction, peer, ports]
        .join(' ')
        .replace(/\$\{aws_security_group\.(\w+)_\w{8}\.id\}/g, '$1');
    });
  return [
    ...read('aws_vpc_security_group_ingress_rule', 'from'),
    ...read('aws_vpc_security_group_egress_rule', 'to'),
  ].sort();
}

describe('a security group', () => {
  test('has no rules by default', () => {
    const stack = testStack();
    groupIn(stack, 'Database');
    const template = Template.synth(stack);
    expect(template.one('aws_security_group')).toEqual({
      name: 'database',
      vpc_id: 'vpc-0a1b2c3d4e5f60718',
      description: 'Database of the test',
      lifecycle: { ignore_changes: ['description'] },
      tags: { Name: 'database' },
    });
    expect(rules(template)).toEqual([]);
  });

  test('has the prefix of the stack and the given name', () => {
    const stack = acmeStack();
    const { node } = groupIn(stack, 'Database');
    const network = node.scope!.node.findChild('Network') as Network;
    new SecurityGroup(stack, 'Named', { network, description: 'named', name: 'registry' });
    const names = Template.synth(stack)
      .all('aws_security_group')
      .map(({ name }) => name);
    expect(names).toEqual(['acme-dev-database', 'acme-dev-registry']);
  });

  test('needs a description; its name has at most 255 characters with its prefix', () => {
    const stack = testStack();
    const { node } = groupIn(stack, 'Database');
    const network = node.scope!.node.findChild('Network') as Network;
    const make = (id: string, props: { description?: string; name?: string }) =>
      new SecurityGroup(stack, id, { network, description: 'test', ...props });
    expect(() => make('Empty', { description: '' })).toThrow("'description' must be 1 to 255 letters");
    expect(() => make('Longest', { name: 'x'.repeat(255) })).not.toThrow();
    expect(() => make('TooLong', { name: 'x'.repeat(256) })).toThrow('has 256 characters, the limit is 255');
  });

  test('one error lists every invalid property', () => {
    const stack = testStack();
    const { node } = groupIn(stack, 'Database');
    const network = node.scope!.node.findChild('Network') as Network;
    expect(() => new SecurityGroup(stack, 'Bad', { network, description: 'für alle', name: 'a\nb' })).toThrow(
      [
        'test/Bad: 2 invalid properties',
        "  - 'description' must be 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, got 'für alle'",
        "  - 'name' must be letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, got 'a\\nb'",
      ].join('\n'),
    );
  });
});

describe('a connection between two groups', () => {
  test.each([
    ['allowTo', (trainer: SecurityGroup, database: SecurityGroup) => trainer.connections.allowTo(database, POSTGRES)],
    [
      'allowFrom',
      (trainer: SecurityGroup, database: SecurityGroup) => database.connections.allowFrom(trainer, POSTGRES),
    ],
  ])('by %s has a rule on both: egress of the client, ingress of the server', (_, allow) => {
    const stack = testStack();
    allow(groupIn(stack, 'Trainer'), groupIn(stack, 'Database'));
    expect(rules(Template.synth(stack))).toEqual([
      'Database from Trainer tcp 5432-5432',
      'Trainer to Database tcp 5432-5432',
    ]);
  });

  test('has descriptions that name the other group', () => {
    const stack = testStack();
    groupIn(stack, 'Trainer').connections.allowTo(groupIn(stack, 'Database'), POSTGRES);
    const template = Template.synth(stack);
    expect(template.one('aws_vpc_security_group_ingress_rule').description).toBe('tcp 5432 from Trainer');
    expect(template.one('aws_vpc_security_group_egress_rule').description).toBe('tcp 5432 to Database');
  });

  test('is made once, also when requested twice and from both sides', () => {
    const stack = testStack();
    const [trainer, database] = [groupIn(stack, 'Trainer'), groupIn(stack, 'Database')];
    trainer.connections.allowTo(database, POSTGRES);
    trainer.connections.allowTo(database, Port.tcp(5432));
    database.connections.allowFrom(trainer, POSTGRES);
    expect(rules(Template.synth(stack))).toHaveLength(2);
  });

  test('is a separate one at another port', () => {
    const stack = testStack();
    const [trainer, database] = [groupIn(stack, 'Trainer'), groupIn(stack, 'Database')];
    trainer.connections.allowTo(database, POSTGRES);
    trainer.connections.allowTo(database, Port.tcpRange(9000, 9100));
    trainer.connections.allowTo(database, Port.udp(8125));
    trainer.connections.allowTo(database, Port.all());
    expect(rules(Template.synth(stack)).filter((rule) => rule.startsWith('Database'))).toEqual([
      'Database from Trainer all',
      'Database from Trainer tcp 5432-5432',
      'Database from Trainer tcp 9000-9100',
      'Database from Trainer udp 8125-8125',
    ]);
  });

  test('may be with an existing group', () => {
    const stack = testStack();
    const office = SecurityGroup.fromSecurityGroupId(stack, 'Office', 'sg-0a1b2c3d');
    const again = SecurityGroup.fromSecurityGroupId(stack, 'Again', 'sg-0a1b2c3d');
    const database = groupIn(stack, 'Database');
    database.connections.allowFrom(office, POSTGRES);
    again.connections.allowTo(database, POSTGRES);
    expect(rules(Template.synth(stack))).toEqual([
      'Database from sg-0a1b2c3d tcp 5432-5432',
      'sg-0a1b2c3d to Database tcp 5432-5432',
    ]);
  });

  test('may be within one group', () => {
    const stack = testStack();
    groupIn(stack, 'Nodes').connections.allowWithin(Port.all());
    expect(rules(Template.synth(stack))).toEqual(['Nodes from Nodes all', 'Nodes to Nodes all']);
  });

  test('between two stacks belongs to the stack of the group whose method is called', () => {
    const app = testApp();
    const [foundation, data] = ['foundation', 'data'].map((id) => new AwsStack(app, id, { region: 'eu-north-1' }));
    const office = groupIn(foundation!, 'Office');
    groupIn(data!, 'Database').connections.allowFrom(office, POSTGRES);
    expect(rules(Template.synth(foundation!))).toEqual([]);
    const template = Template.synth(data!);
    expect(rules(template)).toHaveLength(2);
    expect(template.one('aws_vpc_security_group_ingress_rule').description).toBe('tcp 5432 from foundation/Office');
    expect(data!.dependsOn(foundation!)).toBe(true);
  });
});

describe('a connection with addresses', () => {
  test('has a rule on this group only', () => {
    const stack = testStack();
    const { connections } = groupIn(stack, 'Server');
    connections.allowFromCidr('10.0.0.0/8', Port.tcp(443));
    connections.allowToCidr('192.168.0.0/16', Port.tcp(25));
    connections.allowToAnywhere(Port.tcp(443), 'packages come from everywhere');
    connections.allowToPrefixList('pl-0a1b2c3d', Port.tcp(443));
    expect(rules(Template.synth(stack))).toEqual([
      'Server from 10.0.0.0/8 tcp 443-443',
      'Server to 0.0.0.0/0 tcp 443-443',
      'Server to 192.168.0.0/16 tcp 25-25',
      'Server to pl-0a1b2c3d tcp 443-443',
    ]);
  });

  test('to anywhere needs a reason, which becomes a waiver', () => {
    const stack = testStack();
    const { connections } = groupIn(stack, 'Server');
    connections.allowToAnywhere(Port.tcp(443), 'packages come from everywhere');
    connections.allowToAnywhere(Port.tcp(443), 'a second reason');
    const [address] = Object.keys(Template.synth(stack).resources('aws_vpc_security_group_egress_rule'));
    expect(waiversOf(stack)).toEqual([{ address, check: 'AWS-0104', reason: 'packages come from everywhere' }]);
  });

  test('may be known only at deploy time, and keeps its Terraform address when other tokens are made before it', () => {
    const addresses = [false, true].map((more) => {
      const stack = testStack();
      const variable = (id: string, type: string) => new TerraformVariable(stack, id, { type });
      if (more) variable('another', 'string').stringValue.toString();
      const { connections } = groupIn(stack, 'Server');
      connections.allowFromCidr(
        variable('office', 'string').stringValue,
        Port.tcp(variable('port', 'number').numberValue),
      );
      const template = Template.synth(stack);
      expect(rules(template)).toEqual(['Server from ${var.office} tcp ${var.port}-${var.port}']);
      return template.addresses();
    });
    expect(addresses[0]).toEqual(addresses[1]);
    expect(addresses[0]![1]).toMatch(
      /^aws_vpc_security_group_ingress_rule\.Server_From-var-office-tcp-var-port-?_\w{8}$/,
    );
  });

  test('is refused if it is not an IPv4 block', () => {
    const { connections } = groupIn(testStack(), 'Server');
    expect(() => connections.allowFromCidr('10.0.0.1/8', POSTGRES)).toThrow(
      "test/Server: 'cidr' must be an IPv4 block such as 10.0.0.0/16, without host bits, got '10.0.0.1/8'",
    );
  });
});

describe('a port', () => {
  test('may be the first or last one, or a range of one port', () => {
    expect([Port.tcp(1), Port.udp(65_535), Port.tcpRange(443, 443)].map(String)).toEqual([
      'tcp 1',
      'udp 65535',
      'tcp 443',
    ]);
    expect(() => Port.tcpRange(444, 443)).toThrow('a range of ports must begin with the lower one');
  });

  test.each([
    ['is too low', () => Port.tcp(0), 'port must be a whole number between 1 and 65535, got 0'],
    ['is too high', () => Port.udp(65_536), 'port must be a whole number between 1 and 65535, got 65536'],
    ['is not a whole number', () => Port.tcp(80.5), 'port must be a whole number between 1 and 65535, got 80.5'],
    [
      'ends a range above the limit',
      () => Port.tcpRange(1, 70_000),
      'port must be a whole number between 1 and 65535, got 1-70000',
    ],
    [
      'starts a range above its end',
      () => Port.tcpRange(90, 80),
      'a range of ports must begin with the lower one, got 90-80; write 80, 90',
    ],
  ])('that %s is refused', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

test.each([
  ['a name that begins as ids do', 'sg-tools'],
  ['the name of the default group of a VPC', 'default'],
])('%s is refused: EC2 reserves it', (_, name) => {
  const stack = testStack();
  const network = Network.fromNetworkAttributes(stack, 'Network', {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    privateSubnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
  });
  expect(() => new SecurityGroup(stack, 'Group', { network, name, description: 'tools' })).toThrow(
    `test/Group: 1 invalid property\n  - 'name' must not be default, nor begin with sg- as ids do, got '${name}' with the stack's prefix; choose another name or prefix`,
  );
});
