import { SecurityGroup as AwsSecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { deployedName } from '../core/kept/deployed-name';
import { claimName, nameOf } from '../core/names';
import { Properties } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';
import { Connections, type IConnectable } from './connections';
import type { INetwork } from './network';

const MAX_NAME_LENGTH = 255;
const CHARACTERS = 'letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*';
const GROUP_NAME: TextPattern = { pattern: /^[\w. \-:/()#,@[\]+=&;{}!$*]+$/, meaning: CHARACTERS };
const GROUP_ID: TextPattern = {
  pattern: /^sg-[0-9a-f]+$/,
  meaning: 'a security group id such as sg-0a1b2c3d4e5f60718, not its name',
};
const RESERVED_NAME = /^(sg-|default$)/i;
const DESCRIPTION: TextPattern = {
  pattern: /^[\w. \-:/()#,@[\]+=&;{}!$*]{1,255}$/,
  meaning: `1 to 255 ${CHARACTERS}`,
};

/** A security group as other modules see it. */
export interface ISecurityGroup extends IConnectable {
  readonly securityGroupId: string;
}

export interface SecurityGroupProps {
  readonly network: INetwork;
  /** Purpose of the group. EC2 cannot change it: a group that exists keeps the text with which it was created. */
  readonly description: string;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

abstract class SecurityGroupBase extends Construct implements ISecurityGroup {
  public abstract readonly securityGroupId: string;
  public readonly connections = new Connections(this);
}

/**
 * A security group without rules: `connections` allows what is needed, e.g. `network.allowAwsServices(group)`. The AWS
 * default of unrestricted egress would permit data exfiltration.
 *
 * Costs nothing. Destroying it waits until no network interface has it.
 */
export class SecurityGroup extends SecurityGroupBase {
  /** An existing security group. New rules are added to its own. */
  public static fromSecurityGroupId(scope: Construct, id: string, securityGroupId: string): ISecurityGroup {
    Properties.of(`${scope.node.path}/${id}`)
      .present({ securityGroupId }, 'securityGroupId')
      .matches('securityGroupId', securityGroupId, GROUP_ID)
      .throwIfInvalid();
    class Import extends SecurityGroupBase {
      public readonly securityGroupId = securityGroupId;
    }
    return new Import(scope, id);
  }

  public readonly securityGroupId: string;
  /** The underlying security group. */
  public readonly resource: AwsSecurityGroup;

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'description');
    Properties.of(this)
      .matches('description', props.description, DESCRIPTION)
      .matches('name', props.name, GROUP_NAME)
      .throwIfInvalid();

    const name = deployedName(this, 'security group', () => nameOf(this, { maxLength: MAX_NAME_LENGTH }, props.name));
    Properties.of(this)
      .require(
        Token.isUnresolved(name) || !RESERVED_NAME.test(name),
        `'name' must not be default, nor begin with sg- as ids do, got '${name}' with the stack's prefix; choose another name or prefix`,
      )
      .throwIfInvalid();
    claimName(this, 'security group', name.toLowerCase(), props.network.vpcId, 'name'); // unique in a VPC, in any case
    this.resource = new AwsSecurityGroup(this, 'Resource', {
      name,
      vpcId: props.network.vpcId,
      description: props.description,
      tags: { Name: name },
      lifecycle: { ignoreChanges: ['description'] }, // a group in use cannot be replaced
    });
    this.securityGroupId = this.resource.id;
  }
}
