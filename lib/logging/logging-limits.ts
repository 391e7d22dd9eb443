import type { AwsNameKind } from '../aws/name-kind';
import type { BrokenRule } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';
import type { PolicyLimits } from '../iam/policy-limits';

/** Names of domains of OpenSearch (OpenSearch API, `DomainName`). */
export const SEARCH_DOMAIN: AwsNameKind = { kind: 'OpenSearch domain', maxLength: 28, uniqueIn: 'region' };
/** Names of streams of Firehose. */
export const DELIVERY_STREAM: AwsNameKind = { kind: 'Firehose stream', maxLength: 64, uniqueIn: 'region' };
/** Name of a domain after the stack's prefix; with the prefix it begins with a letter. */
export const DOMAIN_NAME: TextPattern = {
  pattern: /^[a-z0-9][a-z0-9-]*$/,
  meaning: 'lower-case letters, digits and hyphens',
};
/** The policy of a domain: 100 KB (OpenSearch quotas). */
export const DOMAIN_POLICY: PolicyLimits = {
  kind: 'policy of the domain',
  maxCharacters: 102_400,
  countsWhiteSpace: true,
  fix: 'name fewer readers, or a group of SAML',
};

/** Versions that this library knows: all with `flat_object`, index policies and composable templates. */
export const SEARCH_VERSIONS = ['2.13', '2.15', '2.17', '2.19'] as const;
/** One of {@link SEARCH_VERSIONS}. */
export type SearchVersion = (typeof SEARCH_VERSIONS)[number];
/** The newest of major version 2; a domain can be upgraded, not downgraded. */
export const DEFAULT_SEARCH_VERSION: SearchVersion = '2.19';

/** Most GiB of a gp3 volume of a node, by instance type (OpenSearch quotas, "EBS volume size quotas"). */
export const NODE_VOLUME_GB = {
  't3.small.search': 100,
  't3.medium.search': 200,
  'm6g.large.search': 1024,
  'm6g.xlarge.search': 2048,
  'm6g.2xlarge.search': 3072,
  'm6g.4xlarge.search': 6144,
  'r6g.large.search': 2048,
  'r6g.xlarge.search': 3072,
  'r6g.2xlarge.search': 6144,
} as const;
/** Instance types of nodes. */
export const NODE_TYPES = Object.keys(NODE_VOLUME_GB) as readonly NodeType[];
/** One of {@link NODE_TYPES}. */
export type NodeType = keyof typeof NODE_VOLUME_GB;
/** GiB of a volume: from the least of OpenSearch to the most of any type. */
export const VOLUME_GB = { min: 10, max: 6144 } as const;
/** Data nodes; beyond, a domain needs an architecture of its own. */
export const NODES = { min: 1, max: 80 } as const;
/** Zones of a domain: three at most, each with as many nodes. */
export const MAX_SEARCH_ZONES = 3;
/** Dedicated masters: three keep a majority when a zone is lost, more add nothing. */
export const MASTERS = 3;
/** Days that documents are kept before their index is deleted. */
export const SEARCH_DAYS = { min: 1, max: 3650 } as const;
/** Default days that documents can be searched. The log groups keep the lines longer. */
export const DEFAULT_SEARCH_DAYS = 30;
/** Default days that documents that the domain refused are kept. */
export const DEFAULT_REFUSED_DAYS = 30;
/** Default retention of the domain's own logs: the year that audits require. */
export const DEFAULT_DOMAIN_LOG_DAYS = 365;
/** Begins the names of the indices of logs: one for each day. */
export const LOG_INDEX = 'logs';

/** A group of SAML, or the ARN of a role of IAM. */
export const READER: TextPattern = {
  pattern: /^(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+|(?!arn:)[\w][\w .@/-]{0,127})$/,
  meaning: 'the ARN of a role of IAM, or the name of a group of the identity provider',
};
const ROLE = /^arn:aws[a-z-]*:iam::/;

/** Entity id of an identity provider (SAML 2.0 core, 8.3.6). */
export const ENTITY_ID: TextPattern = {
  pattern: /^(?!.*[$%]\{)[!-~]{8,512}$/,
  meaning: '8 to 512 characters without spaces such as https://idp.acme.example/saml',
};
/** Attribute of SAML with the groups of a user. */
export const ROLES_KEY: TextPattern = { pattern: /^[\w.:/-]{1,80}$/, meaning: '1 to 80 letters, digits and _.:/-' };

/** Whether a reader is a role of IAM, and no group of SAML. */
export function isRole(reader: string): boolean {
  return ROLE.test(reader);
}

/** The most zones over which nodes are spread evenly; 1 if there is no such number. */
export function zonesFor(nodes: number, available: number): number {
  const most = Math.min(nodes, available, MAX_SEARCH_ZONES);
  for (let zones = most; zones > 1; zones--) if (nodes % zones === 0) return zones;
  return 1;
}

/** The rules that the number of nodes breaks, with so many zones. */
export function brokenNodeRules(nodes: number, available: number): readonly BrokenRule[] {
  if (nodes === 1 || zonesFor(nodes, available) > 1) return [];
  const fix = available >= MAX_SEARCH_ZONES ? 'a multiple of 2 or 3' : 'a multiple of 2';
  return [
    { must: `must be 1 or ${fix}, so that each zone has as many`, fix: `use ${nodes - 1} or ${nodes + 1} for example` },
  ];
}

/**
 * What a gp3 volume has at no charge: 3,000 IOPS, from 1,000 GiB on 3 for each GiB; 125 MiB/s, from 170 GiB on 250 (OpenSearch guide, "gp3
 * storage"). Written, because the provider would send the old values with a larger volume, for which they are too low.
 */
export function baselineOf(storageGb: number): { readonly iops: number; readonly throughput: number } {
  return { iops: Math.min(16_000, Math.max(3000, 3 * storageGb)), throughput: storageGb < 170 ? 125 : 250 };
}

/** The rules that the volume of a node breaks. */
export function brokenVolumeRules(storageGb: number, instanceType: NodeType): readonly BrokenRule[] {
  const most = NODE_VOLUME_GB[instanceType];
  return storageGb <= most
    ? []
    : [
        {
          must: `must be at most ${most} with ${instanceType}`,
          fix: 'use a larger instance, or more nodes with less storage',
        },
      ];
}
