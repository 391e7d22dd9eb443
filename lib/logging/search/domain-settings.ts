import { join } from 'node:path';
import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import type { IKey } from '../../encryption/key';
import type { Role } from '../../iam/role';
import type { INetwork } from '../../network/network';
import type { ISecurityGroup } from '../../network/security-group';
import type { IBucket } from '../../storage/bucket';
import { jsonText } from '../../training/pipeline/definition';
import { ProgramFunction } from '../program-function';

/** The longest that it waits for a domain which does not know its administrator yet. */
const TIMEOUT_SECONDS = 600;
const MEMORY_MIB = 256;

/** What the program is asked to set. */
export interface SearchSettings {
  /** Days after which the index of a day is deleted. */
  readonly days: number;
  /** Shards of the index of a day. */
  readonly shards: number;
  /** Copies of each shard beside it. */
  readonly replicas: number;
  /** ARN of the role of the program. */
  readonly administrator: string;
  /** Roles of IAM and groups of SAML that may do everything. */
  readonly administrators: readonly string[];
  /** Those that search logs. */
  readonly readers: readonly string[];
  /** ARNs of roles that write logs. */
  readonly writers: readonly string[];
}

export interface DomainSettingsProps {
  /** Host name of the domain. */
  readonly endpoint: string;
  /** The administrator of the domain. */
  readonly role: Role;
  readonly network: INetwork;
  readonly securityGroup: ISecurityGroup;
  /** Where its program is put. */
  readonly bucket: IBucket;
  /** Key of its log. */
  readonly encryptionKey: IKey;
  readonly settings: () => SearchSettings;
  /** Whether its log may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * What only a call of the domain itself can set: roles and who has them, the template of indices, and when they are deleted. A domain
 * in a VPC answers there only, so a function inside makes the calls; Terraform asks for them at each change and fails if the
 * domain refuses one. What somebody changes by hand stays until then.
 *
 * Makes a function of Lambda in the VPC with its log. Costs nothing at rest. Destroying it leaves the settings to the domain; the
 * network interfaces of the function keep its subnets and security group for up to 20 minutes.
 */
export class DomainSettings extends Construct {
  /** After it, the domain takes logs. */
  public readonly applied: LambdaInvocation;
  /** The underlying function. */
  public readonly program: ProgramFunction;

  constructor(scope: Construct, id: string, props: DomainSettingsProps) {
    super(scope, id);
    Properties.need(this, props, 'endpoint', 'role', 'network', 'securityGroup', 'bucket', 'encryptionKey', 'settings');
    const { endpoint, role, network, securityGroup, settings, bucket, encryptionKey, removal, name } = props;
    this.program = new ProgramFunction(this, 'Program', {
      program: join(__dirname, 'domain_settings.py'),
      description: 'Settings of a domain of OpenSearch: roles, indices and their retention',
      role,
      bucket,
      encryptionKey,
      removal,
      name,
      environment: { ENDPOINT: endpoint },
      timeoutSeconds: TIMEOUT_SECONDS,
      memoryMib: MEMORY_MIB,
      within: { network, securityGroup },
    });
    this.applied = new LambdaInvocation(this, 'Applied', {
      functionName: this.program.resource.functionName,
      input: Lazy.stringValue({ produce: () => jsonText(settings()) }),
      lifecycleScope: 'CREATE_ONLY', // again for other settings
      triggers: { program: this.program.programHash, endpoint },
    });
  }
}
