import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { DefaultTokenResolver, StringConcat, type TerraformResource, TerraformStack, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from '../core/input-error';
import { waive } from '../core/waivers';
import { Ipv4Block } from './ipv4-block';
import type { Port } from './port';
import type { ISecurityGroup } from './security-group';

/** Something in a network that can be connected to and from. */
export interface IConnectable extends IConstruct {
  readonly connections: Connections;
}

/** The other end of a rule. */
interface Peer {
  /** Tells peers apart. */
  readonly key: string;
  /** For the rule's id and description; no token in the id. */
  readonly id: string;
  readonly description: string;
  readonly target: { referencedSecurityGroupId: string } | { cidrIpv4: string } | { prefixListId: string };
}

type Direction = 'From' | 'To';

/** Rules made so far, by the root of the construct tree: the service refuses a rule that is there already. */
const made = new WeakMap<IConstruct, Set<string>>();

/**
 * Which connections a security group lets through; nothing but what is said here.
 *
 * Between two groups the rule is made on both: out of the one, into the other. Both rules belong to the group that is
 * asked, so between two stacks ask the one that is deployed later: it may refer to the earlier stack, never the other way.
 * Saying the same twice, or once from each side, is saying it once.
 *
 * @example
 * database.connections.allowFrom(trainer, Port.tcp(5432));
 */
export class Connections {
  constructor(private readonly group: ISecurityGroup) {}

  /** Lets this end open connections to `peer`. */
  public allowTo(peer: IConnectable, port: Port): void {
    const other = peer.connections.group;
    this.rule(this.group, 'To', this.groupPeer(other), port);
    this.rule(other, 'From', this.groupPeer(this.group), port);
  }

  /** Lets `peer` open connections to this end. */
  public allowFrom(peer: IConnectable, port: Port): void {
    const other = peer.connections.group;
    this.rule(this.group, 'From', this.groupPeer(other), port);
    this.rule(other, 'To', this.groupPeer(this.group), port);
  }

  /** Lets what shares this security group talk to each other, as the nodes of a training job do. */
  public allowWithin(port: Port): void {
    this.allowTo(this.group, port);
  }

  /** @param cidr e.g. `10.0.0.0/16` */
  public allowFromCidr(cidr: string, port: Port): void {
    this.rule(this.group, 'From', this.cidrPeer(cidr), port);
  }

  /** @param cidr e.g. `10.0.0.0/16` */
  public allowToCidr(cidr: string, port: Port): void {
    this.rule(this.group, 'To', this.cidrPeer(cidr), port);
  }

  /**
   * Lets this end open connections to every address that its subnet has a route to.
   *
   * @param reason why no narrower peer will do: scanners find such a rule, and it is accepted with these words
   */
  public allowToAnywhere(port: Port, reason: string): void {
    const rule = this.rule(this.group, 'To', this.cidrPeer('0.0.0.0/0'), port);
    if (rule) waive(rule, reason, 'AWS-0104');
  }

  /** @param prefixListId e.g. `network.s3PrefixListId`: a gateway endpoint is reached at public addresses */
  public allowToPrefixList(prefixListId: string, port: Port): void {
    const id = this.literal(prefixListId);
    this.rule(this.group, 'To', { key: id, id, description: prefixListId, target: { prefixListId } }, port);
  }

  /** @returns `undefined` where the rule is there already */
  private rule(group: ISecurityGroup, direction: Direction, peer: Peer, port: Port): TerraformResource | undefined {
    const { root } = this.group.node;
    const known = made.get(root) ?? new Set();
    made.set(root, known);
    const key = [group.securityGroupId, direction, peer.key, this.literal(`${port}`)].join(' ');
    if (known.has(key)) return undefined;
    known.add(key);

    const subject = group === this.group ? '' : `${this.nameOf(group)}-`;
    const id = this.literal(`${subject}${direction}-${peer.id}-${port}`).replace(/\W+/g, '-');
    const Rule = direction === 'From' ? VpcSecurityGroupIngressRule : VpcSecurityGroupEgressRule;
    return new Rule(this.group, id, {
      securityGroupId: group.securityGroupId,
      description: `${port} ${direction.toLowerCase()} ${peer.description}`,
      ipProtocol: port.protocol,
      fromPort: port.from,
      toPort: port.to,
      ...peer.target,
    });
  }

  private groupPeer(group: ISecurityGroup): Peer {
    const { securityGroupId } = group;
    const name = this.nameOf(group);
    return {
      key: securityGroupId,
      id: name,
      description: name,
      target: { referencedSecurityGroupId: securityGroupId },
    };
  }

  private cidrPeer(cidr: string): Peer {
    const id = this.literal(cidr);
    if (id === cidr && !Ipv4Block.parse(cidr)) {
      throw new InputError(
        `${this.group.node.path}: '${cidr}' is not a block of IPv4 addresses: write it like 10.0.0.0/16, without address bits after the prefix`,
      );
    }
    return { key: id, id, description: cidr, target: { cidrIpv4: cidr } };
  }

  /** Path within the stack; across stacks with the stack's id. */
  private nameOf(group: ISecurityGroup): string {
    const stack = TerraformStack.of(group);
    const isNear = stack === TerraformStack.of(this.group);
    return group.node.scopes
      .slice(stack.node.scopes.length - (isNear ? 0 : 1))
      .map(({ node }) => node.id)
      .join('/');
  }

  /** A value as it will stand in the configuration: the same in every synthesis, where the text of a token is not. */
  private literal(value: string): string {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return Tokenization.resolve(value, { scope: this.group, resolver, preparing: false }) as string;
  }
}
