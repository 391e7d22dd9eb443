import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Token } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import { lastPartOfArn } from '../aws/arn-parts';
import { ARN } from '../aws/arns';
import { Aws } from '../aws/aws';
import type { AwsNameKind } from '../aws/name-kind';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import type { TextPattern } from '../core/text-pattern';
import { INLINE_POLICY, TRUST_POLICY } from './policy-limits';
import type { Principal } from './principal';
import { renderedPolicy } from './rendered-policy';
import { ROLE_PATH } from './role-limits';
import { type IGrantable, type PolicyStatement, validateStatement } from './statement';

/** Names of IAM roles. */
export const ROLE: AwsNameKind = { kind: 'IAM role', maxLength: 64, uniqueIn: 'account', ignoresCase: true };
const DESCRIPTION: TextPattern = {
  pattern: /^[\t\n\r\x20-\x7E\xA1-\xFF]{0,1000}$/,
  meaning: 'up to 1000 Latin letters, digits and signs',
};
const ROLE_NAME: TextPattern = { pattern: /^[\w+=,.@-]+$/, meaning: 'letters, digits and +=,.@-_' };

/** An IAM role as other modules see it: a grantee of permissions. */
export interface IRole extends IConstruct, IGrantable {
  readonly roleArn: string;
  readonly roleName: string;
}

export interface RoleProps {
  /** Who may assume the role. */
  readonly assumedBy: Principal;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
  /** @default - none */
  readonly description?: string;
  /** ARNs of managed policies. @default - none */
  readonly managedPolicyArns?: readonly string[];
  /** ARN of the permissions boundary. @default - the stack's */
  readonly permissionsBoundaryArn?: string;
  /** Groups roles, e.g. for who may pass them: `/ml/`. Another path replaces the role. @default - the stack's */
  readonly path?: string;
}

abstract class RoleBase extends Construct implements IRole {
  public abstract readonly roleArn: string;
  public abstract readonly roleName: string;
  private readonly statements: PolicyStatement[] = [];

  public addToPolicy(statement: PolicyStatement): void {
    validateStatement(this, statement, 'resources');
    if (this.statements.length === 0) this.attachPolicy();
    this.statements.push(statement);
  }

  private attachPolicy(): void {
    new IamRolePolicy(this, 'Policy', {
      role: this.roleName,
      policy: renderedPolicy(this, INLINE_POLICY, () => this.statements),
    });
  }
}

/**
 * A role whose inline policy consists of the grants to it.
 *
 * Costs nothing. Destroying it removes its policies; who still holds a session of it can do nothing more.
 */
export class Role extends RoleBase {
  /**
   * An existing role. Grants to it become a separate inline policy.
   *
   * @throws InputError if `roleArn` is not the ARN of a role
   */
  public static fromRoleArn(scope: Construct, id: string, roleArn: string): IRole {
    Properties.of(`${scope.node.path}/${id}`)
      .present({ roleArn }, 'roleArn')
      .matches('roleArn', roleArn, ARN.role)
      .throwIfInvalid();
    class Import extends RoleBase {
      public readonly roleArn = roleArn;
      public readonly roleName = lastPartOfArn(roleArn);
    }
    return new Import(scope, id);
  }

  public readonly roleArn: string;
  public readonly roleName: string;

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    this.validate(props);
    const { assumedBy, managedPolicyArns = [], path = Aws.of(this).rolePath } = props;

    const name = physicalName(this, ROLE, props.name);
    const role = new IamRole(this, 'Resource', {
      name,
      path,
      description: props.description,
      permissionsBoundary: props.permissionsBoundaryArn ?? Aws.of(this).permissionsBoundaryArn,
      assumeRolePolicy: renderedPolicy(this, TRUST_POLICY, () => [
        { principal: assumedBy, actions: assumedBy.assumeActions },
      ]),
    });
    this.roleArn = published(this, role.arn, Aws.of(this).arn('iam', `role${path ?? '/'}${name}`, { region: '' }));
    this.roleName = published(this, role.name, name);
    managedPolicyArns.forEach((policyArn, index) => {
      new IamRolePolicyAttachment(this, `Managed${index}`, { role: this.roleName, policyArn });
    });
  }

  /**
   * The policy of the grants, once there is one. The ARN of a role is known before it: what a service checks when it is made, or what works at
   * once, depends on the policy (`dependsOn`), and is also destroyed before it.
   */
  public get policy(): IamRolePolicy {
    return this.node.findChild('Policy') as IamRolePolicy;
  }

  private validate(props: RoleProps): void {
    const { name, path, description, managedPolicyArns = [], permissionsBoundaryArn } = props ?? {};
    const properties = Properties.of(this)
      .present(props, 'assumedBy')
      .matches('name', name, ROLE_NAME)
      .matches('path', path, ROLE_PATH)
      .matches('description', description, DESCRIPTION)
      .matches('permissionsBoundaryArn', permissionsBoundaryArn, ARN.policy);
    if (Token.isUnresolved(managedPolicyArns)) {
      properties.require(
        false,
        "'managedPolicyArns' must be a list of known length, got a token; write its elements: [Fn.element(list, 0), ...]",
      );
    } else {
      managedPolicyArns.forEach((arn, index) => {
        properties.matches(`managedPolicyArns[${index}]`, arn, ARN.policy);
      });
    }
    properties.throwIfInvalid();
  }
}
