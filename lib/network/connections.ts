import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { DefaultTokenResolver, StringConcat, type TerraformResource, TerraformStack, Tokenization } from 'cdktf';
import type { IConstruct } from 'constructs';
import { InputError } from '../core/input-error';
import { waive } from '../core/waivers';
import { Ipv4Block } from './ipv4-block';
import type { Port } from './port';
import type { ISecurityGroup } from './security-group';

/** A construct with network connections, e.g. a security group or a database. */
export interface IConnectable extends IConstruct {
  readonly connections: Connections;
}

/** The other end of a rule. */
interface Peer {
  /** Identifies the peer. */
  readonly key: string;
  /** Part of the rule's id; contains no token. */
  readonly id: string;
  readonly description: string;
  readonly target: { referencedSecurityGroupId: string } | { cidrIpv4: string } | { prefixListId: string };
}

type Direction = 'From' | 'To';

/** Existing rules, by the root of the construct tree: EC2 refuses a duplicate rule. */
const made = new WeakMap<IConstruct, Set<string>>();

/**
 * The connections that a security group allows. By default it allows none.
 *
 * Between two groups there are two rules: egress from the client, ingress to the server. Both belong to the stack of
 * the group whose method is called. Across two stacks, call it on the group of the stack that is deployed later,
 * because only that stack may refer to the other. A repeated call, on either side, has no effect.
 *
 * @example
 * database.connections.allowFrom(trainer, Port.tcp(5432));
 */
export class Connections {
  constructor(private readonly group: ISecurityGroup) {}

  /** Allows connections from this group to `peer`. */
  public allowTo(peer: IConnectable, port: Port): void {
    const other = peer.connections.group;
    this.rule(this.group, 'To', this.groupPeer(other), port);
    this.rule(other, 'From', this.groupPeer(this.group), port);
  }

  /** Allows connections from `peer` to this group. */
  public allowFrom(peer: IConnectable, port: Port): void {
    const other = peer.connections.group;
    this.rule(this.group, 'From', this.groupPeer(other), port);
    this.rule(other, 'To', this.groupPeer(this.group), port);
  }

  /** Allows connections among the members of this group, e.g. the nodes of a training job. */
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
   * Allows connections from this group to every address.
   *
   * @param reason why no narrower peer is possible; it becomes the reason of the scanner waiver
   */
  public allowToAnywhere(port: Port, reason: string): void {
    const rule = this.rule(this.group, 'To', this.cidrPeer('0.0.0.0/0'), port);
    if (rule) waive(rule, reason, 'AWS-0104');
  }

  /** @param prefixListId e.g. `network.s3PrefixListId`: clients reach a gateway endpoint at public addresses */
  public allowToPrefixList(prefixListId: string, port: Port): void {
    const id = this.literal(prefixListId);
    this.rule(this.group, 'To', { key: id, id, description: prefixListId, target: { prefixListId } }, port);
  }

  /** @returns `undefined` if the rule exists already */
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
        `${this.group.node.path}: 'cidr' must be an IPv4 block such as 10.0.0.0/16, without host bits, got '${cidr}'`,
      );
    }
    return { key: id, id, description: cidr, target: { cidrIpv4: cidr } };
  }

  /** Path within the stack; for a group of another stack, with the id of its stack. */
  private nameOf(group: ISecurityGroup): string {
    const stack = TerraformStack.of(group);
    const isNear = stack === TerraformStack.of(this.group);
    return group.node.scopes
      .slice(stack.node.scopes.length - (isNear ? 0 : 1))
      .map(({ node }) => node.id)
      .join('/');
  }

  /** The resolved value: the same in every synthesis, unlike the text of a token. */
  private literal(value: string): string {
    const resolver = new DefaultTokenResolver(new StringConcat());
    return Tokenization.resolve(value, { scope: this.group, resolver, preparing: false }) as string;
  }
}
