import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { LOG_RETENTION_DAYS } from '../../aws/log-group';
import { Properties } from '../../core/properties';
import type { Removal } from '../../core/removal';
import type { IKey } from '../../encryption/key';
import { Ipv4Block } from '../../network/ipv4-block';
import type { INetwork } from '../../network/network';
import type { IBucket } from '../../storage/bucket';
import {
  brokenNodeRules,
  brokenVolumeRules,
  DOMAIN_NAME,
  ENTITY_ID,
  NODE_TYPES,
  NODES,
  type NodeType,
  READER,
  ROLES_KEY,
  SEARCH_DAYS,
  SEARCH_VERSIONS,
  type SearchVersion,
  VOLUME_GB,
} from '../logging-limits';

/** People who sign in to the dashboards through an identity provider. */
export interface SamlSignIn {
  /** Id of the provider, as in its metadata. */
  readonly entityId: string;
  /** Metadata of the provider: an XML document. */
  readonly metadata: string;
  /** Attribute with the groups of a person. @default Role */
  readonly rolesKey?: string;
}

/** How large a domain is, who uses it, and how long it keeps documents. */
export interface SearchDomainProps {
  readonly network: INetwork;
  /** Key of the documents, snapshots and logs. Another key would replace the domain. */
  readonly encryptionKey: IKey;
  /** Where the program of its settings is put. */
  readonly bucket: IBucket;
  /** @default t3.small.search */
  readonly instanceType?: NodeType;
  /** Data nodes, as many in each zone: 1, or a multiple of 2 or 3. @default 1 */
  readonly nodes?: number;
  /** GiB of each data node. @default 20 */
  readonly storageGb?: number;
  /** Type of three dedicated masters, which keep a large domain in order. @default - data nodes are masters too */
  readonly masterType?: NodeType;
  /** A domain can be upgraded, not downgraded. @default 2.19 */
  readonly version?: SearchVersion;
  /** Days that documents are kept. @default 30 */
  readonly days?: number;
  /** Roles of IAM by their ARNs, and groups of SAML by their names, that search logs and see dashboards. @default - none */
  readonly readers?: readonly string[];
  /** Those that may do everything. @default - none: only the program of its settings */
  readonly administrators?: readonly string[];
  /** Blocks of addresses from which people reach the dashboards, e.g. of a VPN. @default - none */
  readonly from?: readonly string[];
  /** @default - no people sign in: only roles that sign their requests */
  readonly saml?: SamlSignIn;
  /** Days that its own logs are kept: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly logRetentionDays?: number;
  /** Whether documents and logs may be destroyed with it: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
  /** Name after the stack's prefix; 28 characters with it. @default - from the construct's path */
  readonly name?: string;
}

/** Defaults of a domain. */
export const SEARCH_DEFAULTS = { instanceType: 't3.small.search', nodes: 1, storageGb: 20 } as const;

/** @throws InputError with everything that is wrong */
export function validateDomain(scope: Construct, props: SearchDomainProps): void {
  const { nodes, storageGb, instanceType, masterType, version, days, saml, logRetentionDays, network } = props;
  const properties = Properties.of(scope)
    .known(props, 'nodes', 'storageGb', 'instanceType', 'masterType', 'version', 'days', 'name')
    .known(props, 'readers', 'administrators', 'from')
    .matches('name', props.name, DOMAIN_NAME)
    .integer('nodes', nodes, NODES)
    .integer('storageGb', storageGb, VOLUME_GB)
    .oneOf('instanceType', instanceType, NODE_TYPES)
    .oneOf('masterType', masterType, NODE_TYPES)
    .oneOf('version', version, SEARCH_VERSIONS)
    .integer('days', days, SEARCH_DAYS)
    .oneOf('logRetentionDays', logRetentionDays, LOG_RETENTION_DAYS)
    .matches('saml.entityId', saml?.entityId, ENTITY_ID)
    .matches('saml.rolesKey', saml?.rolesKey, ROLES_KEY);
  properties.throwIfInvalid();
  properties
    .keeps('nodes', nodes ?? 1, brokenNodeRules(nodes ?? 1, network.privateSubnetIds.length))
    .require(
      masterType === undefined || (nodes ?? 1) > 1,
      "'masterType' has no use with one node; remove it, or set 'nodes'",
    );
  const type = instanceType ?? SEARCH_DEFAULTS.instanceType;
  const size = storageGb ?? SEARCH_DEFAULTS.storageGb;
  properties.keeps('storageGb', size, brokenVolumeRules(size, type));
  for (const [name, list] of Object.entries({ readers: props.readers, administrators: props.administrators })) {
    for (const one of list ?? []) properties.matches(name, one, READER);
  }
  for (const cidr of props.from ?? []) {
    const isBlock = Token.isUnresolved(cidr) || (Ipv4Block.parse(cidr)?.prefix ?? 0) > 0;
    properties.require(
      isBlock,
      `'from' must have blocks of addresses such as 10.0.0.0/16, not all addresses, got '${cidr}'`,
    );
  }
  properties.throwIfInvalid();
}
